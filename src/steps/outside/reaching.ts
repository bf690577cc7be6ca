// Which functions, canaries and service roles may use S3 on the buckets in scope from AWS's own network, and what the perimeter
// says to them.
import type { AccountRole, Bucket } from '../../aws/types.ts';
import { listOf, type PolicyDocument, parsePolicy } from '../../policy/document.ts';
import { type AccessRequest, evaluate } from '../../policy/evaluate.ts';
import type { PerimeterInput } from '../landscape.ts';
import { perimeterSay } from '../network-grid/verdict.ts';

export interface Outsider {
  readonly kind: 'function' | 'canary' | 'service';
  /** The function's or the canary's; of a service role the services that may take it. */
  readonly name: string;
  readonly role: AccountRole;
  /** The buckets that it may use and will be denied. */
  readonly buckets: readonly string[];
}

/** What runs outside any VPC, by what may be told without its role. */
export interface Runs {
  readonly kind: 'function' | 'canary';
  readonly name: string;
  readonly roleArn: string;
}

/** Functions and canaries without a VPC; the function that a canary runs as counts as the canary. */
export function runsOutside({ landscape }: PerimeterInput): readonly Runs[] {
  const { functions, canaries } = landscape.outside;
  const ofCanaries = new Set(canaries.known ? canaries.value.map(({ functionArn }) => functionArn?.replace(/:\d+$/, '')) : []);
  return [
    ...(functions.known ? functions.value : [])
      .filter(({ vpcId, arn }) => vpcId === null && !ofCanaries.has(arn))
      .map(({ name, roleArn }) => ({ kind: 'function' as const, name, roleArn })),
    ...(canaries.known ? canaries.value : [])
      .filter(({ vpcId }) => vpcId === null)
      .map(({ name, roleArn }) => ({ kind: 'canary' as const, name, roleArn })),
  ];
}

/** Of these roles, and of those that services outside VPCs may take, which will be denied on which buckets. */
export function outsiders(input: PerimeterInput, roles: readonly AccountRole[]): readonly Outsider[] {
  const byArn = new Map(roles.map((role) => [role.arn, role]));
  const buckets = deniedBuckets(input);
  const runs = runsOutside(input).flatMap(({ kind, name, roleArn }) => {
    const role = byArn.get(roleArn);
    return role === undefined ? [] : [{ kind, name, role, buckets: buckets(role) }];
  });
  const services = roles
    .filter(({ path }) => !path.startsWith('/aws-service-role/'))
    .flatMap((role) => {
      const trusted = servicesTrustedBy(role).filter((service) => outsideServices.has(service));
      return trusted.length === 0 ? [] : [{ kind: 'service' as const, name: trusted.join(', '), role, buckets: buckets(role) }];
    });
  return [...runs, ...services].filter((each) => each.buckets.length > 0);
}

/** Services that use a role of the account's from their own network, unless told otherwise. */
const outsideServices: ReadonlySet<string> = new Set(
  [
    'appflow',
    'backup',
    'batchoperations.s3',
    'bedrock',
    'codebuild',
    'codepipeline',
    'comprehend',
    'datasync',
    'dms',
    'emr-serverless',
    'export.rds',
    'firehose',
    'glue',
    'kinesisanalytics',
    'omics',
    'pipes',
    'rds',
    'redshift',
    's3',
    'sagemaker',
    'scheduler',
    'states',
    'textract',
    'transcribe',
    'transfer',
  ].map((service) => `${service}.amazonaws.com`),
);

/** The services that a role's trust policy lets take it. */
function servicesTrustedBy({ trust }: AccountRole): readonly string[] {
  const parsed = parsePolicy(trust);
  if (!parsed.ok) return [];
  const principals = parsed.document.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Principal }) =>
    Principal === undefined || Principal === '*' ? [] : listOf(Principal.Service),
  );
  return [...new Set(principals)];
}

/** Asked once for each role. */
function deniedBuckets(input: PerimeterInput): (role: AccountRole) => readonly string[] {
  const say = perimeterSay(input);
  const { inScope } = input.landscape.buckets;
  const known = new Map<string, readonly string[]>();
  return (role) => {
    const found = known.get(role.arn);
    if (found !== undefined) return found;
    const asker = {
      principal: role.arn,
      role: role.arn,
      context: Object.fromEntries(Object.entries(role.tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value])),
      unknown: [],
    };
    // The perimeter is asked first: of two thousand buckets it lets an exempt role pass on all.
    const denied = inScope.filter((bucket) => say({ via: 'aws-network', planned: false }, asker, bucket).verdict !== 'passes');
    const may = mayUse(role, input);
    const names = denied.filter(may).map(({ name }) => name);
    known.set(role.arn, names);
    return names;
  };
}

const uses: readonly (readonly [action: string, on: 'bucket' | 'object'])[] = [
  ['s3:GetObject', 'object'],
  ['s3:PutObject', 'object'],
  ['s3:ListBucket', 'bucket'],
  ['s3:DeleteObject', 'object'],
];

// What a call of the role would bring along, and nobody knows beforehand.
const open = [
  'aws:SourceIp',
  'aws:UserAgent',
  'aws:CurrentTime',
  'aws:EpochTime',
  'aws:userid',
  'aws:SourceArn',
  'aws:SourceAccount',
  'aws:PrincipalOrgPaths',
  'aws:ResourceOrgID',
  'lambda:SourceFunctionArn',
  's3:prefix',
  's3:delimiter',
  's3:max-keys',
  's3:x-amz-acl',
  's3:x-amz-server-side-encryption',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
  's3:ExistingObjectTag/*',
  's3:RequestObjectTag/*',
];

/** Whether the role's policies and the bucket's let it use the bucket, or may; a policy that IAM did not tell may. */
function mayUse(role: AccountRole, { landscape }: PerimeterInput): (bucket: Bucket) => boolean {
  const { quilt, organization } = landscape.survey;
  const identity = documentsOf(role.policies);
  const boundary = role.boundary === null ? [] : documentsOf([role.boundary]);
  if (role.untold.length > 0 || identity === null || boundary === null) return () => true;
  const request: Omit<AccessRequest, 'action' | 'resource'> = {
    principal: role.arn,
    role: role.arn,
    resourceAccount: quilt.accountId,
    context: {
      'aws:ResourceAccount': quilt.accountId,
      ...(organization.known ? { 'aws:PrincipalOrgID': organization.value.id } : {}),
      ...Object.fromEntries(Object.entries(role.tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value])),
    },
    unknown: organization.known ? open : [...open, 'aws:PrincipalOrgID'],
    policies: { identity, ...(boundary.length === 0 ? {} : { boundary }) },
  };
  return ({ name, policy }) => {
    const resource = policy.known && policy.value !== null ? documentsOf([policy.value])?.[0] : undefined;
    const policies = { ...request.policies, ...(resource === undefined ? {} : { resource }) };
    return uses.some(([action, on]) => {
      const arn = `arn:${quilt.partition}:s3:::${name}${on === 'bucket' ? '' : '/key'}`;
      const { decision, refused } = evaluate({ ...request, action, resource: arn, policies });
      return decision === 'allowed' || (decision === 'unknown' && !refused);
    });
  };
}

/** Null where one of them is no policy. */
function documentsOf(texts: readonly string[]): readonly PolicyDocument[] | null {
  const parsed = texts.map(parsePolicy);
  return parsed.every((each) => each.ok) ? parsed.map(({ document }) => document) : null;
}
