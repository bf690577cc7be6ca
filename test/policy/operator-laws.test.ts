// Laws that hold of every operator, whatever the values.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ContextValues, requestContext } from '../../src/policy/context.ts';
import { clausesOf } from '../../src/policy/operators.ts';
import { every, maybe, no, not, type Truth, yes } from '../../src/policy/truth.ts';

/** Each operator with values that it can tell apart. */
const families: readonly { readonly operators: readonly (readonly [string, string | null])[]; readonly values: readonly string[] }[] = [
  {
    operators: [
      ['StringEquals', 'StringNotEquals'],
      ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
      ['StringLike', 'StringNotLike'],
    ],
    values: ['a', 'A', 'ab', 'a*', '?', ''],
  },
  {
    operators: [
      ['NumericEquals', 'NumericNotEquals'],
      ['NumericLessThan', null],
      ['NumericLessThanEquals', null],
      ['NumericGreaterThan', null],
      ['NumericGreaterThanEquals', null],
    ],
    values: ['0', '1', '1.0', '-2', 'x'],
  },
  {
    operators: [
      ['DateEquals', 'DateNotEquals'],
      ['DateLessThan', null],
      ['DateGreaterThanEquals', null],
    ],
    values: ['2026-01-01', '2026-01-01T00:00:00Z', '1767225601', 'never'],
  },
  { operators: [['Bool', null]], values: ['true', 'false', 'True'] },
  { operators: [['BinaryEquals', null]], values: ['QQ==', 'Qg=='] },
  { operators: [['IpAddress', 'NotIpAddress']], values: ['192.0.2.1', '192.0.2.0/24', '2001:db8::1', '2001:db8::/32', 'x'] },
  {
    operators: [
      ['ArnEquals', 'ArnNotEquals'],
      ['ArnLike', 'ArnNotLike'],
    ],
    values: ['arn:aws:iam::111122223333:role/a', 'arn:aws:iam::*:role/*', 'arn:aws:s3:::b', 'x'],
  },
];

interface Case {
  readonly positive: string;
  readonly negative: string | null;
  readonly policy: readonly string[];
  readonly request: readonly string[];
}

const cases: fc.Arbitrary<Case> = fc
  .constantFrom(...families)
  .chain(({ operators, values }) =>
    fc.record({
      pair: fc.constantFrom(...operators),
      policy: fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }),
      request: fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }),
    }),
  )
  .map(({ pair: [positive, negative], ...rest }) => ({ positive, negative, ...rest }));

const holds = (operator: string, values: readonly string[], context: ContextValues, unknown: readonly string[] = []): Truth =>
  every(clausesOf({ [operator]: { 'aws:k': values } }, true), (clause) => clause.test(requestContext(context, unknown)));

const runs = { numRuns: 300 };

describe('every operator', () => {
  it('holds of a list of values where it holds of one of them', () => {
    fc.assert(
      fc.property(cases, ({ positive, policy, request: [value = ''] }) => {
        const each = policy.map((one) => holds(positive, [one], { 'aws:k': value }));
        expect(holds(positive, policy, { 'aws:k': value })).toBe(each.includes(yes) ? yes : no);
      }),
      runs,
    );
  });

  it('is under negation the opposite: NOR over the values of the policy, and none of those of the request', () => {
    fc.assert(
      fc.property(cases, ({ positive, negative, policy, request }) => {
        if (negative === null) return;
        expect(holds(negative, policy, { 'aws:k': request })).toBe(not(holds(positive, policy, { 'aws:k': request })));
      }),
      runs,
    );
  });

  it('fails of an absent key, holds under negation, and holds with IfExists either way', () => {
    fc.assert(
      fc.property(cases, ({ positive, negative, policy }) => {
        expect(holds(positive, policy, {})).toBe(no);
        expect(holds(`${positive}IfExists`, policy, {})).toBe(yes);
        if (negative === null) return;
        expect(holds(negative, policy, {})).toBe(yes);
        expect(holds(`${negative}IfExists`, policy, {})).toBe(yes);
      }),
      runs,
    );
  });

  it('is with IfExists the same where the key is there', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom('', 'ForAllValues:', 'ForAnyValue:'), ({ positive, negative, policy, request }, set) => {
        const context = { 'aws:k': request };
        for (const operator of negative === null ? [positive] : [positive, negative]) {
          if (set !== '' && request.every((value) => value === '')) continue;
          expect(holds(`${set}${operator}IfExists`, policy, context)).toBe(holds(`${set}${operator}`, policy, context));
        }
      }),
      runs,
    );
  });

  it('holds by ForAllValues of all values and by ForAnyValue of one, each for itself', () => {
    fc.assert(
      fc.property(cases, ({ positive, negative, policy, request }) => {
        if (request.every((value) => value === '')) return;
        for (const operator of negative === null ? [positive] : [positive, negative]) {
          const each = request.map((value) => holds(operator, policy, { 'aws:k': value }));
          expect(holds(`ForAllValues:${operator}`, policy, { 'aws:k': request })).toBe(each.includes(no) ? no : yes);
          expect(holds(`ForAnyValue:${operator}`, policy, { 'aws:k': request })).toBe(each.includes(yes) ? yes : no);
        }
      }),
      runs,
    );
  });

  it('is open about a key that is not known, and names of keys and operators are read in any case', () => {
    fc.assert(
      fc.property(cases, ({ positive, policy, request }) => {
        expect(holds(positive, policy, {}, ['AWS:K'])).toBe(maybe);
        expect(holds(positive.toUpperCase(), policy, { 'AWS:K': request })).toBe(holds(positive, policy, { 'aws:k': request }));
      }),
      runs,
    );
  });
});
