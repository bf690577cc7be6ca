import { expect, test } from 'vitest';
import { chosen, sample } from './choose.ts';

const cases = ['kill', 'drop'].flatMap((fault) =>
  [1, 2, 3, 4].map((nth) => ({
    id: `apply/greenfield/${fault}@${nth}`,
    command: 'apply' as const,
    scenario: 'greenfield',
    fault,
    run: async () => ({ failure: null, calls: 0, asked: 0 }),
  })),
);
const idsOf = (some: readonly { readonly id: string }[]): readonly string[] => some.map(({ id }) => id);

test('a sample takes as many of each row, the same ones for the same seed', () => {
  const drawn = sample(cases, 4, 1);
  expect(drawn.filter(({ fault }) => fault === 'kill')).toHaveLength(2);
  expect(drawn.filter(({ fault }) => fault === 'drop')).toHaveLength(2);
  expect(idsOf(sample(cases, 4, 1))).toEqual(idsOf(drawn));
  const seeds = new Set([1, 2, 3, 4, 5].map((seed) => idsOf(sample(cases, 4, seed)).join()));
  expect(seeds.size).toBeGreaterThan(1);
  expect(idsOf(sample(cases, 100, 1))).toEqual(idsOf(cases));
});

test('an id means that very case, or all that begin with it', () => {
  expect(idsOf(chosen(cases, { only: 'apply/greenfield/kill@1' }))).toEqual(['apply/greenfield/kill@1']);
  expect(chosen(cases, { only: 'apply/greenfield/kill' })).toHaveLength(4);
  expect(chosen(cases, { fault: 'drop', scenario: 'greenfield' })).toHaveLength(4);
  expect(chosen(cases, { scenario: 'brownfield' })).toEqual([]);
});

test('where there are more rows than cases asked for, the seed decides which rows', () => {
  const faults = new Set([1, 2, 3, 4, 5, 6].flatMap((seed) => sample(cases, 1, seed).map(({ fault }) => fault)));
  expect(faults).toEqual(new Set(['kill', 'drop']));
});
