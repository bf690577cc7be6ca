import { expect, test } from 'vitest';
import { neverBack } from '../src/clock.ts';

test('the clock follows the wall clock forward, and where that is set back goes on by what really passed', () => {
  const [wall, since] = [{ now: 1_000_000 }, { now: 0 }];
  const now = neverBack(
    () => wall.now,
    () => since.now,
  );
  const pass = (really: number, shown: number): number => {
    since.now += really;
    wall.now += shown;
    return now().getTime();
  };
  expect(now().getTime()).toBe(1_000_000);
  expect(pass(1000, 1000)).toBe(1_001_000);
  expect(pass(1000, -3_600_000)).toBe(1_002_000);
  expect(pass(1000, 1000)).toBe(1_003_000);
  // A machine that slept: its own measure stands still.
  expect(pass(0, 7_200_000)).toBe(1_000_000 + 1000 - 3_600_000 + 1000 + 7_200_000);
  expect(pass(500, 0)).toBeGreaterThan(1_000_000);
});
