// From what stands until a time to what stands for good: asked of a person, proven once more, and then without a date.
import { PerimeterError, stopped } from '../errors.ts';
import type { JournaledChange } from '../journal/journal.ts';
import { declined } from './approvals.ts';
import { carryOutChange } from './carry-out-change.ts';
import { expired, guardedBy, hasExpired, unconfirmed } from './guard.ts';
import { appliedOf } from './journaled.ts';
import { goOn } from './run.ts';
import type { StepWork } from './step-work.ts';
import type { Change, EngineContext, Guards, Step } from './types.ts';
import { prove } from './verdicts.ts';

// The date must not pass while the proof is made: that takes a minute on a bucket and three for an SCP, and longer where
// answers are late. Renewed, it outlasts the longest proof there is (17 minutes).
const enoughSeconds = 600;
const renewedSeconds = 1500;

/**
 * Offers to keep what this plan's change would make permanent; only a person at a terminal may say yes here.
 * @throws PerimeterError UNCONFIRMED or EXPIRED (stopped); where it could not be proven or made
 */
export async function offerToKeep<Input, Ctx extends EngineContext>(work: StepWork<Input, Ctx>, change: Change): Promise<void> {
  const { run, step, plan } = work;
  const { key, isWanted, until: seen } = confirmsOf(change);
  goOn(run);
  const guarded = guardedBy(key, run.journal.state);
  const until = guarded?.change.guard?.until ?? seen ?? '';
  if (guarded !== undefined) requireTime(run, guarded.change);
  run.ports.emit({ type: 'unconfirmed', step: step.id, key, until });
  const confirmation = plan.confirmations.find(({ id }) => id === change.confirm);
  if (guarded === undefined) throw unconfirmed(key, until, 'elsewhere');
  if (!isWanted || confirmation === undefined) throw unconfirmed(key, until, 'former');
  const { id, text, typed } = confirmation;
  const yes = await run.inTurn(() => run.ports.confirm({ id, step: step.id, text, typed, changes: [change], byPersonOnly: true }));
  goOn(run);
  if (!yes) throw unconfirmed(key, until, 'wanted');
  await keep(work, guarded, id);
}

/**
 * Asks whether it is to stand for good, as `confirm` does, and sees to it.
 * @throws PerimeterError DECLINED or EXPIRED (stopped); where it could not be proven or made
 */
export async function askAndKeep<Input, Ctx extends EngineContext>(
  work: StepWork<Input, Ctx>,
  change: Change,
  guarded: JournaledChange,
): Promise<void> {
  const { run, step } = work;
  const text = `${change.summary}? If not, AWS ends it by itself at ${guarded.change.guard?.until ?? 'its time'}.`;
  const id = change.confirm;
  run.ports.emit({ type: 'question', id, text });
  const yes = await run.inTurn(() => run.ports.confirm({ id, step: step.id, text, typed: [], changes: [change] }));
  goOn(run);
  if (!yes) throw declined(id);
  await keep(work, guarded, id);
}

/** Throws EXPIRED where a guarded change's time is over. */
export function requireTime({ ports }: StepWork<unknown, EngineContext>['run'], change: Change): void {
  if (hasExpired(change, ports.clock.now())) throw expired(change.key, change.guard?.until ?? '');
}

/** Throws EXPIRED where the time of something that the change needs is over. */
export function requireTimeForNeeds<Input, Ctx extends EngineContext>({ run }: StepWork<Input, Ctx>, change: Change): void {
  for (const need of change.needs) {
    const guarded = guardedBy(need, run.journal.state);
    if (guarded !== undefined && hasExpired(guarded.change, run.ports.clock.now())) throw expired(need, guarded.change.guard?.until ?? '');
  }
}

/** What becomes of the step's guarded changes. */
export function guardsOf<Input, Ctx extends EngineContext>({ id, guards }: Step<Input, Ctx>): Guards {
  if (guards !== undefined) return guards;
  throw stopped('UNKNOWN_CHANGE', `confirming step ${id}: it has nothing to confirm in this version`, 'use the version that applied it');
}

async function keep<Input, Ctx extends EngineContext>(
  work: StepWork<Input, Ctx>,
  guarded: JournaledChange,
  confirmation: string,
): Promise<void> {
  const { run, step } = work;
  const change = guardsOf(step).keeping(appliedOf(guarded));
  // The answer may have taken its time.
  requireTime(run, guarded.change);
  await run.journal.append({ type: 'approved', step: step.id, confirmation, keys: [change.key] });
  const lasting = await withTime(work, guarded);
  await proveOnceMore(work, lasting);
  await carryOutChange(work, change);
}

/** The guarded change with time enough for its proof: the same, or put once more with a later date. */
async function withTime<Input, Ctx extends EngineContext>(work: StepWork<Input, Ctx>, guarded: JournaledChange): Promise<JournaledChange> {
  const { run, step } = work;
  const { guard, key } = guarded.change;
  if (guard === undefined || guard.until === null) return guarded;
  const left = (Date.parse(guard.until) - run.ports.clock.now().getTime()) / 1000;
  if (left >= enoughSeconds) return guarded;
  // What is proven right afterwards is more than that it is in force.
  const { proof: _inForce, ...renewed } = guardsOf(step).renewed(appliedOf(guarded));
  await carryOutChange(work, { ...renewed, guard: { ...guard, seconds: renewedSeconds, until: null } });
  return guardedBy(key, run.journal.state) ?? guarded;
}

async function proveOnceMore<Input, Ctx extends EngineContext>(work: StepWork<Input, Ctx>, guarded: JournaledChange): Promise<void> {
  const { key, change } = guarded;
  const applied = appliedOf(guarded);
  try {
    await prove(work, { ...applied, change: change.guard === undefined ? change : { ...applied.change, proof: change.guard.proof } });
  } catch (error) {
    // What this run has put or renewed is taken off again; what an earlier one put ends by itself.
    if (error instanceof PerimeterError && error.kind === 'stopped') work.record.unproven.add(key);
    throw error;
  }
}

const confirmsOf = (change: Change) => {
  if (change.confirms === undefined) throw new Error(`${change.key} confirms nothing`);
  return change.confirms;
};
