// What everything in one run shares: the ports, the journal, the first error, and whose turn it is to ask.
import { setMaxListeners } from 'node:events';
import type { PerimeterError } from '../errors.ts';
import type { FindingCode } from '../findings.ts';
import type { Journal } from '../journal/journal.ts';
import type { Clock } from '../ports.ts';
import { interruption } from './failure.ts';
import type { Applied, EngineContext, EnginePorts, StepId } from './types.ts';

export interface Run<Ctx extends EngineContext> {
  readonly ports: EnginePorts;
  readonly journal: Journal;
  /** Adds the step's own ports to what the engine gives it. */
  readonly ctxOf: (engine: EngineContext) => Ctx;
  readonly accept: readonly FindingCode[];
  readonly skipProbes: boolean;
  readonly halt: Halt;
  /** One question at a time, in the order in which they came up. */
  readonly inTurn: <T>(ask: () => Promise<T>) => Promise<T>;
}

/** The first error of a run. Once there is one, nothing more is begun. */
export class Halt {
  #error: unknown = null;
  #stopped = false;

  stop(error: unknown): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#error = error;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Throws the first error, if there is one. */
  check(): void {
    if (this.#stopped) throw this.#error;
  }
}

/** A queue of one: each call begins when the one before it has ended, however it ended. */
export function oneAtATime(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}

type Observer = (stage: string, object: 'control' | 'sentinel', verdict: 'allowed' | 'denied') => void;

/**
 * The context for one step function. `waits`: ends when the operator interrupts. `call`: never, since the call in flight
 * finishes and is journaled. `clean-up`: never either, but its waits are bounded in time.
 */
export function contextFor<Ctx extends EngineContext>(
  run: Pick<Run<Ctx>, 'ports' | 'journal' | 'ctxOf'>,
  step: StepId,
  how: 'waits' | 'call' | 'clean-up',
  observe: Observer = () => undefined,
): Ctx {
  const { ports } = run;
  return run.ctxOf({
    clock: how === 'clean-up' ? boundedClock(ports.clock, cleanUpSeconds) : ports.clock,
    signal: how === 'waits' ? ports.signal : neverAborted(),
    run: { ...run.journal.run, earlier: [...new Set(run.journal.state.changes.map((each) => each.run))] },
    waiting: (key, seconds) => ports.emit({ type: 'waiting', step, key, seconds }),
    probed(stage, object, verdict) {
      observe(stage, object, verdict);
      ports.emit({ type: 'probe', step, stage, object, verdict });
    },
  });
}

/** A signal that never comes, for as many calls at once as there are: Node warns from the eleventh listener on. */
function neverAborted(): AbortSignal {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return signal;
}

const cleanUpSeconds = 300;

/** A clock whose sleeps end with an error once `seconds` have passed since it was made. */
function boundedClock(clock: Clock, seconds: number): Clock {
  const end = clock.now().getTime() + seconds * 1000;
  return {
    now: () => clock.now(),
    async sleep(milliseconds, signal) {
      const left = end - clock.now().getTime();
      if (left <= 0) throw new Error(`not done after ${seconds} seconds`);
      await clock.sleep(Math.min(milliseconds, left), signal);
    },
  };
}

/** Throws the interruption once the operator asked for it, else the run's first error, if there is one. */
export function goOn(run: { readonly ports: Pick<EnginePorts, 'signal'>; readonly halt: Halt }): void {
  if (run.ports.signal.aborted) throw interruption(run.ports.signal.reason);
  run.halt.check();
}

/** How long reads of this step may lag behind its writes, in seconds: EC2 60; S3 policies, Organizations and stacks 120. */
export const settleSeconds = (step: StepId): number => (step === 'endpoints' || step === 'nat' ? 60 : 120);

/** What tells one generation of a change in the journal. */
export const idOf = (applied: Applied): { readonly key: string; readonly generation: number } => ({
  key: applied.change.key,
  generation: applied.generation,
});

/** Journals how a run ended that ended with an error: that is the one to tell, also where this cannot be written. */
export async function endAfter(reason: PerimeterError, journal: Journal): Promise<void> {
  try {
    await journal.end(reason.kind === 'stopped' ? 'stopped' : reason.kind === 'interrupted' ? 'interrupted' : 'failed');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}
