import { beforeAll, describe, expect, test } from 'vitest';
import { bundled } from '../cli/program.ts';
import { WholeRun } from '../support/whole-run.ts';
import { changedSince } from '../whole/support.ts';
import { isOnPath } from './moto.ts';
import { RunbookBench } from './runbook-bench.ts';

const present = isOnPath('aws');
if (!present) console.warn('aws is not on the PATH: the script of a rollback is not tried');

let cli: string;

describe.skipIf(!present)('the script of a rollback, run by bash with the AWS CLI', () => {
  beforeAll(() => {
    cli = bundled();
  });

  test.each(['greenfield'])('%s: it puts back what rollback would', async (scenario) => {
    const run = await WholeRun.on(scenario, { start: new Date().toISOString() });
    const before = run.sandbox.snapshot();
    await run.apply({ accept: ['QP413', 'QP106', 'QP110', 'QP111'] });
    const bench = await RunbookBench.of(run, cli);
    const printed = await bench.print();
    expect(printed.code).toBe(0);
    const done = await bench.script();
    expect(done, done.stdout + done.stderr).toMatchObject({ code: 0 });
    expect(await changedSince(run, before)).toBe('');
    await bench.close();
  });
});
