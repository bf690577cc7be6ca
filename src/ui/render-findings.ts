import type { Finding, Severity } from '../findings.ts';
import { painted, wrap } from './layout.ts';
import type { Paint } from './paint.ts';
import { renderDiff } from './render-diff.ts';

const signs: Record<Severity, string> = { error: '✗', warning: '!', info: 'i', unknown: '?' };
const order: readonly Severity[] = ['error', 'unknown', 'warning', 'info'];

/** Findings, the gravest first: code, summary, the ids, what to do. Info only where `verbose`. Empty string where there are none. */
export function renderFindings(findings: readonly Finding[], paint: Paint, width: number, verbose: boolean): string {
  return order
    .filter((severity) => verbose || severity !== 'info')
    .flatMap((severity) => findings.filter((finding) => finding.severity === severity))
    .map((finding) => renderFinding(finding, paint, width))
    .join('\n');
}

/** One finding. */
export function renderFinding(finding: Finding, paint: Paint, width: number): string {
  const mood = finding.accepted ? paint.dim : moodOf(finding.severity, paint);
  const accepted = finding.accepted ? ', accepted' : '';
  const head = wrap(
    `${finding.code} (${finding.severity}${accepted}): ${withoutMarkdown(finding.summary)}`,
    width,
    `  ${signs[finding.severity]} `,
    '    ',
  );
  const lines = [painted(head, mood)];
  if (finding.detail !== '') lines.push(wrap(finding.detail, width, '      '));
  if (finding.versions !== undefined) lines.push(renderDiff(finding.versions, paint, width, '      '));
  if (finding.remedy !== '' && finding.remedy !== 'none')
    lines.push(wrap(finding.remedy.replaceAll('`', ''), width, '      → ', '        '));
  return lines.join('\n');
}

const moodOf = (severity: Severity, paint: Paint): ((text: string) => string) => {
  if (severity === 'error') return paint.bad;
  return severity === 'info' ? paint.dim : paint.warn;
};

/** The catalogue is written in Markdown; patterns such as quilt* stand in backquotes there. */
export const withoutMarkdown = (text: string): string =>
  text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replace(/\*(\w[^*]*)\*/g, '$1') : part))
    .join('');
