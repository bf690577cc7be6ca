// Two versions of a thing, as the lines by which they differ.
import { structuredPatch } from 'diff';
import type { Versions } from '../findings.ts';
import type { Json } from '../ports.ts';
import { wrap } from './layout.ts';
import type { Paint } from './paint.ts';

const around = 3;

/**
 * What this tool left (`-`) and what is there now (`+`), as JSON with sorted keys; of what they have in common only the three
 * lines around a difference. Every line begins with `indent`. `names`: what the two are called, where they are something else.
 */
export function renderDiff(
  { aws, expected }: Versions,
  paint: Paint,
  width: number,
  indent: string,
  names: { readonly old: string; readonly new: string } = { old: 'what this tool left', new: 'what is there now' },
): string {
  const { hunks } = structuredPatch('', '', linesOf(expected), linesOf(aws), '', '', { context: around });
  const lines = hunks.flatMap((hunk, index) => [...(index === 0 ? [] : [' …']), ...hunk.lines.filter((line) => !line.startsWith('\\'))]);
  return [
    `${indent}${paint.bad(`- ${names.old}`)}   ${paint.good(`+ ${names.new}`)}`,
    ...lines.map((line) => paintedLine(line, paint, width, indent)),
  ].join('\n');
}

function paintedLine(line: string, paint: Paint, width: number, indent: string): string {
  const [sign, text] = [line.slice(0, 1), line.slice(1)];
  const depth = text.length - text.trimStart().length;
  const wrapped = wrap(text, width, `${indent}${sign} ${' '.repeat(depth)}`, `${indent}${sign} ${' '.repeat(depth + 2)}`);
  const mood = sign === '-' ? paint.bad : sign === '+' ? paint.good : paint.dim;
  return wrapped
    .split('\n')
    .map((each) => `${indent}${mood(each.slice(indent.length))}`)
    .join('\n');
}

const linesOf = (value: Json): string => `${value === null ? 'nothing' : JSON.stringify(sorted(value), null, 2)}\n`;

function sorted(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, sorted(field)]),
  );
}

// Array.isArray does not narrow readonly arrays.
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
