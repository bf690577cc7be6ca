// Ctrl-C at any write lets the call in flight finish, journals it and leaves no trial behind; a lost answer makes nothing
// twice. Both times the next run goes on from there.
import { expect, test } from 'vitest';
import { PerimeterError } from '../../src/errors.ts';
import { requestFault } from '../../src/sandbox/faults.ts';
import { startSandbox } from '../support/sandbox.ts';
import { interruptible } from '../support/signals.ts';
import { WholeRun } from '../support/whole-run.ts';
import { changedSince, countsOf, numbered, operationsOf, testBucketPolicy } from './support.ts';

const accept = ['QP413'] as const;

const undisturbed = await WholeRun.on('greenfield');
await undisturbed.apply({ accept });
const writes = numbered(operationsOf(undisturbed.sandbox.writes()));
const counts = countsOf(undisturbed);

/** A run that Ctrl-C reaches with the answer to its write of this number; the next one is left in peace. */
async function interruptedAt(nth: number): Promise<WholeRun> {
  const sandbox = await startSandbox();
  const interruption = interruptible();
  let { signal } = interruption;
  const { requestHandler } = sandbox;
  const handle = requestHandler.handle;
  requestHandler.handle = async (request, options) => {
    const answer = await handle.call(requestHandler, request, options);
    if (sandbox.writes().length >= nth && !interruption.signal.aborted) {
      interruption.abort(new PerimeterError('interrupted', 'INTERRUPTED', { summary: 'interrupted by SIGINT', remedy: 'run it again' }));
    }
    return answer;
  };
  const context = {
    ...sandbox.context,
    get signal() {
      return signal;
    },
  };
  const run = new WholeRun({ ...sandbox, context });
  await expect(run.apply({ accept })).rejects.toMatchObject({ kind: 'interrupted', exitCode: 130 });
  requestHandler.handle = handle;
  signal = interruptible().signal;
  return run;
}

test.each(writes)('interrupted at write %d, %s: it is journaled, no trial is left, and apply goes on', async (nth) => {
  const before = (await startSandbox()).snapshot();
  const run = await interruptedAt(nth);
  expect(testBucketPolicy(run) ?? '').not.toMatch(/QuiltPerimeterProbe|DateLessThan/);
  expect(halfMade(run)).toEqual([]);
  expect((await run.apply({ accept })).stoppedBy).toBeNull();
  expect(countsOf(run)).toEqual(counts);
  expect((await run.rollBack()).kept).toEqual([]);
  expect(await changedSince(run, before)).toBe('');
});

/** Changes of which the journal does not know whether they took effect. */
function halfMade(run: WholeRun): readonly string[] {
  const lines = run.journal.split('\n').filter((line) => line !== '');
  const left = new Set<string>();
  for (const { type, key } of lines.map((line) => JSON.parse(line))) {
    if (type === 'begun') left.add(key);
    if (type === 'made' || type === 'failed' || type === 'undone') left.delete(key);
  }
  return [...left];
}

test.each(writes)('the answer to write %d, %s, is lost: nothing is made twice', async (nth) => {
  const run = await WholeRun.on('greenfield');
  const before = run.sandbox.snapshot();
  await run.sandbox.control.arm([requestFault({ type: 'lost-answer' }, { of: 'write', nth })]);
  try {
    expect((await run.apply({ accept })).stoppedBy).toBeNull();
  } catch (error) {
    expect(error).toMatchObject({ kind: 'failed', exitCode: 1 });
  }
  expect((await run.apply({ accept })).stoppedBy).toBeNull();
  expect(countsOf(run)).toEqual(counts);
  expect((await run.rollBack()).kept).toEqual([]);
  expect(await changedSince(run, before)).toBe('');
});
