// Journal and AWS side by side.
import pLimit from 'p-limit';
import type { Journal, JournaledChange } from '../journal/journal.ts';
import type { Json } from '../ports.ts';
import { explained } from './failure.ts';
import { currentIn, hasExpired } from './guard.ts';
import { appliedOf } from './journaled.ts';
import { stepsOf } from './plan-pipeline.ts';
import { lasts } from './plan-shape.ts';
import type { Change, EngineContext, Inspection, Phase, StatusStep, Step } from './types.ts';

type ChangeStatus = StatusStep['changes'][number];

const atOnce = 8;
// The worst of its changes is a step's state.
const worstFirst = ['drifted', 'half-made', 'pending'] as const;

/**
 * What the journal says and what is there, change by change. Reads only.
 * @throws PerimeterError where a step cannot be looked at
 */
export async function statusOf<Input, Ctx extends EngineContext>(
  phases: readonly Phase<Input, Ctx>[],
  input: Input,
  ctx: Ctx,
  journal: Pick<Journal, 'state'>,
): Promise<readonly StatusStep[]> {
  const statuses: StatusStep[] = [];
  let passed = input;
  for (const step of stepsOf(phases)) {
    ctx.signal.throwIfAborted();
    try {
      const { plan, next } = await step.look(passed, ctx);
      passed = next;
      statuses.push(await statusOfStep(step, plan.changes.filter(lasts), ctx, journal));
    } catch (error) {
      throw explained(error, `looking at step ${step.id}`);
    }
  }
  return statuses;
}

async function statusOfStep<Input, Ctx extends EngineContext>(
  step: Step<Input, Ctx>,
  planned: readonly Change[],
  ctx: Ctx,
  journal: Pick<Journal, 'state'>,
): Promise<StatusStep> {
  const limit = pLimit(atOnce);
  const journaled = currentIn(journal.state).filter((each) => each.step === step.id && isTold(each));
  const known = await Promise.all(
    journaled.map((each) =>
      limit(async () => statusOfChange(each, await step.inspect(appliedOf(each), ctx), isPlanned(each, planned), ctx.clock.now())),
    ),
  );
  const pending = planned
    .filter((change) => journaled.every((each) => each.key !== change.key))
    .map((change): ChangeStatus => ({ key: change.key, state: 'pending', journal: null, aws: change.before }));
  const changes = [...known, ...pending];
  const state = worstFirst.find((each) => changes.some((change) => change.state === each)) ?? 'done';
  return { id: step.id, state, changes };
}

/** Trials only as long as one may be left behind; nothing that is over. */
function isTold({ state, change, made }: JournaledChange): boolean {
  if (state === 'undone' || change.undoes !== undefined) return false;
  return state !== 'failed' || made !== null;
}

const isPlanned = (journaled: JournaledChange, planned: readonly Change[]): boolean => planned.some(({ key }) => key === journaled.key);

function statusOfChange(journaled: JournaledChange, inspection: Inspection, planned: boolean, now: Date): ChangeStatus {
  const aws: Json = 'aws' in inspection ? inspection.aws : null;
  const until = journaled.change.guard?.until ?? null;
  return {
    key: journaled.key,
    state: stateOf(journaled, inspection, planned, now),
    journal: recorded(journaled),
    aws,
    ...(until === null ? {} : { confirmBy: until }),
  };
}

function stateOf(journaled: JournaledChange, inspection: Inspection, planned: boolean, now: Date): ChangeStatus['state'] {
  if (journaled.state !== 'done' || journaled.change.temporary === true) return 'half-made';
  // It was put on and never confirmed: what is left of it denies nothing any more.
  if (hasExpired(journaled.change, now)) return 'half-made';
  switch (inspection.state) {
    case 'as-made':
      return planned ? 'pending' : 'done';
    case 'drifted':
      return 'drifted';
    case 'gone':
    case 'as-before':
      // Not there and not wanted any more: it has served, as a change set has that was executed.
      return planned ? 'drifted' : 'done';
    default:
      return inspection satisfies never;
  }
}

const recorded = ({ state, generation, run, begunAt, change, made }: JournaledChange): Json => ({
  state,
  generation,
  run,
  begunAt,
  id: made?.id ?? null,
  before: change.before,
  after: change.after,
});
