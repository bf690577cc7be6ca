// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.
import { describe, expect, it } from 'vitest';
import { type ContextValues, requestContext } from '../../src/policy/context.ts';
import type { ConditionBlock } from '../../src/policy/document.ts';
import { clausesOf, operatorOf } from '../../src/policy/operators.ts';
import { every, maybe, no, type Truth, yes } from '../../src/policy/truth.ts';

const holds = (condition: ConditionBlock, context: ContextValues, unknown: readonly string[] = []): Truth =>
  every(clausesOf(condition, true), (clause) => clause.test(requestContext(context, unknown)));

// operator, the policy's value, the request's value, whether it matches
const comparisons: readonly (readonly [string, string | number | boolean | readonly string[], string, boolean])[] = [
  ['StringEquals', 'abc', 'abc', true],
  ['StringEquals', 'abc', 'ABC', false],
  ['StringEquals', 'a*', 'abc', false],
  ['StringEqualsIgnoreCase', 'abc', 'ABC', true],
  ['StringNotEqualsIgnoreCase', 'abc', 'ABC', false],
  ['StringLike', 'a*c', 'abbc', true],
  ['StringLike', 'a?c', 'abc', true],
  ['StringLike', 'a?c', 'abbc', false],
  ['StringLike', 'A*', 'abc', false],
  ['StringLike', 'a*b*a', 'abXba', true],
  ['StringLike', 'a[b]c', 'abc', false],
  ['StringNotLike', ['x*', 'a*'], 'abc', false],
  ['StringNotEquals', ['x', 'y'], 'abc', true],
  ['StringNotEquals', ['x', 'abc'], 'abc', false],
  ['NumericEquals', 10, '10.0', true],
  ['NumericNotEquals', 10, '11', true],
  ['NumericLessThan', 10, '10', false],
  ['NumericLessThanEquals', 10, '10', true],
  ['NumericGreaterThan', '9', '10', true],
  ['NumericGreaterThanEquals', '11', '10', false],
  ['NumericLessThan', '10', 'ten', false],
  ['DateEquals', '2026-01-02T00:00:00Z', '2026-01-02T01:00:00+01:00', true],
  ['DateLessThan', '2026-01-02T00:00:00Z', '2026-01-01T23:59:59Z', true],
  ['DateGreaterThan', '1767312000', '2026-01-02T00:00:01Z', true],
  ['DateLessThanEquals', '2026-01-02T00:00:00Z', '1767312000', true],
  ['Bool', 'false', 'false', true],
  ['Bool', false, 'False', true],
  ['Bool', true, 'false', false],
  ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', true],
  ['IpAddress', '203.0.113.0/24', '203.0.113.5', true],
  ['IpAddress', '203.0.113.0/24', '203.0.114.5', false],
  ['IpAddress', '203.0.113.7', '203.0.113.7', true],
  ['IpAddress', '10.0.0.0/8', '2001:db8::1', false],
  ['IpAddress', '0.0.0.0/0', '198.51.100.1', true],
  ['IpAddress', '2001:DB8:1234:5678::/64', '2001:db8:1234:5678:9::1', true],
  ['IpAddress', '2001:db8::/33', '2001:db8:8000::1', false],
  ['IpAddress', '203.0.113.0/24', 'not an address', false],
  ['NotIpAddress', ['192.0.2.0/24', '203.0.113.0/24'], '203.0.113.5', false],
  ['NotIpAddress', ['192.0.2.0/24', '203.0.113.0/24'], '198.51.100.5', true],
  ['ArnEquals', 'arn:aws:iam::*:role/x', 'arn:aws:iam::111122223333:role/x', true],
  ['ArnLike', 'arn:aws:iam::111122223333:role/*', 'arn:aws:iam::111122223333:role/a/b', true],
  ['ArnLike', 'arn:aws:*:111122223333:role/x', 'arn:aws:iam::111122223333:role/x', false],
  ['ArnLike', 'arn:aws:sns:*:*:a:*', 'arn:aws:sns:us-east-1:111122223333:a:b', true],
  ['ArnLike', 'arn:aws:s3:::Bucket', 'arn:aws:s3:::bucket', false],
  ['ArnNotLike', 'arn:aws:iam::*:role/aws:ec2-infrastructure', 'arn:aws:iam::111122223333:role/aws:ec2-infrastructure', false],
];

describe('a condition operator', () => {
  for (const [operator, value, given, matches] of comparisons) {
    it(`${operator} ${JSON.stringify(value)} ${matches ? 'matches' : 'does not match'} ${given}`, () => {
      expect(holds({ [operator]: { 'aws:k': value } }, { 'aws:K': given })).toBe(matches ? yes : no);
    });
  }

  it('does with an absent key what AWS says: false, true under negation, true with IfExists', () => {
    expect(holds({ StringEquals: { k: 'a' } }, {})).toBe(no);
    expect(holds({ StringNotEquals: { k: 'a' } }, {})).toBe(yes);
    expect(holds({ NotIpAddress: { k: '10.0.0.0/8' } }, {})).toBe(yes);
    expect(holds({ Bool: { k: 'false' } }, {})).toBe(no);
    expect(holds({ BoolIfExists: { k: 'false' } }, {})).toBe(yes);
    expect(holds({ StringEqualsIfExists: { k: 'a' } }, {})).toBe(yes);
    expect(holds({ StringNotEqualsIfExists: { k: 'a' } }, {})).toBe(yes);
  });

  it('Null tells whether the key is there', () => {
    expect(holds({ Null: { k: 'true' } }, {})).toBe(yes);
    expect(holds({ Null: { k: 'true' } }, { k: '' })).toBe(no);
    expect(holds({ Null: { k: 'false' } }, { k: 'x' })).toBe(yes);
    expect(holds({ Null: { k: true } }, { k: [] })).toBe(yes);
  });

  it('ForAllValues holds of every value and of none, ForAnyValue of at least one', () => {
    const tags = { 'aws:TagKeys': ['env', 'team'] };
    expect(holds({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['env', 'team', 'x'] } }, tags)).toBe(yes);
    expect(holds({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['env'] } }, tags)).toBe(no);
    expect(holds({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['env'] } }, {})).toBe(yes);
    expect(holds({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['env'] } }, tags)).toBe(yes);
    expect(holds({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['env'] } }, {})).toBe(no);
    expect(holds({ 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['env'] } }, tags)).toBe(yes);
    expect(holds({ 'ForAllValues:StringNotEquals': { 'aws:TagKeys': ['env'] } }, tags)).toBe(no);
  });

  it('is open about a key that is not known', () => {
    expect(holds({ StringEquals: { k: 'a' } }, {}, ['K'])).toBe(maybe);
    expect(holds({ Null: { 'aws:PrincipalTag/x': 'true' } }, {}, ['aws:PrincipalTag/*'])).toBe(maybe);
    expect(holds({ StringEquals: { k: 'a', l: 'b' } }, { l: 'c' }, ['k'])).toBe(no);
  });

  it('that nobody knows here leaves the answer open', () => {
    expect(operatorOf('StringResembles')).toBeNull();
    expect(holds({ StringResembles: { k: 'a' } }, { k: 'a' })).toBe(maybe);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
describe('a policy variable', () => {
  it('is replaced by the value, whose own wildcards are literal', () => {
    const condition = { StringLike: { 's3:prefix': '${aws:username}/*' } };
    expect(holds(condition, { 's3:prefix': 'anna/x', 'aws:username': 'anna' })).toBe(yes);
    expect(holds(condition, { 's3:prefix': 'bob/x', 'aws:username': '*' })).toBe(no);
  });

  it('without a value equals nothing, and under negation everything differs from it', () => {
    expect(holds({ StringEquals: { k: '${aws:username}' } }, { k: 'anna' })).toBe(no);
    expect(holds({ StringNotEquals: { k: '${aws:username}' } }, { k: 'anna' })).toBe(yes);
  });

  it('takes its default where the key is absent', () => {
    const condition = { StringEquals: { k: "${aws:PrincipalTag/team, 'company-wide'}" } };
    expect(holds(condition, { k: 'company-wide' })).toBe(yes);
    expect(holds(condition, { k: 'yellow', 'aws:PrincipalTag/team': 'yellow' })).toBe(yes);
    expect(holds(condition, { k: 'company-wide', 'aws:PrincipalTag/team': 'yellow' })).toBe(no);
  });

  it('of the special characters stands for the character itself', () => {
    expect(holds({ StringLike: { k: 'a${*}' } }, { k: 'a*' })).toBe(yes);
    expect(holds({ StringLike: { k: 'a${*}' } }, { k: 'abc' })).toBe(no);
    expect(holds({ StringLike: { k: '${$}x' } }, { k: '$x' })).toBe(yes);
  });

  it('is open where its key is not known', () => {
    expect(holds({ StringEquals: { k: '${aws:username}' } }, { k: 'anna' }, ['aws:username'])).toBe(maybe);
  });

  it('is plain text before Version 2012-10-17', () => {
    const clauses = clausesOf({ StringEquals: { k: '${aws:username}' } }, false);
    expect(clauses[0]?.test(requestContext({ k: '${aws:username}', 'aws:username': 'anna' }))).toBe(yes);
  });
});
