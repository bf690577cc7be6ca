// The organization as far as an SCP for this account needs it.

import { isAwsError } from '../aws/aws-error.ts';
import type { AwsContext } from '../aws/context.ts';
import { describeOrganization, readPath, readRoot, readTarget } from '../aws/organization.ts';
import { readOrUnknown } from '../aws/refused.ts';
import { findPolicy, listPolicies, listPoliciesOf, listTargetsOf, readPolicyTags } from '../aws/service-control-policy.ts';
import type { OrganizationInfo, OrganizationPolicy } from '../aws/types.ts';
import { type Known, unknown } from '../ports.ts';
import type { Choices } from './choices.ts';
import type { AncestorLevel, OrganizationSeen, Survey } from './landscape.ts';

/** The organization; unknown where it cannot be read or there is none. */
export async function readOrganizationInfo(ctx: AwsContext): Promise<Known<OrganizationInfo>> {
  try {
    return await readOrUnknown('organizations:DescribeOrganization', () => describeOrganization(ctx));
  } catch (error) {
    if (!isAwsError(error, 'AWSOrganizationsNotInUseException')) throw error;
    return unknown('organizations:DescribeOrganization', 'the account is in no organization');
  }
}

/**
 * Reads ancestors, targets and the SCP. Unknown where the organization's side may not read them.
 * @throws PerimeterError `TARGET` (exit 2) where a target is not in the organization
 */
export async function readOrganization(survey: Survey, choices: Choices, ctx: AwsContext): Promise<Known<OrganizationSeen>> {
  if (!survey.organization.known) return survey.organization;
  const info = survey.organization.value;
  const isManagement = survey.organizationSide.known && survey.organizationSide.value.accountId === info.managementAccountId;
  return readOrUnknown('organizations:ListRoots', async () => {
    const { target: root } = await readRoot(ctx);
    const path = await readPath(survey.quilt.accountId, ctx);
    const ancestors = await inTurn(
      path,
      async (id): Promise<AncestorLevel> => ({
        target: await readTarget(id, root, ctx),
        policies: await readOrUnknown('organizations:ListPoliciesForTarget', () => listPoliciesOf(id, ctx)),
      }),
    );
    const paths = await inTurn(choices.targets, async (id) => ({
      target: await readTarget(id, root, ctx),
      path: id === survey.quilt.accountId ? path : await readPath(id, ctx),
    }));
    const { attached, ...changing } = await readChanging(choices, ctx);
    return {
      info,
      root,
      ancestors,
      authority: isManagement ? 'management' : 'delegated',
      ...changing,
      targets: withPolicies(paths, attached),
    };
  });
}

/** What changes while the step works: the policy type, the SCP, and what is attached to the targets. */
export async function readOrganizationAgain(seen: OrganizationSeen, choices: Choices, ctx: AwsContext): Promise<OrganizationSeen> {
  const { attached, ...changing } = await readChanging(choices, ctx);
  return { ...seen, ...changing, targets: withPolicies(seen.targets, attached) };
}

async function readChanging(choices: Choices, ctx: AwsContext) {
  const { policyTypes } = await readRoot(ctx);
  const all = await listPolicies(ctx);
  const named = all.find(({ name }) => name === choices.policyName);
  const found = named && (await findPolicy(named.id, ctx));
  const attached = await inTurn(choices.targets, async (id) => ({ id, policies: await listPoliciesOf(id, ctx) }));
  return {
    policyType: policyTypes.SERVICE_CONTROL_POLICY ?? 'none',
    policy: found
      ? {
          ...found,
          attachedTo: await listTargetsOf(found.policy.id, ctx),
          tags: await readOrUnknown('organizations:ListTagsForResource', () => readPolicyTags(found.policy.id, ctx)),
        }
      : null,
    managers: managersOf(all),
    attached,
  };
}

const withPolicies = <T extends { readonly target: { readonly id: string } }>(
  targets: readonly T[],
  attached: readonly { readonly id: string; readonly policies: readonly OrganizationPolicy[] }[],
) => targets.map((each) => ({ ...each, policies: attached.find(({ id }) => id === each.target.id)?.policies ?? [] }));

/** Who else manages SCPs, told by the names that they give them (K5). */
function managersOf(policies: readonly OrganizationPolicy[]): readonly string[] {
  const some = (pattern: RegExp) => policies.some(({ name, awsManaged }) => !awsManaged && pattern.test(name));
  return [
    ...(some(/^aws-guardrails-/i) ? ['Control Tower'] : []),
    ...(some(/^((AWS-?)?Accelerator|LZA)/i) ? ['Landing Zone Accelerator'] : []),
  ];
}

// Organizations allows few reads a second (D15).
async function inTurn<T, R>(items: readonly T[], read: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await read(item));
  return results;
}
