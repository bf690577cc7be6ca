// Whether a call to Organizations would be answered: the call itself, made on a copy.
import { checkDenied } from '../identities.ts';
import { authorize, demandsOf } from '../permissions/authorize.ts';
import { AwsError, type Call, type Caller } from '../types.ts';
import type { World } from '../world.ts';
import { policies } from './policies.ts';

interface Question {
  readonly caller: Caller;
  readonly accessKeyId: string;
  /** Such as `organizations:UpdatePolicy`. */
  readonly action: string;
  /** The ARN of a policy; else the account alone decides. */
  readonly resource: string;
  /** Simulated milliseconds since the epoch. */
  readonly now: number;
}

/** Why the call would be refused, in AWS's words; null: it would not be. */
export function whyNotInOrganizations(world: World, { caller, accessKeyId, action, resource, now }: Question): string | null {
  const operation = action.replace(/^organizations:/, '');
  const policyId = /:policy\/(?:.*\/)?(p-[^/]+)$/.exec(resource)?.[1];
  const copy: World = { ...world, organizations: structuredClone(world.organizations), faults: [] };
  try {
    const call = callBy(copy, operation, caller, now);
    const demands = demandsOf(world, 'organizations', policyId === undefined ? {} : { PolicyId: policyId }, call);
    checkDenied(world, accessKeyId, caller, 'organizations', [action]);
    authorize(world, 'organizations', demands, call);
    if (policyId !== undefined) carryOut(copy, operation, policyId, call);
    else if (caller.accountId !== world.organizations.organization?.managementAccountId) return 'not the management account';
  } catch (error) {
    if (error instanceof AwsError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return null;
}

function carryOut(world: World, operation: string, policyId: string, call: Call): void {
  const run = (name: 'UpdatePolicy' | 'DetachPolicy' | 'DeletePolicy', input: { PolicyId: string; TargetId?: string }) =>
    // The table of operations does not say what each takes.
    policies[name].run(world, input as never, call);
  if (operation === 'UpdatePolicy' || operation === 'DeletePolicy') run(operation, { PolicyId: policyId });
  else if (operation === 'DetachPolicy') {
    const attached = world.organizations.organization?.attachments.filter((each) => each.policyId === policyId) ?? [];
    // Attached nowhere, there is nothing to detach, provided that it is there.
    if (attached.length === 0) run('UpdatePolicy', { PolicyId: policyId });
    for (const { targetId } of attached) run('DetachPolicy', { PolicyId: policyId, TargetId: targetId });
  } else throw new AwsError('NotImplemented', `the sandbox cannot tell ${operation} of a policy.`, 501);
}

const callBy = (world: World, operation: string, caller: Caller, now: number): Call => ({
  service: 'organizations',
  operation,
  region: world.hints.region,
  caller,
  now,
  requestId: 'can',
  id: (prefix) => `${prefix}-can`,
  random: () => 0,
});
