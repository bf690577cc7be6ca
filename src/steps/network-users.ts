// Stacks whose parameters hold an endpoint: nothing is taken away from under them, neither the endpoint nor the network
// that they use with it.
import { markOf } from '../aws/tags.ts';
import { findVpcEndpoints } from '../aws/vpc-endpoint.ts';
import type { User } from '../engine/types.ts';
import type { StepContext } from './context.ts';
import { readStacks } from './read-stack.ts';

/** The stacks of the Region with a parameter that holds one of these endpoints. */
export async function stacksHolding(endpointIds: readonly string[], ctx: StepContext): Promise<readonly User[]> {
  if (endpointIds.length === 0) return [];
  const stacks = await readStacks(ctx);
  return stacks.flatMap(({ id, name, parameters }) =>
    parameters.flatMap(({ key, value }) =>
      value !== null && endpointIds.includes(value) ? [{ id, what: `parameter ${key} of stack ${name} holds ${value}` }] : [],
    ),
  );
}

/** The stacks that hold an interface endpoint of this tool's making in the VPC: they use its way out, too. */
export async function stacksUsing(vpcId: string, ctx: StepContext): Promise<readonly User[]> {
  const endpoints = await findVpcEndpoints(vpcId, ctx);
  const made = endpoints.filter(({ type, state, tags }) => type === 'Interface' && state !== 'deleting' && markOf(tags) !== null);
  return stacksHolding(
    made.map(({ id }) => id),
    ctx,
  );
}
