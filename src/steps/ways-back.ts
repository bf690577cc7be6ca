// The ways back from a Deny on S3 as far as the landscape tells them: who could take it off, by which call, and what lets them
// pass. All are claimed here; exercise.ts tries them.
import type { Change, WayBack } from '../engine/types.ts';
import { cidrMatcher } from '../policy/address.ts';
import type { PerimeterInput } from './landscape.ts';
import { isIdentityCenterRole, roleNameOf } from './perimeter-spec.ts';

/** What stands on a way back that is still to be tried. */
export const notTried = 'not tried yet';
const mostRoles = 3;

/** What a certified change carries of its ways back. */
export type Certified = Required<Pick<Change, 'ways' | 'certified'>>;

/** The ways back from the policy of the test bucket. The stack's service role is none: CloudFormation puts no bucket policy back. */
export function bucketWays(input: PerimeterInput): Certified {
  const { quilt, organization } = input.landscape.survey;
  const root = `arn:${quilt.partition}:iam::${quilt.accountId}:root`;
  const isMember = !organization.known || organization.value.managementAccountId !== quilt.accountId;
  const rootAccess: WayBack = {
    ...organizationWay(input),
    kind: 'root-access',
    principal: root,
    call: unlock,
    passesBy: ['being the root user, whom no bucket policy refuses this call'],
  };
  return {
    ways: [operatorWay(input), ...roleWays(input), ...(isMember ? [rootAccess] : []), passwordWay(root, unlock)],
    certified: { remedy: remedyFor(input, isMember) },
  };
}

/** The ways back from the SCP. The member account's root user is none: SCPs bind it (C2). */
export function scpWays(input: PerimeterInput): Certified {
  const { quilt, organization } = input.landscape.survey;
  const management = organization.known ? [`arn:${quilt.partition}:iam::${organization.value.managementAccountId}:root`] : [];
  return {
    ways: [
      organizationWay(input),
      operatorWay(input),
      ...roleWays(input),
      ...management.map((root) => passwordWay(root, 'organizations:UpdatePolicy')),
    ],
    certified: { remedy: remedyFor(input, false) },
  };
}

const unlock = 's3:DeleteBucketPolicy';

/** One sentence for the plan: which ways will be tried, and which are only claimed whatever happens. */
export function waysNote({ ways }: Certified, { choices }: PerimeterInput): readonly string[] {
  if (choices.skipProbes) return ['No way back will be exercised (--skip-probes): all of them are only claimed.'];
  const tried = ways.filter(({ kind, how }) => kind !== 'root-password' && how === notTried);
  const claimed = ways.filter((way) => !tried.includes(way));
  const only = claimed.length === 0 ? '' : ` Only claimed: ${claimed.map(inWords).join(', ')}.`;
  return [`Ways back that will be exercised before anybody is denied: ${tried.map(inWords).join('; ')}.${only}`];
}

function inWords({ kind, principal, credentials }: WayBack): string {
  switch (kind) {
    case 'operator':
      return `you (${credentials})`;
    case 'exempt-role':
      return `role ${nameIn(principal)}, assumed by the organization's side (${credentials}) or else by you`;
    case 'organization':
      return `the organization's side (${credentials})`;
    case 'root-access':
      return 'root access of the organization, if it is centralized';
    case 'root-password':
      return 'the root password';
    default:
      return kind satisfies never;
  }
}

function operatorWay(input: PerimeterInput): WayBack {
  const { quilt } = input.landscape.survey;
  const { operatorIp } = input.choices;
  return {
    kind: 'operator',
    principal: quilt.arn,
    network: operatorIp ?? 'where this runs',
    call: unlock,
    passesBy: operatorPassesBy(input),
    credentials: quilt.base,
    state: 'claimed',
    how: notTried,
  };
}

/**
 * By its network, unless it carries the exempt tag or may do so: then S3's answer does not tell which of the two it was, but for
 * an address that lies in a trusted range.
 */
function operatorPassesBy({ choices, landscape }: PerimeterInput): readonly string[] {
  const { operatorIp, trustedCidrs, vpcKey } = choices;
  const { tags } = landscape.operator;
  const network = `a trusted network (aws:SourceIp or ${vpcKey === 'arn' ? 'aws:SourceVpcArn' : 'aws:SourceVpc'})`;
  if (operatorIp !== null && trustedCidrs.some((cidr) => cidrMatcher(cidr)(operatorIp))) return [network];
  const role = roleNameOf(landscape.survey.quilt.arn);
  // An attribute of Identity Center arrives as a session tag, which IAM does not tell (K7).
  const isTold = tags.known && (role === null || !isIdentityCenterRole(role));
  const mayCarry = !isTold || carries(tags.value, choices.exemptTag);
  return mayCarry ? [network, tagCondition(choices.exemptTag)] : [network];
}

/** Roles of the account that carry the exempt tag, but the operator's own. */
function roleWays({ choices, landscape }: PerimeterInput): readonly WayBack[] {
  const { survey, operator } = landscape;
  if (!operator.roles.known) return [];
  const own = roleNameOf(survey.quilt.arn);
  return operator.roles.value
    .filter(({ name, tags }) => name !== own && tags.known && carries(tags.value, choices.exemptTag))
    .map(
      ({ arn }, index): WayBack => ({
        kind: 'exempt-role',
        principal: arn,
        network: 'anywhere',
        call: unlock,
        passesBy: [tagCondition(choices.exemptTag)],
        credentials: baseOfOrganization(landscape),
        state: 'claimed',
        how: index < mostRoles ? notTried : `not tried: ${mostRoles} others are`,
      }),
    );
}

function organizationWay({ landscape }: PerimeterInput): WayBack {
  const { organizationSide } = landscape.survey;
  return {
    kind: 'organization',
    principal: organizationSide.known ? organizationSide.value.arn : "the organization's side",
    network: 'anywhere',
    call: 'organizations:UpdatePolicy',
    passesBy: ['calls to Organizations, which no Deny on S3 reaches'],
    credentials: baseOfOrganization(landscape),
    state: 'claimed',
    how: notTried,
  };
}

const passwordWay = (root: string, call: string): WayBack => ({
  kind: 'root-password',
  principal: root,
  network: 'anywhere',
  call,
  passesBy: [],
  credentials: 'the root password and its MFA device',
  state: 'claimed',
  how: 'only a person knows whether somebody can still sign in with it: it is never counted',
});

const baseOfOrganization = ({ survey }: PerimeterInput['landscape']): string =>
  survey.organizationSide.known ? survey.organizationSide.value.base : "the organization's side";

const tagCondition = (tag: string): string => `aws:PrincipalTag/${tag}`;

const carries = (tags: { readonly [key: string]: string }, tag: string): boolean =>
  Object.keys(tags).some((key) => key.toLowerCase() === tag.toLowerCase());

const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** How to come by two independent ways, with the commands that can be given beforehand. */
function remedyFor(input: PerimeterInput, isMember: boolean): string {
  const { choices, landscape } = input;
  const { quilt, organizationSide } = landscape.survey;
  const [role] = roleWays(input).map(({ principal }) => nameIn(principal));
  const side = organizationSide.known ? organizationSide.value : null;
  const tag = role === undefined ? `tag one (aws iam tag-role --role-name ROLE --tags Key=${choices.exemptTag},Value=true) and ` : '';
  const trust = side === null ? '' : `: add ${trustStatement(side.arn, side.partition)} to its trust policy`;
  return [
    ...unreadRoles(input).map((action) => `allow ${action}, without which no role is known to be exempt`),
    ...(side === null || side.base === quilt.base ? ["give the organization's side credentials of its own (--org-profile NAME)"] : []),
    `let the organization's side assume ${role === undefined ? 'a break-glass role' : `role ${role}`}: ${tag}see to it with aws iam update-assume-role-policy --role-name ${role ?? 'ROLE'} --policy-document file://trust.json${trust}`,
    ...(isMember
      ? [
          'or centralize root access: aws organizations enable-aws-service-access --service-principal iam.amazonaws.com, then aws iam enable-organizations-root-sessions',
        ]
      : []),
    ...(operatorPassesBy(input).length > 1
      ? ['or say which address S3 sees you come from (--operator-ip), so that it is known that your network lets you pass']
      : []),
  ].join('; ');
}

/** What is lacking to tell which roles are exempt. */
function unreadRoles({ landscape: { operator } }: PerimeterInput): readonly string[] {
  if (!operator.roles.known) return [operator.roles.action];
  return [...new Set(operator.roles.value.flatMap(({ tags }) => (tags.known ? [] : [tags.action])))];
}

/** A session cannot be trusted by its role's ARN where the role's path is not known, as with Identity Center. */
function trustStatement(arn: string, partition: string): string {
  const [, account, name] = /:(\d{12}):assumed-role\/([^/]+)/.exec(arn) ?? [];
  if (account === undefined || name === undefined) return JSON.stringify(allow(arn));
  return JSON.stringify({
    ...allow(`arn:${partition}:iam::${account}:root`),
    Condition: {
      ArnLike: { 'aws:PrincipalArn': [`arn:${partition}:iam::${account}:role/${name}`, `arn:${partition}:iam::${account}:role/*/${name}`] },
    },
  });
}

const allow = (principal: string) => ({ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' });
