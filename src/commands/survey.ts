// The first reads of a run, and its first lines.
import type { Survey } from '../steps/landscape.ts';
import { type Session, sayWho } from './session.ts';

/** Reads the Region and both sides' identities, and says who you are. */
export async function surveyAloud(session: Session): Promise<Survey> {
  const { survey } = await import('../steps/pipeline.ts');
  session.ui.working('Reading the Region, its network and its stacks');
  const found = await survey(session.ctx);
  session.ui.working(null);
  await sayWho(session.ui, found);
  return found;
}
