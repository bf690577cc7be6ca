// What recorded calls would meet: charts, the paths that need somebody, and what the replay cannot prove.
import { count } from '../layout.ts';
import { type Html, html } from './html.ts';
import type { Drawings, ReplayPath, ReplayReport, ReportModel } from './model.ts';
import { figure } from './network.ts';
import { findingList, prose, type Section, table, verdictChip } from './parts.ts';
import { moment, number, remedyWords, replaySentence, replayWords, withoutPersons } from './words.ts';

/** The section; without a replay it says how one is made. */
export const replay = ({ replay: report }: ReportModel, { replay: charts }: Drawings): Section => ({
  id: 'replay',
  title: 'What recorded calls would meet',
  content:
    report === null
      ? html`<p>No recorded calls were assessed for this page, so nothing here shows who would be denied of those who really come. Give CloudTrail's logs with <code>--assess SOURCE</code>.</p>`
      : html`<p><strong>${replaySentence(report)}</strong> ${report.madeAt === null ? '' : `Assessed on ${moment(report.madeAt)}, before something was denied.`}</p>
${
  report.errors.length === 0
    ? null
    : html`<p class="callout bad">${count(report.errors.length, 'file')} could not be read: ${report.errors
        .slice(0, 5)
        .map(({ file, reason }) => `${file} (${reason})`)
        .join('; ')}</p>`
}
${verdictTable(report)}
${charts.map(figure)}
${report.remedies.length === 0 ? null : remedyTable(report)}
${report.paths.length === 0 ? null : pathTable(report)}
<h3>What it cannot prove</h3>
${
  report.coverage === null
    ? html`<p>The journal keeps the paths, not the coverage: make the page with <code>--assess</code> to see it.</p>`
    : report.coverage.length === 0
      ? html`<p>Nothing: every account, Region and day of the time asked for has records, and all that decides is known.</p>`
      : findingList(report.coverage)
}
<p class="small soft">${number(report.considered)} of ${number(report.events)} records in ${count(report.files, 'file')} are about S3${report.alreadyDenied === null ? '' : `; ${number(report.alreadyDenied)} were refused by AWS already`}. Source: ${report.source.kind}, SHA-256 <span class="hash">${report.source.hash}</span>.</p>`,
});

const verdictTable = ({ verdicts }: ReplayReport): Html =>
  table(
    'Paths and events by verdict',
    [{ title: 'Verdict' }, { title: 'Paths', kind: 'brief' }, { title: 'Events', kind: 'brief' }],
    (['passes', 'newly-denied', 'unknown'] as const).map((verdict) => ({
      cells: [
        verdictChip(verdict, replayWords[verdict]),
        html`<span data-number="paths-${verdict}">${number(verdicts[verdict].paths)}</span>`,
        html`<span data-number="events-${verdict}">${number(verdicts[verdict].events)}</span>`,
      ],
    })),
  );

const remedyTable = ({ remedies }: ReplayReport): Html =>
  table(
    'Newly denied paths by what to try first',
    [{ title: 'What helps' }, { title: 'Paths', kind: 'brief' }, { title: 'Events', kind: 'brief' }],
    remedies.map(({ kind, paths, events }) => ({ cells: [remedyWords[kind], number(paths), number(events)] })),
  );

const pathTable = ({ paths, left }: ReplayReport): Html =>
  html`${table(
    'Paths, the gravest first',
    [{ title: 'Who' }, { title: 'From' }, { title: 'To' }, { title: 'Events', kind: 'brief' }, { title: 'Verdict, why, and what helps' }],
    paths.map((path) => ({
      cells: [
        withoutPersons(path.principal),
        html`${path.network}${path.viaService === null ? null : html` <span class="soft">by way of ${path.viaService}</span>`}`,
        html`${path.bucket} <span class="soft small">${path.actions.join(', ')}</span>`,
        number(path.events),
        html`${verdictChip(path.verdict, replayWords[path.verdict])}${path.why.map((why) => html`<div class="soft small">${prose(why)}</div>`)}${helps(path)}`,
      ],
    })),
  )}${left === 0 ? null : html`<p>${number(left)} more paths are not listed here; <code>quilt-perimeter assess</code> lists all of them.</p>`}`;

const helps = ({ remedies: [first] }: ReplayPath): Html | null =>
  first === undefined
    ? null
    : html`<div class="small">→ ${prose(first.what)}${first.command === null ? null : html` <code>${first.command}</code>`}</div>`;
