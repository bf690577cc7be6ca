import type { PerimeterError } from '../errors.ts';
import { painted, wrap } from './layout.ts';
import type { Paint } from './paint.ts';
import { renderDiff } from './render-diff.ts';
import { withoutMarkdown } from './render-findings.ts';

/** The one line, then alone and indented what to do; between them the detail, where the line does not have it already, and a diff. */
export function renderError(error: PerimeterError, paint: Paint, width: number): string {
  const { summary, detail, remedy } = error;
  const lines = detail === '' || summary.includes(detail) ? [] : detail.split('\n');
  return [
    paint.bad(withoutMarkdown(oneLine(summary))),
    ...lines.map((line) => wrap(line, width, '  ')),
    ...(error.versions === null ? [] : [renderDiff(error.versions, paint, width, '  ')]),
    ...(remedy === '' ? [] : [painted(wrap(remedy, width, '  → ', '    '), paint.bold)]),
  ].join('\n');
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
