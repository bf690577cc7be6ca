// What `plan` would say on a scenario: its world changed first, then survey, choices, landscape and plan, as the command goes.
import { planPipeline } from '../../src/engine/engine.ts';
import { type PipelinePlan, type StepId, stepIds } from '../../src/engine/types.ts';
import type { Finding, FindingCode } from '../../src/findings.ts';
import type { World } from '../../src/sandbox/world.ts';
import type { Choices, Wanted } from '../../src/steps/choices.ts';
import type { PerimeterInput } from '../../src/steps/landscape.ts';
import { phases, readInput, survey } from '../../src/steps/pipeline.ts';
import { resolveChoices } from '../../src/steps/resolve-choices.ts';
import { stepContext } from './drive-step.ts';
import { startSandbox, type TestSandbox } from './sandbox.ts';
import { OpenChoices, offered } from './whole-run.ts';

export interface PlanOn {
  readonly sandbox: TestSandbox;
  readonly choices: Choices;
  readonly input: PerimeterInput;
  readonly plan: PipelinePlan;
  /** The findings of this code, of all steps or of one. */
  of(code: FindingCode, step?: StepId): readonly Finding[];
}

/**
 * Plans on a scenario.
 * @param mutate builds the hazard into the scenario's world
 * @param wanted over what the scenario offers as flags; a function is given the world, for its ids
 * @throws PerimeterError as the command would
 */
export async function planOn(
  scenario: string,
  mutate: (world: World) => void = () => undefined,
  wanted: Partial<Wanted> | ((world: World) => Partial<Wanted>) = {},
): Promise<PlanOn> {
  return planAgain(await startSandbox({ scenario, mutate }), wanted);
}

/** Plans on a sandbox that stands. */
export async function planAgain(sandbox: TestSandbox, wanted: Partial<Wanted> | ((world: World) => Partial<Wanted>) = {}): Promise<PlanOn> {
  const over = typeof wanted === 'function' ? wanted(sandbox.world()) : wanted;
  const ctx = stepContext(sandbox);
  const seen = await survey(ctx);
  const resolution = resolveChoices(seen, { ...offered(sandbox.world()), steps: stepIds, ...over });
  if (resolution.state !== 'decided') throw new OpenChoices(`open: ${resolution.open.map(({ setting }) => setting).join(', ')}`);
  const { choices } = resolution;
  const input = await readInput(seen, choices, ctx);
  const plan = await planPipeline(phases, input, ctx, { steps: stepIds, accept: choices.accept, skipProbes: choices.skipProbes });
  const of = (code: FindingCode, step?: StepId): readonly Finding[] =>
    plan.steps
      .filter(({ id }) => step === undefined || id === step)
      .flatMap((each) => each.plan.findings)
      .filter((found) => found.code === code);
  return { sandbox, choices, input, plan, of };
}
