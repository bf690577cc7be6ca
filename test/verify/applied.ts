// A perimeter that was applied on the sandbox, and what verify says of it.
import type { World } from '../../src/sandbox/world.ts';
import type { Choices } from '../../src/steps/choices.ts';
import type { Check } from '../../src/verify/check.ts';
import { perimeterChecks } from '../../src/verify/perimeter-checks.ts';
import { probeChecks } from '../../src/verify/probe-checks.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';
import { scenarioInput, WholeRun } from '../support/whole-run.ts';

/** What lets a scenario be applied without anybody at the terminal. */
export const accepting: Partial<Choices> = { accept: ['QP102', 'QP106', 'QP110', 'QP111', 'QP116', 'QP409', 'QP413'] };

/** The world once `apply` has gone through on it. */
export async function appliedWorld(
  scenario = 'greenfield',
  over: Partial<Choices> = {},
): Promise<{ readonly world: World; readonly at: string }> {
  const run = await WholeRun.on(scenario);
  const { outcome, stoppedBy } = await run.apply({ ...accepting, ...over });
  if (outcome !== 'done') throw new Error(`${scenario} was not applied: ${stoppedBy?.message ?? ''}`);
  await run.sandbox.control.advance(600_000);
  return { world: run.sandbox.snapshot(), at: run.sandbox.clock.now().toISOString() };
}

/** The same world once more, as its own sandbox. */
export const sandboxOf = ({ world, at }: { readonly world: World; readonly at: string }): Promise<TestSandbox> =>
  startSandbox({ world: structuredClone(world), start: at });

/** What verify says of it. */
export async function checksOn(sandbox: TestSandbox, over: Partial<Choices> = {}): Promise<readonly Check[]> {
  const input = await scenarioInput(sandbox, { ...accepting, ...over });
  return [...perimeterChecks(input, sandbox.clock.now()), ...(await probeChecks(input, sandbox.context))];
}
