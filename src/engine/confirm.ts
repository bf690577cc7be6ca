// Makes permanent what stands until a time: from the journal, and from what is there of it.
import { type PerimeterError, stopped } from '../errors.ts';
import type { FindingCode } from '../findings.ts';
import type { Journal, JournaledChange } from '../journal/journal.ts';
import { Approvals } from './approvals.ts';
import { supersede } from './carry-out-change.ts';
import { besideFinding, driftFinding } from './changed-findings.ts';
import { explained, interruption } from './failure.ts';
import { hasExpired, unconfirmedIn } from './guard.ts';
import { appliedOf, inspectSettled } from './journaled.ts';
import { askAndKeep, guardsOf, requireTime } from './keep.ts';
import { replacedBy } from './replacing.ts';
import { contextFor, endAfter, goOn, Halt, idOf, oneAtATime, type Run, settleSeconds } from './run.ts';
import { newRecord, type StepWork } from './step-work.ts';
import { tidyUp } from './tidy-up.ts';
import type { Applied, Change, EngineContext, EnginePorts, Step } from './types.ts';
import { undoAtEnd } from './undo.ts';

export interface Confirm<Input, Ctx extends EngineContext> {
  readonly steps: readonly Step<Input, Ctx>[];
  readonly ctxOf: (engine: EngineContext) => Ctx;
  readonly ports: EnginePorts;
  readonly journal: Journal;
  readonly accept: readonly FindingCode[];
  readonly skipProbes: boolean;
}

/** What stands for good now, and the first reason why something else does not. */
export interface ConfirmSummary {
  readonly kept: readonly Applied[];
  readonly stoppedBy: PerimeterError | null;
}

/**
 * Asks, proves and makes permanent whatever the journal says is not confirmed. What is over does not keep it from the rest.
 * @throws PerimeterError NO_JOURNAL or DECLINED (stopped); where a proof did not pass, a call failed or it was interrupted
 */
export async function confirmGuarded<Input, Ctx extends EngineContext>(options: Confirm<Input, Ctx>): Promise<ConfirmSummary> {
  const { steps, ports, journal, ctxOf, accept, skipProbes } = options;
  if (!journal.exists) throw noJournal(journal.path);
  const run: Run<Ctx> = { ports, journal, ctxOf, accept, skipProbes, halt: new Halt(), inTurn: oneAtATime() };
  const kept: Applied[] = [];
  let stoppedBy: PerimeterError | null = null;
  try {
    for (const guarded of unconfirmedIn(journal.state.changes)) {
      const step = steps.find(({ id }) => id === guarded.step);
      if (step === undefined) throw new Error(`step ${guarded.step} is in the journal and not in the pipeline`);
      const outcome = await confirmOne(run, step, guarded);
      if ('over' in outcome) stoppedBy ??= outcome.over;
      else kept.push(outcome.kept);
    }
  } catch (error) {
    const reason = ports.signal.aborted ? interruption(error) : explained(error, 'confirming');
    await endAfter(reason, journal);
    throw reason;
  }
  if (kept.length > 0 || stoppedBy !== null) await journal.end(stoppedBy === null ? 'done' : 'stopped');
  return { kept, stoppedBy };
}

type Outcome = { readonly kept: Applied } | { readonly over: PerimeterError };

async function confirmOne<Input, Ctx extends EngineContext>(
  run: Run<Ctx>,
  step: Step<Input, Ctx>,
  guarded: JournaledChange,
): Promise<Outcome> {
  goOn(run);
  const change = guardsOf(step).keeping(appliedOf(guarded));
  const work = workFor(run, step, change);
  const { record } = work;
  if (!(await wasMade(work, change, guarded))) {
    const standing = await whatStands(work, guarded);
    if ('over' in standing) return standing;
    try {
      await askAndKeep(work, change, standing.guarded);
    } finally {
      await undoAtEnd(work);
    }
  }
  await untilSeen(work, change.key);
  run.ports.emit({ type: 'step-done', step: step.id });
  const made = record.done.find(({ change: { key } }) => key === change.key);
  if (made === undefined) throw new Error(`${change.key} was made and is not in the record`);
  return { kept: made };
}

function workFor<Input, Ctx extends EngineContext>(run: Run<Ctx>, step: Step<Input, Ctx>, change: Change): StepWork<Input, Ctx> {
  const plan = { changes: [change], confirmations: [], findings: [], notes: [] };
  const approvals = new Approvals(run, step.id, plan);
  return { run, step, plan, approvals, inspections: new Map(), leftOut: [], record: newRecord() };
}

/** Whether an earlier run that was cut short made it permanent already: then that is carried to its end. */
async function wasMade<Input, Ctx extends EngineContext>(
  work: StepWork<Input, Ctx>,
  change: Change,
  guarded: JournaledChange,
): Promise<boolean> {
  const { run, step } = work;
  const begun = run.journal.state.latest.get(change.key);
  if (begun === undefined || !replacedBy(begun, run.journal.state).includes(guarded)) return false;
  if ((await inspectSettled(run, step, begun)).state !== 'as-made') return false;
  await tidyUp(work, [{ what: begun.made === null ? 'adopt' : 'wait', journaled: begun }]);
  await supersede(work, change.key);
  return true;
}

/** The guarded change where it stands as it was put and its time is not over. */
async function whatStands<Input, Ctx extends EngineContext>(
  work: StepWork<Input, Ctx>,
  guarded: JournaledChange,
): Promise<{ readonly guarded: JournaledChange } | { readonly over: PerimeterError }> {
  const { run, step } = work;
  const applied = appliedOf(guarded);
  if (hasExpired(guarded.change, run.ports.clock.now())) return over(() => requireTime(run, guarded.change));
  const inspection = await inspectSettled(run, step, guarded);
  switch (inspection.state) {
    case 'as-made':
      if (inspection.beside !== undefined) {
        const finding = besideFinding(applied, inspection.beside);
        run.ports.emit({ type: 'finding', step: step.id, finding });
        return { over: stopped('QP703', `keeping ${guarded.key} (QP703): ${finding.detail}`, putBack) };
      }
      if (guarded.state === 'done') return { guarded };
      if (guarded.state === 'undoing') return { over: notThere(guarded.key, 'its undo was begun') };
      await tidyUp(work, [{ what: guarded.made === null ? 'adopt' : 'wait', journaled: guarded }]);
      return whatStands(work, unconfirmedIn(run.journal.state.changes).find(({ key }) => key === guarded.key) ?? guarded);
    case 'drifted': {
      const former = await formerOf(work, guarded);
      if (former !== undefined) return whatStands(work, former);
      const finding = driftFinding(applied, inspection);
      run.ports.emit({ type: 'finding', step: step.id, finding });
      return { over: stopped('QP703', `keeping ${guarded.key} (QP703): ${finding.detail}`, putBack) };
    }
    case 'gone':
    case 'as-before':
      return { over: notThere(guarded.key, 'it is not there any more') };
    default:
      return inspection satisfies never;
  }
}

/** What a renewal that never took effect was to replace, where that stands as it was put. */
async function formerOf<Input, Ctx extends EngineContext>(
  { run, step }: StepWork<Input, Ctx>,
  renewal: JournaledChange,
): Promise<JournaledChange | undefined> {
  if (renewal.made !== null) return undefined;
  const [former] = replacedBy(renewal, run.journal.state).filter(({ change }) => change.guard !== undefined);
  if (former === undefined || (await inspectSettled(run, step, former)).state !== 'as-made') return undefined;
  const summary = `making ${renewal.key}: the call never took effect`;
  await run.journal.append({ type: 'failed', ...idOf(appliedOf(renewal)), error: { code: 'NOT_MADE', summary } });
  return former;
}

/** Reads lag behind writes: waits until AWS shows it. */
async function untilSeen<Input, Ctx extends EngineContext>({ run, step }: StepWork<Input, Ctx>, key: string): Promise<void> {
  const made = run.journal.state.latest.get(key);
  if (made === undefined) return;
  const { clock, signal } = run.ports;
  const ctx = contextFor(run, step.id, 'waits');
  const since = clock.now().getTime();
  for (let pause = 1000; ; pause = Math.min(pause * 2, 15_000)) {
    if ((await step.inspect(appliedOf(made), ctx)).state === 'as-made') return;
    const waited = (clock.now().getTime() - since) / 1000;
    if (waited >= settleSeconds(step.id)) throw notSeen(key, waited);
    ctx.waiting(key, Math.round(waited));
    await clock.sleep(pause, signal);
  }
}

function over(require: () => void): { readonly over: PerimeterError } {
  try {
    require();
  } catch (error) {
    return { over: explained(error, 'confirming') };
  }
  throw new Error('its time was over and is not any more');
}

const putBack = 'put back what was changed, or let it end by itself and apply again, which keeps what others wrote';

const notThere = (key: string, why: string) =>
  stopped('NOT_THERE', `keeping ${key}: ${why}, so that there is nothing to make permanent`, 'apply again, or roll back');

const notSeen = (key: string, seconds: number) =>
  stopped(
    'NOT_SETTLED',
    `looking at ${key} again: ${Math.round(seconds)} seconds after the call AWS does not show it as it was made`,
    'look at it with status, then confirm again',
  );

const noJournal = (path: string) =>
  stopped(
    'NO_JOURNAL',
    `confirming (${path}): there is no journal, and nothing else tells what waits to be confirmed`,
    'run it in the folder that it was applied from, or name that folder with --dir; the journal must be at that path',
  );
