// The end of a run: what was done, what was left out, what comes next; made to be pasted into a ticket.
import type { RollbackSummary, RunSummary, StepId } from '../engine/types.ts';
import type { Finding } from '../findings.ts';
import type { Place } from '../ports.ts';
import { count, heading, pad, painted, widest, wrap } from './layout.ts';
import { leftBehind } from './left-behind.ts';
import { renderFindings } from './render-findings.ts';
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
    heading(summary.outcome === 'done' ? 'Done' : 'Stopped'),
    factLines(facts, page),
    summary.steps
      .map((step) => {
        const ids = [...new Set(step.made.map((applied) => (applied.made === null ? applied.change.key : shortened(applied.made.id))))];
        const made =
          ids.length === 0 ? (step.state === 'done' ? 'nothing to change' : '') : `${count(step.made.length, 'change')}: ${ids.join(', ')}`;
        const head = `${stepNumber(step.id)}  ${pad(step.id, width)}  ${pad(step.state, 7)}  `;
        return wrap(made, page.width, head, ' '.repeat(head.length)).trimEnd();
      })
      .join('\n'),
    ...certificateLines(summary, page),
    ...(accepted.length === 0 ? [] : [`Accepted on purpose: ${[...new Set(accepted.map((finding) => finding.code))].join(', ')}`]),
    ...facts.leftOut.map((sentence) => painted(wrap(sentence, page.width), page.paint.warn)),
    ...nextLines(facts.next, page),
  ].join('\n\n');
}

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
    heading(summary.outcome === 'done' ? 'Rolled back' : 'Rollback stopped'),
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

function factLines(facts: RunFacts, { width }: Page): string {
  const { place } = facts;
  const organization = place.organizationId === null ? [] : [`organization ${place.organizationId}`];
  const where = [`account ${place.accountId}`, place.region, place.partition, ...organization].join(', ');
  const what = [...(place.stack === null ? [] : [`stack ${place.stack}`]), ...(place.vpc === null ? [] : [place.vpc])].join(', ');
  return [
    wrap(where, width),
    ...(what === '' ? [] : [wrap(what, width)]),
    wrap(`${facts.at}, run ${facts.runId}, by ${facts.operator}`, width),
  ].join('\n');
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
