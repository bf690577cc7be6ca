// Two worlds are told to be the same where they differ in names alone, and only there.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Plain } from '../../src/sandbox/world-view.ts';
import { renamed } from './same-world.ts';

const none: ReadonlySet<string> = new Set();

const idOf = (kind: string, number: number): string => `${kind}-0${number.toString(16).padStart(16, '0')}`;

interface Thing {
  readonly kind: string;
  readonly size: number;
  /** Places of other things. */
  readonly uses: readonly number[];
}

/** A small world: things by id, each with what it uses, as a list and in a text. */
function worldOf(things: readonly Thing[], numbers: readonly number[], at: number): Plain {
  const id = (index: number) => idOf(things[index]?.kind ?? '', numbers[index] ?? 0);
  const entries = things.map(({ size, uses }, index): [string, Plain] => [
    id(index),
    {
      id: id(index),
      size,
      uses: uses.map(id),

      createdAt: at,
      madeAt: new Date(at).toISOString(),
    },
  ]);
  // Insertion order follows the ids, as in a world that was sorted.
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const things = fc.integer({ min: 1, max: 7 }).chain((count) =>
  fc.array(
    fc.record({
      kind: fc.constantFrom('sg', 'vpce', 'nat'),
      size: fc.integer({ min: 0, max: 2 }),
      uses: fc.uniqueArray(fc.nat({ max: count - 1 }), { maxLength: 3 }),
    }),
    { minLength: count, maxLength: count },
  ),
);
const numbers = fc.uniqueArray(fc.nat({ max: 1_000_000 }), { minLength: 7, maxLength: 7 });
const at = fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2027-01-01T00:00:00Z') });

/** Whether a renaming one to one makes one of the other: by trying all. */
function isSame(one: readonly Thing[], other: readonly Thing[]): boolean {
  const tryFrom = (mapping: readonly number[]): boolean => {
    if (mapping.length === one.length) return one.every((thing, index) => fits(thing, other[mapping[index] ?? -1], mapping));
    return other.some((thing, to) => {
      const from = one[mapping.length];
      return !mapping.includes(to) && thing.kind === from?.kind && thing.size === from.size && tryFrom([...mapping, to]);
    });
  };
  return one.length === other.length && tryFrom([]);
}

const fits = (thing: Thing, other: Thing | undefined, mapping: readonly number[]): boolean =>
  other !== undefined &&
  [...thing.uses]
    .map((each) => mapping[each])
    .sort()
    .join() === [...other.uses].sort().join();

const name = (value: Plain): string => JSON.stringify(renamed(value, none));

test('worlds that differ in more than names come out different', () => {
  fc.assert(
    fc.property(things, things, numbers, numbers, at, (one, other, ours, theirs, when) => {
      fc.pre(!isSame(one, other));
      expect(name(worldOf(one, ours, when))).not.toBe(name(worldOf(other, theirs, when)));
    }),
    { numRuns: 400 },
  );
});

test('one thing less, one more, or one that uses another, comes out different', () => {
  fc.assert(
    fc.property(things, numbers, fc.nat(), (all, ours, pick) => {
      const less = all.filter((_, index) => index !== pick % all.length).map((thing) => ({ ...thing, uses: [] }));
      expect(name(worldOf(less, ours, 0))).not.toBe(name(worldOf(all, ours, 0)));
      const more = [...all, { kind: 'sg', size: 0, uses: [] }];
      expect(name(worldOf(more, [...ours, 2_000_000], 0))).not.toBe(name(worldOf(all, ours, 0)));
    }),
  );
});

test('worlds in which every thing is of a kind of its own come out the same under any names and times', () => {
  fc.assert(
    fc.property(things, numbers, numbers, at, at, (all, ours, theirs, then, later) => {
      const distinct = all.map((thing, index) => ({ ...thing, size: index }));
      expect(name(worldOf(distinct, theirs, later))).toBe(name(worldOf(distinct, ours, then)));
    }),
    { numRuns: 300 },
  );
});

test('things alike but for what they use, and twins, come out the same under any names', () => {
  const chain: readonly Thing[] = [0, 1, 2, 3].map((index) => ({ kind: 'sg', size: 0, uses: index === 3 ? [] : [index + 1] }));
  const twins: readonly Thing[] = [0, 1].map(() => ({ kind: 'nat', size: 1, uses: [] }));
  fc.assert(
    fc.property(numbers, numbers, (ours, theirs) => {
      expect(name(worldOf([...chain, ...twins], theirs, 0))).toBe(name(worldOf([...chain, ...twins], ours, 0)));
    }),
  );
});

test('two rings of three are not one ring of six', () => {
  const ring = (next: readonly number[]): readonly Thing[] => next.map((each) => ({ kind: 'sg', size: 0, uses: [each] }));
  const sixNumbers = [1, 2, 3, 4, 5, 6];
  expect(name(worldOf(ring([1, 2, 0, 4, 5, 3]), sixNumbers, 0))).not.toBe(name(worldOf(ring([1, 2, 3, 4, 5, 0]), sixNumbers, 0)));
});

test('names that are known, and texts around names, count', () => {
  const [one, other] = [idOf('vpce', 1), idOf('vpce', 2)];
  expect(renamed({ endpoint: one }, new Set([one]))).toEqual({ endpoint: one });
  expect(name({ text: `uses ${one}` })).toBe(name({ text: `uses ${other}` }));
  expect(name({ text: `uses ${one}` })).not.toBe(name({ text: `needs ${one}` }));
  expect(name({ a: one, b: other })).not.toBe(name({ a: one, b: one }));
  expect(name({ a: '10.0.1.5' })).toBe(name({ a: '10.0.1.6' }));
  expect(name({ order: ['a', 'b'] })).not.toBe(name({ order: ['b', 'a'] }));
});
