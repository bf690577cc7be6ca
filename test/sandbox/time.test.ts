import { describe, expect, test } from 'vitest';
import { changeSpeed, newWorldClock, sandboxClock, scaledTime } from '../../src/sandbox/time.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const begin = Date.parse('2026-06-01T12:00:00Z');

describe('the sandbox clock', () => {
  test('runs as many times faster as its speed, over processes, and never backwards past its base', () => {
    let real = 1_000;
    const clock = newWorldClock(begin, 60, () => real);
    const time = scaledTime(() => real);
    real += 2_000;
    expect(time.now(clock)).toBe(begin + 120_000);
    expect(scaledTime(() => real).now(JSON.parse(JSON.stringify(clock)))).toBe(begin + 120_000);
    real -= 10_000;
    expect(time.now(clock)).toBe(begin);
  });

  test('keeps its moment when its speed changes or it is moved', () => {
    let real = 0;
    const clock = newWorldClock(begin, 60, () => real);
    const time = scaledTime(() => real);
    real = 1_000;
    changeSpeed(clock, 10, () => real);
    expect(time.now(clock)).toBe(begin + 60_000);
    real = 2_000;
    expect(time.now(clock)).toBe(begin + 70_000);
    time.advance(clock, 5_000);
    expect(time.now(clock)).toBe(begin + 75_000);
  });

  test('lets sleepers go when it is moved past their time, and rejects when aborted', async () => {
    const world = newWorldClock(begin, 1_000);
    const clock = sandboxClock(scaledTime(), () => world);
    const slept = clock.sleep(3_600_000);
    scaledTime().advance(world, 3_600_000);
    await slept;
    const abort = new AbortController();
    const aborted = clock.sleep(3_600_000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await expect(clock.sleep(1, abort.signal)).rejects.toThrow('enough');
  });
});

describe('the virtual clock', () => {
  test('wakes sleepers in order of their time, each at its time', async () => {
    const clock = new VirtualClock('2026-06-01T12:00:00.000Z');
    const woken: string[] = [];
    const sleeper = async (name: string, ...pauses: number[]) => {
      for (const pause of pauses) {
        await clock.sleep(pause);
        woken.push(`${name}@${clock.now().getTime() - begin}`);
      }
    };
    await Promise.all([sleeper('a', 5_000, 5_000), sleeper('b', 7_000), sleeper('c', 5_000)]);
    expect(woken).toEqual(['a@5000', 'c@5000', 'b@7000', 'a@10000']);
  });

  test('stands still while something is under way', async () => {
    const clock = new VirtualClock();
    const before = clock.now().getTime();
    const release = clock.hold();
    const slept = clock.sleep(1_000);
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    expect(clock.now().getTime()).toBe(before);
    release();
    await slept;
    expect(clock.now().getTime()).toBe(before + 1_000);
  });

  test('rejects a sleeper that is aborted and forgets it', async () => {
    const clock = new VirtualClock();
    const release = clock.hold();
    const abort = new AbortController();
    const slept = clock.sleep(1_000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(slept).rejects.toThrow('enough');
    expect(clock.sleeping).toBe(0);
    release();
  });
});
