// Front ends learn of changed policies late, and not all at once: a front end is a number in [0, 1), drawn for each
// request, and the lower it is the sooner it knows.
import { policiesInForce } from '../organizations/effective.ts';
import type { OrganizationsState } from '../organizations/state.ts';
import type { BucketState } from './state.ts';

/** `settled`: as if every change had arrived everywhere. */
export type FrontEnd = number | 'settled';

/** How late the first and the last front end are, in simulated milliseconds. `split`: there are none in between. */
export interface Lag {
  readonly first: number;
  readonly last: number;
  readonly split?: true;
}

/** Lags other than the usual ones, for tests; at most 15 minutes, which is how long an organization's past is kept. */
export interface Propagation {
  readonly bucketPolicy?: Lag;
  readonly organizationPolicy?: Lag;
}

// D21 gives no bound; these are the sandbox's.
const bucketPolicyLag: Lag = { first: 2_000, last: 20_000 };
const organizationPolicyLag: Lag = { first: 5_000, last: 60_000 };

/** The bucket policy that a front end answers by at `now`; null for none. */
export function policyInForce(
  bucket: BucketState,
  now: number,
  frontEnd: FrontEnd,
  propagation: Propagation | undefined = undefined,
): string | null {
  const at = seenAt(now, frontEnd, propagation?.bucketPolicy ?? bucketPolicyLag);
  const replaced = bucket.replacedPolicies.find((policy) => policy.until > at);
  return replaced === undefined ? bucket.policy : replaced.text;
}

/** The SCPs or RCPs that bind an account, by level, as a front end knows them; null where none bind. */
export function organizationPoliciesInForce(
  state: OrganizationsState,
  accountId: string,
  type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY',
  now: number,
  frontEnd: FrontEnd,
  propagation: Propagation | undefined = undefined,
): readonly (readonly string[])[] | null {
  return policiesInForce(state, accountId, type, seenAt(now, frontEnd, propagation?.organizationPolicy ?? organizationPolicyLag));
}

/** Puts a policy in place of the present one, or takes it away (null); what no front end answers by any more is forgotten. */
export function replacePolicy(bucket: BucketState, text: string | null, now: number, propagation: Propagation | undefined): void {
  const { last } = propagation?.bucketPolicy ?? bucketPolicyLag;
  const remembered = bucket.replacedPolicies.filter((policy) => policy.until > now - last);
  bucket.replacedPolicies = [...remembered, { text: bucket.policy, until: now }];
  bucket.policy = text;
}

function seenAt(now: number, frontEnd: FrontEnd, { first, last, split }: Lag): number {
  if (frontEnd === 'settled') return now;
  const late = split === true ? Math.round(frontEnd) : frontEnd;
  return now - (first + late * (last - first));
}
