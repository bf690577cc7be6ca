// Puts everything back, denies first: from the journal alone, and nothing that somebody else changed or uses.
import pLimit from 'p-limit';
import { stopped } from '../errors.ts';
import type { FindingCode } from '../findings.ts';
import type { Journal, JournaledChange } from '../journal/journal.ts';
import { explained, interruption } from './failure.ts';
import { RollBackStep } from './roll-back-step.ts';
import { endAfter, goOn, Halt, oneAtATime, type Run } from './run.ts';
import { type EngineContext, type EnginePorts, type RollbackGroup, type RollbackSummary, type StepId, stepIds } from './types.ts';
import { inUndoOrder, type UndoNode } from './undo-order.ts';

export interface RollBack<Input, Ctx extends EngineContext> {
  /** Denies first. */
  readonly order: readonly RollbackGroup<Input, Ctx>[];
  readonly ctxOf: (engine: EngineContext) => Ctx;
  readonly ports: EnginePorts;
  readonly journal: Journal;
  /** This step and those before it are kept; null: everything is put back. */
  readonly keepThrough: StepId | null;
  /** Of the others these steps alone; absent: all of them. */
  readonly only?: readonly StepId[];
  readonly accept: readonly FindingCode[];
  /** Also undoes what others only list (`Inspection.listed`). */
  readonly releaseListed?: boolean;
}

const atOnce = 8;

/**
 * Rolls back what the journal has. `stopped` where something was kept because somebody changed or uses it (QP703).
 * @throws PerimeterError NO_JOURNAL or DECLINED (stopped); where an undo failed (exit 1) or was interrupted (exit 130)
 */
export async function rollBack<Input, Ctx extends EngineContext>(options: RollBack<Input, Ctx>): Promise<RollbackSummary> {
  const { order, ports, journal, ctxOf, accept } = options;
  if (!journal.exists) throw noJournal(journal.path);
  const run: Run<Ctx> = { ports, journal, ctxOf, accept, skipProbes: false, halt: new Halt(), inTurn: oneAtATime() };
  const outcome: Outcome = { undone: [], kept: [], noticed: [], notRestored: [], keptNodes: new Set(), binding: new Set() };
  try {
    // Over all groups at once: what a later group has may carry something that an earlier one kept.
    const isMeant = ({ step }: JournaledChange): boolean => options.only?.includes(step) ?? true;
    const nodes = inUndoOrder(journal.state.changes.filter((each) => isToUndo(each, options.keepThrough) && isMeant(each)));
    requireKnownSteps(nodes, order);
    for (const group of order) await rollBackGroup(run, group, nodes, outcome, options.releaseListed === true);
  } catch (error) {
    const reason = ports.signal.aborted ? interruption(error) : explained(error, 'rolling back');
    await endAfter(reason, journal);
    throw reason;
  }
  const result = outcome.kept.length === 0 ? 'done' : 'stopped';
  await journal.end(result);
  const { undone, kept, noticed, notRestored } = outcome;
  return { outcome: result, undone, kept, noticed, notRestored: [...new Set(notRestored)] };
}

/** What has happened so far; filled as the rollback goes. */
export interface Outcome {
  readonly undone: RollbackSummary['undone'][number][];
  readonly kept: RollbackSummary['kept'][number][];
  readonly noticed: RollbackSummary['noticed'][number][];
  readonly notRestored: string[];
  readonly keptNodes: Set<UndoNode>;
  /** Those of them of which something is left that more than adds. */
  readonly binding: Set<UndoNode>;
}

async function rollBackGroup<Input, Ctx extends EngineContext>(
  run: Run<Ctx>,
  group: RollbackGroup<Input, Ctx>,
  all: readonly UndoNode[],
  outcome: Outcome,
  releaseListed: boolean,
): Promise<void> {
  goOn(run);
  const limit = pLimit(atOnce);
  const tasks = new Map<UndoNode, Promise<void>>();
  const stepOptions = { limit, unlessKept: group.unlessKept, releaseListed };
  const steps = new Map(group.steps.map((step) => [step.id, new RollBackStep(run, step, outcome, stepOptions)]));
  const nodes = all.filter(({ journaled }) => steps.has(journaled.step));
  for (const step of steps.values()) step.expect(nodes.filter(({ journaled }) => journaled.step === step.id));
  for (const node of nodes) {
    const perform = async () => {
      await Promise.all(node.after.map((each) => tasks.get(each)));
      if (run.halt.stopped) return;
      try {
        goOn(run);
        await steps.get(node.journaled.step)?.perform(node);
      } catch (error) {
        run.halt.stop(error);
      }
    };
    tasks.set(node, perform());
  }
  await Promise.all(tasks.values());
  goOn(run);
  for (const step of steps.values()) step.finish();
}

/** What was definitely never made is looked for too, by its mark: a read that came too early may have misled the run. */
export function isToUndo({ state, change, step }: JournaledChange, keepThrough: StepId | null): boolean {
  const isKept = keepThrough !== null && stepIds.indexOf(step) <= stepIds.indexOf(keepThrough);
  return !isKept && state !== 'undone' && change.undoes === undefined;
}

function requireKnownSteps<Input, Ctx extends EngineContext>(
  nodes: readonly UndoNode[],
  order: readonly RollbackGroup<Input, Ctx>[],
): void {
  const known = new Set(order.flatMap(({ steps }) => steps).map((step) => step.id));
  const lost = nodes.find(({ journaled }) => !known.has(journaled.step));
  if (lost !== undefined) throw new Error(`step ${lost.journaled.step} is in the journal and not in the order of the rollback`);
}

export const noJournal = (path: string) =>
  stopped(
    'NO_JOURNAL',
    `rolling back (${path}): there is no journal, and nothing else tells what was there before`,
    'run it in the folder that the changes were applied from, or name that folder with --dir; the journal must be at that path',
  );
