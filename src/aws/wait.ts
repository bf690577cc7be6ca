// Bounded waits with a name. AWS has no waiters for much of what is needed here (A7), and the SDK's own know nothing of
// our clock.
import { failed } from '../errors.ts';
import type { AwsContext } from './context.ts';

export interface Wait {
  /** Gerund, noun and id: `waiting for NAT gateway (nat-0a1b)`. */
  readonly what: string;
  readonly timeoutSeconds: number;
  readonly everySeconds: number;
  /** Called before each sleep with the whole seconds waited so far. */
  waited?(seconds: number): void;
  /** What a person can do once the time is over; default: look, and run again. */
  readonly remedy?: string;
}

/**
 * Polls until `poll` answers something else than undefined, and returns that. The first poll is made at once.
 * @throws PerimeterError `TIMEOUT` (failed) after `timeoutSeconds`; the signal's reason when it is aborted
 */
export async function waitUntil<T>(wait: Wait, poll: () => Promise<T | undefined>, ctx: Pick<AwsContext, 'clock' | 'signal'>): Promise<T> {
  const begun = ctx.clock.now().getTime();
  for (;;) {
    ctx.signal.throwIfAborted();
    const answer = await poll();
    if (answer !== undefined) return answer;
    const seconds = Math.floor((ctx.clock.now().getTime() - begun) / 1000);
    if (seconds >= wait.timeoutSeconds) {
      const remedy = wait.remedy ?? 'look at it in AWS, then run again to go on';
      throw failed('TIMEOUT', `${wait.what}: not done after ${wait.timeoutSeconds} seconds`, remedy);
    }
    wait.waited?.(seconds);
    await ctx.clock.sleep(wait.everySeconds * 1000, ctx.signal);
  }
}
