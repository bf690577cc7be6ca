// Journaled changes as the steps take them, and what AWS says of them once its reads have caught up.
import type { JournaledChange } from '../journal/journal.ts';
import { contextFor, type Run, settleSeconds } from './run.ts';
import type { Applied, EngineContext, Inspection, Step } from './types.ts';

/** A journaled change as it is handed to a step. */
export const appliedOf = ({ step, change, generation, token, run, made }: JournaledChange): Applied => ({
  step,
  change,
  generation,
  token,
  run,
  made,
});

/**
 * What is there now of a journaled change. `gone` and `as-before` are believed only when the step's settle time has passed
 * since the journal's last entry about it: until then a read may not yet show what a call made.
 */
export async function inspectSettled<Input, Ctx extends EngineContext>(
  run: Pick<Run<Ctx>, 'ports' | 'journal' | 'ctxOf'>,
  step: Step<Input, Ctx>,
  journaled: JournaledChange,
): Promise<Inspection> {
  const { clock, signal } = run.ports;
  const ctx = contextFor(run, step.id, 'waits');
  const settle = settleSeconds(step.id) * 1000;
  const since = clock.now().getTime();
  // A clock that was set back since makes the entry lie in the future: then the whole settle time is waited from now.
  const lag = Math.min(settle, Math.max(0, Date.parse(journaled.changedAt) + settle - since));
  for (let pause = 1000; ; pause = Math.min(pause * 2, 15_000)) {
    const inspection = await step.inspect(appliedOf(journaled), ctx);
    if (inspection.state === 'as-made' || inspection.state === 'drifted') return inspection;
    const left = since + lag - clock.now().getTime();
    if (left <= 0) return inspection;
    ctx.waiting(journaled.key, Math.round((clock.now().getTime() - since) / 1000));
    await clock.sleep(Math.min(pause, left), signal);
  }
}
