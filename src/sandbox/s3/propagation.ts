// Front ends learn of changed policies late, and not all at once: a front end is a number in [0, 1), drawn for each
// request, and the lower it is the sooner it knows.
import { policiesInForce } from '../organizations/effective.ts';
import type { OrganizationsState } from '../organizations/state.ts';
import type { BucketState } from './state.ts';

/** `settled`: as if every change had arrived everywhere. */
export type FrontEnd = number | 'settled';

/** How late the first and the last front end are, in simulated milliseconds (D21 gives no bound; these are the sandbox's). */
export const bucketPolicyLag = { first: 2_000, last: 20_000 } as const;
export const organizationPolicyLag = { first: 5_000, last: 60_000 } as const;

/** The bucket policy that a front end answers by at `now`; null for none. */
export function policyInForce(bucket: BucketState, now: number, frontEnd: FrontEnd): string | null {
  const at = seenAt(now, frontEnd, bucketPolicyLag);
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
): readonly (readonly string[])[] | null {
  return policiesInForce(state, accountId, type, seenAt(now, frontEnd, organizationPolicyLag));
}

/** Puts a policy in place of the present one, or takes it away (null); what no front end answers by any more is forgotten. */
export function replacePolicy(bucket: BucketState, text: string | null, now: number): void {
  const remembered = bucket.replacedPolicies.filter((policy) => policy.until > now - bucketPolicyLag.last);
  bucket.replacedPolicies = [...remembered, { text: bucket.policy, until: now }];
  bucket.policy = text;
}

const seenAt = (now: number, frontEnd: FrontEnd, lag: { readonly first: number; readonly last: number }): number =>
  frontEnd === 'settled' ? now : now - (lag.first + frontEnd * (lag.last - lag.first));
