// The endpoints and nat steps on the sandbox: applied, the plan is empty; undone, the network is as it was.
import { describe, expect, test } from 'vitest';
import type { Choices } from '../../src/steps/choices.ts';
import { endpointsStep } from '../../src/steps/endpoints/step.ts';
import type { PerimeterInput } from '../../src/steps/landscape.ts';
import { natStep } from '../../src/steps/nat/step.ts';
import { readInput } from '../../src/steps/read-landscape.ts';
import { resolveChoices } from '../../src/steps/resolve-choices.ts';
import { survey } from '../../src/steps/survey.ts';
import { begin, carryOut, putBack, stepContext } from '../support/drive-step.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';
import { differences, readable } from '../support/world.ts';

/** What the scenario offers, decided as a user of `--yes` would. */
async function inputOf(sandbox: TestSandbox, over: Partial<Choices> = {}): Promise<PerimeterInput> {
  const ctx = stepContext(sandbox);
  const { hints } = sandbox.world();
  const seen = await survey(ctx);
  const wanted = {
    stack: hints.stack,
    parameter: null,
    vpc: null,
    subnets: [],
    privateDns: true,
    nat: 'auto' as const,
    buckets: ['quilt*'],
    trustedVpcs: hints.trustedVpcs,
    trustedCidrs: hints.trustedCidrs,
    clientCidrs: [],
    exemptTag: 'NetworkRestrictedExempt',
    policyName: 'QuiltDataPerimeter',
    vpcKey: 'id' as const,
    resourceAccounts: [],
    accessPoints: false,
    protectExemptTag: false,
    tagAdministrator: null,
    testBucket: hints.testBucket,
    targets: [hints.target],
    operatorIp: null,
    accept: [],
    skipProbes: false,
    confirmWithin: null,
    steps: [],
  };
  const resolution = resolveChoices(seen, wanted);
  if (resolution.state !== 'decided') throw new Error(`open: ${resolution.open.map(({ setting }) => setting).join(', ')}`);
  const choices = { ...resolution.choices, ...over };
  return readInput(seen, choices, ctx);
}

/** What AWS keeps of deleted things, and time. */
const records = ['clock', 'sequence', 'ec2.tombstones'];

describe.each(['greenfield', 'brownfield', 'vpn', 'transit', 'terraform-owned'])('in scenario %s', (scenario) => {
  test.each([endpointsStep, natStep])('step $id: applied the plan is empty, undone all is as before', async (step) => {
    const sandbox = await startSandbox({ scenario });
    const input = await inputOf(sandbox);
    const before = sandbox.snapshot();
    const ctx = stepContext(sandbox);
    const { applied } = await carryOut(step, input, ctx);
    const writes = sandbox.writes().length;
    await step.look(input, ctx);
    expect(sandbox.writes().length).toBe(writes);
    expect(await putBack(step, applied, ctx)).toEqual([]);
    await ctx.clock.sleep(3_600_000);
    expect(readable(differences(before, sandbox.snapshot(), records))).toBe('');
  });
});

test('greenfield needs both steps, and what they raise stops neither', async () => {
  const sandbox = await startSandbox();
  const input = await inputOf(sandbox);
  const ctx = stepContext(sandbox);
  for (const step of [endpointsStep, natStep]) {
    const { plan } = await step.look(input, ctx);
    expect(plan.changes.length).toBeGreaterThan(0);
    expect(plan.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  }
});

test('brownfield raises what is wrong there', async () => {
  const sandbox = await startSandbox({ scenario: 'brownfield' });
  const { plan } = await endpointsStep.look(await inputOf(sandbox), stepContext(sandbox));
  const codes = plan.findings.map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(['QP106', 'QP110', 'QP111']));
});

test('transit makes no NAT gateway', async () => {
  const sandbox = await startSandbox({ scenario: 'transit' });
  const { plan } = await natStep.look(await inputOf(sandbox), stepContext(sandbox));
  expect(plan.changes).toEqual([]);
});

test('repeating every call with its token makes nothing twice', async () => {
  for (const step of [endpointsStep, natStep]) {
    const sandbox = await startSandbox();
    const input = await inputOf(sandbox);
    const ctx = stepContext(sandbox);
    const { applied } = await carryOut(step, input, ctx);
    const once = sandbox.snapshot();
    for (const each of applied) expect((await step.apply({ ...each, made: null, run: 'an earlier run' }, ctx)).id).toBe(each.made?.id);
    expect(readable(differences(once, sandbox.snapshot(), records))).toBe('');
  }
});

test('what a lost answer left behind is found by its mark and taken away', async () => {
  for (const step of [endpointsStep, natStep]) {
    const sandbox = await startSandbox();
    const input = await inputOf(sandbox);
    const before = sandbox.snapshot();
    const ctx = stepContext(sandbox);
    const { applied } = await carryOut(step, input, ctx);
    const halfMade = applied.map((each) => ({ ...each, made: null }));
    for (const each of [...halfMade].reverse()) {
      expect((await step.inspect(each, ctx)).state).toBe('as-made');
      await step.undo(each, ctx);
      expect(['gone', 'as-before']).toContain((await step.inspect(each, ctx)).state);
      await step.undo(each, ctx);
    }
    await ctx.clock.sleep(3_600_000);
    expect(readable(differences(before, sandbox.snapshot(), records))).toBe('');
  }
});

test('an endpoint that the stack holds is in use, and so is what carries it', async () => {
  const sandbox = await startSandbox();
  const input = await inputOf(sandbox);
  const ctx = stepContext(sandbox);
  const { applied, next } = await carryOut(endpointsStep, input, ctx);
  const stack = Object.values(sandbox.world().cloudformation.stacks).find(({ name }) => name === input.choices.stack);
  if (stack === undefined || input.choices.parameter === null || typeof next.apiGatewayEndpoint !== 'string')
    throw new Error('nothing to hold');
  stack.content.parameters[input.choices.parameter] = next.apiGatewayEndpoint;
  const kept = await putBack(endpointsStep, applied, ctx);
  expect(kept.join('\n')).toContain(`holds ${next.apiGatewayEndpoint}`);
  expect(kept.join('\n')).toContain(`endpoint ${next.apiGatewayEndpoint}`);
});

test('a NAT gateway that fails is told by its code, deleted, and made anew with the next generation', async () => {
  const sandbox = await startSandbox();
  const input = await inputOf(sandbox);
  const ctx = stepContext(sandbox);
  const { plan } = await natStep.look(input, ctx);
  const [addressChange, gatewayChange] = plan.changes;
  if (addressChange === undefined || gatewayChange === undefined) throw new Error('no NAT gateway planned');
  const address = await natStep.apply(begin(natStep, addressChange, new Map()), ctx);
  const made = new Map([[addressChange.key, address]]);
  const failure = { kind: 'nat-gateway', code: 'InsufficientFreeAddressesInSubnet', message: 'The subnet has no free address.' } as const;
  await sandbox.control.arm([{ type: 'async', failure, remaining: 1 }]);
  const first = begin(natStep, gatewayChange, made);
  const failing = { ...first, made: await natStep.apply(first, ctx) };
  await expect(natStep.wait(failing, ctx)).rejects.toMatchObject({ kind: 'failed', code: 'InsufficientFreeAddressesInSubnet' });
  const second = begin(natStep, gatewayChange, made, 'run-2', 2);
  const again = { ...second, made: await natStep.apply(second, ctx) };
  expect(again.made.id).not.toBe(failing.made.id);
  await natStep.wait(again, ctx);
});

test('a Region of a thousand VPCs is surveyed and planned in at most 120 calls to EC2', async () => {
  const sandbox = await startSandbox({ scenario: 'large' });
  const input = await inputOf(sandbox);
  expect(input.landscape.survey.vpcs.length).toBeGreaterThanOrEqual(1000);
  expect(input.landscape.survey.subnets.length).toBeGreaterThanOrEqual(4000);
  for (const step of [endpointsStep, natStep])
    expect((await step.look(input, stepContext(sandbox))).plan.changes.length).toBeGreaterThan(0);
  expect(sandbox.sandbox.calls().filter(({ service }) => service === 'ec2').length).toBeLessThanOrEqual(120);
});
