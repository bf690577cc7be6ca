// Drives one step without the engine: look, carry out in order, look again; then undo backwards.
import type { Applied, Change, EngineContext, Made, Step } from '../../src/engine/types.ts';
import type { Json } from '../../src/ports.ts';
import type { StepContext } from '../../src/steps/context.ts';
import type { PerimeterInput } from '../../src/steps/landscape.ts';
import type { TestSandbox } from './sandbox.ts';

type NetworkStep = Step<PerimeterInput, StepContext>;

/** The context that a step gets, in run `run`. */
export function stepContext(sandbox: TestSandbox, run = 'run-1'): StepContext {
  const engine: EngineContext = {
    clock: sandbox.clock,
    signal: sandbox.context.signal,
    run: { id: run },
    waiting: () => undefined,
    probed: () => undefined,
  };
  return { ...engine, ...sandbox.context };
}

/** The change with its refs resolved, ready to be begun. */
export const begin = (step: NetworkStep, change: Change, made: ReadonlyMap<string, Made>, run = 'run-1', generation = 1): Applied => ({
  step: step.id,
  change: { ...change, after: resolve(change.after, made) },
  generation,
  token: `${change.key.replaceAll(/[^a-zA-Z0-9]/g, '-')}-${generation}`.slice(-64),
  run,
  made: null,
});

/** Carries the step's plan out and looks again until the plan is empty, for at most a simulated minute. */
export async function carryOut(
  step: NetworkStep,
  input: PerimeterInput,
  ctx: StepContext,
): Promise<{ applied: Applied[]; next: PerimeterInput }> {
  const made = new Map<string, Made>();
  const applied: Applied[] = [];
  const { plan } = await step.look(input, ctx);
  for (const change of plan.changes) {
    const begun = begin(step, change, made, ctx.run.id);
    const answer = await step.apply(begun, ctx);
    made.set(change.key, answer);
    const done = { ...begun, made: answer };
    applied.push(done);
    await step.wait(done, ctx);
  }
  for (let round = 0; ; round++) {
    const { plan: left, next } = await step.look(input, ctx);
    if (left.changes.length === 0) return { applied, next };
    if (round === 60) throw new Error(`still planned: ${left.changes.map(({ key }) => key).join(', ')}`);
    await ctx.clock.sleep(1000);
  }
}

/** Undoes backwards; what is in use by others is kept and returned. */
export async function putBack(step: NetworkStep, applied: readonly Applied[], ctx: StepContext): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const each of [...applied].reverse()) {
    const inspection = await step.inspect(each, ctx);
    if (inspection.state === 'as-made' && inspection.inUseBy.length > 0) kept.push(...inspection.inUseBy.map(({ what }) => what));
    else if (inspection.state === 'drifted') kept.push(`${each.change.key} drifted: ${JSON.stringify(inspection.aws)}`);
    else await step.undo(each, ctx);
  }
  return kept;
}

function resolve(value: Json, made: ReadonlyMap<string, Made>): Json {
  if (Array.isArray(value)) return value.map((item: Json) => resolve(item, made));
  if (typeof value !== 'object' || value === null) return value;
  if ('ref' in value && typeof value.ref === 'string') return made.get(value.ref)?.id ?? null;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolve(item, made)]));
}
