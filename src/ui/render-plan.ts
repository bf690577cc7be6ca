// The plan as people read it before they say yes: what, why, how long, what it costs, and what it may break.
import type { Change, PipelinePlan, PlannedStep, StepPlan } from '../engine/types.ts';
import { count, duration, monthly, painted, wrap } from './layout.ts';
import type { Paint } from './paint.ts';
import { renderFindings } from './render-findings.ts';
import { policyIn, renderPolicyChange } from './render-policy-change.ts';
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
    ...alike(plan.changes).flatMap((changes) => renderAlike(changes, page)),
    ...plan.notes.map((note) => painted(wrap(note, width, '    '), paint.dim)),
    ...(findings === '' ? [] : [findings]),
  ].join('\n');
}

const shownAlike = 8;

// Changes in a row that differ in their summary alone share what is said of them.
function alike(changes: readonly Change[]): readonly (readonly [Change, ...Change[]])[] {
  const groups: [Change, ...Change[]][] = [];
  for (const change of changes) {
    const last = groups.at(-1);
    if (last !== undefined && sameFacts(last[0]) === sameFacts(change)) last.push(change);
    else groups.push([change]);
  }
  return groups;
}

const sameFacts = ({ action, reason, risk, temporary, irreversible, seconds, usdPerMonth, before, after }: Change): string =>
  JSON.stringify([action, reason, risk, temporary ?? false, irreversible ?? null, seconds, usdPerMonth, policyIn(before), policyIn(after)]);

function renderAlike(changes: readonly [Change, ...Change[]], page: Page): readonly string[] {
  const shown = page.verbose || changes.length <= shownAlike + 1 ? changes : changes.slice(0, shownAlike);
  const last = shown.at(-1) ?? changes[0];
  const left = changes.length - shown.length;
  const more =
    left === 0
      ? []
      : [wrap(`and ${left.toLocaleString('en')} more for the same reason (--verbose or --json shows them)`, page.width, '    ')];
  return [
    ...shown.slice(0, -1).map((change) => headOf(change, page)),
    headOf(last, page),
    ...more,
    ...renderFacts(last, changes.length, page),
  ];
}

const headOf = (change: Change, { paint, width }: Page): string =>
  painted(wrap(change.summary, width, `  ${signs[change.action]} `, '    '), change.action === 'delete' ? paint.warn : paint.bold);

const signs = { create: '+', update: '~', delete: '-' } as const;

function renderFacts(change: Change, changes: number, page: Page): readonly string[] {
  const { paint, width } = page;
  const each = changes === 1 ? '' : ' each';
  const facts = [
    change.risk,
    ...(change.temporary === true ? ['temporary'] : []),
    ...(change.seconds === null ? [] : [`about ${duration(change.seconds)}${each}`]),
    ...(change.usdPerMonth === null || change.usdPerMonth === 0 ? [] : [`${monthly(change.usdPerMonth)}${each}`]),
    ...(change.irreversible === undefined ? [] : ['not undone by rollback']),
  ].join(' · ');
  return [
    wrap(`why: ${change.reason}`, width, '      '),
    painted(wrap(facts, width, '      '), change.risk === 'additive' ? paint.dim : paint.warn),
    ...renderPolicyChange(change, page),
  ];
}
