// What the two policies have in common while they wait to be confirmed.
import type { Change } from '../engine/types.ts';
import { type Guard, guardedControl, guardIn } from '../policy/guard.ts';
import type { Probe } from './probing.ts';

/** Stands in a policy until the change is begun. */
export const confirmBy = '{{run.confirmBy}}';

/** The probe whose control stands beside what is guarded. */
export const guardedProbe = (probe: Probe): Probe => ({ ...probe, control: probe.control.replace(/control$/, guardedControl) });

/** The guard of a policy that AWS still goes by at `now`; null where there is none, or its time is over. */
export function guardInForce(policy: string, now: Date): Guard | null {
  const guard = guardIn(policy);
  return guard === null || Date.parse(guard.until) <= now.getTime() ? null : guard;
}

/** Whether a guarded change's time is over at `now`. */
export const isOver = ({ guard }: Change, now: Date): boolean =>
  guard !== undefined && guard.until !== null && Date.parse(guard.until) <= now.getTime();

/** The change without what belongs to having been put on first: its proof, what it replaced, and its certificate. */
export function withoutGuardedParts(guarded: Change): Change {
  const { guard: _guard, proof: _proof, replaces: _replaces, ways: _ways, certified: _certified, ...rest } = guarded;
  return rest;
}

/** Seconds as people say them: `15 minutes`, `2 hours`, `1 hour 30 minutes`. */
export function span(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  const of = (count: number, unit: string): readonly string[] => (count === 0 ? [] : [`${count} ${unit}${count === 1 ? '' : 's'}`]);
  return [...of(Math.floor(minutes / 60), 'hour'), ...of(minutes % 60, 'minute')].join(' ');
}
