// A process that is killed right after any of its writes took effect, before the answer reached it: the next one makes
// nothing twice, leaves nothing behind, and rollback restores everything.
import { describe, expect, test } from 'vitest';
import { WholeRun } from '../support/whole-run.ts';
import { changedSince, countsOf, killAfter, numbered, operationsOf, statesOf } from './support.ts';

const accept = ['QP413'] as const;
const undisturbed = await wholeRun();

/** What a run that nothing disturbs sends and leaves. */
async function wholeRun() {
  const run = await WholeRun.on('greenfield');
  await run.apply({ accept });
  const applied = operationsOf(run.sandbox.writes());
  const counts = countsOf(run);
  await run.rollBack();
  return { applied, counts, rolledBack: operationsOf(run.sandbox.writes()).slice(applied.length) };
}

describe('a process killed in apply', () => {
  test.each(numbered(undisturbed.applied))('right after its write %d, %s, leaves nothing twice and no orphan', async (nth) => {
    const run = await WholeRun.on('greenfield');
    const before = run.sandbox.snapshot();
    const revive = killAfter(run, { operation: null, nth });
    await expect(run.apply({ accept })).rejects.toThrow();
    expect(revive()).toBe(true);
    const summary = await run.apply({ accept });
    expect(summary.stoppedBy).toBeNull();
    expect(new Set(Object.values(statesOf(summary)))).toEqual(new Set(['done']));
    expect(countsOf(run)).toEqual(undisturbed.counts);
    const writes = run.sandbox.writes().length;
    await run.apply({ accept });
    expect(operationsOf(run.sandbox.writes().slice(writes))).toEqual([]);
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  });

  test.each(numbered(undisturbed.applied))('right after its write %d, %s, can be rolled back at once', async (nth) => {
    const run = await WholeRun.on('greenfield');
    const before = run.sandbox.snapshot();
    const revive = killAfter(run, { operation: null, nth });
    await expect(run.apply({ accept })).rejects.toThrow();
    expect(revive()).toBe(true);
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  });
});

test.each(numbered(undisturbed.rolledBack))(
  'a process killed in rollback right after its write %d, %s, is rolled back by the next',
  async (nth) => {
    const run = await WholeRun.on('greenfield');
    const before = run.sandbox.snapshot();
    await run.apply({ accept });
    const revive = killAfter(run, { operation: null, nth });
    await expect(run.rollBack()).rejects.toThrow();
    expect(revive()).toBe(true);
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  },
);
