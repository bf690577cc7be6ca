// The sandbox's time: it runs faster than real time, goes on across processes, and can be moved forward.
import type { Clock } from '../ports.ts';
import type { World } from './world.ts';

export type WorldClock = World['clock'];

/** Where the sandbox takes its time from: real time at the world's speed, or in tests a clock that only jumps. */
export interface SandboxTime {
  /** Simulated milliseconds since the epoch. */
  now(clock: WorldClock): number;
  /** Moves simulated time forward by so many milliseconds. */
  advance(clock: WorldClock, milliseconds: number): void;
  /** Resolves when so many simulated milliseconds have passed; rejects with the signal's reason when it is aborted. */
  sleep(clock: () => WorldClock, milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Says that something is under way until the function that it returns is called; for clocks that jump when all is idle. */
  hold(): () => void;
}

/** A clock for a new world: simulated time begins at `base` (ms since the epoch) and runs `speed` times as fast. */
export const newWorldClock = (base: number, speed: number, realNow: () => number = Date.now): WorldClock => ({
  base,
  realBase: realNow(),
  speed,
});

/** The same moment at another speed. */
export function changeSpeed(clock: WorldClock, speed: number, realNow: () => number = Date.now): void {
  const real = realNow();
  clock.base = simulated(clock, real);
  clock.realBase = real;
  clock.speed = speed;
}

/** Simulated time = base + (real − realBase) × speed. A real clock that jumps back does not take simulated time with it below `base`. */
export function scaledTime(realNow: () => number = Date.now): SandboxTime {
  return {
    now: (clock) => simulated(clock, realNow()),
    advance(clock, milliseconds) {
      clock.base += milliseconds;
    },
    async sleep(clock, milliseconds, signal) {
      const until = simulated(clock(), realNow()) + milliseconds;
      for (;;) {
        signal?.throwIfAborted();
        const remaining = until - simulated(clock(), realNow());
        if (remaining <= 0) return;
        // In pieces, so that a sleeper notices when somebody moves the clock.
        await realSleep(Math.min(Math.max(remaining / clock().speed, 1), 200), signal);
      }
    },
    hold: () => () => undefined,
  };
}

/** The sandbox's time as the port that everything else waits by. */
export const sandboxClock = (time: SandboxTime, clock: () => WorldClock): Clock => ({
  now: () => new Date(time.now(clock())),
  sleep: (milliseconds, signal) => time.sleep(clock, milliseconds, signal),
});

const simulated = (clock: WorldClock, real: number): number => clock.base + Math.max(0, real - clock.realBase) * clock.speed;

function realSleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', aborted);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', aborted, { once: true });
  });
}
