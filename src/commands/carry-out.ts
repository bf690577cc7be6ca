// What `apply` and `init` have in common once everything is decided: run the pipeline, and say how it ended.
import type { SavedPlan } from '../engine/engine.ts';
import { type RunSummary, type StepId, stepIds } from '../engine/types.ts';
import type { Journal } from '../journal/journal.ts';
import type { Choices, Wanted } from '../steps/choices.ts';
import type { Survey } from '../steps/landscape.ts';
import { count } from '../ui/layout.ts';
import { withCanaries } from './canary-wait.ts';
import { contextOf, enginePorts, openForWriting, readingContext } from './engine-ports.ts';
import { type Assessing, gated } from './gate.ts';
import { forgotten, isSaid, toRemember } from './remembered.ts';
import type { Selection } from './selection.ts';
import type { Session } from './session.ts';
import { waitSecondsOf } from './wait-flag.ts';
import { commandLine, withCommands } from './where.ts';

/** What was decided, and which keys of the file a person has just answered. */
interface Decided {
  readonly wanted: Wanted;
  readonly choices: Choices;
  readonly answered?: readonly string[];
}

/**
 * Carries the steps out under the journal's lock and prints the closing summary. `assessing`: what is assessed
 * before something denies.
 * @returns exit 0, or 3 where it stopped on purpose
 * @throws PerimeterError where it failed or was interrupted
 */
export async function carryOut(
  session: Session,
  survey: Survey,
  { wanted, choices, answered = [] }: Decided,
  selection: Selection,
  saved: { readonly path: string; readonly plan: SavedPlan } | null,
  assessing: Assessing | null,
): Promise<number> {
  const { ui, ctx } = session;
  const { phases, readInput } = await import('../steps/pipeline.ts');
  const { planPipeline, requireFresh, runPipeline } = await import('../engine/engine.ts');
  const remembered = toRemember(wanted, choices);
  const waitSeconds = waitSecondsOf(session.run.flags);
  const journal = await openForWriting(session, survey, choices, remembered);
  try {
    for (const note of journal.notes) ui.progress(note);
    const lost = forgotten(journal.state, remembered, (key) => answered.includes(key) || isSaid(session, key));
    if (lost !== null) ui.event({ type: 'note', text: lost });
    for (const sentence of selection.leftOut) ui.progress(sentence);
    ui.working('Reading what stands, for all six steps');
    const input = await readInput(survey, choices, ctx);
    ui.working(null);
    const options = { steps: selection.steps, accept: choices.accept, skipProbes: choices.skipProbes };
    if (saved !== null && journal.place !== null) {
      const now = await planPipeline(phases, input, readingContext(session, journal), options, journal);
      requireFresh(saved.plan, saved.path, now, { place: journal.place, settings: { ...choices } });
    }
    if (assessing === null || assessing.sources.length === 0) noteEarlier(session, journal, selection.steps);
    const behindGate = assessing === null ? phases : gated(phases, { ...assessing, session, journal }, selection.steps);
    const steps = withCanaries(behindGate, { session, journal, waitSeconds });
    const summary = await runPipeline(steps, input, contextOf(session), enginePorts(session, choices), journal, options);
    await conclude(session, survey, summary, journal, selection);
    if (summary.stoppedBy === null) return 0;
    ui.error(withCommands(summary.stoppedBy, session.run.flags));
    return summary.stoppedBy.exitCode;
  } finally {
    await journal.close();
  }
}

// What an earlier run assessed gates nothing now: roles, networks and traffic may be others.
function noteEarlier({ ui, ctx }: Session, { state: { assessed } }: Journal, steps: readonly StepId[]): void {
  if (assessed === null || !steps.some((step) => step === 'bucket-policy' || step === 'scp')) return;
  const { passes, newlyDenied, unknown } = assessed.paths;
  const hours = Math.round((ctx.clock.now().getTime() - Date.parse(assessed.at)) / 3_600_000);
  const age = hours < 48 ? count(hours, 'hour') : count(Math.round(hours / 24), 'day');
  const what = `${assessed.sources.join(', ')} was assessed ${age} ago (${assessed.at}): ${passes} pass, ${newlyDenied} newly denied, ${unknown} unknown`;
  ui.event({ type: 'note', text: `${what}. It gates nothing in this run; --assess assesses anew.` });
}

async function conclude(
  { ui, ctx, run }: Session,
  survey: Survey,
  summary: RunSummary,
  journal: Journal,
  selection: Selection,
): Promise<void> {
  if (ui.json || journal.place === null) return;
  const { renderSummary, nextSteps } = await import('../ui/render-summary.ts');
  const facts = {
    place: journal.place,
    at: ctx.clock.now().toISOString(),
    runId: journal.run.id,
    operator: survey.quilt.arn,
    leftOut: [...selection.leftOut, ...notAsked(selection.steps)],
    next: nextSteps(summary, selection.steps, (command) => commandLine(command, run.flags)),
  };
  ui.result(`\n${renderSummary(summary, facts, ui.page)}`);
}

const notAsked = (steps: readonly StepId[]): readonly string[] => {
  const left = stepIds.filter((id) => !steps.includes(id));
  return left.length === 0 ? [] : [`Not part of this run: ${left.join(', ')}.`];
};
