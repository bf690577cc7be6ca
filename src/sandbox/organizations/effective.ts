// Which organization policies bind an account, as of a moment: a front end that is late asks for an earlier one (D21).
import type { OrganizationsState } from './state.ts';
import { pathOf } from './tree.ts';

/**
 * The contents of the policies of `type` on the way from the root to the account, one list a level, as they stood at
 * `at` (simulated milliseconds). Null where none bind: no organization, another's account, the management account (D4),
 * or a type that was not in force then (D6).
 */
export function policiesInForce(
  state: OrganizationsState,
  accountId: string,
  type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY',
  at: number,
): readonly (readonly string[])[] | null {
  const organization = state.organization;
  if (!organization?.accounts[accountId] || accountId === organization.managementAccountId) return null;
  const policyType = organization.root.policyTypes.find((known) => known.type === type);
  // Enabled and not settled yet: nothing but FullAWSAccess can be attached, which binds nobody.
  const from = policyType?.enabledAt ?? null;
  if (from === null || from > at) return null;
  const path = pathOf(organization, accountId);
  const levels = new Map<string, string[]>(path.map((id) => [id, []]));
  for (const { policyId, targetId, attachedAt } of organization.attachments) {
    const level = levels.get(targetId);
    const policy = organization.policies[policyId];
    if (level && policy?.type === type && attachedAt <= at) level.push(contentAt(policy.history, at) ?? policy.content);
  }
  for (const ended of organization.endedAttachments) {
    const level = levels.get(ended.targetId);
    const content = contentAt(ended.history, at);
    if (level && ended.type === type && ended.attachedAt <= at && at < ended.detachedAt && content !== null) level.push(content);
  }
  return path.map((id) => levels.get(id) ?? []);
}

/** The ids from the organization's root to the account with the organization's id before them (aws:PrincipalOrgPaths), or null. */
export function organizationPath(state: OrganizationsState, accountId: string): string | null {
  const organization = state.organization;
  if (!organization?.accounts[accountId]) return null;
  return `${[organization.id, ...pathOf(organization, accountId).slice(0, -1)].join('/')}/`;
}

function contentAt(history: readonly { readonly content: string; readonly from: number }[], at: number): string | null {
  return (history.findLast((version) => version.from <= at) ?? history[0])?.content ?? null;
}
