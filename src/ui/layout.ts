// Lines on a terminal: wrapping, columns, and numbers as people say them. Widths are in characters; colours have none.
import { stripVTControlCharacters } from 'node:util';

/**
 * Splits `text` into lines of at most `width`; the first begins with `first`, the others with `rest`. Lines that it has
 * already stay lines and keep their indentation. Longer words stand alone. A no-break space (U+00A0) is printed as a space.
 */
export const wrap = (text: string, width: number, first = '', rest = first): string =>
  text
    .trim()
    .split('\n')
    .map((line, index) => {
      const indentation = /^ */.exec(line)?.[0] ?? '';
      return wrapLine(line, width, (index === 0 ? first : rest) + indentation, rest + indentation);
    })
    .join('\n');

function wrapLine(text: string, width: number, first: string, rest: string): string {
  const lines: string[] = [];
  let line = first;
  let room = width - columnsOf(first);
  let empty = true;
  for (const word of text.split(/[^\S\u00a0]+/).filter((part) => part !== '')) {
    if (!empty && 1 + columnsOf(word) > room) {
      lines.push(line);
      line = rest;
      room = width - columnsOf(rest);
      empty = true;
    }
    const next = empty ? word : ` ${word}`;
    line += next;
    room -= columnsOf(next);
    empty = false;
  }
  return [...lines, line.trimEnd()].join('\n').replaceAll('\u00a0', ' ');
}

/** How many columns the text takes on a terminal, colours aside. */
export const columnsOf = (text: string): number => stripVTControlCharacters(text).length;

/** Paints each line but not its indentation. */
export const painted = (text: string, paint: (line: string) => string): string =>
  text
    .split('\n')
    .map((line) => {
      const body = line.trimStart();
      return body === '' ? line : line.slice(0, line.length - body.length) + paint(body);
    })
    .join('\n');

/** Pads with spaces; text that is too long stays whole. */
export const pad = (text: string, width: number): string => text.padEnd(width);

/** The widest of these. */
export const widest = (texts: readonly string[]): number => texts.reduce((most, text) => Math.max(most, text.length), 0);

/** `45 s`, `2 min`, `1 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 10 && whole % 60 !== 0) return `${minutes} min ${whole % 60} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `$32.85 a month`. */
export const monthly = (usd: number): string => (usd === 0 ? 'no charge' : `$${usd.toFixed(2)} a month`);

/** `1 change`, `3 changes`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** A title with a line under it. */
export const heading = (title: string): string => `${title}\n${'─'.repeat(title.length)}`;
