// `plan`: read only. What would change, the findings, and nothing else.
import { resolve } from 'node:path';
import type { PipelinePlan } from '../engine/types.ts';
import { badInput } from '../errors.ts';
import type { Place } from '../ports.ts';
import type { PerimeterInput } from '../steps/landscape.ts';
import { decide, wantedOf } from './decide.ts';
import { openForReading, readingContext } from './engine-ports.ts';
import { planFlagsOf } from './plan-flags.ts';
import { forgotten, isSaid, toRemember } from './remembered.ts';
import { type Selection, selectSteps } from './selection.ts';
import { openSession, type Run, type Session } from './session.ts';
import { surveyAloud } from './survey.ts';
import { commandLine } from './where.ts';

/** Exit 3 where an error finding stands, else 4 with --detailed-exitcode where there are changes, else 0. */
export async function plan(run: Run): Promise<number> {
  const selection = selectSteps(run.flags);
  if (run.flags.out === '') throw badInput('FLAG', 'reading --out (empty): expected a file', 'name the file that the plan is saved to');
  const session = await openSession(run);
  try {
    const planned = await planAloud(session, selection);
    const blocked = planned.steps.some((step) => step.state === 'blocked');
    const changes = planned.steps.some((step) => step.state !== 'skipped' && step.plan.changes.length > 0);
    if (blocked) return 3;
    return changes && run.flags.detailedExitcode === true ? 4 : 0;
  } finally {
    await session.close();
  }
}

async function planAloud(session: Session, selection: Selection): Promise<PipelinePlan> {
  const { ui, run } = session;
  const survey = await surveyAloud(session);
  const wanted = wantedOf(session.settings, run.flags, selection);
  const choices = await decide(session, survey, wanted);
  const { phases, readInput } = await import('../steps/pipeline.ts');
  const { planPipeline, savePlan } = await import('../engine/engine.ts');
  const journal = await openForReading(session, survey, choices);
  try {
    for (const note of journal.notes) ui.progress(note);
    ui.working('Reading what stands, for all six steps');
    const input = await readInput(survey, choices, session.ctx);
    const options = { steps: selection.steps, accept: choices.accept, skipProbes: choices.skipProbes };
    const lost = forgotten(journal.state, toRemember(wanted, choices), (key) => isSaid(session, key));
    const planned = withNote(await planPipeline(phases, input, readingContext(session, journal), options, journal), lost);
    ui.working(null);
    const place = journal.place;
    if (place === null) throw new Error('a journal opened for a place has none');
    if (ui.json) ui.document({ ...(await planDocument(planned, place)), network: await networkDocument(planned, input) });
    else {
      const { renderPlan } = await import('../ui/render-plan.ts');
      ui.result(renderPlan(planned, selection.leftOut, ui.page));
    }
    if (run.flags.out !== undefined) {
      const written = { toolVersion: run.ports.version, at: session.ctx.clock.now(), flags: planFlagsOf(run.flags) };
      await savePlan(resolve(run.ports.cwd, run.flags.out), planned, { place, settings: { ...choices } }, written);
      ui.progress(`Saved the plan to ${run.flags.out}; carry it out with: ${commandLine(`apply ${run.flags.out}`, run.flags)}`);
    }
    return planned;
  } finally {
    await journal.close();
  }
}

/** The note stands with what was discovered. */
function withNote({ steps }: PipelinePlan, note: string | null): PipelinePlan {
  if (note === null) return { steps };
  return {
    steps: steps.map((step) => (step.id === 'discover' ? { ...step, plan: { ...step.plan, notes: [...step.plan.notes, note] } } : step)),
  };
}

/** The grid of the network as it will be once this plan is carried out. */
async function networkDocument({ steps }: PipelinePlan, input: PerimeterInput): Promise<object> {
  const { networkReport } = await import('../steps/network-grid/report.ts');
  const changes = steps
    .filter(({ id, state }) => (id === 'endpoints' || id === 'nat') && state !== 'skipped')
    .flatMap(({ plan }) => plan.changes);
  const { places, denied, untold, rows } = networkReport({ ...input, networkChanges: changes });
  return { places, denied, untold, grid: rows };
}

async function planDocument(planned: PipelinePlan, place: Place): Promise<object> {
  const { totalsOf } = await import('../ui/render-plan.ts');
  return {
    version: 1,
    place,
    steps: planned.steps.map(({ id, state, plan: { changes, findings, notes } }) => ({
      id,
      state,
      changes: changes.map((change) => ({
        key: change.key,
        action: change.action,
        target: change.target,
        summary: change.summary,
        reason: change.reason,
        before: change.before,
        after: change.after,
        risk: change.risk,
        confirm: change.confirm,
        needs: change.needs,
        seconds: change.seconds,
        usdPerMonth: change.usdPerMonth,
      })),
      findings,
      notes,
    })),
    totals: totalsOf(planned),
  };
}
