// What time does to an organization: pending policy types come into force, and the past that nobody sees is forgotten.
import type { Organization, OrganizationsState, RootPolicyType } from './state.ts';
import { allNodes } from './tree.ts';

/** How long the past is kept: longer than any front end is late. */
const kept = 15 * 60_000;

/** The managed policy that AWS attaches everywhere when its type is enabled (D19). */
export const fullAccess: { readonly [type: string]: string } = {
  SERVICE_CONTROL_POLICY: 'p-FullAWSAccess',
  RESOURCE_CONTROL_POLICY: 'p-RCPFullAWSAccess',
};

/** Brings the organization to `now` (simulated milliseconds): asynchronous changes that are due take effect (D6, D7). Safe to repeat. */
export function settleOrganizations(state: OrganizationsState, now: number): void {
  const organization = state.organization;
  if (!organization) return;
  for (const policyType of [...organization.root.policyTypes]) {
    if (policyType.readyAt === null || policyType.readyAt > now) continue;
    if (policyType.status === 'PENDING_ENABLE') enable(organization, policyType, policyType.readyAt);
    else disable(organization, policyType, policyType.readyAt);
  }
}

/** Ends one attachment and remembers it for late front ends. */
export function endAttachment(organization: Organization, policyId: string, targetId: string, now: number): void {
  const index = organization.attachments.findIndex((a) => a.policyId === policyId && a.targetId === targetId);
  const policy = organization.policies[policyId];
  const ended = organization.attachments[index];
  if (!ended || !policy) return;
  organization.attachments.splice(index, 1);
  organization.endedAttachments.push({ ...ended, detachedAt: now, type: policy.type, history: structuredClone(policy.history) });
}

/** Drops what no front end can still answer by. */
export function forget(organization: Organization, now: number): void {
  organization.endedAttachments = organization.endedAttachments.filter((a) => a.detachedAt > now - kept);
  for (const policy of Object.values(organization.policies)) {
    const current = policy.history.findLastIndex((version) => version.from <= now - kept);
    if (current > 0) policy.history.splice(0, current);
  }
}

function enable(organization: Organization, policyType: RootPolicyType, at: number): void {
  policyType.status = 'ENABLED';
  policyType.readyAt = null;
  policyType.enabledAt = at;
  const policyId = fullAccess[policyType.type];
  if (policyId === undefined) return;
  for (const targetId of allNodes(organization)) organization.attachments.push({ policyId, targetId, attachedAt: at });
}

function disable(organization: Organization, policyType: RootPolicyType, at: number): void {
  organization.root.policyTypes = organization.root.policyTypes.filter((other) => other !== policyType);
  for (const { policyId, targetId } of [...organization.attachments])
    if (organization.policies[policyId]?.type === policyType.type) endAttachment(organization, policyId, targetId, at);
}
