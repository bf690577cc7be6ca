import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bash, comment, inQuery, onOneLine, quoted } from '../../../src/steps/runbook/bash.ts';

const hostile = [
  "'",
  "''\\''",
  '$(touch pwned)',
  '`id`',
  '"$HOME"',
  'a\nb',
  '\\',
  '!!',
  '~',
  '*',
  '{a,b}',
  '-n',
  '',
  ' ',
  '\t',
  'ü€𝄞',
  '#x',
  '\r\n',
  ';exit 1',
  '$IFS',
  '=~',
];
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.array(fc.constantFrom(...hostile), { maxLength: 6 }).map((parts) => parts.join('')),
);
// Bash knows no NUL.
const texts = fc.sample(anyText, { numRuns: 1500, seed: 7 }).map((text) => text.replaceAll('\0', ''));

const run = (script: string): string =>
  execFileSync('bash', { input: script, encoding: 'utf8', env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8' } });

test('whatever is quoted stands for exactly itself', () => {
  const all = [...hostile, ...texts];
  const printed = run(`printf '%s\\0' ${all.map(quoted).join(' ')}`);
  expect(printed.split('\0').slice(0, -1)).toEqual(all);
});

test('what is put into a piece of bash is one word, and a list as many words as it has texts', () => {
  const script = bash`printf '<%s>' ${"it's $(id)"} ${['a b', '$c']} ${3}`;
  expect(run(script.text)).toBe("<it's $(id)><a b><$c><3>");
});

test('a comment stays a comment, and what is said stays on one line, whatever is in them', () => {
  const all = [...hostile, ...texts];
  const script = all.map((text) => `${comment(text).text}\nprintf '%s\\0' ${quoted(onOneLine(text))}\n`).join('');
  const printed = run(script).split('\0').slice(0, -1);
  expect(printed).toHaveLength(all.length);
  expect(printed.filter((text) => text.includes('\n') || text.includes('\r') || text.includes('\u001b'))).toEqual([]);
});

test('the character NUL, which no word can hold, is refused', () => {
  expect(() => quoted('a\0b')).toThrow('no command can take the character NUL');
});

test('a literal in a query is JSON between backticks, in which no backtick stands by itself', () => {
  for (const text of texts) {
    const literal = inQuery(text);
    const inside = literal.slice(1, -1);
    expect(inside.replaceAll('\\`', '')).not.toContain('`');
    expect(JSON.parse(inside.replaceAll('\\`', '`'))).toBe(text);
  }
});
