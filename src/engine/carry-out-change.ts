// One change, from intent to proof: write down, act, write down the id, wait, prove.
import { changedMeanwhile, failed, PerimeterError } from '../errors.ts';
import { versionsOf } from '../findings.ts';
import { nextAttempt } from './attempt.ts';
import { certify } from './certify.ts';
import { cameToNothing, explained, wasRefused } from './failure.ts';
import { appliedOf, inspectSettled } from './journaled.ts';
import { replacedBy } from './replacing.ts';
import { contextFor, goOn, idOf } from './run.ts';
import type { StepWork } from './step-work.ts';
import type { Applied, Change, EngineContext, Made } from './types.ts';
import { precheck, prove, proveNeedsOfEarlierRuns, renewVerdicts } from './verdicts.ts';

/**
 * Carries one approved change out.
 * @throws PerimeterError where it could not be made, came to nothing, or its proof did not pass
 */
export async function carryOutChange<Input, Ctx extends EngineContext>(work: StepWork<Input, Ctx>, change: Change): Promise<void> {
  const { run, record } = work;
  goOn(run);
  await proveNeedsOfEarlierRuns(work, change);
  await precheck(work, change);
  goOn(run);
  await renewVerdicts(work, change);
  await certify(work, change);
  goOn(run);
  const applied = await begin(work, change);
  const made = change.undoes === undefined ? await make(work, applied) : await rehearse(work, applied, change.undoes);
  const finished = { ...applied, made };
  await supersede(work, change.key);
  await finish(work, finished);
  record.done = [...record.done, finished];
  try {
    await prove(work, finished);
  } catch (error) {
    if (error instanceof PerimeterError && error.kind === 'stopped') record.unproven.add(change.key);
    throw error;
  }
}

/**
 * Waits until what was made works, and journals it as done.
 * @throws PerimeterError, after it was journaled as failed where it came to nothing
 */
export async function finish<Input, Ctx extends EngineContext>(
  { run, step }: Pick<StepWork<Input, Ctx>, 'run' | 'step'>,
  applied: Applied,
): Promise<void> {
  const { key } = applied.change;
  try {
    if (applied.change.undoes === undefined) await step.wait(applied, contextFor(run, step.id, 'waits'));
  } catch (error) {
    const reason = explained(error, `waiting for ${key}`);
    if (!run.ports.signal.aborted) run.ports.emit({ type: 'change-failed', step: step.id, key, error: reason.summary });
    if (cameToNothing(error) && !run.ports.signal.aborted) await journalFailure(run, applied, reason);
    throw reason;
  }
  await run.journal.append({ type: 'done', ...idOf(applied) });
  run.ports.emit({ type: 'change-done', step: step.id, key });
}

/**
 * Makes the call and journals what it made, before any wait.
 * @throws PerimeterError; it is journaled as failed only where AWS refused it and nothing of it is there
 */
export async function make<Input, Ctx extends EngineContext>(
  work: Pick<StepWork<Input, Ctx>, 'run' | 'step'>,
  applied: Applied,
): Promise<Made> {
  const { run, step } = work;
  const { key } = applied.change;
  let made: Made;
  try {
    made = await step.apply(applied, contextFor(run, step.id, 'call'));
  } catch (error) {
    const reason = explained(error, `making ${key}`);
    run.ports.emit({ type: 'change-failed', step: step.id, key, error: reason.summary });
    // Where somebody's change was seen no call was made.
    // An earlier run's call of the same generation may have made it and not show yet.
    const isFirstTry = applied.run === run.journal.run.id;
    const isNothing = reason.versions !== null || (wasRefused(error) && (await isNotThere(work, applied)));
    if (isFirstTry && isNothing) await journalFailure(run, applied, reason);
    throw reason;
  }
  await run.journal.append({ type: 'made', ...idOf(applied), made });
  run.ports.emit({ type: 'change-made', step: step.id, key, id: made.id });
  return made;
}

async function begin<Input, Ctx extends EngineContext>(work: StepWork<Input, Ctx>, change: Change): Promise<Applied> {
  const { run, step, record } = work;
  const { journal, ports } = run;
  const attempt = nextAttempt(step.id, change, {
    journal: journal.state,
    place: journal.place,
    run: journal.run.id,
    now: ports.clock.now(),
    inspection: work.inspections.get(change.key),
    leftOut: work.leftOut,
  });
  if (attempt.vanished !== null) await journal.append({ type: 'undone', ...idOf(appliedOf(attempt.vanished)) });
  const { applied } = attempt;
  await journal.append({ type: 'begun', step: step.id, ...idOf(applied), token: applied.token, change: applied.change });
  record.begun.add(change.key);
  record.touched = true;
  ports.emit({ type: 'change-begun', step: step.id, key: change.key });
  return applied;
}

/** Undoes a trial by the very call that rollback will use. */
async function rehearse<Input, Ctx extends EngineContext>(
  { run, step }: StepWork<Input, Ctx>,
  rehearsal: Applied,
  key: string,
): Promise<Made> {
  const journaled = run.journal.state.latest.get(key);
  if (journaled === undefined || journaled.made === null) {
    throw failed('NOT_MADE', `rehearsing the undo of ${key}: it was not made`, 'run again, so that it is made first');
  }
  const trial = appliedOf(journaled);
  const inspection = await inspectSettled(run, step, journaled);
  if (inspection.state === 'drifted') {
    throw changedMeanwhile(
      `rehearsing the undo of ${key} (QP703): somebody changed it since it was put`,
      'find out who changed it, then run again',
      versionsOf(inspection.aws, inspection.expected),
    );
  }
  try {
    await run.journal.append({ type: 'undo-begun', ...idOf(trial) });
    await step.undo(trial, contextFor(run, step.id, 'waits'), inspection.state === 'as-made' ? inspection.aws : undefined);
  } catch (error) {
    throw explained(error, `rehearsing the undo of ${key}`);
  }
  await run.journal.append({ type: 'undone', ...idOf(trial) });
  run.ports.emit({ type: 'change-undone', step: step.id, key });
  await run.journal.append({ type: 'made', ...idOf(rehearsal), made: journaled.made });
  run.ports.emit({ type: 'change-made', step: step.id, key: rehearsal.change.key, id: journaled.made.id });
  return journaled.made;
}

/** The trials in whose place this change's value stands now are over, and so is what waited to be confirmed. */
export async function supersede<Input, Ctx extends EngineContext>({ run }: StepWork<Input, Ctx>, key: string): Promise<void> {
  const { journal } = run;
  const made = journal.state.latest.get(key);
  for (const trial of made === undefined ? [] : replacedBy(made, journal.state)) {
    await journal.append({ type: 'undone', ...idOf(appliedOf(trial)), superseded: key });
  }
}

async function journalFailure<Ctx extends EngineContext>(
  run: StepWork<unknown, Ctx>['run'],
  applied: Applied,
  { code, summary }: { readonly code: string; readonly summary: string },
): Promise<void> {
  await run.journal.append({ type: 'failed', ...idOf(applied), error: { code, summary } });
}

async function isNotThere<Input, Ctx extends EngineContext>(
  { run, step }: Pick<StepWork<Input, Ctx>, 'run' | 'step'>,
  applied: Applied,
): Promise<boolean> {
  try {
    const { state } = await step.inspect(applied, contextFor(run, step.id, 'call'));
    return state === 'gone' || state === 'as-before';
  } catch (error) {
    // With expired credentials no read answers either; then it stays half-made, and the next run finds out.
    if (error instanceof Error) return false;
    throw error;
  }
}
