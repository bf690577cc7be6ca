// The end of a run: what was done, what was left out, what comes next; made to be pasted into a ticket.
import type { RollbackSummary, RunSummary, StepId, StepState } from '../engine/types.ts';
import type { Finding } from '../findings.ts';
import type { Place } from '../ports.ts';
import { columnsOf, count, heading, pad, painted, widest, wrap } from './layout.ts';
import { leftBehind } from './left-behind.ts';
import type { Paint } from './paint.ts';
import { renderFindings, withoutMarkdown } from './render-findings.ts';
import type { Page } from './render-plan.ts';
import { stepNumber } from './steps.ts';

export interface RunFacts {
  readonly place: Place;
  /** ISO time. */
  readonly at: string;
  readonly runId: string;
  readonly operator: string;
  /** Sentences on what was left out on purpose. */
  readonly leftOut: readonly string[];
  /** What to do next, one a line. */
  readonly next: readonly string[];
}

/** The closing summary of `apply` and `init`. */
export function renderSummary(summary: RunSummary, facts: RunFacts, page: Page): string {
  const width = widest(summary.steps.map((step) => step.id));
  const accepted = summary.steps.flatMap((step) => step.findings).filter((finding) => finding.accepted);
  return [
    painted(heading(titleOf(summary)), page.paint.accent),
    factLines(facts, page),
    summary.steps
      .map((step) => {
        const ids = [...new Set(step.made.map((applied) => (applied.made === null ? applied.change.key : shortened(applied.made.id))))];
        const made =
          ids.length === 0 ? (step.state === 'done' ? 'nothing to change' : '') : `${count(step.made.length, 'change')}: ${ids.join(', ')}`;
        const [sign, mood] = signOf(step.state, page.paint);
        const head = `${sign} ${stepNumber(step.id)}  ${pad(step.id, width)}  ${mood(pad(step.state, 7))}  `;
        return wrap(made, page.width, head, ' '.repeat(columnsOf(head))).trimEnd();
      })
      .join('\n'),
    ...whyLines(summary, page),
    ...certificateLines(summary, page),
    ...(accepted.length === 0 ? [] : [`Accepted on purpose: ${[...new Set(accepted.map((finding) => finding.code))].join(', ')}`]),
    ...facts.leftOut.map((sentence) => painted(wrap(sentence, page.width), page.paint.warn)),
    ...nextLines(facts.next, page),
  ].join('\n\n');
}

// A summary in a ticket stands alone: what is being spoken of, and how far it came.
function titleOf({ outcome, steps }: RunSummary): string {
  const halted = steps.find(({ state }) => state === 'blocked') ?? steps.find(({ state }) => state === 'pending');
  if (outcome === 'done') return 'S3 data perimeter: done';
  return `S3 data perimeter: stopped${halted === undefined ? '' : ` at ${stepNumber(halted.id)} ${halted.id}`}`;
}

function signOf(state: StepState, paint: Paint): readonly [string, (text: string) => string] {
  switch (state) {
    case 'done':
      return ['✓', paint.good];
    case 'blocked':
      return ['✗', paint.bad];
    case 'pending':
      return ['·', paint.dim];
    case 'skipped':
      return ['–', paint.dim];
    default:
      return state satisfies never;
  }
}

const whyLines = ({ stoppedBy }: RunSummary, { width }: Page): readonly string[] =>
  stoppedBy === null ? [] : [wrap(withoutMarkdown(stoppedBy.summary), width, 'Stopped by    ', ' '.repeat(14))];

/** One line: of each step the certificate with the fewest ways back. */
function certificateLines({ steps }: RunSummary, { width }: Page): readonly string[] {
  const told = steps.flatMap(({ id, certificates }) =>
    certificates.length === 0 ? [] : [`${id} ${Math.min(...certificates.map(({ independent }) => independent))}`],
  );
  return told.length === 0 ? [] : [wrap(`Independent ways back, exercised before anything was denied: ${told.join(', ')}`, width)];
}

/** The closing summary of `rollback`. */
export function renderRollback(summary: RollbackSummary, facts: RunFacts, page: Page): string {
  const undone = summary.undone.map((applied) => wrap(`${applied.change.summary}${idBehind(applied)}`, page.width, '  ', '    '));
  const traces = [...summary.notRestored, ...leftBehind(summary.undone)];
  const told = (findings: readonly Finding[]) => renderFindings(findings, page.paint, page.width, page.verbose);
  const kept = told(summary.kept.map(({ finding }) => finding));
  const noticed = told(summary.noticed);
  return [
    painted(heading(`S3 data perimeter: ${summary.outcome === 'done' ? 'rolled back' : 'rollback stopped'}`), page.paint.accent),
    factLines(facts, page),
    undone.length === 0 ? 'Nothing was there to undo.' : [`Undone (${undone.length}):`, ...undone].join('\n'),
    ...(kept === '' ? [] : [`Kept:\n${kept}`]),
    ...(noticed === '' ? [] : [`Changed by others:\n${noticed}`]),
    ...(traces.length === 0 ? [] : [['Not restored:', ...traces.map((line) => wrap(line, page.width, '  ', '    '))].join('\n')]),
    ...nextLines(facts.next, page),
  ].join('\n\n');
}

// The id, unless the summary names it already.
function idBehind({ change, made }: RollbackSummary['undone'][number]): string {
  const id = made === null ? '' : shortened(made.id);
  return change.summary.includes(id) ? '' : ` (${id})`;
}

// An ARN without its account and Region, which stand above; a stack or change set by its name, without the UUID behind it.
function shortened(id: string): string {
  if (!id.startsWith('arn:')) return id;
  const resource = id.split(':').slice(5).join(':');
  return id.split(':')[2] === 'cloudformation' ? resource.split('/').slice(0, 2).join('/') : resource;
}

function factLines(facts: RunFacts, { paint, width }: Page): string {
  const { place } = facts;
  const stack = [place.stack, place.vpc].filter((part) => part !== null).join(' in ');
  const lines: readonly (readonly [string, string])[] = [
    ['Account', `${place.accountId}, ${place.region} (${place.partition})`],
    ...(place.organizationId === null ? [] : [['Organization', place.organizationId] as const]),
    ...(stack === '' ? [] : [[place.stack === null ? 'VPC' : 'Stack', stack] as const]),
    ['When', `${facts.at.slice(0, 19).replace('T', ' ')} UTC, run ${facts.runId}`],
    ['By', facts.operator],
  ];
  return lines.map(([name, text]) => wrap(text, width, `${paint.dim(pad(name, 12))}  `, ' '.repeat(14))).join('\n');
}

const nextLines = (next: readonly string[], { paint, width }: Page): readonly string[] =>
  next.length === 0 ? [] : [[paint.bold('Next'), ...next.map((line) => wrap(line, width, '  ', '    '))].join('\n')];

/** What to do after a run, given the steps that it was asked for; `line` is the command line of a command. */
export function nextSteps(
  { outcome, stoppedBy }: Pick<RunSummary, 'outcome' | 'stoppedBy'>,
  steps: readonly StepId[],
  line: (command: string) => string,
): readonly string[] {
  const back = `${line('rollback')}: put everything back`;
  if (stoppedBy?.code === 'UNCONFIRMED') {
    return [
      'See whether everything works: open the Quilt catalog, look at what else uses the buckets.',
      `${line('confirm')}: make permanent what stands; else AWS ends it by itself`,
      `${line('apply')}: go on from here, once it is confirmed`,
      back,
    ];
  }
  if (outcome === 'stopped') {
    return [`${line('status')}: what stands and what is pending`, `${line('apply')}: go on from here`, back];
  }
  if (!steps.includes('scp')) {
    return [
      'Open the test bucket in the Quilt catalog: it must list, preview and download.',
      `${line('apply')}: go on with the remaining steps`,
      back,
    ];
  }
  return [
    'Open the Quilt catalog from a trusted network: buckets must list, preview and download.',
    `${line('status')}: compare the journal with AWS at any time`,
    back,
  ];
}
