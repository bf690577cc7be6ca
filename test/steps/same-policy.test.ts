// Which differences between two policies are none: AWS may show a policy in another form than it was sent in.
import { describe, expect, test } from 'vitest';
import { samePolicy } from '../../src/steps/same-policy.ts';

const policy = (over: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam::111122223333:root', 'arn:aws:iam::444455556666:root'] },
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: 'arn:aws:s3:::b/*',
        Condition: { Bool: { 'aws:SecureTransport': true } },
        ...over,
      },
    ],
  });

describe('two policies are the same where', () => {
  test.each([
    ['principals stand in another order', { Principal: { AWS: ['arn:aws:iam::444455556666:root', 'arn:aws:iam::111122223333:root'] } }],
    ['actions stand in another order', { Action: ['s3:ListBucket', 's3:GetObject'] }],
    ['one text stands in a list', { Resource: ['arn:aws:s3:::b/*'] }],
    ['true is a text', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }],
  ])('%s', (_, over) => {
    expect(samePolicy(policy(), policy(over))).toBe(true);
  });
});

describe('two policies differ where', () => {
  test.each([
    ['a principal is missing', { Principal: { AWS: ['arn:aws:iam::111122223333:root'] } }],
    ['an action is another', { Action: ['s3:GetObject', 's3:PutObject'] }],
    ['a condition is the opposite', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
  ])('%s', (_, over) => {
    expect(samePolicy(policy(), policy(over))).toBe(false);
  });
  test('statements stand in another order', () => {
    const [one, other] = [
      { Effect: 'Deny', Action: 's3:*' },
      { Effect: 'Allow', Action: 's3:*' },
    ];
    const of = (...Statement: object[]) => JSON.stringify({ Statement });
    expect(samePolicy(of(one, other), of(other, one))).toBe(false);
  });
});
