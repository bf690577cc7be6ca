// Undoing one journaled change, and at a step's end what must not outlast it.

import type { Finding } from '../findings.ts';
import { type JournaledChange, type JournalState, stands } from '../journal/journal.ts';
import { explained } from './failure.ts';
import { appliedOf } from './journaled.ts';
import { takesPlaceOf } from './replacing.ts';
import { contextFor, idOf, type Run } from './run.ts';
import { driftFinding, inUseFinding } from './standing.ts';
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
    if (unproven.has(journaled.key) && (await isOthersToo(work, applied))) continue;
    await attempt(() => run.journal.append({ type: 'undo-begun', ...idOf(applied) }));
    if (!(await attempt(() => step.undo(applied, ctx())))) {
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

/** Whether somebody changed or uses it since: then it is left, and told. */
async function isOthersToo<Input, Ctx extends EngineContext>(
  { run, step, record }: Ending<Input, Ctx>,
  applied: Applied,
): Promise<boolean> {
  const reason = await keepingReason(run, step, applied);
  if (reason === null) return false;
  record.told.set(`${applied.change.key} QP703`, reason);
  run.ports.emit({ type: 'finding', step: step.id, finding: reason });
  return true;
}

async function keepingReason<Input, Ctx extends EngineContext>(
  run: Run<Ctx>,
  step: Step<Input, Ctx>,
  applied: Applied,
): Promise<Finding | null> {
  try {
    const inspection = await step.inspect(applied, contextFor(run, step.id, 'clean-up'));
    if (inspection.state === 'drifted') return driftFinding(applied, inspection);
    return inspection.state === 'as-made' && inspection.inUseBy.length > 0 ? inUseFinding(applied, inspection.inUseBy) : null;
  } catch (error) {
    // Where it cannot be looked at, its undo tells what is the matter.
    if (error instanceof Error) return null;
    throw error;
  }
}
