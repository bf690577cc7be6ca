// `init`: find, ask, show, confirm step by step. It writes the choices before it changes anything, so that it may be left
// at any question and run again.
import { dirname, join, relative } from 'node:path';
import { stopped } from '../errors.ts';
import { type Asked, askChoices } from './ask-choices.ts';
import { carryOut } from './carry-out.ts';
import { wantedOf } from './decide.ts';
import { openForReading } from './engine-ports.ts';
import { assessingOf } from './gate.ts';
import { selectSteps } from './selection.ts';
import { openSession, type Run, type Session } from './session.ts';
import { surveyAloud } from './survey.ts';
import { waitSecondsOf } from './wait-flag.ts';

/** `init`. Exit 0 where it is done, 3 where it stopped on purpose. */
export async function init(run: Run): Promise<number> {
  const selection = selectSteps(run.flags);
  // What is wrong with it is said before AWS is asked anything.
  waitSecondsOf(run.flags);
  const assessing = await assessingOf(run, true);
  if (!run.ui.interactive && run.flags.yes !== true) {
    throw stopped(
      'NO_TERMINAL',
      'asking: there is no terminal to ask on',
      'run init on a terminal, or answer yes to all confirmations with --yes',
    );
  }
  const session = await openSession(run);
  try {
    const survey = await surveyAloud(session);
    // Questions are asked, and their answers written, only where the journal can be gone on with.
    const journal = await openForReading(session, survey, { stack: null, vpc: null });
    await journal.close();
    const asked = await askChoices(session, survey, wantedOf(session.settings, run.flags, selection));
    await save(session, asked);
    return await carryOut(session, survey, asked, selection, null, assessing);
  } finally {
    await session.close();
  }
}

async function save({ ui, settings, file, paths }: Session, { wanted, answered }: Asked): Promise<void> {
  const { configText, saveConfig, valuesOf } = await import('../config/write.ts');
  const schemaFile = join(paths.state, 'quilt-perimeter.schema.json');
  // What a flag accepts, it accepts for this run.
  const accept = file?.config.accept ?? [];
  const values = valuesOf({ ...settings, wanted: { ...wanted, accept: wanted.accept.filter((code) => accept.includes(code)) } });
  const text = configText(values, file?.text ?? null, { schemaPath: relative(dirname(paths.config), schemaFile), answered });
  if (text === file?.text) return;
  await saveConfig(paths.config, text, schemaFile);
  ui.progress(`Wrote ${paths.config}`);
}
