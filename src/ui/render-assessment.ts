// A replay for people: how much of what happened would be denied, by whom, from where, and what to do about it.
import type { AssessedPath, Assessment } from '../access/assess.ts';
import { pad, padStart, widest, wrap } from './layout.ts';
import { deniedTables, minute, number, pathTable } from './render-assessed-paths.ts';
import { renderFindings } from './render-findings.ts';
import type { Page } from './render-plan.ts';

/** The counts, then the paths that need somebody, grouped by what helps, then what the replay cannot prove. */
export function renderAssessment(
  assessment: Assessment,
  about: { readonly buckets: readonly string[]; readonly offline: boolean },
  page: Page,
): string {
  const denied = assessment.paths.filter(({ verdict }) => verdict === 'newly-denied');
  const unknown = assessment.paths.filter(({ verdict }) => verdict === 'unknown');
  const passing = assessment.paths.filter(({ verdict }) => verdict === 'passes');
  const findings = renderFindings(assessment.coverage, page.paint, page.width, page.verbose);
  return [
    head(assessment, about, page),
    ...deniedTables(denied, page),
    pathTable('Unknown', unknown, page),
    page.verbose ? pathTable('Passes', passing, page) : '',
    unreadable(assessment, page),
    findings === '' ? '' : `${page.paint.bold('What this replay cannot prove')}\n${findings}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function head(assessment: Assessment, about: { readonly buckets: readonly string[]; readonly offline: boolean }, page: Page): string {
  const { files, events, from, to, alreadyDenied, skipped, paths } = assessment;
  const span = from === null || to === null ? 'none of them a call to S3' : `${minute(from)} to ${minute(to)} UTC`;
  const inScope = paths.reduce((sum, path) => sum + path.events, alreadyDenied);
  const lines = [
    wrap(
      `Read ${number(events, 'event')} in ${number(files, 'file')}, ${span}. ${number(inScope, 'call')} to ${about.buckets.join(', ')}.`,
      page.width,
    ),
    ...(about.offline
      ? [wrap('AWS was asked nothing: every account in the log is taken to be under a target of the SCP.', page.width)]
      : []),
    ...(Object.keys(skipped).length === 0 || !page.verbose
      ? []
      : [
          wrap(
            `Passed over: ${Object.entries(skipped)
              .map(([reason, n]) => `${n.toLocaleString('en')} ${reason}`)
              .join(', ')}.`,
            page.width,
          ),
        ]),
    '',
    ...table(
      [
        ['newly denied', 'newly-denied', page.paint.bad],
        ['unknown', 'unknown', page.paint.warn],
        ['pass', 'passes', page.paint.good],
      ] as const,
      assessment,
    ),
  ];
  return lines.join('\n');
}

function table(
  rows: readonly (readonly [string, AssessedPath['verdict'], (text: string) => string])[],
  { paths, alreadyDenied }: Assessment,
): readonly string[] {
  const told = rows.map(([title, verdict, paint]) => {
    const those = paths.filter((path) => path.verdict === verdict);
    const events = those.reduce((sum, path) => sum + path.events, 0);
    return {
      title,
      paint: those.length === 0 ? (text: string) => text : paint,
      paths: number(those.length, 'path'),
      events: number(events, 'event'),
    };
  });
  const refused = { title: 'refused already', paint: (text: string) => text, paths: '', events: number(alreadyDenied, 'event') };
  const all = [...told, ...(alreadyDenied === 0 ? [] : [refused])];
  const [titles, counts, events] = [all.map(({ title }) => title), all.map((row) => row.paths), all.map((row) => row.events)];
  return all.map(
    (row) =>
      `  ${row.paint(pad(row.title, widest(titles)))}  ${padStart(row.paths, widest(counts))}  ${padStart(row.events, widest(events))}`,
  );
}

const shownFiles = 10;

function unreadable({ errors }: Assessment, { paint, width, verbose }: Page): string {
  if (errors.length === 0) return '';
  const shown = verbose ? errors : errors.slice(0, shownFiles);
  return [
    paint.bad(`${number(errors.length, 'file')} could not be read, or not to the end`),
    ...shown.map(({ file, reason }) => wrap(`${file}: ${reason}`, width, '  ', '    ')),
    ...(shown.length === errors.length ? [] : [`  and ${errors.length - shown.length} more`]),
  ].join('\n');
}
