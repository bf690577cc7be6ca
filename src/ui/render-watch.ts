// A trail that is followed, for people: what is compared with what, each refused call as it comes, and what was seen in the end.

import type { Standing } from '../access/attribute.ts';
import type { DeniedPath, JudgedCall } from '../access/followed.ts';
import type { Foretold } from '../access/predicted.ts';
import type { WatchBeginning, WatchReport } from '../commands/watch-say.ts';
import { count, duration, heading, painted, widest, wrap } from './layout.ts';
import { minute, number, who } from './render-assessed-paths.ts';
import type { Page } from './render-plan.ts';

/** What is followed and compared, before the first look. */
export function renderWatchBeginning(
  beginning: WatchBeginning & { readonly buckets: readonly string[]; readonly standing: Standing; readonly lag: string },
  { width }: Page,
): string {
  const { sources, since, buckets, standing, targets, assessed, options, lag } = beginning;
  const { everyMs, forMs, revertAbove } = options;
  const span = forMs === null ? 'until Ctrl-C' : `for ${duration(forMs / 1000)}`;
  const lines = [
    `Following ${sources.join(', ')} ${span}, with a look every ${duration(everyMs / 1000)}: calls about ${buckets.join(', ')} from ${minute(new Date(since).toISOString())} UTC on.`,
    lag,
    standsSentence(standing, targets),
    assessed === null
      ? 'Nothing was assessed before (apply --assess SOURCE), so no call is known as predicted.'
      : `Compared with what was assessed at ${minute(assessed.at)} UTC from ${assessed.sources.join(', ')}: ${count(assessed.paths.length + assessed.left, 'path')}${assessed.left === 0 ? '' : `, of which ${assessed.left} with the fewest calls were not kept`}.`,
    ...(revertAbove === null ? [] : [revertSentence(revertAbove)]),
  ];
  return lines.map((line) => wrap(line, width)).join('\n');
}

function standsSentence({ scp, bucket }: Standing, targets: readonly string[]): string {
  const parts = [
    ...(scp.known
      ? scp.value === null
        ? []
        : [`SCP ${scp.value.name} on ${targets.join(', ')}`]
      : [`an SCP that cannot be read (${scp.action})`]),
    ...(bucket.known
      ? bucket.value === null
        ? []
        : [`statements in the policy of bucket ${bucket.value.name}`]
      : [`a bucket policy that cannot be read (${bucket.action})`]),
  ];
  return parts.length === 0
    ? 'Nothing of this perimeter stands: whatever is refused, others refuse it.'
    : `What stands: ${parts.join('; ')}.`;
}

const revertSentence = (above: number): string =>
  `More than ${count(above, 'refused call')} of principals and networks that were assessed as passing undo the last step that denies; an SCP only once somebody here says yes.`;

/** Refused calls that came with one look; calls of one path stand together. */
export function renderDenials(calls: readonly JudgedCall[], page: Page): string {
  const rows = new Map<string, { readonly path: DeniedPath; last: string; events: string[]; calls: number }>();
  for (const { call, path } of calls) {
    const key = JSON.stringify([path.principal, path.network, path.viaService, path.bucket, path.by, path.policy]);
    const row = rows.get(key) ?? { path, last: call.at, events: [], calls: 0 };
    row.last = call.at;
    row.calls += 1;
    const event = call.path.eventName ?? 'a call';
    if (!row.events.includes(event)) row.events.push(event);
    rows.set(key, row);
  }
  return [...rows.values()].map(({ path, last, events, calls: many }) => denialLine(path, last, events, many, page)).join('\n');
}

function denialLine(path: DeniedPath, last: string, events: readonly string[], calls: number, { paint, width }: Page): string {
  const label = labelOf(path);
  const first = `${last.slice(11, 19)}  ${label.padEnd(labelWidth)}  `;
  const text = `${wayOf(path)}: ${events.join(', ')}${calls === 1 ? '' : ` (${number(calls, 'call')})`}; ${policyOf(path)}`;
  return painted(wrap(text, width, first, ' '.repeat(first.length)), moodOf(path, paint));
}

const labels: { readonly [foretold in Exclude<Foretold, null>]: string } = {
  'newly-denied': 'predicted',
  passes: 'WAS TO PASS',
  unknown: 'unpredicted',
  'not-seen': 'unpredicted',
};
const labelWidth = widest([...Object.values(labels), 'not assessed', 'not told', 'not ours']);

function labelOf({ by, foretold }: DeniedPath): string {
  if (by === 'other') return 'not ours';
  if (by === 'unknown') return 'not told';
  return foretold === null ? 'not assessed' : labels[foretold];
}

function moodOf({ by, foretold }: DeniedPath, paint: Page['paint']): (text: string) => string {
  if (by !== 'perimeter') return paint.dim;
  if (foretold === 'passes') return paint.bad;
  return foretold === 'newly-denied' ? (text) => text : paint.warn;
}

const wayOf = ({ principal, bucket, network, viaService }: Pick<DeniedPath, 'principal' | 'bucket' | 'network' | 'viaService'>): string =>
  `${who(principal)} → ${bucket}, from ${network.value}${viaService === null || viaService === network.value ? '' : ` via ${viaService}`}`;

const policyOf = ({ by, policy, toldBy }: DeniedPath): string =>
  by === 'unknown' ? policy : `denied by ${policy}${toldBy === 'message' ? '' : ' (by evaluation: the record does not name it)'}`;

/** What was seen from beginning to end. */
export function renderWatchReport(
  report: WatchReport,
  { interrupted, lag }: { readonly interrupted: boolean; readonly lag: string },
  page: Page,
): string {
  const { paint, width } = page;
  const ours = report.denied.filter(({ by }) => by === 'perimeter');
  const of = (...those: readonly Foretold[]) => ours.filter(({ foretold }) => those.includes(foretold));
  const silent = (verdict: string) => report.silent.filter((path) => path.verdict === verdict);
  const refused = (paths: readonly DeniedPath[]): string =>
    `${number(
      paths.reduce((sum, { events }) => sum + events, 0),
      'refused call',
    )} on ${count(paths.length, 'path')}`;
  return [
    paint.accent(heading(interrupted ? 'Watched until interrupted' : 'Watched')),
    wrap(
      `${minute(report.since)} to ${minute(report.until)} UTC: ${number(report.logs, 'log')}, ${number(report.events, 'record')}. By this perimeter: ${refused(ours)}.`,
      width,
    ),
    painted(wrap(lag, width), paint.dim),
    table('Unpredicted: assessed as passing, and refused', of('passes'), paint.bad, page),
    table('Unpredicted: not in what was assessed, or not told by it', of('not-seen', 'unknown'), paint.warn, page),
    table('Not assessed', of(null), paint.warn, page),
    table('Predicted', of('newly-denied'), (text) => text, page),
    ...(['passes', 'newly-denied'] as const).map((verdict) => silentTable(verdict, silent(verdict), page)),
    table(
      'Whose policy it was is not told',
      report.denied.filter(({ by }) => by === 'unknown'),
      paint.warn,
      page,
    ),
    table(
      'Refused by others, not by this perimeter',
      report.denied.filter(({ by }) => by === 'other'),
      paint.dim,
      page,
    ),
    report.errors.length === 0
      ? ''
      : painted(
          [
            `Could not be read: ${count(report.errors.length, 'log')}`,
            ...report.errors.slice(0, 10).map(({ file, reason }) => `    ${file}: ${reason}`),
          ].join('\n'),
          paint.warn,
        ),
    report.failure === null ? '' : painted(wrap(`The last look did not go through: ${report.failure.summary}`, width), paint.bad),
    report.revert === null ? '' : wrap(revertWords[report.revert], width),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const revertWords: { readonly [state in NonNullable<WatchReport['revert']>]: string } = {
  none: 'Nothing was undone: --revert-above was not reached by the last step that denies.',
  undoing: 'Undoing the last step was interrupted; run rollback to go on.',
  reverted: 'The last step that denies was undone.',
  declined: 'The last step that denies was to be undone, and was not: nobody said yes.',
  kept: 'The last step that denies was undone in part: something of it was kept (QP703).',
  failed: 'The last step that denies was to be undone, and could not be.',
};

const shownRows = 10;

function table(title: string, paths: readonly DeniedPath[], mood: (text: string) => string, { paint, width, verbose }: Page): string {
  if (paths.length === 0) return '';
  const shown = verbose ? paths : paths.slice(0, shownRows);
  const column = widest(shown.map(({ events }) => events.toLocaleString('en')));
  const rows = shown.map((path) => {
    const first = `    ${path.events.toLocaleString('en').padStart(column)}  `;
    const actions = path.actions.map((action) => action.replace(/^s3:/, '')).join(', ');
    return wrap(`${wayOf(path)}: ${actions}; ${policyOf(path)}`, width, first, ' '.repeat(first.length));
  });
  return [painted(paint.bold(title), mood), ...rows, ...more(paths.length - shown.length)].join('\n');
}

function silentTable(verdict: 'passes' | 'newly-denied', paths: WatchReport['silent'], { paint, width, verbose }: Page): string {
  if (paths.length === 0) return '';
  const title =
    verdict === 'passes' ? 'Silent: assessed as passing, and nothing came' : 'Silent: assessed as newly denied, and nothing came';
  const shown = verbose ? paths : paths.slice(0, shownRows);
  const rows = shown.map((path) => wrap(`${wayOf(path)} (${number(path.events, 'call')} when assessed)`, width, '    ', '      '));
  return [paint.bold(`${title} (${count(paths.length, 'path')})`), ...rows, ...more(paths.length - shown.length)].join('\n');
}

const more = (left: number): readonly string[] => (left > 0 ? [`    and ${left} more: --verbose or --json shows them`] : []);
