// The scenario's two operators with the policies of docs/iam and nothing else, and what the program called as each of them.

import { documentOf, type Policy } from '../../scripts/iam/grants.ts';
import { policies } from '../../scripts/iam/policies.ts';
import type { CallRecord } from '../../src/sandbox/call-log.ts';
import type { World } from '../../src/sandbox/world.ts';

export type Side = Policy['side'];

const roles: { readonly [side in Side]: string } = { quilt: 'PlatformAdmin', organization: 'OrganizationAdmin' };

/** What the scenario has for a policy's placeholders. */
function valuesOf(world: World): { readonly [placeholder: string]: string } {
  const { hints, identities, accessKeys, organizations } = world;
  const accountId = accessKeys[identities.operator ?? '']?.accountId ?? '';
  return {
    REGION: hints.region,
    ACCOUNT_ID: accountId,
    VPC_ID: hints.vpc,
    STACK_NAME: hints.stack,
    TEST_BUCKET: hints.testBucket,
    BREAK_GLASS_ROLE: 'BreakGlass',
    LOG_BUCKET: `corp-cloudtrail-${accountId}`,
    RESULTS_BUCKET: 'athena-results',
    MANAGEMENT_ACCOUNT_ID: organizations.organization?.managementAccountId ?? '',
    ORGANIZATION_ID: organizations.organization?.id ?? '',
  };
}

/** Leaves both operators the policies alone; `without`: an action that one side lacks. */
export function allowExactly(world: World, without: { readonly side: Side; readonly action: string } | null = null): void {
  const values = valuesOf(world);
  for (const side of ['quilt', 'organization'] as const) {
    const accountId = values[side === 'quilt' ? 'ACCOUNT_ID' : 'MANAGEMENT_ACCOUNT_ID'] ?? '';
    const role = world.iam.accounts[accountId]?.roles[roles[side]];
    if (role === undefined) throw new Error(`no role ${roles[side]} in ${accountId}`);
    const lacking = without?.side === side ? [without.action] : [];
    role.attachedPolicies = [];
    role.inlinePolicies = Object.fromEntries(
      policies
        .filter((policy) => policy.side === side)
        .map((policy) => [policy.name, filledIn(JSON.stringify(documentOf(policy, lacking)), values)]),
    );
  }
}

/** A text whose placeholders are replaced. */
export const filledIn = (text: string, values: { readonly [placeholder: string]: string }): string =>
  text.replaceAll(/\b[A-Z]+(?:_[A-Z]+)*\b/g, (word) => values[word] ?? word);

/** The IAM actions that the calls of one side needed. */
export const actionsOf = (calls: readonly CallRecord[], side: Side): readonly string[] =>
  calls.filter(({ caller }) => caller.includes(`:assumed-role/${roles[side]}/`)).flatMap(({ actions }) => actions);
