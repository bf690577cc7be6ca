// `confirm`: makes what --confirm-within put on permanent, from the journal and what stands in AWS.
import { contextOf, enginePorts, openForWriting } from './engine-ports.ts';
import { openSession, type Run, sayWho } from './session.ts';
import { withCommands } from './where.ts';

/** Exit 0 where all of it stands for good or there was nothing to confirm, 3 where its time is over or it was declined. */
export async function confirm(run: Run): Promise<number> {
  const session = await openSession(run);
  const { ui, ctx } = session;
  try {
    const { phases } = await import('../steps/pipeline.ts');
    const { confirmGuarded } = await import('../engine/engine.ts');
    const { identify } = await import('../aws/identity.ts');
    const { readOrganizationInfo } = await import('../steps/read-organization.ts');
    const who = { ...(await identify(ctx)), organization: await readOrganizationInfo(ctx) };
    await sayWho(ui, who);
    const journal = await openForWriting(session, who, { stack: null, vpc: null });
    try {
      for (const note of journal.notes) ui.progress(note);
      ui.learn(journal.state.changes.map(({ change }) => change));
      const { kept, stoppedBy } = await confirmGuarded({
        steps: phases.flatMap(({ steps }) => steps),
        ctxOf: contextOf(session),
        ports: enginePorts(session, null),
        journal,
        accept: session.settings.wanted.accept,
        skipProbes: run.flags.skipProbes === true,
      });
      for (const { change } of kept) ui.result(`Stands for good: ${change.target.type} ${change.target.name} (${change.key}).`);
      if (stoppedBy === null) {
        if (kept.length === 0) ui.result('Nothing waits to be confirmed.');
        return 0;
      }
      ui.error(withCommands(stoppedBy, run.flags));
      return stoppedBy.exitCode;
    } finally {
      await journal.close();
    }
  } finally {
    await session.close();
  }
}
