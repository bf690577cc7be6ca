// One step of a run: look, show, stop on findings, ask, put earlier runs' leftovers in order, carry out, undo what was
// temporary, look again.
import { failed, type PerimeterError } from '../errors.ts';
import { Approvals } from './approvals.ts';
import { unresolved } from './attempt.ts';
import { carryOut, inOrder } from './carry-out.ts';
import { foreseen } from './certify.ts';
import { explained } from './failure.ts';
import { blockedBy, firstNotCleared, tell } from './gate.ts';
import { inspectSettled } from './journaled.ts';
import { findLeftovers, type Leftovers } from './leftovers.ts';
import { lasts, ofPhase, showsTheSame, withoutProbes } from './plan-shape.ts';
import { contextFor, goOn, type Run, settleSeconds } from './run.ts';
import { inspectStanding, type Standing } from './standing.ts';
import type { StepRecord, StepWork } from './step-work.ts';
import { tidyUp } from './tidy-up.ts';
import type { EngineContext, Step, StepId, StepPlan } from './types.ts';
import { undoAtEnd } from './undo.ts';
import { madeValue, refsIn } from './values.ts';

/** A step where it stands in a run. */
export interface Stage<Input, Ctx extends EngineContext> {
  readonly run: Run<Ctx>;
  readonly step: Step<Input, Ctx>;
  readonly only: 'prepare' | undefined;
  readonly input: Input;
  readonly leftOut: readonly StepId[];
  readonly record: StepRecord;
}

/** Looked at, shown, and not stopped by a finding. */
export interface OpenedStep<Input> {
  readonly plan: StepPlan;
  readonly next: Input;
  readonly standing: Standing;
  readonly leftovers: Leftovers;
}

/**
 * Looks at the step, tells its findings and shows its plan. Sends no write.
 * @param shown the plan that was shown last; the same one is not shown twice
 * @throws PerimeterError with a finding's code (stopped) where one stops the step
 */
export async function openStep<Input, Ctx extends EngineContext>(stage: Stage<Input, Ctx>, shown?: StepPlan): Promise<OpenedStep<Input>> {
  const { run, step, record } = stage;
  goOn(run);
  const { whole, plan, next } = await look(stage);
  const standing = await inspectStanding(step.id, plan, run.journal.state, (journaled) => inspectSettled(run, step, journaled));
  const leftovers = await findLeftovers(stage, whole);
  const findings = tell(
    run,
    step.id,
    [...whole.findings, ...(run.skipProbes ? [] : foreseen(plan)), ...standing.findings, ...leftovers.findings],
    record.told,
  );
  if (shown === undefined || !showsTheSame(plan, shown)) await run.ports.show({ id: step.id, title: step.title }, { ...plan, findings });
  const stopper = await firstNotCleared(run, step.id, findings, record.told);
  if (stopper !== null) {
    record.blocked = true;
    throw blockedBy(stopper);
  }
  requireRefs(stage, plan, leftovers);
  return { plan, next, standing, leftovers };
}

/**
 * Begins to carry the step out.
 * @returns once its first questions are answered; `finished` resolves once nothing of it runs any more and its temporary
 *   changes are undone. Errors are in `run.halt`.
 */
export async function startStep<Input, Ctx extends EngineContext>(
  stage: Stage<Input, Ctx>,
  opened: OpenedStep<Input>,
): Promise<{ readonly finished: Promise<void> }> {
  const { run, step, record, leftOut } = stage;
  try {
    const approvals = new Approvals(run, step.id, opened.plan);
    const { plan, standing } = await tidied(stage, opened, approvals);
    const work: StepWork<Input, Ctx> = { run, step, plan, approvals, leftOut, record, inspections: standing.inspections };
    const { asked, finished } = carryOut(work);
    await asked;
    return { finished: finished.then(() => cleanUp(work)) };
  } catch (error) {
    run.halt.stop(error);
    return { finished: Promise.resolve() };
  }
}

/**
 * Looks until nothing that lasts is left to do, at most for the step's settle time.
 * @returns the input of the next step
 * @throws PerimeterError NOT_SETTLED (failed) naming the changes that AWS still does not show
 */
export async function settleStep<Input, Ctx extends EngineContext>(stage: Stage<Input, Ctx>): Promise<Input> {
  const { run, step } = stage;
  const { clock, signal } = run.ports;
  const since = clock.now().getTime();
  for (let pause = 1000; ; pause = Math.min(pause * 2, 15_000)) {
    goOn(run);
    const { plan, next } = await look(stage);
    const left = plan.changes.filter(lasts).map((change) => change.key);
    const [first] = left;
    if (first === undefined) return next;
    const waited = (clock.now().getTime() - since) / 1000;
    if (waited >= settleSeconds(step.id)) throw notSettled(step.id, left);
    run.ports.emit({ type: 'waiting', step: step.id, key: first, seconds: Math.round(waited) });
    await clock.sleep(pause, signal);
  }
}

async function look<Input, Ctx extends EngineContext>({
  run,
  step,
  input,
  only,
}: Stage<Input, Ctx>): Promise<{ readonly whole: StepPlan; readonly plan: StepPlan; readonly next: Input }> {
  try {
    const { plan, next } = await step.look(input, contextFor(run, step.id, 'waits'));
    const whole = run.skipProbes ? withoutProbes(plan) : plan;
    return { whole, plan: ofPhase(whole, only), next };
  } catch (error) {
    throw explained(error, `looking at step ${step.id}`);
  }
}

/** Puts leftovers in order after the first confirmation, and makes the plan anew, since it stood on them. */
async function tidied<Input, Ctx extends EngineContext>(
  stage: Stage<Input, Ctx>,
  opened: OpenedStep<Input>,
  approvals: Approvals<Ctx>,
): Promise<OpenedStep<Input>> {
  const { remedies } = opened.leftovers;
  const [first] = inOrder(opened.plan.changes).filter(({ confirms }) => confirms === undefined);
  // Where there is nothing to prepare there is nothing to ask either: they are put in order in the step's own phase.
  if (remedies.length === 0 || (stage.only === 'prepare' && first === undefined)) return opened;
  if (first !== undefined) await approvals.approve(first);
  stage.record.touched = true;
  await tidyUp(stage, remedies);
  const again = await openStep(stage, opened.plan);
  approvals.replan(again.plan);
  return again;
}

async function cleanUp<Input, Ctx extends EngineContext>(work: StepWork<Input, Ctx>): Promise<void> {
  try {
    await undoAtEnd(work);
  } catch (error) {
    work.run.halt.stop(error);
  }
}

/** What a left-out step would have made cannot be waited for: said before anything of this step is begun. */
function requireRefs<Input, Ctx extends EngineContext>({ run, leftOut }: Stage<Input, Ctx>, plan: StepPlan, { remedies }: Leftovers): void {
  const coming = new Set([
    ...plan.changes.map(({ key }) => key),
    ...remedies.filter(({ what }) => what === 'adopt').map(({ journaled }) => journaled.key),
  ]);
  for (const change of plan.changes) {
    const missing = refsIn(change.after).find((ref) => !coming.has(ref.ref) && madeValue(ref, run.journal.state) === null);
    if (missing !== undefined) throw unresolved(change, missing, leftOut);
  }
}

const notSettled = (step: StepId, keys: readonly string[]): PerimeterError =>
  failed(
    'NOT_SETTLED',
    `looking at step ${step} again: ${settleSeconds(step)} seconds after the calls AWS still does not show ${keys.join(', ')}`,
    'run again; if it stays so, see in AWS what became of it',
  );
