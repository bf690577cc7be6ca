import { describe, expect, test } from 'vitest';
import { conditionSentences, statementSentence } from '../../src/policy/sentences.ts';

const sentence = (Condition: NonNullable<Parameters<typeof conditionSentences>[0]['Condition']>): string =>
  conditionSentences({ Condition })
    .map((each) => each.sentence)
    .join('; ');

describe('conditions in sentences', () => {
  test.each([
    [
      { StringNotEqualsIfExists: { 'aws:SourceVpc': ['vpc-1', 'vpc-2'] } },
      "the request's VPC is not any of vpc-1, vpc-2, or the request has none",
    ],
    [{ StringEquals: { 'aws:SourceVpc': 'vpc-1' } }, "the request's VPC is vpc-1"],
    [
      { NotIpAddressIfExists: { 'aws:SourceIp': ['192.0.2.0/24'] } },
      "the request's public address lies outside 192.0.2.0/24, or the request has none",
    ],
    [{ Null: { 'aws:PrincipalTag/Exempt': 'true' } }, 'the principal does not carry the tag Exempt'],
    [{ Null: { 'aws:PrincipalTag/Exempt': 'false' } }, 'the principal carries the tag Exempt, whatever its value'],
    [{ Null: { 'aws:SourceVpce': 'true' } }, 'the request has no aws:SourceVpce'],
    [{ Bool: { 'aws:PrincipalIsAWSService': 'false' } }, 'the principal is no AWS service'],
    [{ BoolIfExists: { 'aws:ViaAWSService': 'false' } }, "no AWS service makes the call on the principal's behalf, or AWS does not say"],
    [{ Bool: { 'aws:SecureTransport': false } }, 'the request is not encrypted in transit'],
    [{ DateLessThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } }, 'the time is before 2026-01-01T00:00:00Z'],
    [{ 'ForAnyValue:StringEqualsIgnoreCase': { 'aws:TagKeys': ['a', 'b'] } }, 'one of the tag keys of the request is, in any case, a or b'],
    [{ StringLikeIfExists: { 's3:prefix': 'x/*' } }, 's3:prefix is like x/*, or the request has none'],
    [{ NumericLessThan: { 's3:max-keys': 10 } }, 'NumericLessThan of s3:max-keys: 10'],
  ])('%j', (condition, said) => {
    expect(sentence(condition)).toBe(said);
  });

  test('each key of each operator has a sentence of its own', () => {
    const found = conditionSentences({ Condition: { Bool: { 'aws:ViaAWSService': 'false', 'aws:PrincipalIsAWSService': 'false' } } });
    expect(found.map(({ key }) => key)).toEqual(['aws:ViaAWSService', 'aws:PrincipalIsAWSService']);
  });
});

describe('statements in sentences', () => {
  test('a statement says what it does, on what and to whom', () => {
    expect(statementSentence({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: ['arn:aws:s3:::a', 'arn:aws:s3:::a/*'] })).toBe(
      'Denies s3:* on arn:aws:s3:::a or arn:aws:s3:::a/* to everybody',
    );
  });

  test('what is named by exception is said so', () => {
    expect(
      statementSentence({
        Effect: 'Allow',
        NotPrincipal: { AWS: 'arn:aws:iam::1:root', Service: 's3.amazonaws.com' },
        NotAction: 's3:Get*',
        NotResource: 'x',
      }),
    ).toBe('Allows everything but s3:Get* on everything but x to everybody but arn:aws:iam::1:root or Service s3.amazonaws.com');
  });
});
