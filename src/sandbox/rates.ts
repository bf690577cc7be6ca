// How often an account may call Organizations: token buckets on simulated time, with AWS's numbers (D15).
import type { ServiceName } from './wire/services.ts';

interface Limit {
  /** Calls that share one bucket. */
  readonly group: string;
  readonly perSecond: number;
  readonly burst: number;
}

const policyWrite = (operation: string): Limit => ({ group: operation, perSecond: 2, burst: 3 });
const listing = (operation: string): Limit => ({ group: operation, perSecond: 5, burst: 8 });

const limits = new Map<string, Limit>(
  [
    ...['CreatePolicy', 'DeletePolicy', 'AttachPolicy', 'DetachPolicy', 'UpdatePolicy'].map(policyWrite),
    ...['ListPolicies', 'ListPoliciesForTarget', 'ListTargetsForPolicy', 'ListParents', 'ListAccountsForParent'].map(listing),
    { group: 'DescribePolicy', perSecond: 2, burst: 2 },
    { group: 'EnablePolicyType', perSecond: 1, burst: 1 },
    { group: 'DisablePolicyType', perSecond: 1, burst: 1 },
    { group: 'ListRoots', perSecond: 1, burst: 2 },
    { group: 'DescribeOrganization', perSecond: 1, burst: 2 },
  ].map((limit) => [limit.group, limit]),
);

/** Says of each call whether it is over the rate; a call that is takes no token. Kept in memory: buckets fill in seconds. */
export class Rates {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /** True where this call is one too many. `now` in simulated milliseconds. */
  exceeds(call: { readonly service: ServiceName; readonly operation: string; readonly accountId: string; readonly now: number }): boolean {
    const limit = call.service === 'organizations' ? limits.get(call.operation) : undefined;
    if (!limit) return false;
    const key = `${call.accountId}/${limit.group}`;
    const bucket = this.#buckets.get(key) ?? { tokens: limit.burst, at: call.now };
    const tokens = Math.min(limit.burst, bucket.tokens + (Math.max(0, call.now - bucket.at) / 1_000) * limit.perSecond);
    const exceeded = tokens < 1;
    this.#buckets.set(key, { tokens: exceeded ? tokens : tokens - 1, at: call.now });
    return exceeded;
  }
}
