// Which request a change is begun with: a former one again, word for word, or a new generation of it.
import { type PerimeterError, stopped } from '../errors.ts';
import type { JournaledChange, JournalState } from '../journal/journal.ts';
import type { Place } from '../ports.ts';
import { appliedOf } from './journaled.ts';
import { same } from './json.ts';
import { tokenOf } from './token.ts';
import type { Applied, Change, Inspection, Ref, StepId } from './types.ts';
import { resolveChange } from './values.ts';

export interface Attempt {
  readonly applied: Applied;
  /** The journal says that it is done, but it is not there any more: to be journaled as undone first. */
  readonly vanished: JournaledChange | null;
}

interface Moment {
  readonly journal: JournalState;
  readonly place: Place | null;
  readonly run: string;
  readonly now: Date;
  /** What is there of it, where the journal says that it is done. */
  readonly inspection: Inspection | undefined;
  /** Steps that are left out of this run, to say so where a ref leads to one of them. */
  readonly leftOut: readonly StepId[];
}

/**
 * The attempt that a change is begun with. Half-made, or done and there as made, with the same request: the same
 * generation and token, so that AWS makes no second thing. Else the next generation.
 * @throws PerimeterError UNRESOLVED (stopped) where a ref leads to what was not made
 */
export function nextAttempt(step: StepId, change: Change, moment: Moment): Attempt {
  const former = moment.journal.latest.get(change.key);
  if (former !== undefined && isRepeat(former, change, moment)) return { applied: { ...appliedOf(former), made: null }, vanished: null };

  const resolved = resolveChange(change, { run: moment.run, begunAt: moment.now }, moment.journal);
  if (!resolved.ok) throw unresolved(change, resolved.missing, moment.leftOut);
  const generation = (former?.generation ?? 0) + 1;
  const token = tokenOf(moment.place, change.key, generation);
  const isGone = moment.inspection?.state === 'gone' || moment.inspection?.state === 'as-before';
  return {
    applied: { step, change: resolved.change, generation, token, run: moment.run, made: null },
    vanished: former?.state === 'done' && isGone ? former : null,
  };
}

/** Whether the plan asks for the very request that the journal has. */
export function isSameRequest(former: JournaledChange, change: Change, journal: JournalState): boolean {
  const resolved = resolveChange(change, { run: former.run, begunAt: new Date(former.begunAt) }, journal);
  if (!resolved.ok) return false;
  const { action, target, after } = resolved.change;
  return former.change.action === action && same({ ...former.change.target }, { ...target }) && same(former.change.after, after);
}

function isRepeat(former: JournaledChange, change: Change, moment: Moment): boolean {
  // A guarded change begins its time anew.
  if (change.temporary === true || change.undoes !== undefined || change.guard !== undefined) return false;
  const repeatable = former.state === 'begun' || (former.state === 'done' && moment.inspection?.state === 'as-made');
  return repeatable && isSameRequest(former, change, moment.journal);
}

/** What a change needs was not made (exit 3). */
export function unresolved(change: Change, ref: Ref, leftOut: readonly StepId[]): PerimeterError {
  const step = ref.ref.split('/')[0] ?? ref.ref;
  const skipped = leftOut.some((each) => each === step);
  return stopped(
    'UNRESOLVED',
    `beginning change (${change.key}): it needs the ${ref.field} of ${ref.ref}, which was not made${skipped ? `: step ${step} is left out` : ''}`,
    skipped ? `run with step ${step}` : 'run again, so that it is made first',
  );
}
