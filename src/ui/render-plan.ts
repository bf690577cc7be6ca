// The plan as people read it before they say yes: what, why, how long, what it costs, and what it may break.
import type { Change, PipelinePlan, PlannedStep, StepPlan } from '../engine/types.ts';
import { count, duration, monthly, painted, wrap } from './layout.ts';
import type { Paint } from './paint.ts';
import { renderFindings } from './render-findings.ts';
import { stepNumber } from './steps.ts';

export interface Page {
  readonly paint: Paint;
  readonly width: number;
  readonly verbose: boolean;
  /** `--plain`: no boxes, no lines drawn for the eye, nothing drawn anew. */
  readonly plain: boolean;
}

/** All steps, then the totals. `endOfPlan` says what was left out (`--skip`, `--skip-probes`). */
export function renderPlan(plan: PipelinePlan, leftOut: readonly string[], page: Page): string {
  const totals = totalsOf(plan);
  const sum =
    totals.changes === 0
      ? 'Nothing to change.'
      : `Plan: ${count(totals.changes, 'change')}${totals.usdPerMonth === null ? '' : `, ${monthly(totals.usdPerMonth)}`}.`;
  return [
    ...plan.steps.map((step) => renderPlannedStep(step, page)),
    ...leftOut.map((sentence) => painted(wrap(sentence, page.width), page.paint.warn)),
    page.paint.bold(sum),
  ].join('\n\n');
}

/** Number of changes, and what those whose cost is known cost a month; null where there are changes and no cost is known. */
export function totalsOf(plan: PipelinePlan): { readonly changes: number; readonly usdPerMonth: number | null } {
  const changes = plan.steps.filter((step) => step.state !== 'skipped').flatMap((step) => step.plan.changes);
  const costs = changes.filter((change) => change.temporary !== true && change.undoes === undefined).map((change) => change.usdPerMonth);
  const known = costs.filter((cost) => cost !== null);
  const sum = known.reduce((total, cost) => total + cost, 0);
  return { changes: changes.length, usdPerMonth: known.length === 0 && costs.length > 0 ? null : Math.round(sum * 100) / 100 };
}

function renderPlannedStep(step: PlannedStep, page: Page): string {
  const state = step.state === 'done' ? page.paint.good('done') : step.state === 'blocked' ? page.paint.bad('blocked') : step.state;
  return renderStep(step.id, step.title, step.plan, state, page);
}

/** One step's plan under its heading; `state` is a word to put beside the title. */
export function renderStep(id: PlannedStep['id'], title: string, plan: StepPlan, state: string, page: Page): string {
  const { paint, width, verbose } = page;
  const findings = renderFindings(plan.findings, paint, width, verbose);
  return [
    `${paint.accent(`${stepNumber(id)}  ${id}`)}  ${title}${state === '' ? '' : `  [${state}]`}`,
    ...plan.changes.map((change) => renderChange(change, page)),
    ...plan.notes.map((note) => painted(wrap(note, width, '    '), paint.dim)),
    ...(findings === '' ? [] : [findings]),
  ].join('\n');
}

const signs = { create: '+', update: '~', delete: '-' } as const;

function renderChange(change: Change, { paint, width }: Page): string {
  const head = wrap(change.summary, width, `  ${signs[change.action]} `, '    ');
  const facts = [
    change.risk,
    ...(change.temporary === true ? ['temporary'] : []),
    ...(change.seconds === null ? [] : [`about ${duration(change.seconds)}`]),
    ...(change.usdPerMonth === null ? [] : change.usdPerMonth === 0 ? [] : [monthly(change.usdPerMonth)]),
    ...(change.irreversible === undefined ? [] : ['not undone by rollback']),
  ].join(' · ');
  return [
    painted(head, change.action === 'delete' ? paint.warn : paint.bold),
    wrap(`why: ${change.reason}`, width, '      '),
    painted(wrap(facts, width, '      '), change.risk === 'additive' ? paint.dim : paint.warn),
  ].join('\n');
}
