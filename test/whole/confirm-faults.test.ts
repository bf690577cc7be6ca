// --confirm-within and confirm, killed at every write and at every append to the journal, and with every fault at every write:
// what denies ends by itself or is kept, and everything can be put back.
import { describe, expect, test } from 'vitest';
import type { FaultEffect } from '../../src/sandbox/fault-types.ts';
import { requestFault } from '../../src/sandbox/faults.ts';
import type { WholeRun } from '../support/whole-run.ts';
import { deniesOutsiders, fresh, guarded, killAtAppend, plain, sleepTo, unconfirmed, within } from './confirm-support.ts';
import { changedSince, killAfter, numbered, operationsOf, records, testBucketPolicy } from './support.ts';

const effects: readonly FaultEffect[] = [
  { type: 'lost-answer' },
  { type: 'dropped' },
  { type: 'http-500' },
  { type: 'throttle' },
  { type: 'concurrent-modification' },
  { type: 'expired-credentials' },
  { type: 'access-denied' },
  { type: 'stall', milliseconds: 600_000 },
];
const ignore = [...records, 'faults'];

/** What an apply under a guard and a late confirm send, and how often confirm appends to the journal. */
async function undisturbed(steps: (typeof guarded)[number]['steps']) {
  const { run, deadline } = await unconfirmed(steps);
  const applied = operationsOf(run.sandbox.writes());
  await sleepTo(run, deadline, -300);
  const { appends } = run.disk;
  expect((await run.confirm()).stoppedBy).toBeNull();
  return { applied, confirmed: operationsOf(run.sandbox.writes()).slice(applied.length), appends: run.disk.appends - appends };
}

const cases = await Promise.all(guarded.map(async (each) => ({ ...each, ...(await undisturbed(each.steps)) })));

describe.each(cases)('step $policy', ({ steps, applied, confirmed, appends }) => {
  /** Confirms, again if need be, until it stands for good, and then puts everything back. */
  const toItsEnd = async ({ run, before, watch }: Awaited<ReturnType<typeof fresh>>): Promise<void> => {
    for (let tries = 0; tries < 3; tries += 1) {
      const { stoppedBy } = await run.apply(within, steps);
      if (stoppedBy === null) break;
      expect(stoppedBy.code).toBe('UNCONFIRMED');
      expect((await run.confirm()).stoppedBy).toBeNull();
    }
    expect(deniesOutsiders(run)).toBe(true);
    const sent = run.sandbox.writes().length;
    expect((await run.apply(plain, steps)).stoppedBy).toBeNull();
    expect(run.sandbox.writes()).toHaveLength(sent);
    expect((await run.rollBack()).kept).toEqual([]);
    expect(watch.violation).toBeNull();
    expect(await changedSince(run, before, ignore)).toBe('');
  };

  describe.each(numbered(applied))('a process killed in apply right after its write %d, %s', (nth) => {
    const killed = async () => {
      const world = await fresh();
      const revive = killAfter(world.run, { operation: null, nth });
      await expect(world.run.apply(within, steps)).rejects.toThrow();
      expect(revive()).toBe(true);
      return world;
    };

    test('leaves nothing that denies after an hour, and the next one goes on', async () => {
      const world = await killed();
      await world.run.sandbox.clock.sleep(3_600_000);
      expect(deniesOutsiders(world.run)).toBe(false);
      await toItsEnd(world);
    });

    test('is gone on with at once', async () => toItsEnd(await killed()));

    test('is rolled back at once', async () => {
      const { run, before, watch } = await killed();
      expect((await run.rollBack()).kept).toEqual([]);
      expect(watch.violation).toBeNull();
      expect(await changedSince(run, before, ignore)).toBe('');
    });
  });

  describe.each(Array.from({ length: appends }, (_, index) => index + 1))(
    'a process killed in a late confirm before append %d to its journal',
    (nth) => {
      const killed = async () => {
        const world = await unconfirmed(steps);
        await sleepTo(world.run, world.deadline, -300);
        const revive = killAtAppend(world.run, nth);
        const outcome = await world.run.confirm().catch(() => null);
        expect([revive(), outcome]).toEqual([true, null]);
        return world;
      };

      test('is confirmed by the next, and everything can be put back', async () => toItsEnd(await killed()));

      test('leaves what ends by itself unless it is what was to be kept; everything can be put back', async () => {
        const { run, before, watch } = await killed();
        const isKept = !JSON.stringify([testBucketPolicy(run), policiesOf(run)]).includes('CurrentTime');
        await run.sandbox.clock.sleep(3_600_000);
        expect(deniesOutsiders(run)).toBe(isKept);
        expect((await run.rollBack()).kept).toEqual([]);
        expect(watch.violation).toBeNull();
        expect(await changedSince(run, before, ignore)).toBe('');
      });
    },
  );

  describe.each(numbered(confirmed))('at write %d of a late confirm, %s,', (nth) => {
    test.each(effects)('$type: the next one ends it', async (effect) => {
      const world = await unconfirmed(steps);
      const { run, deadline } = world;
      await sleepTo(run, deadline, -300);
      await run.sandbox.control.arm([requestFault(effect, { of: 'write', nth, times: 1 })]);
      await run.confirm().catch((error) => expect(error).toMatchObject({ kind: 'failed' }));
      run.sandbox.world().faults.length = 0;
      await toItsEnd(world);
    });
  });
});

const policiesOf = ({ sandbox }: WholeRun): readonly string[] =>
  Object.values(sandbox.world().organizations.organization?.policies ?? {})
    .filter(({ name }) => name === 'QuiltDataPerimeter')
    .map(({ content }) => content);
