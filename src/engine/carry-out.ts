// A plan's changes as a graph: what does not need each other runs at the same time.
import pLimit from 'p-limit';
import { failed } from '../errors.ts';
import { carryOutChange } from './carry-out-change.ts';
import { offerToKeep, requireTimeForNeeds } from './keep.ts';
import { goOn } from './run.ts';
import type { StepWork } from './step-work.ts';
import type { Change, EngineContext } from './types.ts';
import { refsIn } from './values.ts';

const atOnce = 8;

export interface UnderWay {
  /** Resolves once the questions that are due at the start are answered, however. */
  readonly asked: Promise<void>;
  /** Resolves once nothing of the plan runs any more. Errors are in `run.halt`. */
  readonly finished: Promise<void>;
}

/**
 * Starts the work's plan. After the first error nothing more is begun; what was begun runs to its end.
 * @throws PerimeterError PLAN_CYCLE (failed) where changes need each other
 */
export function carryOut<Input, Ctx extends EngineContext>(work: StepWork<Input, Ctx>): UnderWay {
  const { run, plan, approvals } = work;
  const limit = pLimit(atOnce);
  const tasks = new Map<string, Promise<boolean>>();
  const ordered = inOrder(plan.changes);

  const perform = async (change: Change): Promise<boolean> => {
    const needs = await Promise.all(needsOf(change).map((key) => tasks.get(key) ?? true));
    if (needs.includes(false)) return false;
    try {
      goOn(run);
      if (change.confirms !== undefined) {
        await offerToKeep(work, change);
        return true;
      }
      await approvals.approve(change);
      requireTimeForNeeds(work, change);
      await limit(() => carryOutChange(work, change));
      return true;
    } catch (error) {
      run.halt.stop(error);
      return false;
    }
  };
  // In the order of the plan, so that questions come in that order.
  const atStart = ordered.filter(
    (change) => change.confirms === undefined && !needsOf(change).some((key) => ordered.some((each) => each.key === key)),
  );
  const asked = Promise.all(atStart.map((change) => approvals.approve(change).catch((error) => run.halt.stop(error)))).then(
    () => undefined,
  );
  for (const change of ordered) tasks.set(change.key, perform(change));
  return { asked, finished: Promise.all(tasks.values()).then(() => undefined) };
}

/** The keys that must be done first; a ref is a need too. */
const needsOf = (change: Change): readonly string[] => [...new Set([...change.needs, ...refsIn(change.after).map((ref) => ref.ref)])];

/** Each change after those of the plan that it needs, else in the plan's order. */
export function inOrder(changes: readonly Change[]): readonly Change[] {
  const ordered: Change[] = [];
  let left = changes;
  while (left.length > 0) {
    const waiting = new Set(left.map((change) => change.key));
    const next = left.find((change) => !needsOf(change).some((key) => waiting.has(key)));
    if (next === undefined) {
      const keys = left.map((change) => change.key).join(', ');
      throw failed('PLAN_CYCLE', `ordering changes (${keys}): they need each other`, 'this is an error of the program: please report it');
    }
    ordered.push(next);
    left = left.filter((change) => change !== next);
  }
  return ordered;
}
