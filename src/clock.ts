// The real clock, and one in step with a sandbox that another process serves.
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from './ports.ts';

/** The computer's own time, which within a run never goes back. */
export const realClock: Clock = {
  now: neverBack(
    () => Date.now(),
    () => performance.now(),
  ),
  sleep: (milliseconds, signal) => sleepFor(milliseconds, signal),
};

/**
 * The wall clock's time, but between two looks at least as much as really passed: where somebody sets the clock back in the
 * middle of a run, waits do not grow and what is out of date does not become fresh again. Set forward it is followed, since
 * that is also how a machine that slept looks. Both sources give milliseconds.
 */
export function neverBack(wallClock: () => number, sinceStart: () => number): () => Date {
  let last = wallClock();
  let lastSince = sinceStart();
  return () => {
    const since = sinceStart();
    last = Math.max(wallClock(), last + since - lastSince);
    lastSince = since;
    return new Date(last);
  };
}

/**
 * A clock that starts at `reading.now` (ISO time) and runs `reading.speed` simulated seconds per second: the one that a
 * served sandbox keeps.
 */
export function clockInStep(reading: { readonly now: string; readonly speed: number }): Clock {
  const base = Date.parse(reading.now);
  const realBase = performance.now();
  return {
    now: () => new Date(base + (performance.now() - realBase) * reading.speed),
    sleep: (milliseconds, signal) => sleepFor(milliseconds / reading.speed, signal),
  };
}

async function sleepFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  try {
    await wait(Math.max(0, milliseconds), undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    // timers/promises rejects with its own AbortError; callers expect the reason that was given.
    signal?.throwIfAborted();
    throw error;
  }
}
