// Undoing one journaled change, and at a step's end what must not outlast it.

import type { Finding } from '../findings.ts';
import { type JournaledChange, type JournalState, stands } from '../journal/journal.ts';
import type { Json } from '../ports.ts';
import { driftFinding, inUseFinding } from './changed-findings.ts';
import { explained } from './failure.ts';
import { appliedOf } from './journaled.ts';
import { takesPlaceOf } from './replacing.ts';
import { contextFor, idOf, type Run } from './run.ts';
import type { StepWork } from './step-work.ts';
import type { Applied, EngineContext, Step } from './types.ts';
import { isSameTarget } from './undo-order.ts';

/**
 * Undoes and journals it. Safe to repeat.
 * @param seen what was there right before
 * @throws PerimeterError where the undo failed; the journal then says that it was begun
 */
export async function undoChange<Input, Ctx extends EngineContext>(
  run: Pick<Run<Ctx>, 'ports' | 'journal' | 'ctxOf'>,
  step: Step<Input, Ctx>,
  applied: Applied,
  seen?: Json,
): Promise<void> {
  await run.journal.append({ type: 'undo-begun', ...idOf(applied) });
  try {
    await step.undo(applied, contextFor(run, step.id, 'waits'), seen);
  } catch (error) {
    throw explained(error, `undoing ${applied.change.key}`);
  }
  await run.journal.append({ type: 'undone', ...idOf(applied) });
  run.ports.emit({ type: 'change-undone', step: step.id, key: applied.change.key });
}

/**
 * Undoes what must not outlast the step, the last first: the temporary changes that this run began and that still stand,
 * and what it made only so that something could be proven that was not. Whatever the outcome, also after an interruption,
 * and also where the journal cannot be written any more, since a trial left behind denies.
 * @throws PerimeterError, the first, once all were tried
 */
export async function undoAtEnd<Input, Ctx extends EngineContext>(work: Ending<Input, Ctx>): Promise<void> {
  const { run, step, record } = work;
  const latest = [...run.journal.state.latest.values()];
  const isReplaced = (trial: JournaledChange) =>
    latest.some((each) => each.made !== null && stands(each) && takesPlaceOf(each, trial, run.journal.state));
  const unproven = unprovenOf(work);
  const standing = latest.filter(
    (each) => unproven.has(each.key) || (record.begun.has(each.key) && each.change.temporary === true && stands(each) && !isReplaced(each)),
  );
  const errors: unknown[] = [];
  const attempt = async (task: () => Promise<void>) => {
    try {
      await task();
      return true;
    } catch (error) {
      errors.push(error);
      return false;
    }
  };
  const tell = (key: string) =>
    run.ports.emit({ type: 'change-failed', step: step.id, key, error: explained(errors.at(-1), `undoing ${key}`).summary });
  const ctx = () => contextFor(run, step.id, 'clean-up');
  for (const journaled of standing.sort(laterFirst(run.journal.state))) {
    const applied = appliedOf(journaled);
    const { keep, seen } = await lookedAt(work, applied);
    if (keep !== null) {
      record.told.set(`${journaled.key} QP703`, keep);
      run.ports.emit({ type: 'finding', step: step.id, finding: keep });
      continue;
    }
    await attempt(() => run.journal.append({ type: 'undo-begun', ...idOf(applied) }));
    if (!(await attempt(() => step.undo(applied, ctx(), seen)))) {
      tell(journaled.key);
      continue;
    }
    await attempt(() => run.journal.append({ type: 'undone', ...idOf(applied) }));
    record.done = record.done.filter(({ change }) => change.key !== journaled.key);
    run.ports.emit({ type: 'change-undone', step: step.id, key: journaled.key });
  }
  if (errors.length > 0) throw explained(errors[0], `undoing what was temporary in step ${step.id}`);
}

type Ending<Input, Ctx extends EngineContext> = Pick<StepWork<Input, Ctx>, 'run' | 'step' | 'record'>;

/** The keys of what was made for the sake of a proof that did not pass: the change itself, and what it needs. */
function unprovenOf<Input, Ctx extends EngineContext>({ run, step, record }: Ending<Input, Ctx>): ReadonlySet<string> {
  const { latest } = run.journal.state;
  const reached = new Set(record.unproven);
  // A set's iterator also comes to what is added meanwhile.
  for (const key of reached) for (const need of latest.get(key)?.change.needs ?? []) reached.add(need);
  const isOurs = (key: string) => {
    const journaled = latest.get(key);
    return journaled?.step === step.id && journaled.state === 'done' && journaled.change.undoIfUnproven === true && record.begun.has(key);
  };
  return new Set([...reached].filter(isOurs));
}

const laterFirst =
  ({ changes }: JournalState) =>
  (a: JournaledChange, b: JournaledChange) =>
    changes.indexOf(b) - changes.indexOf(a);

/** What is there right before it is undone. `keep`: somebody changed or uses it since, so it is left. */
async function lookedAt<Input, Ctx extends EngineContext>(
  { run, step }: Ending<Input, Ctx>,
  applied: Applied,
): Promise<{ readonly keep: Finding | null; readonly seen?: Json }> {
  const inspect = (each: Applied) => step.inspect(each, contextFor(run, step.id, 'clean-up'));
  // Of a thing with several stages, one that this run has put is no change of somebody's.
  const isStageOfOurs = async () => {
    const { changes } = run.journal.state;
    const stages = changes.filter((each) => stands(each) && each.change.undoes === undefined && isSameTarget(each, applied));
    for (const stage of stages) if ((await inspect(appliedOf(stage))).state === 'as-made') return true;
    return false;
  };
  try {
    const inspection = await inspect(applied);
    if (inspection.state === 'drifted') return (await isStageOfOurs()) ? { keep: null } : { keep: driftFinding(applied, inspection) };
    if (inspection.state !== 'as-made') return { keep: null };
    const isUsed = applied.change.temporary !== true && inspection.inUseBy.length > 0;
    return isUsed ? { keep: inUseFinding(applied, inspection.inUseBy) } : { keep: null, seen: inspection.aws };
  } catch (error) {
    // Where it cannot be looked at, its undo tells what is the matter.
    if (error instanceof Error) return { keep: null };
    throw error;
  }
}
