// Policies over the keys that AWS sends together, and complete requests as AWS sends them: drawn without asking the enumerator
// what it takes for possible.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.
import fc from 'fast-check';
import type { ContextValues } from '../../src/policy/context.ts';
import type { ConditionBlock, PolicyDocument, Statement } from '../../src/policy/document.ts';
import { account, document } from './support.ts';

const arnOf = (owner: string, vpc: string): string => `arn:aws:ec2:us-east-1:${owner}:vpc/${vpc}`;
const words = ['red', 'Red', 'blue', 'green', ''] as const;

interface Operators {
  readonly key: string;
  readonly operators: readonly string[];
  readonly values: readonly string[];
}

/** Keys with the operators and values that policies use on them. */
const vocabulary: readonly Operators[] = [
  {
    key: 'aws:SourceIp',
    operators: ['IpAddress', 'NotIpAddress', 'IpAddressIfExists', 'NotIpAddressIfExists', 'Null', 'StringEquals'],
    values: ['203.0.113.0/24', '203.0.113.128/25', '203.0.113.7/32', '0.0.0.0/0', '2001:db8::/32', '203.0.113.7'],
  },
  {
    key: 'aws:SourceVpc',
    operators: ['StringEquals', 'StringNotEquals', 'StringNotEqualsIfExists', 'StringLike', 'StringEqualsIgnoreCase', 'Null'],
    values: ['vpc-1', 'vpc-2', 'vpc-*', 'VPC-1', 'other'],
  },
  { key: 'aws:SourceVpce', operators: ['StringEquals', 'StringNotEqualsIfExists', 'Null'], values: ['vpce-1', 'vpce-2'] },
  {
    key: 'aws:SourceVpcArn',
    operators: ['ArnEquals', 'ArnNotLikeIfExists', 'ArnLike', 'Null', 'StringEquals'],
    values: [arnOf(account, 'vpc-1'), arnOf('*', 'vpc-2'), 'arn:aws:ec2:*', arnOf(account, '*'), arnOf('444455556666', 'vpc-3')],
  },
  { key: 'aws:VpcSourceIp', operators: ['IpAddress', 'NotIpAddressIfExists', 'Null'], values: ['10.0.0.0/8', '10.1.0.0/16'] },
  { key: 'aws:ViaAWSService', operators: ['Bool', 'BoolIfExists', 'Null'], values: ['true', 'false'] },
  {
    key: 'aws:PrincipalTag/team',
    operators: ['StringEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase', 'StringNotEqualsIfExists', 'Null'],
    values: ['red', 'blue', 'r*', '*e*', '???'],
  },
  {
    key: 'aws:CurrentTime',
    operators: ['DateLessThan', 'DateGreaterThanEquals'],
    values: ['2030-01-01T00:00:00Z', '2031-01-01T00:00:00Z'],
  },
  { key: 'aws:EpochTime', operators: ['NumericLessThan', 'DateGreaterThan'], values: ['1893456000', '1900000000'] },
  { key: 's3:max-keys', operators: ['NumericLessThanEquals', 'NumericEquals', 'NumericNotEquals', 'Null'], values: ['10', '11', '100'] },
  {
    key: 'aws:PrincipalOrgPaths',
    operators: ['ForAnyValue:StringLike', 'ForAllValues:StringLike', 'ForAnyValue:StringNotLike', 'Null'],
    values: ['o-a/r-1/*', 'o-a/*', 'o-b/*'],
  },
  { key: 'aws:PrincipalOrgID', operators: ['StringEquals', 'StringNotEqualsIfExists', 'Null'], values: ['o-a', 'o-b'] },
  { key: 'aws:CalledVia', operators: ['ForAnyValue:StringEquals', 'Null'], values: ['athena.amazonaws.com', 'x.amazonaws.com'] },
  {
    key: 'corp:word',
    operators: ['StringEquals', 'StringLike', 'ArnLike', 'StringNotEquals', 'Bool'],
    values: ['red', '${aws:PrincipalTag/team}', 'b*', 'true'],
  },
];

const clause = fc
  .constantFrom(...vocabulary)
  .chain(({ key, operators, values }) =>
    fc.tuple(fc.constantFrom(...operators), fc.constant(key), fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 })),
  );

const condition: fc.Arbitrary<ConditionBlock> = fc.array(clause, { maxLength: 4 }).map((clauses) => {
  const block: { [operator: string]: { [key: string]: readonly string[] } } = {};
  for (const [operator, key, values] of clauses) {
    block[operator] = { ...block[operator], [key]: operator === 'Null' ? [values.length === 1 ? 'true' : 'false'] : values };
  }
  return block;
});

const statement: fc.Arbitrary<Statement> = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny', 'Deny'),
  Action: fc.constantFrom('s3:*', 's3:GetObject'),
  Resource: fc.constantFrom(
    '*',
    'arn:aws:s3:::quilt-a/*',
    'arn:aws:s3:::quilt-a/${aws:PrincipalTag/team}*',
    'arn:aws:s3:::quilt-a/home-${aws:PrincipalTag/team}-*',
  ),
  Condition: condition,
});

/** One to three statements. */
export const policy: fc.Arbitrary<PolicyDocument> = fc
  .array(statement, { minLength: 1, maxLength: 3 })
  .map((statements) => document({ Effect: 'Allow', Action: '*', Resource: '*' }, ...statements));

const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one, { nil: null });

const network: fc.Arbitrary<ContextValues> = fc.oneof(
  fc.record({
    'aws:SourceIp': fc.constantFrom('203.0.113.7', '203.0.113.8', '203.0.113.200', '198.51.100.1', '2001:db8::1', '2001:dead::1'),
  }),
  fc
    .tuple(
      fc.constantFrom('vpc-1', 'vpc-2', 'vpc-3', 'vpc-9'),
      fc.constantFrom('vpce-1', 'vpce-2', 'vpce-9'),
      fc.constantFrom(account, '444455556666', '777788889999'),
      fc.constantFrom('10.0.0.1', '10.1.0.1', '192.168.0.1'),
    )
    .map(([vpc, endpoint, owner, ip]) => ({
      'aws:SourceVpc': vpc,
      'aws:SourceVpce': endpoint,
      'aws:SourceVpcArn': arnOf(owner, vpc),
      'aws:VpcSourceIp': ip,
    })),
  fc.constant({}),
);

const via: fc.Arbitrary<ContextValues> = fc.oneof(
  fc.constant({ 'aws:ViaAWSService': 'false' }),
  fc.subarray(['athena.amazonaws.com', 'x.amazonaws.com', 'y.amazonaws.com']).map((services) => ({
    'aws:ViaAWSService': 'true',
    ...(services.length === 0 ? {} : { 'aws:CalledVia': services }),
  })),
);

const time: fc.Arbitrary<ContextValues> = fc
  .constantFrom('2029-06-01T00:00:00Z', '2030-01-01T00:00:00Z', '2030-02-01T00:00:00Z', '2030-03-17T17:46:40Z', '2033-01-01T00:00:00Z')
  .map((iso) => ({ 'aws:CurrentTime': iso, 'aws:EpochTime': String(Date.parse(iso) / 1000) }));

const organization: fc.Arbitrary<ContextValues> = fc.oneof(
  fc.constant({}),
  fc.constantFrom('o-a', 'o-b', 'o-c').chain((id) =>
    fc.subarray([`${id}/r-1/`, `${id}/r-2/`, `${id}/r-1/ou-1/`], { minLength: 1 }).map(
      (paths): ContextValues => ({
        'aws:PrincipalOrgID': id,
        'aws:PrincipalOrgPaths': paths,
      }),
    ),
  ),
);

const rest: fc.Arbitrary<ContextValues> = fc
  .tuple(
    maybe(fc.constantFrom(...words)),
    maybe(fc.constantFrom('9', '10', '10.5', '11', '50', '100', '101')),
    maybe(fc.constantFrom(...words, 'true')),
  )
  .map(([team, keys, word]) => ({
    ...(team === null ? {} : { 'aws:PrincipalTag/team': team }),
    ...(keys === null ? {} : { 's3:max-keys': keys }),
    ...(word === null ? {} : { 'corp:word': word }),
  }));

/** The context of a request, complete. */
export const completeContext: fc.Arbitrary<ContextValues> = fc
  .tuple(network, via, time, organization, rest)
  .map((parts) => Object.assign({}, ...parts) as ContextValues);

export const allKeys: readonly string[] = vocabulary.map(({ key }) => key);
