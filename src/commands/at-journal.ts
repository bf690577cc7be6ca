// Commands that go by the journal: they ask who the operator is on both sides and open the folder's journal for writing.
import type { Journal } from '../journal/journal.ts';
import type { Survey } from '../steps/landscape.ts';
import { openForWriting } from './engine-ports.ts';
import { openSession, type Run, type Session, sayWho } from './session.ts';

export type Who = Pick<Survey, 'quilt' | 'organizationSide' | 'organization'>;

/**
 * Does the work under the journal's lock, and closes journal and session after it.
 * @returns the work's exit code
 * @throws PerimeterError as `openJournal` does, or what the work throws
 */
export async function atJournal(run: Run, work: (session: Session, journal: Journal, who: Who) => Promise<number>): Promise<number> {
  const session = await openSession(run);
  const { ui, ctx } = session;
  try {
    const { identify } = await import('../aws/identity.ts');
    const { readOrganizationInfo } = await import('../steps/read-organization.ts');
    const who = { ...(await identify(ctx)), organization: await readOrganizationInfo(ctx) };
    await sayWho(ui, who);
    const journal = await openForWriting(session, who, { stack: null, vpc: null });
    try {
      for (const note of journal.notes) ui.progress(note);
      ui.learn(journal.state.changes.map(({ change }) => change));
      return await work(session, journal, who);
    } finally {
      await journal.close();
    }
  } finally {
    await session.close();
  }
}
