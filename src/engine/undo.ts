// Undoing one journaled change, and what was temporary at a step's end.

import { type JournaledChange, stands } from '../journal/journal.ts';
import { explained } from './failure.ts';
import { appliedOf } from './journaled.ts';
import { takesPlaceOf } from './replacing.ts';
import { contextFor, idOf, type Run } from './run.ts';
import type { StepWork } from './step-work.ts';
import type { Applied, EngineContext, Step } from './types.ts';

/**
 * Undoes and journals it. Safe to repeat.
 * @throws PerimeterError where the undo failed; the journal then says that it was begun
 */
export async function undoChange<Input, Ctx extends EngineContext>(
  run: Pick<Run<Ctx>, 'ports' | 'journal' | 'ctxOf'>,
  step: Step<Input, Ctx>,
  applied: Applied,
): Promise<void> {
  await run.journal.append({ type: 'undo-begun', ...idOf(applied) });
  try {
    await step.undo(applied, contextFor(run, step.id, 'waits'));
  } catch (error) {
    throw explained(error, `undoing ${applied.change.key}`);
  }
  await run.journal.append({ type: 'undone', ...idOf(applied) });
  run.ports.emit({ type: 'change-undone', step: step.id, key: applied.change.key });
}

/**
 * Undoes the temporary changes that this run began and that still stand, the last first: whatever the outcome, also
 * after an interruption, and also where the journal cannot be written any more, since a trial left behind denies.
 * @throws PerimeterError, the first, once all were tried
 */
export async function undoTemporaries<Input, Ctx extends EngineContext>(
  work: Pick<StepWork<Input, Ctx>, 'run' | 'step' | 'record'>,
): Promise<void> {
  const { run, step, record } = work;
  const latest = [...run.journal.state.latest.values()];
  const isReplaced = (trial: JournaledChange) =>
    latest.some((each) => each.made !== null && stands(each) && takesPlaceOf(each, trial, run.journal.state));
  const standing = latest.filter(
    (each) => record.begun.has(each.key) && each.change.temporary === true && stands(each) && !isReplaced(each),
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
  for (const journaled of standing.reverse()) {
    const applied = appliedOf(journaled);
    await attempt(() => run.journal.append({ type: 'undo-begun', ...idOf(applied) }));
    if (!(await attempt(() => step.undo(applied, contextFor(run, step.id, 'clean-up'))))) {
      tell(journaled.key);
      continue;
    }
    await attempt(() => run.journal.append({ type: 'undone', ...idOf(applied) }));
    run.ports.emit({ type: 'change-undone', step: step.id, key: journaled.key });
  }
  if (errors.length > 0) throw explained(errors[0], `undoing what was temporary in step ${step.id}`);
}
