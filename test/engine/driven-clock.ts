// Time that moves only when everything waits for it.
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../src/ports.ts';

interface Sleeper {
  readonly at: number;
  wake(): void;
}

export class DrivenClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];

  constructor(start = Date.parse('2026-01-01T00:00:00Z')) {
    this.#now = start;
  }

  now(): Date {
    return new Date(this.#now);
  }

  /** Lets time pass without waking anybody early. */
  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper = { at: this.#now + milliseconds, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', abort);
    });
  }

  /** Runs a task to its end, moving time on whenever it waits for nothing else. */
  async drive<T>(task: Promise<T>): Promise<T> {
    let settled = false;
    const watched = task.finally(() => {
      settled = true;
    });
    watched.catch(() => undefined);
    for (let idle = 0; !settled; ) {
      await turn();
      await turn();
      const next = this.#sleepers.sort((a, b) => a.at - b.at).shift();
      if (settled) break;
      if (next === undefined) {
        idle += 1;
        if (idle > 5000) throw new Error('the task waits for something that never comes');
        continue;
      }
      idle = 0;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    return watched;
  }
}
