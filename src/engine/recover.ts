// What earlier runs of a step left behind: trials that were not undone, calls whose answer never came, waits and undos
// that were cut short. First told apart by reads alone, then put in order.
import type { Finding } from '../findings.ts';
import type { JournaledChange } from '../journal/journal.ts';
import { isSameRequest } from './attempt.ts';
import { finish, make } from './carry-out-change.ts';
import { cameToNothing } from './failure.ts';
import { appliedOf, inspectSettled } from './journaled.ts';
import { contextFor, goOn, idOf } from './run.ts';
import { driftFinding } from './standing.ts';
import type { StepWork } from './step-work.ts';
import type { EngineContext, Inspection, StepPlan } from './types.ts';
import { undoChange } from './undo.ts';

/**
 * `undo`: it is a trial. `forget`: it is not there; only the journal has to say so. `adopt`: the call took effect: make it
 * once more, which finds it, and wait. `wait`: it was made; wait. `retry`: it came to nothing then; wait once more, else undo.
 */
export interface Remedy {
  readonly what: 'undo' | 'forget' | 'adopt' | 'wait' | 'retry';
  readonly journaled: JournaledChange;
}

export interface Leftovers {
  readonly remedies: readonly Remedy[];
  readonly findings: readonly Finding[];
}

type Here<Input, Ctx extends EngineContext> = Pick<StepWork<Input, Ctx>, 'run' | 'step'>;

/** Reads only. What somebody changed since is left alone and told: QP703. */
export async function findLeftovers<Input, Ctx extends EngineContext>(here: Here<Input, Ctx>, plan: StepPlan): Promise<Leftovers> {
  const { run, step } = here;
  const remedies: Remedy[] = [];
  const findings: Finding[] = [];
  for (const journaled of run.journal.state.latest.values()) {
    if (journaled.step !== step.id || !isLeft(journaled, plan, run.journal.state)) continue;
    const inspection = await inspectSettled(run, step, journaled);
    if (inspection.state === 'drifted' && !isOnlyWaitedFor(journaled)) {
      const isInTheWay = journaled.change.temporary === true || plan.changes.some((change) => change.key === journaled.key);
      findings.push(driftFinding(appliedOf(journaled), inspection, isInTheWay ? undefined : 'warning'));
    }
    const what = remedyFor(journaled, inspection);
    if (what !== null) remedies.push({ what, journaled });
  }
  // Trials first, the last one first: the others stand on what was there before them.
  const isUndo = ({ what }: Remedy) => what === 'undo';
  return { remedies: [...remedies.filter(isUndo).reverse(), ...remedies.filter((remedy) => !isUndo(remedy))], findings };
}

/** Carries the remedies out, one after the other. Sends writes: only after a confirmation, where the step has one. */
export async function tidyUp<Input, Ctx extends EngineContext>(here: Here<Input, Ctx>, remedies: readonly Remedy[]): Promise<void> {
  for (const remedy of remedies) {
    goOn(here.run);
    await carryOut(here, remedy);
  }
}

function isLeft(journaled: JournaledChange, plan: StepPlan, journal: Parameters<typeof isSameRequest>[2]): boolean {
  const { change, state } = journaled;
  if (change.undoes !== undefined || state === 'undone') return false;
  if (state === 'failed') return journaled.made !== null;
  if (change.temporary === true) return true;
  if (state === 'done') return false;
  if (state !== 'begun') return true;
  // Half-made and planned with the same request: beginning it again is all it takes.
  const planned = plan.changes.find((each) => each.key === journaled.key);
  return planned === undefined || !isSameRequest(journaled, planned, journal);
}

// While AWS is still at it, a thing looks like neither: the step's own wait tells what becomes of it.
const isOnlyWaitedFor = ({ state, change }: JournaledChange): boolean => state === 'made' && change.temporary !== true;

function remedyFor(journaled: JournaledChange, inspection: Inspection): Remedy['what'] | null {
  const { change, state, made } = journaled;
  if (isOnlyWaitedFor(journaled)) return inspection.state === 'gone' ? 'forget' : 'wait';
  if (inspection.state === 'gone' || inspection.state === 'as-before') return 'forget';
  // A trial that somebody changed is undone only where QP703 was accepted: without, the step stops before this.
  if (change.temporary === true) return 'undo';
  if (inspection.state === 'drifted') return null;
  if (state === 'failed') return 'retry';
  return made === null ? 'adopt' : 'wait';
}

async function carryOut<Input, Ctx extends EngineContext>(here: Here<Input, Ctx>, { what, journaled }: Remedy): Promise<void> {
  const { run, step } = here;
  const applied = appliedOf(journaled);
  const id = idOf(applied);
  switch (what) {
    case 'undo':
      return undoChange(run, step, applied);
    case 'forget':
      return forget(here, journaled);
    case 'adopt': {
      await run.journal.append({ type: 'adopted', ...id });
      const made = await make(here, { ...applied, made: null });
      return finish(here, { ...applied, made });
    }
    case 'wait':
      await run.journal.append({ type: 'adopted', ...id });
      return finish(here, applied);
    case 'retry':
      try {
        await step.wait(applied, contextFor(run, step.id, 'waits'));
      } catch (error) {
        if (!cameToNothing(error)) throw error;
        return undoChange(run, step, applied);
      }
      await run.journal.append({ type: 'adopted', ...id });
      return finish(here, applied);
    default:
      return what satisfies never;
  }
}

async function forget<Input, Ctx extends EngineContext>({ run }: Here<Input, Ctx>, journaled: JournaledChange): Promise<void> {
  const id = idOf(appliedOf(journaled));
  if (journaled.state !== 'begun') return run.journal.append({ type: 'undone', ...id });
  const summary = `making ${journaled.key}: the call never took effect`;
  await run.journal.append({ type: 'failed', ...id, error: { code: 'NOT_MADE', summary } });
}
