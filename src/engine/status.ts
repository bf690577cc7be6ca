// Journal and AWS side by side.
import pLimit from 'p-limit';
import type { Finding } from '../findings.ts';
import { type Journal, type JournaledChange, stands } from '../journal/journal.ts';
import type { Json } from '../ports.ts';
import { besideFinding, driftFinding, inUseFinding, removedFinding } from './changed-findings.ts';
import { explained } from './failure.ts';
import { currentIn, hasExpired } from './guard.ts';
import { appliedOf } from './journaled.ts';
import { stepsOf } from './plan-pipeline.ts';
import { lasts } from './plan-shape.ts';
import { isUsedUp } from './standing.ts';
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
  // What this tool made and what uses it are not strangers to each other.
  const ours = new Set(journal.state.changes.filter(stands).flatMap(({ made }) => (made === null ? [] : [made.id])));
  const now = ctx.clock.now();
  const known = await Promise.all(
    journaled.map((each) =>
      limit(async () => statusOfChange(each, await step.inspect(appliedOf(each), ctx), { isPlanned: isPlanned(each, planned), ours, now })),
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

interface Moment {
  readonly isPlanned: boolean;
  readonly ours: ReadonlySet<string>;
  readonly now: Date;
}

function statusOfChange(journaled: JournaledChange, inspection: Inspection, moment: Moment): ChangeStatus {
  const aws: Json = 'aws' in inspection ? inspection.aws : null;
  const until = journaled.change.guard?.until ?? null;
  const finding = isHalfMade(journaled, moment.now) ? null : whatOthersDid(journaled, inspection, moment);
  const state = isHalfMade(journaled, moment.now) ? 'half-made' : finding !== null ? 'drifted' : moment.isPlanned ? 'pending' : 'done';
  return {
    key: journaled.key,
    state,
    journal: recorded(journaled),
    aws,
    ...(until === null ? {} : { confirmBy: until }),
    ...(finding === null ? {} : { finding }),
  };
}

/** Also where it was put on and never confirmed in time: what is left of it denies nothing any more. */
const isHalfMade = ({ state, change }: JournaledChange, now: Date): boolean =>
  state !== 'done' || change.temporary === true || hasExpired(change, now);

/** QP703, where somebody changed, removed or uses it; null where nobody did. */
function whatOthersDid(journaled: JournaledChange, inspection: Inspection, { isPlanned, ours }: Moment): Finding | null {
  const applied = appliedOf(journaled);
  switch (inspection.state) {
    case 'as-made': {
      if (inspection.beside !== undefined) return besideFinding(applied, inspection.beside);
      const others = inspection.inUseBy.filter(({ id }) => !ours.has(id));
      return others.length === 0 ? null : inUseFinding(applied, others, 'warning', 'rollback will keep it');
    }
    case 'drifted':
      return driftFinding(applied, inspection);
    case 'gone':
    case 'as-before':
      if (!isPlanned && isUsedUp(journaled)) return null;
      return removedFinding(applied, inspection, isPlanned ? 'apply makes it again' : 'it is left so');
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
