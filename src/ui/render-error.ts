import type { PerimeterError } from '../errors.ts';
import { painted, wrap } from './layout.ts';
import type { Paint } from './paint.ts';

/** The one line, then alone and indented what to do; the detail between them where there is one. */
export function renderError(error: PerimeterError, paint: Paint, width: number): string {
  return [
    paint.bad(oneLine(error.summary)),
    ...(error.detail === ''
      ? []
      : [
          error.detail
            .split('\n')
            .map((line) => wrap(line, width, '  '))
            .join('\n'),
        ]),
    ...(error.remedy === '' ? [] : [painted(wrap(error.remedy, width, '  → ', '    '), paint.bold)]),
  ].join('\n');
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
