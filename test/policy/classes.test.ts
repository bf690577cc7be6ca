import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressClasses, cidrMatcher } from '../../src/policy/address.ts';
import { globArn, globPieces, type Matcher, piecesOf } from '../../src/policy/match.ts';
import { numberClasses, timeClasses } from '../../src/policy/ordered.ts';
import { type Pattern, textClasses } from '../../src/policy/texts.ts';

const matcherOf = ({ pieces, compare }: Pattern): Matcher => {
  if (compare === 'arn') return globArn(pieces);
  if (compare === 'text') return globPieces(pieces);
  const folded = globPieces(pieces.map((piece) => (typeof piece === 'object' ? { literal: piece.literal.toLowerCase() } : piece)));
  return (text) => folded(text.toLowerCase());
};

const letters = fc.string({ unit: fc.constantFrom('a', 'B', 'b', ':', '/', '*', '?'), maxLength: 8 });
const pattern: fc.Arbitrary<Pattern> = fc.oneof(
  letters.map((text): Pattern => ({ pieces: piecesOf(text), compare: 'text' })),
  letters.map((text): Pattern => ({ pieces: [{ literal: text }], compare: 'folded' })),
  fc
    .array(fc.constantFrom('a', 'b*', '*', '?', '', 'a:b', '*b'), { minLength: 3, maxLength: 7 })
    .map((parts): Pattern => ({ pieces: piecesOf(parts.join(':')), compare: 'arn' })),
);
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'B', ':', '/', '*', 'é'), maxLength: 10 }),
  fc.array(fc.constantFrom('a', 'b', 'bb', '', 'x', 'ab'), { minLength: 4, maxLength: 8 }).map((parts) => parts.join(':')),
);

describe('classes of values', () => {
  it('have one text for every combination of patterns that some text matches, and no two for one', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 4 }),
        fc.array(text, { minLength: 20, maxLength: 20 }),
        (patterns, texts) => {
          const { values, complete } = textClasses(patterns);
          if (!complete) return;
          const matchers = patterns.map(matcherOf);
          const markOf = (one: string): string => matchers.map((matches) => Number(matches(one))).join('');
          const marks = values.map(markOf);
          expect(new Set(marks).size).toBe(marks.length);
          for (const one of texts) expect(marks).toContain(markOf(one));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keep to the forms and letters of the domain', () => {
    const account = { forms: [{ pieces: piecesOf('???'), compare: 'text' as const }], letters: '0123' };
    const { values } = textClasses(
      [
        { pieces: piecesOf('0*'), compare: 'text' },
        { pieces: piecesOf('*:*'), compare: 'text' },
      ],
      account,
    );
    expect(values).toHaveLength(2);
    for (const value of values) expect(value).toMatch(/^[0-3]{3}$/);
  });

  it('have one address for every combination of blocks that some address lies in', () => {
    const four = fc.tuple(fc.nat(3), fc.nat(255), fc.nat(32)).map(([a, b, bits]) => `10.${a}.${b}.0/${bits}`);
    const six = fc.tuple(fc.nat(9), fc.nat(128)).map(([a, bits]) => `2001:db8:${a}::/${bits}`);
    const address = fc.oneof(
      fc.tuple(fc.nat(4), fc.nat(255), fc.nat(255)).map((parts) => `10.${parts.join('.')}`),
      fc.nat(9).map((a) => `2001:db8:${a}::5`),
      fc.constant('255.255.255.255'),
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(four, six), { maxLength: 5 }),
        fc.array(address, { minLength: 10, maxLength: 10 }),
        (cidrs, addresses) => {
          const matchers = cidrs.map(cidrMatcher);
          const markOf = (one: string): string => matchers.map((matches) => Number(matches(one))).join('');
          const marks = addressClasses(cidrs, ['198.51.100.7']).map(markOf);
          for (const one of addresses) expect(marks).toContain(markOf(one));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('have a number and a time on, before, between and after those that are named', () => {
    expect(numberClasses([10, 11, 100])).toEqual(['9', '10', '10.5', '11', '56', '100', '101']);
    const times = timeClasses([Date.UTC(2030, 0, 1)], 'iso');
    expect(times).toEqual(['2029-12-31T00:00:00.000Z', '2030-01-01T00:00:00.000Z', '2030-01-02T00:00:00.000Z']);
    expect(timeClasses([Date.UTC(2030, 0, 1)], 'seconds')).toEqual(times.map((time) => String(Date.parse(time) / 1000)));
  });
});
