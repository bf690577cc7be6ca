// The organization's tree, its SCPs, and where in it Quilt's account stands.
import type { Organization } from '../../src/sandbox/organizations/state.ts';
import { accounts } from '../../src/sandbox/scenarios/company.ts';
import { addServiceControlPolicy, addUnit, enablePolicyType } from '../../src/sandbox/scenarios/organization.ts';
import type { QuiltWorld } from '../support/quilt-world.ts';
import type { ChoiceParts, Landscape } from './parts.ts';

export function buildOrganization(named: QuiltWorld, { organization: parts, choices }: Landscape): void {
  const { draft, organization, accountId, world } = named;
  if (parts.is === 'absent') {
    world.organizations.organization = null;
    return;
  }
  if (parts.is === 'billing-only') organization.featureSet = 'CONSOLIDATED_BILLING';
  const chain = [organization.root.id];
  for (let depth = 1; depth <= parts.depth; depth += 1) {
    const parent = chain.at(-1) ?? organization.root.id;
    chain.push(addUnit(draft, organization, parent, `Level ${depth}`).id);
  }
  const quilt = organization.accounts[accountId];
  if (quilt) quilt.parentId = chain[parts.quiltAt % chain.length] ?? organization.root.id;
  if (parts.policyType === 'pending')
    organization.root.policyTypes.push({
      type: 'SERVICE_CONTROL_POLICY',
      status: 'PENDING_ENABLE',
      readyAt: world.clock.base + 300_000,
      enabledAt: null,
    });
  if (parts.policyType === 'on') attachOthers(named, parts, choices);
  const stay = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'organizations:LeaveOrganization', Resource: '*' }] };
  if (parts.ourName !== 'free') {
    const isAttached = parts.ourName === 'taken-attached' && parts.policyType === 'on' && parts.attached < 9;
    addServiceControlPolicy(draft, organization, 'QuiltDataPerimeter', stay, isAttached ? [accountId] : []);
  }
  if (parts.controlTower) addServiceControlPolicy(draft, organization, 'aws-guardrails-Abcdef', stay, []);
}

function attachOthers({ draft, organization, world, accountId }: QuiltWorld, parts: Landscape['organization'], choices: ChoiceParts): void {
  enablePolicyType(draft, organization);
  const targets = new Set(
    [accountId, ...targetIdsOf(choices.targets, { organization, accountId })].filter((id) => isThere(organization, id)),
  );
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'iam:CreateUser', Resource: '*' }] };
  for (let index = 0; index < parts.attached; index += 1)
    addServiceControlPolicy(draft, organization, `Others${world.seed}-${index}`, document, [...targets]);
}

const isThere = (organization: Organization, id: string): boolean =>
  id === organization.root.id || id in organization.units || id in organization.accounts;

/** The ids of what the SCP is to be attached to, in order, each once. */
export function targetIdsOf(
  targets: ChoiceParts['targets'],
  { organization, accountId }: { readonly organization: Organization; readonly accountId: string },
): readonly string[] {
  const idOf = (target: ChoiceParts['targets'][number]): string => {
    switch (target) {
      case 'account':
        return accountId;
      case 'unit':
        return organization.accounts[accountId]?.parentId ?? organization.root.id;
      case 'root':
        return organization.root.id;
      case 'other-account':
        return accounts.analytics;
      case 'unknown':
        return '123412341234';
      default:
        return target satisfies never;
    }
  };
  return [...new Set(targets.map(idOf))];
}
