// The pipeline looked at without carrying anything out.
import type { Journal } from '../journal/journal.ts';
import { foreseen } from './certify.ts';
import { explained } from './failure.ts';
import { appliedOf } from './journaled.ts';
import { lasts, stops, withAcceptance, withoutProbes } from './plan-shape.ts';
import { idsOf } from './run-pipeline.ts';
import { inspectStanding } from './standing.ts';
import type { EngineContext, Phase, PipelinePlan, PlannedStep, RunOptions, Step, StepPlan } from './types.ts';

/**
 * What a run would do. Reads only. A step is `blocked` by an error finding that was not accepted, `done` where nothing
 * that lasts is left to do, `skipped` where it is not selected.
 * @param journal where given, what somebody changed since the journal's last run is found too (QP703)
 * @throws PerimeterError where a step cannot be looked at
 */
export async function planPipeline<Input, Ctx extends EngineContext>(
  phases: readonly Phase<Input, Ctx>[],
  input: Input,
  ctx: Ctx,
  options: RunOptions,
  journal: Pick<Journal, 'state'> | null = null,
): Promise<PipelinePlan> {
  const steps: PlannedStep[] = [];
  let passed = input;
  const all = stepsOf(phases);
  const last = all.findLastIndex((step) => options.steps.includes(step.id));
  for (const [index, step] of all.entries()) {
    const { id, title } = step;
    const isSelected = options.steps.includes(id);
    if (!isSelected && index > last) {
      steps.push({ id, title, state: 'skipped', plan: nothing });
      continue;
    }
    ctx.signal.throwIfAborted();
    const { plan, next } = await look(step, passed, ctx, options, isSelected ? journal : null);
    passed = next;
    steps.push({ id, title, state: isSelected ? stateOf(plan) : 'skipped', plan });
  }
  return { steps };
}

/** Every step once, in the order in which the steps are carried out to their end. */
export const stepsOf = <Input, Ctx extends EngineContext>(phases: readonly Phase<Input, Ctx>[]): readonly Step<Input, Ctx>[] => {
  const steps = phases.filter(({ only }) => only === undefined).flatMap((phase) => phase.steps);
  return idsOf(phases).flatMap((id) => steps.find((step) => step.id === id) ?? []);
};

const nothing: StepPlan = { changes: [], confirmations: [], findings: [], notes: [] };

async function look<Input, Ctx extends EngineContext>(
  step: Step<Input, Ctx>,
  input: Input,
  ctx: Ctx,
  { accept, skipProbes }: RunOptions,
  journal: Pick<Journal, 'state'> | null,
): Promise<{ readonly plan: StepPlan; readonly next: Input }> {
  try {
    const { plan, next } = await step.look(input, ctx);
    const shaped = skipProbes ? withoutProbes(plan) : plan;
    const drift =
      journal === null
        ? []
        : (await inspectStanding(step.id, shaped, journal.state, (each) => step.inspect(appliedOf(each), ctx))).findings;
    const findings = [...shaped.findings, ...(skipProbes ? [] : foreseen(shaped)), ...drift].map((finding) =>
      withAcceptance(finding, accept),
    );
    return { plan: { ...shaped, findings }, next };
  } catch (error) {
    throw explained(error, `looking at step ${step.id}`);
  }
}

function stateOf(plan: StepPlan): PlannedStep['state'] {
  if (plan.findings.some(stops)) return 'blocked';
  return plan.changes.some(lasts) ? 'pending' : 'done';
}
