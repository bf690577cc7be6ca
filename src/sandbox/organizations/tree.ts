// The organization's tree: what stands where, and the ARNs and shapes that Organizations answers.
import type { Account, OrganizationalUnit, Organization as OrganizationShape, Root } from '@aws-sdk/client-organizations';
import { refused, shaped } from './errors.ts';
import type { MemberAccount, Organization, Unit } from './state.ts';

const targetPattern = /^(r-[0-9a-z]{4,32}|\d{12}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$/;

export type Node =
  | { readonly type: 'ROOT'; readonly id: string; readonly name: string; readonly parentId: null; readonly tags: { [key: string]: string } }
  | ({ readonly type: 'ORGANIZATIONAL_UNIT' } & Unit)
  | ({ readonly type: 'ACCOUNT' } & MemberAccount);

/** The node with this id, or undefined. */
export function nodeOf(organization: Organization, id: string): Node | undefined {
  if (id === organization.root.id) return { type: 'ROOT', id, name: organization.root.name, parentId: null, tags: organization.root.tags };
  const unit = organization.units[id];
  if (unit) return { type: 'ORGANIZATIONAL_UNIT', ...unit };
  const account = organization.accounts[id];
  return account ? { type: 'ACCOUNT', ...account } : undefined;
}

/** The node that a policy is attached to or asked about. Throws InvalidInputException, TargetNotFoundException (D10). */
export function targetOf(organization: Organization, id: string): Node {
  shaped(id, targetPattern, 'TargetId', 'INVALID_PATTERN_TARGET_ID');
  const node = nodeOf(organization, id);
  if (!node) throw refused('TargetNotFoundException', "We can't find a root, OU, account, or policy with the TargetId that you specified.");
  return node;
}

/** A root or unit. Throws ParentNotFoundException. */
export function parentOf(organization: Organization, id: string, code = 'ParentNotFoundException'): Node {
  const node = nodeOf(organization, id);
  if (!node || node.type === 'ACCOUNT')
    throw refused(code, "We can't find a root or organizational unit (OU) with the ParentId that you specified.");
  return node;
}

/** The ids from the root to the node itself. */
export function pathOf(organization: Organization, id: string): readonly string[] {
  const path: string[] = [];
  for (let at: string | null = id; at !== null && path.length < 10; at = nodeOf(organization, at)?.parentId ?? null) path.unshift(at);
  return path;
}

/** Ids of all nodes: the root, the units, the accounts. */
export const allNodes = (organization: Organization): readonly string[] => [
  organization.root.id,
  ...Object.keys(organization.units),
  ...Object.keys(organization.accounts),
];

const resource = (organization: Organization, kind: string, id: string): string =>
  `arn:aws:organizations::${organization.managementAccountId}:${kind}/${organization.id}/${id}`;

/** The ARN of the root, a unit or an account. */
export function nodeArn(organization: Organization, node: Node): string {
  const kind = { ROOT: 'root', ORGANIZATIONAL_UNIT: 'ou', ACCOUNT: 'account' }[node.type];
  return resource(organization, kind, node.id);
}

/** The root as ListRoots answers it: a type that is not enabled does not stand in PolicyTypes. */
export const rootShape = (organization: Organization): Root => ({
  Id: organization.root.id,
  Arn: resource(organization, 'root', organization.root.id),
  Name: organization.root.name,
  PolicyTypes: organization.root.policyTypes.map(({ type, status }) => ({ Type: type as never, Status: status })),
});

export const unitShape = (organization: Organization, unit: Unit): OrganizationalUnit => ({
  Id: unit.id,
  Arn: resource(organization, 'ou', unit.id),
  Name: unit.name,
});

export const accountShape = (organization: Organization, account: MemberAccount): Account => ({
  Id: account.id,
  Arn: resource(organization, 'account', account.id),
  Email: account.email,
  Name: account.name,
  Status: account.status,
  State: account.status === 'ACTIVE' ? 'ACTIVE' : account.status,
  JoinedMethod: account.joinedMethod,
  JoinedTimestamp: new Date(account.joinedAt),
});

/** As DescribeOrganization answers it: AvailablePolicyTypes is deprecated and says little (D1). */
export const organizationShape = (organization: Organization): OrganizationShape => ({
  Id: organization.id,
  Arn: `arn:aws:organizations::${organization.managementAccountId}:organization/${organization.id}`,
  FeatureSet: organization.featureSet,
  MasterAccountId: organization.managementAccountId,
  MasterAccountArn: resource(organization, 'account', organization.managementAccountId),
  MasterAccountEmail: organization.managementEmail,
  AvailablePolicyTypes: organization.featureSet === 'ALL' ? [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }] : [],
});
