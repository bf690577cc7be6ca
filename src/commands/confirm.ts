// `confirm`: makes what --confirm-within put on permanent, from the journal and what stands in AWS.
import { atJournal } from './at-journal.ts';
import { contextOf, enginePorts } from './engine-ports.ts';
import type { Run } from './session.ts';
import { withCommands } from './where.ts';

/** Exit 0 where all of it stands for good or there was nothing to confirm, 3 where its time is over or it was declined. */
export function confirm(run: Run): Promise<number> {
  return atJournal(run, async (session, journal) => {
    const { ui } = session;
    const { phases } = await import('../steps/pipeline.ts');
    const { confirmGuarded } = await import('../engine/engine.ts');
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
  });
}
