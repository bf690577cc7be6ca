// `status`: journal and AWS side by side. Reads only.

import type { Journal } from '../journal/journal.ts';
import type { Wanted } from '../steps/choices.ts';
import { decide, wantedOf } from './decide.ts';
import { openForReading, readingContext } from './engine-ports.ts';
import { isSaid, withRemembered } from './remembered.ts';
import { selectSteps } from './selection.ts';
import { openSession, placeOf, type Run, type Session } from './session.ts';
import { surveyAloud } from './survey.ts';

/** Exit 3 where something is drifted or half-made, else 0. */
export async function status(run: Run): Promise<number> {
  const session = await openSession(run);
  const { ui, ctx } = session;
  try {
    const survey = await surveyAloud(session);
    const journal = await openForReading(session, survey, { stack: null, vpc: null });
    const wanted = wantedOf(session.settings, run.flags, selectSteps({}));
    const choices = await decide(session, survey, fromJournal(session, wanted, journal));
    const { phases, readInput } = await import('../steps/pipeline.ts');
    const { statusOf } = await import('../engine/engine.ts');
    try {
      for (const note of journal.notes) ui.progress(note);
      const input = await readInput(survey, choices, ctx);
      const steps = await statusOf(phases, input, readingContext(session, journal), journal);
      if (ui.json) ui.document({ version: 1, place: placeOf(survey, choices), steps });
      else {
        const { renderStatus } = await import('../ui/render-status.ts');
        ui.result(renderStatus(steps, ui.page));
      }
      return steps.some(({ state }) => state === 'drifted' || state === 'half-made') ? 3 : 0;
    } finally {
      await journal.close();
    }
  } finally {
    await session.close();
  }
}

// Where nothing was said, what the journal is about is what is meant.
function fromJournal(session: Session, said: Wanted, { state, place }: Journal): Wanted {
  const wanted = withRemembered(said, state.choices, (key) => isSaid(session, key));
  const bucket = [...state.latest.values()].find(({ step }) => step === 'bucket-policy')?.change.target.name ?? null;
  return {
    ...wanted,
    stack: wanted.stack ?? place?.stack ?? null,
    vpc: wanted.vpc ?? place?.vpc ?? null,
    testBucket: wanted.testBucket ?? bucket,
  };
}
