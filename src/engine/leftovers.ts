// What earlier runs of a step left behind: trials that were not undone, calls whose answer never came, waits and undos
// that were cut short. Told apart by reads alone.
import type { Finding } from '../findings.ts';
import type { JournaledChange, JournalState } from '../journal/journal.ts';
import { isSameRequest } from './attempt.ts';
import { driftFinding } from './changed-findings.ts';
import { currentIn, hasExpired, isProvisional } from './guard.ts';
import { appliedOf, inspectSettled } from './journaled.ts';
import { replacedBy } from './replacing.ts';
import type { StepWork } from './step-work.ts';
import type { EngineContext, Inspection, StepPlan } from './types.ts';
import { standsOn } from './undo-order.ts';

/**
 * `undo`: it is a trial, or its time is over. `supersede`: another change's value stands in its place. `forget`: it is not
 * there; only the journal has to say so. `adopt`: the call took effect: make it once more, which finds it, and wait.
 * `wait`: it was made; wait. `retry`: it came to nothing then; wait once more, else undo.
 */
export interface Remedy {
  readonly what: 'undo' | 'supersede' | 'forget' | 'adopt' | 'wait' | 'retry';
  readonly journaled: JournaledChange;
}

export interface Leftovers {
  /** In the order in which they are to be carried out. */
  readonly remedies: readonly Remedy[];
  readonly findings: readonly Finding[];
}

interface Leftover {
  readonly journaled: JournaledChange;
  readonly inspection: Inspection;
  /** The trials whose place it takes. */
  readonly replaces: readonly JournaledChange[];
}

/**
 * Reads only. What somebody changed since is left alone and told: QP703, an error where it is in the plan's way.
 * @param plan the step's whole plan: a half-made change that it asks for again needs no remedy
 */
export async function findLeftovers<Input, Ctx extends EngineContext>(
  { run, step }: Pick<StepWork<Input, Ctx>, 'run' | 'step'>,
  plan: StepPlan,
): Promise<Leftovers> {
  const journal = run.journal.state;
  const now = run.ports.clock.now();
  const leftovers: Leftover[] = [];
  for (const journaled of currentIn(journal)) {
    const concerns = journaled.step === step.id && (isLeft(journaled, plan, journal) || replacedBy(journaled, journal).length > 0);
    if (concerns)
      leftovers.push({ journaled, inspection: await inspectSettled(run, step, journaled), replaces: replacedBy(journaled, journal) });
  }
  const findings = leftovers
    .filter((leftover) => isDrift(leftover, leftovers))
    .map(({ journaled, inspection }) => {
      const isInTheWay = journaled.change.temporary === true || plan.changes.some((change) => change.key === journaled.key);
      return driftFinding(appliedOf(journaled), inspection, isInTheWay ? 'error' : 'warning');
    });
  const remedies = leftovers
    .filter(({ journaled }) => isLeft(journaled, plan, journal))
    .flatMap((leftover): readonly Remedy[] => {
      const what = remedyFor(leftover, leftovers, now);
      return what === null ? [] : [{ what, journaled: leftover.journaled }];
    });
  // Trials first, the last one first: the others stand on what was there before them.
  const isUndo = ({ what }: Remedy) => what === 'undo';
  return { remedies: [...remedies.filter(isUndo).reverse(), ...remedies.filter((remedy) => !isUndo(remedy))], findings };
}

function isLeft(journaled: JournaledChange, plan: StepPlan, journal: JournalState): boolean {
  const { change, state } = journaled;
  if (change.undoes !== undefined || state === 'undone') return false;
  if (state === 'failed') return journaled.made !== null;
  // Of what is guarded it has to be seen whether it was confirmed by a run that was cut short.
  if (isProvisional(change)) return true;
  if (state === 'done') return false;
  if (state !== 'begun') return true;
  // Half-made and planned with the same request: beginning it again is all it takes.
  const planned = plan.changes.find((each) => each.key === journaled.key);
  return planned === undefined || !isSameRequest(journaled, planned, journal);
}

/** Whether somebody changed it, as against our own later changes of the same thing. */
function isDrift(
  leftover: Leftover,
  all: readonly Leftover[],
): leftover is Leftover & { readonly inspection: { readonly state: 'drifted' } } {
  if (leftover.inspection.state !== 'drifted' || isOnlyWaitedFor(leftover.journaled)) return false;
  return !isReplaced(leftover, all) && !isCovered(leftover, all) && !neverReplaced(leftover, all);
}

function remedyFor(leftover: Leftover, all: readonly Leftover[], now: Date): Remedy['what'] | null {
  const { journaled, inspection } = leftover;
  const { change, state, made } = journaled;
  const isOver = hasExpired(change, now);
  if (change.guard !== undefined && isReplaced(leftover, all)) return 'supersede';
  if (change.guard !== undefined && !isOver && state === 'done') return null;
  if (isOnlyWaitedFor(journaled) && !isOver) return inspection.state === 'gone' ? 'forget' : 'wait';
  if (change.temporary === true && isReplaced(leftover, all)) return 'supersede';
  if (inspection.state === 'gone' || inspection.state === 'as-before' || neverReplaced(leftover, all)) return 'forget';
  // A trial that somebody changed is undone only where QP703 was accepted: without, the step stops before this.
  if (change.temporary === true) return 'undo';
  if (inspection.state === 'drifted') return null;
  if (isOver) return 'undo';
  if (state === 'failed') return 'retry';
  return made === null ? 'adopt' : 'wait';
}

// While AWS is still at it, a thing looks like neither: the step's own wait tells what becomes of it.
const isOnlyWaitedFor = ({ state, change }: JournaledChange): boolean => state === 'made' && change.temporary !== true;

/** Whether the change that was to take this trial's place did so. */
const isReplaced = ({ journaled }: Leftover, all: readonly Leftover[]): boolean =>
  all.some((each) => each.replaces.includes(journaled) && each.inspection.state === 'as-made');

/** Whether the trial that this half-made change was to replace is still there as it was put: then the call never took effect. */
const neverReplaced = ({ journaled, replaces }: Leftover, all: readonly Leftover[]): boolean =>
  journaled.made === null && all.some((each) => replaces.includes(each.journaled) && each.inspection.state === 'as-made');

/** Whether a later trial of the same thing stands over it, and is undone first. */
const isCovered = ({ journaled }: Leftover, all: readonly Leftover[]): boolean =>
  all
    .slice(all.findIndex((each) => each.journaled === journaled) + 1)
    .some((each) => isProvisional(each.journaled.change) && each.inspection.state === 'as-made' && standsOn(each.journaled, journaled));
