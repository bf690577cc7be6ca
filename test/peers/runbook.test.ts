// The script of `rollback --print`, run by bash with the real AWS CLI against the sandbox: it leaves the world as it was.
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type StepId, stepIds } from '../../src/engine/types.ts';
import { bundled } from '../cli/program.ts';
import { WholeRun } from '../support/whole-run.ts';
import { changedSince, killAfter, operationsOf } from '../whole/support.ts';
import { isOnPath } from './moto.ts';
import { RunbookBench } from './runbook-bench.ts';

const present = isOnPath('aws');
if (!present) console.warn('aws is not on the PATH: the script of a rollback is not tried');

const accept = ['QP413', 'QP106', 'QP110', 'QP111'] as const;
/** `RUNBOOK=all`: every scenario and every moment; else those that differ most. */
const isAll = process.env.RUNBOOK === 'all';
const withoutScp = stepIds.filter((id) => id !== 'scp');
/** Some eighty calls of the AWS CLI, each a process: a minute on a machine with nothing else to do. */
const timeout = 900_000;
let cli: string;
let bench: RunbookBench | null = null;

/** Requests are signed with real time. */
const start = () => ({ start: new Date().toISOString() });

async function runScript(run: WholeRun): Promise<void> {
  bench = await RunbookBench.of(run, cli);
  const printed = await bench.print();
  expect(printed, printed.stderr).toMatchObject({ code: 0 });
  const ended = await bench.script();
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toContain('Kept: 0.');
}

describe.skipIf(!present)('the script of a rollback', { timeout }, () => {
  beforeAll(() => {
    cli = bundled();
  });
  afterEach(async () => {
    await bench?.close();
    bench = null;
  });

  const scenarios: readonly [string, readonly StepId[]][] = [
    ['greenfield', stepIds],
    ['single-account', withoutScp],
    ['brownfield', stepIds],
    ['transit', stepIds],
    ['vpn', stepIds],
  ];
  test.each(isAll ? scenarios : scenarios.slice(0, 2))(
    '%s: it leaves the world as it was before, run again it does nothing, and rollback finds nothing left',
    async (scenario, steps) => {
      const run = await WholeRun.on(scenario, start());
      const before = run.sandbox.snapshot();
      const summary = await run.apply({ accept }, steps);
      expect(summary.stoppedBy).toBeNull();
      await runScript(run);
      expect(await changedSince(run, before)).toBe('');
      const writes = run.sandbox.writes().length;
      if (scenario === 'single-account') {
        const again = await bench?.script();
        expect(again, again?.stderr).toMatchObject({ code: 0, stderr: '' });
      }
      expect((await run.rollBack()).kept).toEqual([]);
      const asked = operationsOf(run.sandbox.writes().slice(writes));
      expect(asked.filter((operation) => operation !== 'DeleteChangeSet')).toEqual([]);
      expect(await changedSince(run, before)).toBe('');
    },
  );

  const moments: readonly [string, number, readonly StepId[]][] = [
    ['CreateVpcEndpoint', 1, ['discover', 'endpoints']],
    ['CreateNatGateway', 1, ['discover', 'nat']],
    ['PutBucketPolicy', 3, ['discover', 'bucket-policy']],
    ['UpdatePolicy', 3, ['discover', 'scp']],
    ['ExecuteChangeSet', 1, ['discover', 'endpoints', 'stack-parameter']],
    ['CreateSecurityGroup', 1, ['discover', 'endpoints']],
    ['AllocateAddress', 1, ['discover', 'nat']],
    ['PutBucketPolicy', 1, ['discover', 'bucket-policy']],
    ['PutBucketPolicy', 2, ['discover', 'bucket-policy']],
    ['CreatePolicy', 1, ['discover', 'scp']],
    ['AttachPolicy', 1, ['discover', 'scp']],
    ['UpdatePolicy', 1, ['discover', 'scp']],
  ];
  test.each(isAll ? moments : moments.slice(0, 5))(
    'where apply was killed after %s (%d), it leaves the world as it was before',
    async (operation, nth, steps) => {
      const run = await WholeRun.on('greenfield', start());
      const before = run.sandbox.snapshot();
      const revive = killAfter(run, { operation, nth });
      await expect(run.apply({ accept }, steps)).rejects.toThrow();
      expect(revive()).toBe(true);
      await runScript(run);
      expect(await changedSince(run, before)).toBe('');
    },
  );

  test.each<[string, readonly StepId[]]>([
    ['bucket policy', ['discover', 'bucket-policy']],
    ['SCP', ['discover', 'scp']],
  ])('where the %s waits to be confirmed, it takes that off too', async (_what, steps) => {
    const run = await WholeRun.on('greenfield', start());
    const before = run.sandbox.snapshot();
    const { stoppedBy } = await run.apply({ accept, confirmWithin: 43_200 }, steps);
    expect(stoppedBy?.code).toBe('UNCONFIRMED');
    await runScript(run);
    expect(await changedSince(run, before)).toBe('');
  });

  test('where rollback was killed after it had lifted the SCP, it goes on', async () => {
    const run = await WholeRun.on('greenfield', start());
    const before = run.sandbox.snapshot();
    await run.apply({ accept }, ['discover', 'bucket-policy', 'scp']);
    const revive = killAfter(run, { operation: 'UpdatePolicy' });
    await expect(run.rollBack()).rejects.toThrow();
    expect(revive()).toBe(true);
    await runScript(run);
    expect(await changedSince(run, before)).toBe('');
  });
});
