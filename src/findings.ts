// The catalogue of findings: what goes wrong when people build this perimeter. The program prints from it and
// docs/findings.md is made from it. A code never changes its meaning.

import type { Json } from './ports.ts';

export type Severity = 'error' | 'warning' | 'info' | 'unknown';

interface Entry {
  /** What it is unless the step that raises it says otherwise. */
  readonly severity: Severity;
  /** The severity's rule in words, for docs/findings.md. */
  readonly when: string;
  readonly summary: string;
  /** What to do, where the step has nothing more exact to say. */
  readonly remedy: string;
  /** Where people were bitten, or the number in aws-facts.md. */
  readonly source: string;
}

export const catalogue = {
  QP101: {
    severity: 'info',
    when: 'info (a change is planned)',
    summary: 'private DNS needs `enableDnsSupport` and `enableDnsHostnames` on the VPC',
    remedy: 'turns them on as a change of its own, undone by rollback',
    source: 'A11',
  },
  QP102: {
    severity: 'error',
    when: "error where the VPC has network interfaces in subnets that are not the stack's (NAT gateways' and endpoints' own aside), else warning",
    summary:
      'private DNS for `execute-api` makes every *public* API Gateway default URL unreachable (403) from this VPC and from whoever uses its resolver',
    remedy: '`endpoints.apiGateway.privateDns: false`, or custom domain names',
    source: 'A16, reburnreport, st-g.de',
  },
  QP103: {
    severity: 'error',
    when: 'error',
    summary: 'another endpoint or private hosted zone (`route53:ListHostedZonesByVPC`) already claims the private DNS name',
    remedy: 'reuse that endpoint',
    source: 'A12, terraform-provider-aws #17535',
  },
  QP104: {
    severity: 'error',
    when: 'error',
    summary:
      'no private subnet lies in an Availability Zone that the service supports, or one has no free address; two subnets of one zone are never sent',
    remedy: 'name subnets',
    source: 'A9, A10, terraform-aws-vpc #785, eksctl #8150',
  },
  QP105: {
    severity: 'warning',
    when: 'warning',
    summary: 'adding a route table to an S3 gateway endpoint drops open S3 connections of its subnets',
    remedy: 'do it in a quiet hour',
    source: 'A23',
  },
  QP106: {
    severity: 'error',
    when: "error where the bucket is the stack's own, else warning",
    summary: 'a bucket in scope is in another Region: its traffic leaves by NAT, without `aws:SourceVpc`, and will be denied',
    remedy: "trust the NAT gateway's Elastic IP, or move the bucket",
    source: 'A25, E19, data-science-on-aws #221',
  },
  QP107: {
    severity: 'warning',
    when: 'warning',
    summary: "a static route more specific than S3's prefix list bypasses the gateway endpoint",
    remedy: 'remove the route',
    source: 'A24',
  },
  QP108: {
    severity: 'warning',
    when: 'warning',
    summary:
      "the security group of the endpoint that is reused does not admit TCP 443 from the VPC's CIDRs (all of them) or from the client CIDRs",
    remedy: 'the missing rule',
    source: 'A31',
  },
  QP109: {
    severity: 'error',
    when: 'error',
    summary: 'the VPC is shared from another account: only its owner can make endpoints',
    remedy: "run with the owner's credentials",
    source: 'A33',
  },
  QP110: {
    severity: 'warning',
    when: 'warning',
    summary: 'subnets reach the Internet over IPv6 and no IPv6 range is trusted: dual-stack S3 clients will be denied',
    remedy: 'trust the range, or use IPv4 names',
    source: 'terraform-aws-vpc, quiltdata/iac (`enable_ipv6`)',
  },
  QP111: {
    severity: 'error',
    when: 'error',
    summary:
      "a policy (of a bucket here, or of the stack's roles) allows by `IpAddress` or denies by `NotIpAddress` on `aws:SourceIp`: once traffic goes through an endpoint that key is absent, the allow stops matching and the Deny starts to",
    remedy: "add the VPC to that policy first; policies of other accounts' buckets cannot be read (said so)",
    source: 'E1, E7',
  },
  QP112: {
    severity: 'error',
    when: 'error where the quota was read (Service Quotas), warning where only the default is known',
    summary:
      'a quota would be exceeded (gateway endpoints 20 a Region, interface endpoints 50 a VPC, Elastic IPs 5 a Region, NAT gateways 5 a zone)',
    remedy: "the quota's code",
    source: 'A32, B11, B12',
  },
  QP113: {
    severity: 'warning',
    when: 'warning',
    summary: 'clients of another trusted VPC or of a client CIDR resolve S3 names by their own DNS, and no S3 interface endpoint exists',
    remedy: 'an S3 interface endpoint and an inbound resolver; `verify --dns` run there',
    source: 'A29',
  },
  QP114: {
    severity: 'error',
    when: 'error',
    summary: 'the policy of the endpoint that is reused does not allow the buckets or APIs: putting more tables on it would cut them off',
    remedy: 'the missing statement',
    source: 'A30, data-perimeter-policy-examples #20',
  },
  QP115: {
    severity: 'error',
    when: "error for the stack's VPC, warning for others, unknown in other accounts",
    summary:
      'a trusted VPC has no S3 endpoint, or its subnets no route to it: trusting it does nothing, since `aws:SourceVpc` is never set',
    remedy: 'an endpoint there',
    source: 'E6',
  },
  QP116: {
    severity: 'error',
    when: 'error',
    summary:
      'Terraform or CloudFormation owns the route table or endpoint to be changed (tags `aws:cloudformation:*`, common Terraform tags): its next run would undo the association, which after the SCP is an outage',
    remedy: 'the lines to add there',
    source: 'G17',
  },
  QP201: {
    severity: 'error',
    when: 'error',
    summary: 'private subnets have no egress, and the VPC has no public subnet to put a NAT gateway in',
    remedy: 'name one, or `nat.mode: none` with an equivalent',
    source: 'B1, B2',
  },
  QP202: {
    severity: 'error',
    when: 'error',
    summary: 'the default route is a blackhole',
    remedy: 'what it pointed at',
    source: 'B5',
  },
  QP203: {
    severity: 'error',
    when: "error where subnets that are not the stack's hang on it, else warning",
    summary:
      'the default route, or the S3 endpoint, would go onto the *main* route table and change every subnet that has no table of its own',
    remedy: 'an explicit association',
    source: 'B4',
  },
  QP204: {
    severity: 'info',
    when: 'info',
    summary: 'subnets without any Internet route that are not the stack\'s are left alone (Quilt\'s "intra" subnets are meant to be so)',
    remedy: 'nothing to do',
    source: 'G16',
  },
  QP205: {
    severity: 'error',
    when: 'error',
    summary:
      'the stack\'s "private" subnets route to an Internet gateway: Lambda interfaces have no public address, so they have no egress, and instances leave with addresses that nobody trusts',
    remedy: 'private subnets',
    source: 'B2, B5',
  },
  QP206: {
    severity: 'error',
    when: 'error',
    summary: 'VPC Block Public Access stops traffic through the Internet gateway, NAT included',
    remedy: 'its mode or an exclusion',
    source: 'B19',
  },
  QP301: {
    severity: 'error',
    when: 'error only where every completion of what is unknown is denied',
    summary:
      'the operator, by what can be told beforehand (its address as S3 sees it only from `--operator-ip`; else a line says that the probe will tell), would be denied `s3:DeleteBucketPolicy` by the policy it is about to put',
    remedy: 'trust this address, tag this role, or run from inside',
    source: 'C12, cloudposse/terraform-aws-s3-bucket #269, many more',
  },
  QP302: {
    severity: 'error',
    when: 'error',
    summary:
      "the probe showed it: AWS itself denies this operator under the perimeter's conditions; or the probe could not be made (its baseline was refused, the answers were mixed)",
    remedy: 'the same',
    source: 'C12',
  },
  QP303: {
    severity: 'error',
    when: 'error',
    summary:
      "the test bucket is not clean (it has objects, versions, or a policy that is not this tool's), belongs to another account, is in another Region, or its name is outside the bucket pattern (the SCP could not be seen on it)",
    remedy: 'a new bucket; with `--accept` statements are merged',
    source: 'the source page',
  },
  QP304: {
    severity: 'error',
    when: 'error',
    summary: "the bucket's present policy is public and Block Public Access will refuse any new one",
    remedy: 'fix the policy first',
    source: 'C8',
  },
  QP305: {
    severity: 'error',
    when: 'error',
    summary: 'the merged bucket policy exceeds 20 KB',
    remedy: 'test on a bucket whose policy is shorter',
    source: 'C6',
  },
  QP306: {
    severity: 'warning',
    when: 'warning',
    summary: 'nobody carries the exempt tag: there is no fail-safe entry',
    remedy: 'tag one break-glass role',
    source: 'the source page',
  },
  QP307: {
    severity: 'warning',
    when: 'warning',
    summary: 'any value of the exempt tag, "false" too, exempts; and nothing stops a principal from tagging itself or its session',
    remedy: '`perimeter.protectExemptTag: true` adds the statement',
    source: 'E17, E18',
  },
  QP308: {
    severity: 'warning',
    when: 'warning',
    summary:
      'the operator is an Identity Center role, which cannot be tagged as a role (an ABAC attribute of that name would exempt it, and everyone who has the attribute)',
    remedy: 'trust an address instead',
    source: 'K7',
  },
  QP309: {
    severity: 'warning',
    when: 'warning',
    summary:
      'a bucket in scope already has a perimeter-like Deny that uses `Bool` on `aws:PrincipalIsAWSService`, which lets anonymous requests pass',
    remedy: '`BoolIfExists` (what is generated)',
    source: 'E2',
  },
  QP310: {
    severity: 'error',
    when: 'error, warning with `--skip-probes` and where it is foreseen',
    summary: 'fewer than two independent ways back were exercised for an access-affecting step',
    remedy:
      "a break-glass role with the exempt tag that the organization's side may assume, a profile of its own for that side (`--org-profile`), or centralized root access",
    source: 'C1–C3, K3, K10',
  },
  QP311: {
    severity: 'warning',
    when: 'warning',
    summary:
      'service-linked roles are exempt from SCPs but not from a bucket policy: on the test bucket they are denied, under the SCP they are not',
    remedy: 'nothing to do',
    source: 'D4, E13',
  },
  QP312: {
    severity: 'error',
    when: 'error',
    summary: "the test bucket's policy has a statement with our Sid and other content",
    remedy: 'rename that statement',
    source: '',
  },
  QP401: {
    severity: 'error',
    when: 'error',
    summary: 'the organization does not have all features',
    remedy: 'enable them',
    source: 'D6',
  },
  QP402: {
    severity: 'error',
    when: 'error',
    summary: "these credentials are neither the management account's nor a delegated administrator's for policies",
    remedy: '`--org-profile`',
    source: 'D2, D3',
  },
  QP403: {
    severity: 'error',
    when: 'error over 10,240 characters, warning over 5,120',
    summary: 'the SCP is too large after minifying',
    remedy: 'what to shorten',
    source: 'D12, D13',
  },
  QP404: {
    severity: 'error',
    when: 'error at 10 attached, warning at 5',
    summary: 'the target has no room for another SCP',
    remedy: 'which are attached',
    source: 'D12, LZA #889',
  },
  QP405: {
    severity: 'error',
    when: "error where it is the stack's account, else warning",
    summary: 'an account in scope is the management account, which SCPs never bind',
    remedy: 'move the buckets, or a bucket policy there',
    source: 'D4',
  },
  QP406: {
    severity: 'info',
    when: 'info',
    summary: 'VPC ids are unique only within a Region; AWS recommends `aws:SourceVpcArn`',
    remedy: '`perimeter.vpcKey: arn`',
    source: 'E8, E9, data-perimeter-policy-examples #65',
  },
  QP407: {
    severity: 'warning',
    when: 'warning',
    summary:
      'requests through S3 access points may not be bound by an SCP on bucket ARNs, and access points can be made later; directory, table and vector buckets are outside `s3:*`',
    remedy: '`perimeter.accessPoints: true` adds their ARNs',
    source: 'C13, C14',
  },
  QP408: {
    severity: 'warning',
    when: 'warning',
    summary:
      'the bucket pattern also matches these buckets, which are no resource of the stack and carry no tag of it; or misses these, which the stack has',
    remedy: 'a narrower pattern',
    source: 'C15',
  },
  QP409: {
    severity: 'error',
    when: "error where they are the stack's, else warning",
    summary: "these functions and service roles reach S3 from AWS's own network, outside any VPC, and will be denied",
    remedy: 'put them into the VPC, or exempt the role',
    source: 'E13, data-perimeter-policy-examples #3, #4',
  },
  QP410: {
    severity: 'error',
    when: 'error',
    summary: 'a policy of that name exists with other content that this tool did not write',
    remedy: 'another name',
    source: 'D9',
  },
  QP411: {
    severity: 'warning',
    when: 'warning',
    summary: 'something else manages SCPs here (Control Tower, Landing Zone Accelerator) and may undo the attachment, or undo the rollback',
    remedy: 'tell whoever runs it, or let it manage this policy; rollback makes the policy harmless before it detaches it',
    source: 'K5, LZA #513',
  },
  QP412: {
    severity: 'warning',
    when: 'warning',
    summary: "the SCP does not bind principals of accounts outside its targets; these buckets' policies grant to such",
    remedy: 'keep the bucket policy, or an RCP',
    source: 'D4, D5',
  },
  QP413: {
    severity: 'error',
    when: 'error',
    summary:
      "nothing shows that Quilt reaches the test bucket under its policy: no canary run passed since, no CloudTrail event of the stack's roles on it, no `assess` within its limit",
    remedy: "look in the catalog, then confirm by typing (or `--accept QP413`); or `--wait 1h` for runs of Quilt's canaries",
    source: "the source page's one safety rule",
  },
  QP414: {
    severity: 'warning',
    when: 'warning',
    summary:
      '`quilt*` also matches buckets of other accounts (Quilt publishes `quilt-lambda-REGION`): every principal under the target loses them from outside',
    remedy: '`perimeter.resourceAccounts` adds `aws:ResourceAccount`',
    source: 'C15',
  },
  QP415: {
    severity: 'warning',
    when: 'warning',
    summary: "presigned URLs are judged by the network of whoever opens them: users' browsers must be on a trusted network",
    remedy: 'the trusted ranges',
    source: 'C16',
  },
  QP501: {
    severity: 'error',
    when: 'error',
    summary: "the stack's template has no parameter for the endpoint: private endpoints are not enabled for it",
    remedy: 'ask the Quilt account manager',
    source: 'G18',
  },
  QP502: {
    severity: 'error',
    when: 'error',
    summary: 'the stack is not in a state that can be updated',
    remedy: 'which state, what to do',
    source: 'G10',
  },
  QP503: {
    severity: 'warning',
    when: 'warning',
    summary:
      "the stack has custom resources whose functions run outside the trusted VPC: after the SCP their S3 calls are denied and the stack's update hangs (stack operations themselves pass, with or without a service role: CloudFormation forwards the caller's access)",
    remedy: 'put them into the VPC',
    source: 'E13',
  },
  QP504: {
    severity: 'error',
    when: 'error',
    summary: 'the change set would replace or remove resources, or change what does not follow from the endpoint parameter',
    remedy: 'it is shown; `--accept QP504`',
    source: 'G9',
  },
  QP505: {
    severity: 'warning',
    when: 'warning',
    summary: 'Terraform seems to own this stack and would set the parameter back',
    remedy: 'the Terraform variable to set instead',
    source: 'G17',
  },
  QP506: {
    severity: 'error',
    when: 'error',
    summary: 'the stack has other change sets waiting (named): executing ours deletes them',
    remedy: 'execute or note them first',
    source: 'G8',
  },
  QP507: {
    severity: 'error',
    when: 'error',
    summary: 'the stack is nested (update its root), a Service Catalog product, or its stack policy forbids this update',
    remedy: 'where to do it',
    source: 'G8, G13',
  },
  QP508: {
    severity: 'warning',
    when: 'warning',
    summary: 'the template uses `AWS::LanguageExtensions`: processed values are compared after the update',
    remedy: 'read the change set that is shown; the parameter is read again after the update',
    source: 'G3',
  },
  QP601: {
    severity: 'warning',
    when: 'warning',
    summary: 'object-level events are not logged for these buckets: no rows prove nothing',
    remedy: 'the selector that turns them on',
    source: 'F15',
  },
  QP602: {
    severity: 'warning',
    when: 'warning',
    summary: 'there is no record at all for some days or Regions: either nothing happened there, or their logs are not in what was read',
    remedy: 'read those days and Regions too, or see whether the trail covers them',
    source: 'F18',
  },
  QP603: {
    severity: 'warning',
    when: 'warning',
    summary: "these principals' tags are not known, so neither is whether the exempt tag lets them pass",
    remedy: '`--principal-tags FILE`, or credentials that may read them in IAM',
    source: 'F12',
  },
  QP604: {
    severity: 'warning',
    when: 'warning',
    summary: "calls came through VPC endpoints that are in no inventory: they may be another Region's or account's, AWS's own, or gone",
    remedy: '`--vpce-map FILE` for those that you know',
    source: 'F3, F4',
  },
  QP605: {
    severity: 'warning',
    when: 'warning',
    summary: "there were so many sessions that some sessions' tags could not be told apart: an exempt session may be shown as denied",
    remedy: 'read fewer days at a time',
    source: 'E17, F12',
  },
  QP606: {
    severity: 'warning',
    when: 'warning',
    summary: "callers of other accounts are seen by the bucket owner's trail alone, which tells neither the role nor its tags",
    remedy: "read those accounts' own trails too",
    source: 'F8, F16',
  },
  QP607: {
    severity: 'warning',
    when: 'warning',
    summary: 'whether these accounts are under a target of the SCP cannot be told',
    remedy: '`--org-profile` with credentials that may read the organization',
    source: 'D4, K11',
  },
  QP701: {
    severity: 'error',
    when: 'error',
    summary: 'the journal belongs to another account, Region or organization than these credentials',
    remedy: 'use the credentials of the place that the journal names, or another --dir',
    source: '',
  },
  QP702: {
    severity: 'error',
    when: 'error',
    summary: 'another run holds the lock: who, host, process, since, which command',
    remedy: 'wait for it, or end that process',
    source: '',
  },
  QP703: {
    severity: 'error',
    when: 'error where ours was changed or is kept for others, warning where others took it away or wrote beside it',
    summary: 'what is there now is neither what the journal found nor what it made: somebody changed it since',
    remedy: 'both versions are shown as a diff; `--accept QP703`',
    source: '',
  },
} as const satisfies Record<string, Entry>;

export type FindingCode = keyof typeof catalogue;

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly summary: string;
  /** Names the ids. */
  readonly detail: string;
  /** A command or a value to set. */
  readonly remedy: string;
  readonly subjects: readonly string[];
  readonly accepted: boolean;
  /** QP703: what is there, and what this tool left there. Policies are documents in it, not texts. */
  readonly versions?: Versions;
}

export interface Versions {
  readonly aws: Json;
  readonly expected: Json;
}

/** Both versions, with every text that is itself a JSON object or list, as policies are, read. */
export const versionsOf = (aws: Json, expected: Json): Versions => ({ aws: withDocuments(aws), expected: withDocuments(expected) });

function withDocuments(value: Json): Json {
  if (typeof value === 'string') return /^\s*[{[]/.test(value) ? documentIn(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(withDocuments);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withDocuments(field)]));
}

function documentIn(text: string): Json {
  try {
    const document: Json = JSON.parse(text);
    return document;
  } catch (error) {
    // No document after all.
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

// Array.isArray does not narrow readonly arrays.
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/**
 * A finding of the catalogue with what is particular to this case. `severity` defaults to the catalogue's; `accepted`
 * is set later from `--accept`.
 */
export function finding(
  code: FindingCode,
  text: {
    readonly detail: string;
    readonly subjects: readonly string[];
    readonly remedy?: string;
    readonly severity?: Severity;
    readonly versions?: Versions;
  },
): Finding {
  const entry = catalogue[code];
  return {
    code,
    severity: text.severity ?? entry.severity,
    summary: entry.summary,
    detail: text.detail,
    remedy: text.remedy ?? entry.remedy,
    subjects: text.subjects,
    accepted: false,
    ...(text.versions === undefined ? {} : { versions: text.versions }),
  };
}

/** A finding that cannot be told for want of a permission (`action`) or because it lies in another account. */
export const unknownFinding = (code: FindingCode, action: string, why: string, subjects: readonly string[] = []): Finding =>
  finding(code, {
    severity: 'unknown',
    detail: `cannot be told: ${action}: ${why}`,
    subjects,
    remedy: `allow ${action}, or check by hand`,
  });
