// A world in the making: builders take a draft, add to its world and return what they added. Ids follow from the seed
// and a name, so that the same scenario and seed make the same world.
import { createHash } from 'node:crypto';
import { emptyEc2State } from '../ec2/state.ts';
import { emptyS3 } from '../s3/state.ts';
import { newWorldClock } from '../time.ts';
import type { World } from '../world.ts';

export interface Draft {
  readonly world: World;
  /** Where new things are put unless told otherwise. */
  readonly region: string;
  /** Simulated milliseconds since the epoch at which the scenario begins; what stands was made before. */
  readonly now: number;
  readonly seed: number;
}

export interface Begin {
  readonly scenario: string;
  /** Simulated milliseconds since the epoch. */
  readonly now: number;
  /** Simulated seconds per second. */
  readonly speed: number;
  readonly seed: number;
  readonly region?: string;
}

/** A world with nothing in it. */
export function newDraft({ scenario, now, speed, seed, region = 'us-east-1' }: Begin): Draft {
  const world: World = {
    version: 1,
    scenario,
    seed,
    sequence: 0,
    clock: newWorldClock(now, speed),
    identities: {},
    accessKeys: {},
    hints: { testBucket: '', stack: '', vpc: '', trustedVpcs: [], trustedCidrs: [], target: '', region },
    ec2: emptyEc2State(),
    s3: emptyS3(),
    organizations: { organization: null },
    cloudformation: { stacks: {} },
    iam: { accounts: {}, awsManagedPolicies: {}, deniedActions: {} },
    route53: { zones: {} },
    quotas: { applied: {} },
    synthetics: { from: now, nextDue: now, runs: {}, stopped: [] },
    faults: [],
  };
  return { world, region, now, seed };
}

const digest = (draft: Draft, text: string): string => createHash('sha256').update(`${draft.seed}/scenario/${text}`).digest('hex');

/** The id of a thing by its kind and name: `idOf(draft, 'vpc', 'quilt')` → `vpc-0123456789abcdef0`. */
export const idOf = (draft: Draft, prefix: string, name: string): string => `${prefix}-0${digest(draft, `${prefix}/${name}`).slice(0, 16)}`;

/** So many characters of 0–9 and A–F that follow from seed and name: for ids that are not EC2's. */
export const markOf = (draft: Draft, name: string, length: number): string => digest(draft, name).slice(0, length).toUpperCase();

/** A moment so many days before the scenario begins, in simulated milliseconds since the epoch. */
export const daysAgo = (draft: Draft, days: number): number => draft.now - days * 86_400_000;
