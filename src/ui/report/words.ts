// The words that the page and the Markdown share.
import type { StepState } from '../../engine/types.ts';
import type { Finding, Severity } from '../../findings.ts';
import { count } from '../layout.ts';
import type { ReplayReport, ReplayVerdict, ReportModel, Stage } from './model.ts';

/** What a stage is called, and what the page says of itself. */
export const stageWords = {
  'change-request': { name: 'Change request', says: 'Nothing of it stands yet. This page asks for approval; it is no evidence.' },
  'under-way': { name: 'Under way', says: 'A part of it stands and a part is left to do. This page is no evidence.' },
  applied: {
    name: 'Applied, not verified',
    says: 'All that was planned stands. That it works is not shown: this page is no evidence yet.',
  },
  evidence: { name: 'Evidence', says: 'All that was planned stands, and each promise of the perimeter was seen to hold.' },
} as const satisfies Record<Stage, { readonly name: string; readonly says: string }>;

export const stateWords = {
  done: 'in place',
  pending: 'to do',
  blocked: 'blocked',
  skipped: 'left out',
} as const satisfies Record<StepState, string>;

export const verdictWords = { passes: 'passes', denied: 'denied', unknown: 'cannot be told', 'no-way': 'no way to S3' } as const;
export const replayWords = {
  passes: 'passes',
  'newly-denied': 'newly denied',
  unknown: 'unknown',
} as const satisfies Record<ReplayVerdict, string>;
export const effectWords = { allowed: 'allowed', denied: 'denied', none: 'not mentioned' } as const;
export const checkWords = { ok: 'holds', failed: 'does not hold', unknown: 'cannot be told' } as const;
export const signs = {
  passes: '✓',
  ok: '✓',
  denied: '✗',
  'newly-denied': '✗',
  failed: '✗',
  unknown: '?',
  'no-way': '·',
} as const;
export const wayKinds = {
  operator: 'operator',
  'exempt-role': 'exempt role',
  organization: 'organization',
  'root-access': 'root access',
  'root-password': 'root password',
} as const;
export const remedyWords = {
  'move-in': 'move it into the network',
  cover: 'trust its network',
  exempt: 'exempt the principal',
  none: 'no remedy known',
} as const;

const gravestFirst: readonly Severity[] = ['error', 'unknown', 'warning', 'info'];

/** The gravest first, in their order otherwise. */
export const sorted = (findings: readonly Finding[]): readonly Finding[] =>
  gravestFirst.flatMap((severity) => findings.filter((finding) => finding.severity === severity));

/** The findings of all steps, as `plan --json` has them. */
export const findingsOf = ({ plan }: ReportModel): readonly Finding[] => plan.steps.flatMap(({ findings }) => findings);

/** How many of each severity, the gravest first; none of which there are none. */
export const severities = (findings: readonly Finding[]): readonly { readonly severity: Severity; readonly many: number }[] =>
  gravestFirst
    .map((severity) => ({ severity, many: findings.filter((finding) => finding.severity === severity).length }))
    .filter(({ many }) => many > 0);

/** One or two sentences under the title: what is asked, or what is shown. */
export function lede(model: ReportModel): string {
  const { stage, plan, verification } = model;
  const steps = plan.steps.filter(({ changes }) => changes.length > 0).length;
  const left = `${count(plan.totals.changes, 'change')} in ${count(steps, 'step')}`;
  switch (stage) {
    case 'change-request':
      return `Asks for approval of ${left}. ${stageWords[stage].says}`;
    case 'under-way':
      return `${left} ${plan.totals.changes === 1 ? 'is' : 'are'} left. ${stageWords[stage].says}`;
    case 'applied': {
      if (verification === null) return `${stageWords[stage].says} Run quilt-perimeter verify, then make this page again.`;
      const open = verification.checks.filter(({ state }) => state !== 'ok').length;
      return `All that was planned stands, but ${open} of ${count(verification.checks.length, 'promise')} could not be seen to hold. This page is no evidence.`;
    }
    case 'evidence':
      return `${stageWords[stage].says} ${count(verification?.checks.length ?? 0, 'promise')} checked against AWS on ${moment(verification?.at ?? model.at)}.`;
    default:
      return stage satisfies never;
  }
}

/** Why it cannot be carried out as it is; null where nothing stops it. */
export function obstacle(model: ReportModel): string | null {
  const blocked = model.plan.steps.filter(({ state }) => state === 'blocked');
  if (blocked.length === 0) return null;
  const codes = blocked.flatMap(({ findings }) =>
    findings.filter(({ severity, accepted }) => severity === 'error' && !accepted).map(({ code }) => code),
  );
  return `It stops before ${blocked.map(({ id }) => `step ${id}`).join(' and ')} as things are: ${[...new Set(codes)].join(', ')} (see Findings) must be cleared, or accepted on purpose.`;
}

/** What a replay found, in one sentence. */
export function replaySentence({ events, from, to, verdicts }: ReplayReport): string {
  const all = verdicts.passes.paths + verdicts['newly-denied'].paths + verdicts.unknown.paths;
  const when = from === null || to === null ? '' : ` from ${day(from)} to ${day(to)}`;
  return `${number(events)} recorded events${when} take ${count(all, 'path')} to the buckets: ${verdicts.passes.paths} pass, ${verdicts['newly-denied'].paths} would be newly denied, of ${verdicts.unknown.paths} it cannot be told.`;
}

/** `2026-11-24 07:32 UTC` */
export const moment = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
export const day = (time: string): string => time.slice(0, 10);
export const number = (value: number): string => value.toLocaleString('en');

/** Who held a session is nobody's business on this page: the role is. */
export const withoutPersons = (text: string): string => text.replace(/(assumed-role\/[\w+=,.@-]+)\/[\w+=,.@-]+/g, '$1');
