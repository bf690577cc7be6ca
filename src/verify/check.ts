// Verify: every promise of the perimeter as a proposition about AWS, with what was seen of it. Nothing here writes, and nothing
// is taken from the journal: it says what was asked for, AWS says what is there.
import type { StepId } from '../engine/types.ts';
import type { Place } from '../ports.ts';

export interface Check {
  /** Stable: `endpoints/s3-route/subnet-0a1b`. */
  readonly id: string;
  readonly step: StepId;
  /** A proposition: what is promised, in the present tense. */
  readonly summary: string;
  /** `unknown`: it could not be read, is not settled yet, or rests on another proposition that does not hold. */
  readonly state: 'ok' | 'failed' | 'unknown';
  /** What was seen, with ids. */
  readonly evidence: string;
  readonly subjects: readonly string[];
}

export interface Verification {
  readonly place: Place;
  /** In the order of the steps. */
  readonly checks: readonly Check[];
  /** ISO time. */
  readonly at: string;
}

/** What was found about one proposition. */
export type Found = Pick<Check, 'state' | 'evidence'>;

export const holds = (evidence: string): Found => ({ state: 'ok', evidence });
export const fails = (evidence: string): Found => ({ state: 'failed', evidence });
export const untold = (evidence: string): Found => ({ state: 'unknown', evidence });

/** Of what could not be read: the permission that was missing. */
export const unread = ({ action, why }: { readonly action: string; readonly why: string }): Found =>
  untold(`it cannot be read: ${action}: ${why}`);

/** Of what cannot be judged since another proposition does not hold: the cause is told once. */
export const restsOn = (id: string): Found => untold(`it rests on ${id}, which is not ✓`);

/** The worst of the states: one that failed, else one that is unknown, else ok. */
export function worstOf(checks: readonly Pick<Check, 'state'>[]): Check['state'] {
  if (checks.some(({ state }) => state === 'failed')) return 'failed';
  return checks.some(({ state }) => state === 'unknown') ? 'unknown' : 'ok';
}
