// Ways back as data: which ones stand or fall together, how many do not, and what several proofs make of one.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WayBack } from '../../src/engine/types.ts';
import { areIndependent, countIndependent, withFound } from '../../src/engine/ways-back.ts';

const way = (over: Partial<WayBack> = {}): WayBack => ({
  kind: 'operator',
  principal: 'arn:aws:iam::111122223333:role/Admin',
  network: 'here',
  call: 's3:DeleteBucketPolicy',
  passesBy: ['network'],
  credentials: 'profile a',
  state: 'exercised',
  how: 'tried',
  ...over,
});

const other = way({
  kind: 'exempt-role',
  principal: 'arn:aws:iam::111122223333:role/BreakGlass',
  passesBy: ['tag'],
  credentials: 'profile b',
});

describe('two ways back', () => {
  test.each<readonly [string, Partial<WayBack>, boolean]>([
    ['sharing nothing', {}, true],
    ['sharing the principal', { principal: way().principal }, false],
    ['of a role and its session', { principal: 'arn:aws:sts::111122223333:assumed-role/Admin/jane' }, false],
    ['of a role with a path and its session', { principal: 'arn:aws:iam::111122223333:role/team/Admin' }, false],
    ['of roles of that name in two accounts', { principal: 'arn:aws:iam::444455556666:role/Admin' }, true],
    ['sharing the credentials', { credentials: 'profile a' }, false],
    ['sharing a condition', { passesBy: ['tag', 'network'] }, false],
    ['from the same network', { network: 'here' }, true],
    ['by the same call', { call: 's3:DeleteBucketPolicy' }, true],
  ])('%s', (_, over, independent) => {
    expect(areIndependent(way(), { ...other, ...over })).toBe(independent);
    expect(areIndependent({ ...other, ...over }, way())).toBe(independent);
  });
});

describe('the number of independent ways', () => {
  test.each<readonly [string, readonly WayBack[], number]>([
    ['of none', [], 0],
    ['of two that share nothing', [way(), other], 2],
    ['of one that is only claimed', [way(), { ...other, state: 'claimed' }], 1],
    ['of a root password, whatever it says', [way(), { ...other, kind: 'root-password' }], 1],
    ['of a role assumed by the same credentials', [way(), { ...other, credentials: 'profile a' }], 1],
    [
      'is that of the largest set, not of the first one found',
      [way({ passesBy: ['network', 'tag'], credentials: 'profile c', principal: 'arn:x' }), way(), other],
      2,
    ],
  ])('%s', (_, ways, expected) => {
    expect(countIndependent(ways)).toBe(expected);
  });

  const some = fc.array(
    fc.record({
      principal: fc.constantFrom('a', 'b', 'c'),
      credentials: fc.constantFrom('p', 'q', 'r'),
      passesBy: fc.subarray(['n', 't', 'o'], { minLength: 1 }),
      state: fc.constantFrom('exercised' as const, 'claimed' as const),
    }),
    { maxLength: 6 },
  );

  test('is that of the largest of all subsets in which each is independent of each other', () => {
    fc.assert(
      fc.property(some, (overs) => {
        const ways = overs.map((over) => way(over));
        const subsets = Array.from({ length: 2 ** ways.length }, (_, bits) => ways.filter((_each, index) => ((bits >> index) & 1) === 1));
        const fits = subsets.filter((set) =>
          set.every((one, index) => one.state === 'exercised' && set.slice(index + 1).every((two) => areIndependent(one, two))),
        );
        expect(countIndependent(ways)).toBe(Math.max(...fits.map(({ length }) => length)));
      }),
    );
  });

  test('never falls by a further way, nor by the order, and counts nothing that is claimed', () => {
    fc.assert(
      fc.property(some, fc.nat(5), (overs, cut) => {
        const ways = overs.map((over) => way(over));
        const all = countIndependent(ways);
        expect(countIndependent(ways.slice(0, cut))).toBeLessThanOrEqual(all);
        expect(countIndependent(ways.toReversed())).toBe(all);
        expect(countIndependent(ways.map((each) => ({ ...each, state: 'claimed' })))).toBe(0);
      }),
    );
  });
});

describe('what was found of a way', () => {
  const claimed = way({ state: 'claimed', how: 'not tried yet' });

  test('stays as it was known beforehand where no proof speaks of it', () => {
    expect(withFound([claimed], [])).toEqual([claimed]);
  });

  test('is exercised where every proof exercised it, and says all that was done once', () => {
    const found = withFound([claimed], [[way({ how: 'let in' })], [way({ how: 'undone' })], [way({ how: 'undone' })]]);
    expect(found).toEqual([way({ how: 'let in; undone' })]);
  });

  test('is claimed where one proof did not exercise it, in any order', () => {
    const refused = way({ state: 'claimed', how: 'refused' });
    expect(withFound([claimed], [[way()], [refused]])).toEqual([refused]);
    expect(withFound([claimed], [[refused], [way()]])).toEqual([refused]);
  });

  test('is told though it was not known beforehand, behind what was', () => {
    expect(withFound([claimed], [[other]])).toEqual([claimed, other]);
  });
});
