// Time that only jumps: when nothing is under way, to the earliest sleeper. Runs that wait for minutes take milliseconds
// and the same run takes the same simulated time.
import type { Clock } from '../../src/ports.ts';
import type { SandboxTime } from '../../src/sandbox/time.ts';

interface Sleeper {
  readonly due: number;
  readonly order: number;
  wake(): void;
}

/** How many turns of the event loop must pass with nothing under way before time jumps. */
const quietTurns = 6;

export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #underWay = 0;
  #pumping = false;
  #activity = 0;
  readonly #sleepers = new Set<Sleeper>();

  /** `start`: ISO time. */
  constructor(start = '2026-06-01T12:00:00.000Z') {
    this.#now = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#now);
  }

  /** Resolves when time has jumped so many milliseconds on; rejects with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const aborted = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        due: this.#now + Math.max(0, milliseconds),
        order: this.#order++,
        wake: () => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', aborted, { once: true });
      this.#pump();
    });
  }

  /** Moves time on by so many milliseconds, waking on the way whoever is due. */
  advance(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (let next = this.#earliest(); next && next.due <= until; next = this.#earliest()) this.#wake(next);
    this.#now = until;
  }

  /** How many are asleep. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Keeps time from jumping until the function that it returns is called. */
  hold(): () => void {
    this.#underWay += 1;
    this.#activity += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#underWay -= 1;
      this.#activity += 1;
      this.#pump();
    };
  }

  /** This clock as the sandbox's time: both then show the same moment. */
  asSandboxTime(): SandboxTime {
    return {
      now: () => this.#now,
      advance: (_clock, milliseconds) => this.advance(milliseconds),
      sleep: (_clock, milliseconds, signal) => this.sleep(milliseconds, signal),
      hold: () => this.hold(),
    };
  }

  #earliest(): Sleeper | null {
    let first: Sleeper | null = null;
    for (const sleeper of this.#sleepers) {
      if (!first || sleeper.due < first.due || (sleeper.due === first.due && sleeper.order < first.order)) first = sleeper;
    }
    return first;
  }

  #wake(sleeper: Sleeper): void {
    this.#sleepers.delete(sleeper);
    this.#activity += 1;
    this.#now = Math.max(this.#now, sleeper.due);
    sleeper.wake();
  }

  // Work between calls (streams, files) shows only as turns of the event loop and as open file requests.
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    let quiet = 0;
    let seen = this.#activity;
    const turn = (): void => {
      if (this.#sleepers.size === 0) {
        this.#pumping = false;
        return;
      }
      quiet = this.#underWay > 0 || this.#activity !== seen || filesAreBusy() ? 0 : quiet + 1;
      seen = this.#activity;
      if (quiet >= quietTurns) {
        const next = this.#earliest();
        if (next) this.#wake(next);
        quiet = 0;
      }
      setImmediate(turn);
    };
    setImmediate(turn);
  }
}

const filesAreBusy = (): boolean => process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq'));
