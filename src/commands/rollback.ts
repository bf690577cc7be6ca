// `rollback`: puts everything back from the journal, denies first.
import { atJournal } from './at-journal.ts';
import { contextOf, enginePorts } from './engine-ports.ts';
import { stepNamed } from './selection.ts';
import type { Run } from './session.ts';
import { commandLine } from './where.ts';

/** Exit 0 where all of it is back, 3 where something was kept because somebody changed or uses it. */
export async function rollback(run: Run): Promise<number> {
  const keepThrough = run.flags.to === undefined ? null : stepNamed('--to', run.flags.to);
  if (run.flags.print === true) return (await import('./print-rollback.ts')).printRollback(run, keepThrough);
  return atJournal(run, async (session, journal, who) => {
    const { ui, ctx } = session;
    const { rollbackOrder } = await import('../steps/pipeline.ts');
    const { rollBack } = await import('../engine/engine.ts');
    const summary = await rollBack({
      order: rollbackOrder,
      ctxOf: contextOf(session),
      ports: enginePorts(session, null),
      journal,
      keepThrough,
      accept: session.settings.wanted.accept,
      releaseListed: run.flags.releaseAddress === true,
    });
    if (!ui.json && journal.place !== null) {
      const { renderRollback } = await import('../ui/render-summary.ts');
      const facts = {
        place: journal.place,
        at: ctx.clock.now().toISOString(),
        runId: journal.run.id,
        operator: who.quilt.arn,
        leftOut: [],
      };
      const next = summary.outcome === 'done' ? [] : [`See to what was kept, then: ${commandLine('rollback', run.flags)}`];
      ui.result(`\n${renderRollback(summary, { ...facts, next }, ui.page)}`);
    }
    return summary.outcome === 'done' ? 0 : 3;
  });
}
