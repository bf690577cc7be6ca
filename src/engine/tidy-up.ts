// Puts in order what earlier runs left behind.
import { finish, make } from './carry-out-change.ts';
import { cameToNothing } from './failure.ts';
import { appliedOf } from './journaled.ts';
import type { Remedy } from './leftovers.ts';
import { takesPlaceOf } from './replacing.ts';
import { contextFor, goOn, idOf } from './run.ts';
import type { StepWork } from './step-work.ts';
import type { Applied, EngineContext } from './types.ts';
import { undoChange } from './undo.ts';

type Here<Input, Ctx extends EngineContext> = Pick<StepWork<Input, Ctx>, 'run' | 'step' | 'record'>;

/**
 * Carries the remedies out, one after the other. Sends writes: only after a confirmation, where the step has one.
 * @throws PerimeterError where a call fails
 */
export async function tidyUp<Input, Ctx extends EngineContext>(here: Here<Input, Ctx>, remedies: readonly Remedy[]): Promise<void> {
  for (const remedy of remedies) {
    goOn(here.run);
    await carryOut(here, remedy);
  }
}

async function carryOut<Input, Ctx extends EngineContext>(here: Here<Input, Ctx>, { what, journaled }: Remedy): Promise<void> {
  const { run, step } = here;
  const { journal } = run;
  const applied = appliedOf(journaled);
  const id = idOf(applied);
  switch (what) {
    case 'undo':
      return undoChange(run, step, applied);
    case 'supersede': {
      const by = [...journal.state.latest.values()].find((each) => takesPlaceOf(each, journaled, journal.state));
      return journal.append({ type: 'undone', ...id, ...(by === undefined ? {} : { superseded: by.key }) });
    }
    case 'forget': {
      if (journaled.state !== 'begun') return journal.append({ type: 'undone', ...id });
      const summary = `making ${journaled.key}: the call never took effect`;
      return journal.append({ type: 'failed', ...id, error: { code: 'NOT_MADE', summary } });
    }
    case 'adopt':
    case 'wait':
      return adopt(here, applied, what === 'wait');
    case 'retry':
      try {
        await step.wait(applied, contextFor(run, step.id, 'waits'));
      } catch (error) {
        if (!cameToNothing(error)) throw error;
        return undoChange(run, step, applied);
      }
      return adopt(here, applied, true);
    default:
      return what satisfies never;
  }
}

async function adopt<Input, Ctx extends EngineContext>(here: Here<Input, Ctx>, applied: Applied, isMade: boolean): Promise<void> {
  const { run, step, record } = here;
  await run.journal.append({ type: 'adopted', ...idOf(applied) });
  run.ports.emit({ type: 'change-begun', step: step.id, key: applied.change.key });
  const made = isMade ? applied.made : await make(here, { ...applied, made: null });
  const finished = { ...applied, made };
  await finish(here, finished);
  record.done = [...record.done, finished];
}
