// The endpoint that a change made, found by its id or, where the journal has none, by its mark.
import type { VpcEndpoint } from '../../aws/types.ts';
import { findMarkedVpcEndpoint, findVpcEndpoint } from '../../aws/vpc-endpoint.ts';
import type { Applied, Made } from '../../engine/types.ts';
import { parsePolicy } from '../../policy/document.ts';
import type { Json } from '../../ports.ts';
import type { StepContext } from '../context.ts';
import { markIn } from '../fields.ts';

/** Undefined if it is gone or going. */
export async function standingEndpoint({ made, change }: Applied, ctx: StepContext): Promise<VpcEndpoint | undefined> {
  const endpoint = made === null ? await findMarkedVpcEndpoint(markIn(change.after), ctx) : await findVpcEndpoint(made.id, ctx);
  return endpoint?.state === 'deleting' ? undefined : endpoint;
}

/** What the journal keeps of it: the policy that AWS gave it too, so that another's edit shows. */
export const madeEndpoint = ({ id, policy }: VpcEndpoint): Made => ({ id, fields: {}, state: { policy } });

/** Whether the endpoint's policy says what it said when it was made; true where the journal does not tell. */
export function samePolicy(applied: Applied, endpoint: VpcEndpoint): boolean {
  const policy = policyOfMade(applied);
  if (policy === null || endpoint.policy === null || policy === endpoint.policy) return true;
  const [one, other] = [parsePolicy(policy), parsePolicy(endpoint.policy)];
  return one.ok && other.ok && JSON.stringify(sorted(one.document as unknown)) === JSON.stringify(sorted(other.document as unknown));
}

/** The policy that AWS gave the endpoint when it was made; null where the journal does not tell. */
export const policyOfMade = ({ made }: Applied): string | null => policyIn(made?.state);

function policyIn(state: Json | undefined): string | null {
  if (typeof state !== 'object' || state === null || !('policy' in state)) return null;
  return typeof state.policy === 'string' ? state.policy : null;
}

/** With the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
