import type { ErrorKind, PerimeterError } from '../errors.ts';
import { painted, wrap } from './layout.ts';
import type { Paint } from './paint.ts';
import { renderDiff } from './render-diff.ts';
import { withoutMarkdown } from './render-findings.ts';

/**
 * What kind of end it is, and the one line; then alone and indented what to do; between them the detail, where the line does not
 * have it already, and a diff. `wide`: the line is not broken, as logs are searched by lines.
 */
export function renderError(error: PerimeterError, paint: Paint, width: number, wide = false): string {
  const { summary, detail, remedy, kind } = error;
  const line = withoutMarkdown(oneLine(summary));
  // What a finding is about comes behind what it is: each gets a line.
  const [head, rest] = detail !== '' && line.endsWith(`: ${detail}`) ? [line.slice(0, -detail.length - 2), detail] : [line, detail];
  const lines = rest === '' || head.includes(rest) ? [] : rest.split('\n');
  const mood = kind === 'stopped' || kind === 'interrupted' ? paint.warn : paint.bad;
  const [sign, word] = ends[kind];
  return [
    painted(wrap(`${word}${head}`, wide ? Number.POSITIVE_INFINITY : width, `${sign} `, '  '), (text) => paint.bold(mood(text))),
    ...lines.map((each) => wrap(each, width, '  ')),
    ...(error.versions === null ? [] : [renderDiff(error.versions, paint, width, '  ')]),
    ...(remedy === '' ? [] : [painted(wrap(remedy.replaceAll('`', ''), width, '  → ', '    '), paint.bold)]),
  ].join('\n');
}

const ends = {
  input: ['✗', 'Bad input: '],
  failed: ['✗', 'Failed: '],
  stopped: ['!', 'Stopped: '],
  // The line says so itself.
  interrupted: ['!', ''],
} as const satisfies Record<ErrorKind, readonly [string, string]>;

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
