// Lines on a terminal: wrapping, columns, and numbers as people say them. Widths are in columns: a Chinese character or an emoji
// takes two, a combining mark and a colour none.
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

/**
 * Splits `text` into lines of at most `width`; the first begins with `first`, the others with `rest`. Lines that it has
 * already stay lines and keep their indentation; what follows a bullet (`· `, `→ `) stands under the bullet's text. A line that
 * is a command is broken as a shell takes it, with a backslash. Longer words stand alone. A no-break space (U+00A0) is printed as
 * a space.
 */
export const wrap = (text: string, width: number, first = '', rest = first): string =>
  text
    .trim()
    .split('\n')
    .map((line, index) => {
      const [indentation = '', bullet = ''] = /^( *)([·→•] )?/.exec(line)?.slice(1) ?? [];
      const body = line.slice(indentation.length + bullet.length);
      const head = (index === 0 ? first : rest) + indentation + bullet;
      const hanging = rest + indentation + ' '.repeat(columnsOf(bullet));
      return isCommand(body) ? wrapCommand(body, width, head, hanging) : wrapLine(body, width, head, hanging);
    })
    .join('\n');

// Sentences that begin with a command go on in prose: behind a colon or a comma, or up to a bracket or a full stop.
const isCommand = (text: string): boolean =>
  /^(?:aws|quilt-perimeter) .*--[a-z]/.test(text) && !/[:,] /.test(text.replaceAll(quotes, '')) && !/[.)]$/.test(text);

const quotes = /'[^']*'|"[^"]*"/g;

// Quoted arguments stay whole: a break in one would be a part of it.
function wrapCommand(text: string, width: number, first: string, rest: string): string {
  const quoted = text.replaceAll(quotes, (part) => part.replaceAll(' ', '\u00a0'));
  const lines = wrapLine(quoted, width - 2, first, `${rest}  `).split('\n');
  return lines.join(' \\\n');
}

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
export function columnsOf(text: string): number {
  // Graphemes are dear to find, and nearly everything is ASCII.
  const plain = text.includes('\u001b') ? stripVTControlCharacters(text) : text;
  return /^[ -~]*$/.test(plain) ? plain.length : stringWidth(plain);
}

/** The text where it has room, else as much of it as `width` columns hold with a `…` behind. Colours are lost where it is cut. */
export function cut(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  let taken = '';
  let room = width - 1;
  for (const { segment } of graphemes.segment(stripVTControlCharacters(text))) {
    room -= columnsOf(segment);
    if (room < 0) break;
    taken += segment;
  }
  return `${taken}…`;
}

const graphemes = new Intl.Segmenter();

/** Paints each line but not its indentation. */
export const painted = (text: string, paint: (line: string) => string): string =>
  text
    .split('\n')
    .map((line) => {
      const body = line.trimStart();
      return body === '' ? line : line.slice(0, line.length - body.length) + paint(body);
    })
    .join('\n');

/** Pads with spaces to `width` columns; text that is too long stays whole. */
export const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - columnsOf(text)));

/** The same, with the spaces before it: for numbers. */
export const padStart = (text: string, width: number): string => ' '.repeat(Math.max(0, width - columnsOf(text))) + text;

/** The columns of the widest of these. */
export const widest = (texts: readonly string[]): number => texts.reduce((most, text) => Math.max(most, columnsOf(text)), 0);

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
export const heading = (title: string): string => `${title}\n${'─'.repeat(columnsOf(title))}`;
