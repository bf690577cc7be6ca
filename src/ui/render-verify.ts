// A verification as people read it: the propositions step by step with what was seen, then what does not hold once more.
import type { StepId } from '../engine/types.ts';
import type { Check, Verification } from '../verify/check.ts';
import { count, heading, painted, wrap } from './layout.ts';
import type { Page } from './render-plan.ts';
import { stepNumber } from './steps.ts';

const marks = { ok: '✓', failed: '✗', unknown: '?' } as const;

/** The propositions, and a sentence on all of them; `line` is the command line of a command. */
export function renderVerification({ place, checks, at }: Verification, line: (command: string) => string, page: Page): string {
  const { paint, width } = page;
  const steps = [...new Set(checks.map(({ step }) => step))];
  const where = [
    `account ${place.accountId}`,
    place.region,
    ...(place.stack === null ? [] : [`stack ${place.stack}`]),
    ...(place.vpc === null ? [] : [place.vpc]),
  ];
  return [
    heading('Does the perimeter hold?'),
    wrap(`${where.join(', ')}; seen at ${at}`, width),
    ...steps.map((step) =>
      renderStepChecks(
        step,
        checks.filter((check) => check.step === step),
        page,
      ),
    ),
    ...(page.plain ? [] : [paint.dim('✓ holds   ✗ does not hold   ? cannot be told, or not yet')]),
    paint.bold(wrap(sentence(checks), width)),
    ...nextLines(checks, line, page),
  ].join('\n\n');
}

const renderStepChecks = (step: StepId, checks: readonly Check[], page: Page): string =>
  [page.paint.accent(`${stepNumber(step)}  ${step}`), ...checks.map((check) => renderCheck(check, page))].join('\n');

function renderCheck({ summary, state, evidence }: Check, { paint, width }: Page): string {
  const mood = { ok: paint.good, failed: paint.bad, unknown: paint.warn } as const;
  const head = wrap(summary, width, '    ');
  return [
    `  ${mood[state](marks[state])} ${(state === 'ok' ? (text: string) => text : paint.bold)(head.trimStart())}`,
    painted(wrap(evidence, width, '      '), state === 'ok' ? paint.dim : mood[state]),
  ].join('\n');
}

function sentence(checks: readonly Check[]): string {
  const of = (state: Check['state']): readonly Check[] => checks.filter((check) => check.state === state);
  const [failed, unknown] = [of('failed'), of('unknown')];
  if (failed.length + unknown.length === 0) return `All ${count(checks.length, 'proposition')} hold.`;
  const named = (some: readonly Check[], what: string): readonly string[] =>
    some.length === 0 ? [] : [`${some.length} ${what}: ${some.map(({ id }) => id).join(', ')}.`];
  return [
    `${of('ok').length} of ${count(checks.length, 'proposition')} hold.`,
    ...named(failed, failed.length === 1 ? 'does not' : 'do not'),
    ...named(unknown, 'cannot be told'),
  ].join(' ');
}

function nextLines(checks: readonly Check[], line: (command: string) => string, { paint, width }: Page): readonly string[] {
  if (checks.every(({ state }) => state === 'ok')) return [];
  const lines = [
    `${line('plan')}: what would make it so again`,
    `${line('status')}: what this tool made, and what somebody changed since`,
    ...(checks.some(({ state }) => state === 'unknown') ? [`${line('verify --wait 15m')}: look again until it is settled`] : []),
  ];
  return [[paint.bold('Next'), ...lines.map((each) => wrap(each, width, '  ', '    '))].join('\n')];
}
