// Random landscapes: apply ends, or stops with a finding; a second apply writes nothing; rollback restores exactly; and after
// every call the operator could still take off what was put on. RANDOM_WORLDS=2000 hunts longer, RANDOM_SEED=n repeats.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { driveLandscape } from './drive.ts';
import { landscapes } from './landscape.ts';

const runs = Number(process.env.RANDOM_WORLDS ?? 40);
const seed = Number(process.env.RANDOM_SEED ?? 20_260_601);
const isHunt = process.env.RANDOM_WORLDS !== undefined;

test(
  'every landscape ends or stops with a known code, is done after one apply, and is restored exactly',
  async () => {
    const ends = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(landscapes, async (landscape) => {
        const { ended, code, broken } = await driveLandscape(landscape);
        const end = `${ended} ${code ?? ''}`;
        ends.set(end, (ends.get(end) ?? 0) + 1);
        expect(broken).toEqual([]);
      }),
      { numRuns: runs, seed, ...(isHunt ? {} : { interruptAfterTimeLimit: 45_000, markInterruptAsFailure: false }) },
    );
    // Not all of them may stop at the first look.
    expect([...ends.keys()].some((end) => end.startsWith('done'))).toBe(true);
    expect([...ends.keys()].some((end) => end.startsWith('stopped'))).toBe(true);
  },
  isHunt ? runs * 60_000 : 120_000,
);
