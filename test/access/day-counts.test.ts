// Counts by tally and day: exact within the bound, whatever order the days come in.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DayCounts, type DayList, pairKey, pairOf } from '../../src/access/day-counts.ts';

/** The list with equal pairs together, by tally and day. */
function summed({ tallies, days, counts }: DayList): Record<string, number> {
  const sums: Record<string, number> = {};
  tallies.forEach((tally, at) => {
    const key = `${tally} ${days[at]}`;
    sums[key] = (sums[key] ?? 0) + (counts[at] ?? 0);
  });
  return sums;
}

const expected = (events: readonly (readonly [number, number])[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const [tally, day] of events) sums[`${tally} ${day}`] = (sums[`${tally} ${day}`] ?? 0) + 1;
  return sums;
};

test('each event is counted on its day, in any order', () => {
  const event = fc.tuple(fc.nat(40), fc.integer({ min: -3, max: 30 }));
  fc.assert(
    fc.property(fc.array(event, { maxLength: 3000 }), (events) => {
      const counts = new DayCounts(4096);
      for (const [tally, day] of events) counts.add(tally, day);
      expect(summed(counts.list())).toEqual(expected(events));
    }),
    { numRuns: 100 },
  );
});

test('days that alternate are put together before there is no more room', () => {
  const counts = new DayCounts(1024);
  const events = Array.from({ length: 50_000 }, (_, n) => [n % 7, n % 2] as const);
  for (const [tally, day] of events) counts.add(tally, day);
  expect(summed(counts.list())).toEqual(expected(events));
  expect(counts.list().tallies.length).toBeLessThanOrEqual(1024);
});

test('beyond the bound no further day is told, and what was told stays right', () => {
  const counts = new DayCounts(1024);
  for (let tally = 0; tally < 5_000; tally++) counts.add(tally, 1);
  for (let tally = 0; tally < 1_024; tally++) counts.add(tally, 1);
  const { tallies, counts: many } = counts.list();
  expect([...tallies]).toEqual(Array.from({ length: 1024 }, (_, n) => n));
  expect(new Set(many)).toEqual(new Set([2]));
});

test.each([
  [0, 0],
  [250_000, 20_600],
  [7, -100_000_000],
  [250_000, 100_000_000],
])('tally %i and day %i are one number and two again', (tally, day) => {
  expect(pairOf(pairKey(tally, day))).toEqual([tally, day]);
});
