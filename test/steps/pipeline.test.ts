// The whole pipeline on the sandbox: applied, nothing is left to do; rolled back, the world is as it was.
import { describe, expect, test } from 'vitest';
import { WholeRun } from '../support/whole-run.ts';
import { differences, notRestored, readable } from '../support/world.ts';

const records = ['clock', 'sequence', 'ec2.tombstones', ...notRestored];

describe.each([
  ['greenfield', ['QP413']],
  ['brownfield', ['QP106', 'QP110', 'QP111', 'QP413']],
  ['vpn', ['QP413']],
  ['transit', ['QP413']],
] as const)('in scenario %s', (scenario, accept) => {
  test('all is applied, a second run writes nothing, and rollback restores everything', async () => {
    const run = await WholeRun.on(scenario);
    const before = run.sandbox.snapshot();
    const summary = await run.apply({ accept });
    expect(summary.stoppedBy).toBeNull();
    expect(summary.steps.map(({ id, state }) => [id, state])).toEqual(
      ['discover', 'endpoints', 'nat', 'bucket-policy', 'scp', 'stack-parameter'].map((id) => [id, 'done']),
    );
    const writes = run.sandbox.writes().length;
    expect((await run.apply({ accept })).outcome).toBe('done');
    expect(run.sandbox.writes().slice(writes)).toEqual([]);
    const back = await run.rollBack();
    expect(back.kept).toEqual([]);
    await run.sandbox.clock.sleep(3_600_000);
    expect(readable(differences(before, run.sandbox.snapshot(), records))).toBe('');
  });
});
