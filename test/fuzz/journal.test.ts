// Damaged journals in bulk: read as they were, cut where a crash would have cut them, or one error that names the line.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { openJournal } from '../../src/journal/journal.ts';
import { openOptions } from '../journal/journals.ts';
import { MemoryDisk } from '../journal/memory-disk.ts';
import { WholeRun } from '../support/whole-run.ts';
import { cases, clearErrorOf } from './support.ts';

const path = '/d/.quilt-perimeter/journal.jsonl';
let whole = Buffer.alloc(0);
let lines: readonly string[] = [];

beforeAll(async () => {
  const run = await WholeRun.on('greenfield');
  await run.apply({}, ['discover', 'endpoints', 'nat']);
  await run.rollBack();
  whole = Buffer.from(run.journal);
  lines = run.journal.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(40);
});

/** What a journal of these bytes says, as text; `error` where it is refused. Reading writes nothing, refusing neither. */
async function told(bytes: Uint8Array) {
  const fs = new MemoryDisk();
  fs.files.set(path, Buffer.from(bytes));
  let says = '';
  const error = await clearErrorOf(async () => {
    const journal = await openJournal(openOptions({ fs, mode: 'write', place: null }));
    says = JSON.stringify([journal.state.place, journal.state.changes]);
    await journal.close();
  });
  expect(fs.files.get(path)?.equals(bytes)).toBe(true);
  expect([...fs.files.keys()]).toEqual([path]);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
  return { says, error };
}

test('a byte that is changed, lost or doubled anywhere but at the end is found', async () => {
  const right = (await told(whole)).says;
  const change = fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), bit: fc.nat({ max: 7 }) }),
    fc.record({ kind: fc.constantFrom('lose' as const, 'double' as const), bit: fc.constant(0) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), change, async (where, { kind, bit }) => {
      const at = Math.min(whole.length - 1, Math.floor(where * whole.length));
      const byte = whole[at] ?? 0;
      const put = kind === 'flip' ? [byte ^ (1 << bit)] : kind === 'lose' ? [] : [byte, byte];
      const { says, error } = await told(Buffer.concat([whole.subarray(0, at), Buffer.from(put), whole.subarray(at + 1)]));
      const lastLine = at > whole.length - (lines.at(-1) ?? '').length - 2;
      if (error === null) expect(says === right || lastLine).toBe(true);
      else expect([error.exitCode, /line \d+ /.test(error.summary)]).toEqual([2, true]);
    }),
    cases(400),
  );
});

test('lines that are swapped, lost or doubled are read, and nothing is made up', async () => {
  const order = fc.array(fc.nat(), { minLength: 1, maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(order, async (picks) => {
      const picked = picks.map((pick) => lines[pick % lines.length] ?? '');
      const { says, error } = await told(Buffer.from(`${picked.join('\n')}\n`));
      expect(error).toBeNull();
      const begun = new Set(
        picked.filter((line) => line.includes('"type":"begun"')).map((line) => (JSON.parse(line) as { key: string }).key),
      );
      const [, changes] = JSON.parse(says) as [unknown, readonly { readonly key: string }[]];
      expect(new Set(changes.map(({ key }) => key))).toEqual(begun);
    }),
    cases(150),
  );
});

describe('a line without a check sum', () => {
  const unsummed = () => lines.map((line) => line.replace(/,"sum":"[0-9a-f]{16}"\}$/, '}'));

  /** Every place in the value, as keys. */
  const places = (value: unknown, at: readonly string[] = []): readonly (readonly string[])[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, item]) => [[...at, key], ...places(item, [...at, key])])
      : [];

  function put(value: unknown, [key = '', ...rest]: readonly string[], what: unknown): unknown {
    const entries = Object.entries(Object(value)).map(([name, item]) => [
      name,
      name === key ? (rest.length === 0 ? what : put(item, rest, what)) : item,
    ]);
    return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
  }

  test('with anything in the place of a value is an entry or one error that names the line', async () => {
    const odd = fc.oneof(
      fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 1e308, '', 'x'.repeat(5000), [], {}, [[]], '1970-01-01', 'begun', '{{run.id}}'),
      fc.jsonValue({ maxDepth: 2 }),
      fc.constant(JSON.parse('{"__proto__":{"polluted":1}}') as unknown),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), odd, async (line, at, what) => {
        const all = unsummed();
        const number = line % all.length;
        const value: unknown = JSON.parse(all[number] ?? '');
        const where = places(value);
        const changed = JSON.stringify(put(value, where[at % where.length] ?? [], what));
        const { error } = await told(Buffer.from(`${all.with(number, changed).join('\n')}\n`));
        if (error !== null) expect([error.exitCode, error.summary.includes(`line ${number + 1} `)]).toEqual([2, true]);
      }),
      cases(400),
    );
  });

  test.each([
    ['an unknown type', { type: 'unheard' }],
    ['an unknown field', { unheard: 1 }],
    ['a prototype', JSON.parse('{"__proto__":{"polluted":1}}') as object],
    ['a constructor', { constructor: { polluted: 1 } }],
    ['a number that is huge', { v: 1e308 }],
    ['a version before the first', { v: 0 }],
    ['a time that is none', { at: 'yesterday' }],
  ])('with %s is refused', async (_what, more) => {
    for (const [number, line] of [...unsummed().entries()].filter(([index]) => index % 9 === 0)) {
      const base = Object.entries(JSON.parse(line) as object).filter(([key]) => !Object.hasOwn(more, key));
      const changed = JSON.stringify(Object.fromEntries([...base, ...Object.entries(more)]));
      const { error } = await told(Buffer.from(`${unsummed().with(number, changed).join('\n')}\n`));
      expect(error).toMatchObject({ exitCode: 2, summary: expect.stringContaining(`line ${number + 1} `) });
    }
  });
});

test.each([
  ['a byte order mark', (text: string) => `\ufeff${text}`],
  ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
  ['an empty line', (text: string) => text.replace('\n', '\n\n')],
  ['nesting without end', (text: string) => `${'['.repeat(100_000)}\n${text}`],
  ['NUL bytes', (text: string) => `${'\u0000'.repeat(4096)}\n${text}`],
])('%s is one clear error', async (_what, change) => {
  const { error } = await told(Buffer.from(change(whole.toString())));
  expect(error).toMatchObject({ exitCode: 2, code: 'JOURNAL_DAMAGED' });
});

test('a tail of NUL bytes, as some file systems leave after a crash, is passed over like a cut line', async () => {
  const { says, error } = await told(Buffer.concat([whole, Buffer.alloc(4096)]));
  expect([error, says]).toEqual([null, (await told(whole)).says]);
});
