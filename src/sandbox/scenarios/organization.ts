// Builders for the organization: its tree, its policy types and policies.
import { fullAccess } from '../organizations/settle.ts';
import type { MemberAccount, Organization, StoredPolicy, Unit } from '../organizations/state.ts';
import { allNodes } from '../organizations/tree.ts';
import { type Draft, daysAgo, markOf } from './draft.ts';

/** An organization with all features, its management account, AWS's own policies, and no policy type enabled. */
export function addOrganization(draft: Draft, managementAccountId: string): Organization {
  const rootId = `r-${markOf(draft, 'root', 4).toLowerCase()}`;
  const organization: Organization = {
    id: `o-${markOf(draft, 'organization', 10).toLowerCase()}`,
    managementAccountId,
    managementEmail: 'aws-management@example.com',
    featureSet: 'ALL',
    root: { id: rootId, name: 'Root', policyTypes: [], tags: {} },
    units: {},
    accounts: {},
    policies: {},
    attachments: [],
    endedAttachments: [],
    delegatedAdministrators: [],
    resourcePolicy: null,
    serviceAccess: [
      { servicePrincipal: 'cloudtrail.amazonaws.com', enabledAt: daysAgo(draft, 900) },
      { servicePrincipal: 'sso.amazonaws.com', enabledAt: daysAgo(draft, 900) },
    ],
  };
  draft.world.organizations.organization = organization;
  addAccount(draft, organization, rootId, managementAccountId, 'Management');
  for (const [type, id] of Object.entries(fullAccess)) addManagedPolicy(draft, organization, type, id);
  return organization;
}

/** An organizational unit under the root or another unit. */
export function addUnit(draft: Draft, organization: Organization, parentId: string, name: string): Unit {
  const id = `ou-${organization.root.id.slice(2)}-${markOf(draft, `unit/${parentId}/${name}`, 8).toLowerCase()}`;
  const unit: Unit = { id, name, parentId, tags: {} };
  organization.units[id] = unit;
  attachFullAccess(draft, organization, id);
  return unit;
}

/** A member account. */
export function addAccount(draft: Draft, organization: Organization, parentId: string, id: string, name: string): MemberAccount {
  const account: MemberAccount = {
    id,
    name,
    email: `aws-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}@example.com`,
    status: 'ACTIVE',
    joinedMethod: 'CREATED',
    joinedAt: daysAgo(draft, 800),
    parentId,
    tags: {},
  };
  organization.accounts[id] = account;
  attachFullAccess(draft, organization, id);
  return account;
}

/** Puts a policy type in force; AWS's full-access policy is then attached everywhere (D19). */
export function enablePolicyType(draft: Draft, organization: Organization, type = 'SERVICE_CONTROL_POLICY'): void {
  organization.root.policyTypes.push({ type, status: 'ENABLED', readyAt: null, enabledAt: daysAgo(draft, 700) });
  const policyId = fullAccess[type];
  if (policyId === undefined) return;
  for (const targetId of allNodes(organization)) organization.attachments.push({ policyId, targetId, attachedAt: daysAgo(draft, 700) });
}

/** An SCP of somebody else, attached to these targets. */
export function addServiceControlPolicy(
  draft: Draft,
  organization: Organization,
  name: string,
  document: object,
  targets: readonly string[],
): StoredPolicy {
  const createdAt = daysAgo(draft, 400);
  const content = JSON.stringify(document);
  const id = `p-${markOf(draft, `policy/${name}`, 8).toLowerCase()}`;
  const policy: StoredPolicy = {
    id,
    name,
    description: `${name}, made by the platform team`,
    type: 'SERVICE_CONTROL_POLICY',
    awsManaged: false,
    content,
    tags: {},
    createdAt,
    history: [{ content, from: createdAt }],
  };
  organization.policies[id] = policy;
  for (const targetId of targets) organization.attachments.push({ policyId: id, targetId, attachedAt: createdAt });
  return policy;
}

function addManagedPolicy(draft: Draft, organization: Organization, type: string, id: string): void {
  const createdAt = daysAgo(draft, 3000);
  const isScp = type === 'SERVICE_CONTROL_POLICY';
  const statement = { Effect: 'Allow', ...(isScp ? {} : { Principal: '*' }), Action: '*', Resource: '*' };
  const content = JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, null, 2);
  organization.policies[id] = {
    id,
    name: id.slice(2),
    description: isScp ? 'Allows access to every operation' : 'Allows access to every resource',
    type,
    awsManaged: true,
    content,
    tags: {},
    createdAt,
    history: [{ content, from: createdAt }],
  };
}

function attachFullAccess(draft: Draft, organization: Organization, targetId: string): void {
  for (const { type } of organization.root.policyTypes) {
    const policyId = fullAccess[type];
    if (policyId !== undefined) organization.attachments.push({ policyId, targetId, attachedAt: daysAgo(draft, 700) });
  }
}
