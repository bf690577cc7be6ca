import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnsOf } from '../../src/ui/layout.ts';
import { drawRows, drawSearch } from '../../src/ui/list/draw-list.ts';
import { answerOf, begun, type Key, type List, type ListState, listOf, matchesIn, pressed, shownIn } from '../../src/ui/list/list.ts';
import { plainPaint } from '../../src/ui/paint.ts';
import type { Branch } from '../../src/ui/questions.ts';

const item = (depth: number, value: string, label = value): Branch => ({ value, label, detail: '', depth });
const company: readonly Branch[] = [
  item(0, 'r-ab12', 'Root (r-ab12)'),
  item(1, '100000000001', 'management (100000000001)'),
  item(1, 'ou-1', 'Workloads unit (ou-1)'),
  item(2, 'ou-2', 'Prod unit (ou-2)'),
  item(3, '100000000002', 'quilt (100000000002)'),
  item(2, '100000000003', 'scratch (100000000003)'),
  item(1, 'ou-3', 'Prod tools unit (ou-3)'),
];

const keys = (list: List, state: ListState, ...given: readonly (Key | Exclude<Key['kind'], 'typed'>)[]): ListState =>
  given.reduce<ListState>((before, key) => pressed(list, before, typeof key === 'string' ? { kind: key } : key), state);
const typed = (text: string): Key => ({ kind: 'typed', text });
const labels = (list: List, state: ListState): readonly string[] => shownIn(list, state).map((index) => list.items[index]?.value ?? '');
const activeIn = (list: List, { active }: ListState): string | undefined => list.items[active ?? -1]?.value;

describe('a tree', () => {
  const list = listOf(company, { multiple: false, rows: 4 });

  test('begins with its top and the way to the default open, the default active', () => {
    const state = begun(list, ['100000000002']);
    expect(labels(list, state)).toEqual(['r-ab12', '100000000001', 'ou-1', 'ou-2', '100000000002', '100000000003', 'ou-3']);
    expect(labels(list, begun(list, []))).toEqual(['r-ab12', '100000000001', 'ou-1', 'ou-3']);
    expect(answerOf(list, state)).toEqual(['100000000002']);
  });

  test('a small one is open as a whole', () => {
    const roomy = listOf(company, { multiple: false, rows: 15 });
    expect(labels(roomy, begun(roomy, []))).toHaveLength(company.length);
  });

  test('right opens a unit and then goes into it; left closes it, and goes to what a line is in', () => {
    const onUnit = keys(list, begun(list, []), 'down', 'down');
    expect(activeIn(list, onUnit)).toBe('ou-1');
    const opened = keys(list, onUnit, 'right');
    expect(labels(list, opened)).toEqual(['r-ab12', '100000000001', 'ou-1', 'ou-2', '100000000003', 'ou-3']);
    const inside = keys(list, opened, 'right');
    expect(activeIn(list, inside)).toBe('ou-2');
    expect(activeIn(list, keys(list, inside, 'left'))).toBe('ou-1');
    expect(labels(list, keys(list, inside, 'left', 'left'))).toEqual(['r-ab12', '100000000001', 'ou-1', 'ou-3']);
  });

  test('a search shows what matches with what it is in; every word has to occur', () => {
    const found = keys(list, begun(list, []), typed('PROD'));
    expect(labels(list, found)).toEqual(['r-ab12', 'ou-1', 'ou-2', 'ou-3']);
    expect(activeIn(list, found)).toBe('ou-2');
    expect(labels(list, keys(list, found, typed(' tools')))).toEqual(['r-ab12', 'ou-3']);
  });

  test('after a search the line that it found is still active, and can be seen', () => {
    const after = keys(list, begun(list, []), typed('scratch'), 'clear');
    expect(after.term).toBe('');
    expect(activeIn(list, after)).toBe('100000000003');
    expect(labels(list, after)).toContain('100000000003');
  });

  test('where nothing matches nothing can be chosen, until the search is shortened', () => {
    const nothing = keys(list, begun(list, []), typed('zzz'));
    expect(answerOf(list, nothing)).toBeNull();
    expect(drawRows(list, nothing, plainPaint, 80)).toContain('Nothing matches.');
    expect(answerOf(list, keys(list, nothing, 'erase', 'erase', 'erase'))).toEqual(['r-ab12']);
  });

  test('on the screen: what is open and closed, how many are below, and where the active line is', () => {
    expect(drawRows(list, begun(list, []), plainPaint, 80)).toBe(
      [
        '❯ ▾ Root (r-ab12)',
        '      management (100000000001)',
        '    ▸ Workloads unit (ou-1)  3 below',
        '      Prod tools unit (ou-3)',
        '  line 1 of 4, 7 in all',
        '  ↑↓ move • →← open, close • type to search • ⏎ select',
      ].join('\n'),
    );
    const found = keys(list, begun(list, []), typed('quilt'));
    expect(`${drawSearch(found)}\n${drawRows(list, found, plainPaint, 80)}`).toBe(
      [
        '  Search: quilt',
        '  ▾ Root (r-ab12)',
        '    ▾ Workloads unit (ou-1)',
        '      ▾ Prod unit (ou-2)',
        '❯         quilt (100000000002)',
        '  1 of 7 match',
        '  in Root (r-ab12) › Workloads unit (ou-1) › Prod unit (ou-2)',
        '  ↑↓ move • esc ends the search • ⏎ select',
      ].join('\n'),
    );
  });
});

describe('a list of which several may be chosen', () => {
  const vpcs = Array.from({ length: 2000 }, (_, n) => item(0, `vpc-${n}`, `网络 ${n}`));
  const list = listOf(vpcs, { multiple: true, rows: 15 });

  test('what was chosen stays so through searches, and is answered in order of the list', () => {
    const state = keys(list, begun(list, ['vpc-3']), typed('1999'), 'toggle', 'clear', typed('vpc-12'), 'toggle', 'clear');
    expect(answerOf(list, state)).toEqual(['vpc-3', 'vpc-12', 'vpc-1999']);
    expect(answerOf(list, keys(list, state, typed('vpc-12'), 'toggle'))).toEqual(['vpc-3', 'vpc-1999']);
  });

  test('all that match are chosen at once, and given up at once', () => {
    const all = keys(list, begun(list, []), typed('vpc-199'), 'toggle-all');
    expect(answerOf(list, all)).toHaveLength(11);
    expect(answerOf(list, keys(list, all, 'toggle-all'))).toEqual([]);
  });

  test('pages and ends', () => {
    const state = begun(list, []);
    expect(activeIn(list, keys(list, state, 'last'))).toBe('vpc-1999');
    expect(activeIn(list, keys(list, state, 'page-down', 'page-down', 'page-up'))).toBe('vpc-15');
    expect(activeIn(list, keys(list, state, 'last', 'first', 'up'))).toBe('vpc-0');
  });
});

test('whatever the keys are: the active line is among the lines, in view, and no line is wider than the screen', () => {
  const anyTree = fc
    .array(fc.tuple(fc.nat(3), fc.string({ unit: 'grapheme', maxLength: 40 })), { minLength: 1, maxLength: 40 })
    .map((lines) => lines.map(([depth, label], index) => item(depth, `id-${index}`, label)));
  const anyKey: fc.Arbitrary<Key> = fc.oneof(
    fc
      .constantFrom<Exclude<Key['kind'], 'typed'>[]>(
        'up',
        'down',
        'page-up',
        'page-down',
        'first',
        'last',
        'right',
        'left',
        'toggle',
        'toggle-all',
        'erase',
        'clear',
      )
      .map((kind) => ({ kind })),
    fc.constantFrom('i', 'd', '-', '1', ' ', '界').map((text) => ({ kind: 'typed' as const, text })),
  );
  fc.assert(
    fc.property(
      anyTree,
      fc.array(anyKey, { maxLength: 30 }),
      fc.integer({ min: 3, max: 10 }),
      fc.boolean(),
      fc.integer({ min: 40, max: 120 }),
      (items, given, rows, multiple, width) => {
        const list = listOf(items, { multiple, rows });
        const state = keys(list, begun(list, ['id-0']), ...given);
        const shown = shownIn(list, state);
        if (state.active === null) expect(matchesIn(list, state.term)).toEqual([]);
        else {
          const at = shown.indexOf(state.active);
          expect(at).toBeGreaterThanOrEqual(state.top);
          expect(at).toBeLessThan(state.top + rows);
        }
        for (const line of drawRows(list, state, plainPaint, width).split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(width);
      },
    ),
    { numRuns: 100 },
  );
});
