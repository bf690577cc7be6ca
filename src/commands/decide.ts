// From settings and what was found to choices, without asking: `plan` and `apply` stop where a choice is open.
import type { Choices, Wanted } from '../steps/choices.ts';
import type { Survey } from '../steps/landscape.ts';
import type { Flags } from './flags.ts';
import type { Selection } from './selection.ts';
import type { Session } from './session.ts';

/** What the file and the flags say, with what only the command line says. */
export const wantedOf = (settings: Session['settings'], flags: Flags, selection: Selection): Wanted => ({
  ...settings.wanted,
  skipProbes: flags.skipProbes === true,
  confirmWithin: settings.confirmWithin,
  steps: selection.steps,
});

/**
 * The choices.
 * @throws PerimeterError CHOICE (exit 2) where one is open: the flag and the candidates. Others for what is not there.
 */
export async function decide(session: Session, survey: Survey, wanted: Wanted): Promise<Choices> {
  const { resolveChoices } = await import('../steps/resolve-choices.ts');
  const resolution = resolveChoices(survey, wanted);
  if (resolution.state === 'decided') return resolution.choices;
  const [first, ...others] = resolution.open;
  if (first === undefined) throw new Error('an open resolution without an open choice');
  const { openChoiceError } = await import('../ui/questions.ts');
  for (const other of others) session.ui.progress(openChoiceError(other).summary);
  throw openChoiceError(first);
}
