// `status`: journal and AWS side by side. Reads only.

import { decide, wantedOf } from './decide.ts';
import { openForReading, readingContext } from './engine-ports.ts';
import { recalled } from './remembered.ts';
import { selectSteps } from './selection.ts';
import { openSession, placeOf, type Run } from './session.ts';
import { surveyAloud } from './survey.ts';

/** Exit 3 where something is drifted or half-made, else 0. */
export async function status(run: Run): Promise<number> {
  const session = await openSession(run);
  const { ui, ctx } = session;
  try {
    const survey = await surveyAloud(session);
    const journal = await openForReading(session, survey, { stack: null, vpc: null });
    const wanted = wantedOf(session.settings, run.flags, selectSteps({}));
    const choices = await decide(session, survey, recalled(session, wanted, journal.state));
    const { phases, readInput } = await import('../steps/pipeline.ts');
    const { statusOf } = await import('../engine/engine.ts');
    try {
      for (const note of journal.notes) ui.progress(note);
      ui.working('Comparing the journal with AWS');
      const input = await readInput(survey, choices, ctx);
      const steps = await statusOf(phases, input, readingContext(session, journal), journal);
      ui.working(null);
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
