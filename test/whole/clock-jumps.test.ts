// A computer's clock that is set back or forward in the middle of a run, and between runs: AWS's own goes on as before.
import { expect, test } from 'vitest';
import { neverBack } from '../../src/clock.ts';
import { PerimeterError } from '../../src/errors.ts';
import { startSandbox } from '../support/sandbox.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { WholeRun } from '../support/whole-run.ts';
import { changedSince } from './support.ts';

/** The program's clock, made of a wall clock that can be set; the sandbox's time is the virtual clock's own. */
class SetClock extends VirtualClock {
  #offset = 0;
  #shown = this.#newProcess();

  /** Sets the wall clock so many minutes on, or back. */
  set(minutes: number): void {
    this.#offset += minutes * 60_000;
  }

  /** A new process begins with a wall clock that is right again. */
  restart(): void {
    this.#offset = 0;
    this.#shown = this.#newProcess();
  }

  override now(): Date {
    return this.#shown();
  }

  #newProcess(): () => Date {
    const really = () => super.now().getTime();
    return neverBack(() => really() + this.#offset, really);
  }
}

/** Milliseconds of AWS's time that an undisturbed run may take, and more. */
const longEnough = 3 * 3_600_000;

test.each([
  ['an hour back', -60, 3],
  ['an hour back', -60, 8],
  ['a year back', -525_600, 5],
  ['an hour on', 60, 3],
  ['an hour on', 60, 8],
  ['a year on', 525_600, 5],
])(
  'a clock that is set %s and right again in turn (%d minutes), every %d writes, harms nothing',
  async (_words, minutes, every) => {
    const clock = new SetClock();
    const run = new WholeRun(await startSandbox({ scenario: 'greenfield', clock }));
    const { requestHandler } = run.sandbox;
    const handle = requestHandler.handle;
    const before = run.sandbox.snapshot();
    let set = 0;
    requestHandler.handle = async (request, options) => {
      const answer = await handle.call(requestHandler, request, options);
      if (run.sandbox.writes().length >= (set + 1) * every) {
        clock.set(set % 2 === 0 ? minutes : -minutes);
        set += 1;
      }
      return answer;
    };
    const started = clock.asSandboxTime().now(run.sandbox.world().clock);
    const ended = async (work: Promise<{ readonly stoppedBy: PerimeterError | null } | object>): Promise<number> => {
      try {
        const summary = await work;
        return 'stoppedBy' in summary && summary.stoppedBy instanceof PerimeterError ? summary.stoppedBy.exitCode : 0;
      } catch (error) {
        if (error instanceof PerimeterError) return error.exitCode;
        throw error;
      }
    };
    expect([0, 1, 3]).toContain(await ended(run.apply({ accept: ['QP413'] })));
    expect(set).toBeGreaterThan(0);
    expect(clock.asSandboxTime().now(run.sandbox.world().clock) - started).toBeLessThan(longEnough);
    // The next process begins with another time than the journal's last.
    clock.restart();
    requestHandler.handle = handle;
    expect(await ended(run.apply({ accept: ['QP413'] }))).toBe(0);
    const writes = run.sandbox.writes().length;
    expect(await ended(run.apply({ accept: ['QP413'] }))).toBe(0);
    expect(run.sandbox.writes()).toHaveLength(writes);
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  },
  120_000,
);
