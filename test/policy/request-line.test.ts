import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AccessRequest, evaluate } from '../../src/policy/evaluate.ts';
import { requestReader } from '../../src/policy/request-line.ts';

const statement = fc.record(
  {
    Sid: fc.constantFrom('A', 'policies', '"policies":{}'),
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    Action: fc.constantFrom('s3:*', 's3:GetObject', ['s3:PutObject', 's3:Get*']),
    Resource: fc.constantFrom('*', 'arn:aws:s3:::quilt-a/*'),
    Condition: fc.constantFrom({ StringEquals: { 'aws:SourceVpc': 'vpc-1' } }, { Bool: { 'aws:SecureTransport': 'false' } }),
  },
  { requiredKeys: ['Effect', 'Action', 'Resource'] },
);
const document = fc.record({ Version: fc.constant('2012-10-17'), Statement: fc.array(statement, { maxLength: 3 }) });
const policies = fc.record(
  {
    identity: fc.array(document, { maxLength: 2 }),
    boundary: fc.array(document, { maxLength: 1 }),
    session: document,
    resource: document,
    endpoint: document,
    scp: fc.array(fc.array(document, { maxLength: 2 }), { maxLength: 2 }),
    rcp: fc.array(fc.array(document, { maxLength: 2 }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const request: fc.Arbitrary<AccessRequest> = fc.record(
  {
    principal: fc.constantFrom('anonymous', 'root:111122223333', 'service:a.amazonaws.com', 'arn:aws:sts::111122223333:assumed-role/r/s'),
    role: fc.constant('arn:aws:iam::111122223333:role/path/r'),
    action: fc.constantFrom('s3:GetObject', 's3:PutObject'),
    resource: fc.constantFrom('arn:aws:s3:::quilt-a/k', 'arn:aws:s3:::quilt-a/"policies":{}'),
    resourceAccount: fc.constantFrom('111122223333', '444455556666'),
    context: fc.dictionary(
      fc.constantFrom('aws:SourceVpc', 'policies', '"policies":0', 'aws:SecureTransport', 'x\\'),
      fc.oneof(fc.string(), fc.boolean(), fc.array(fc.integer())),
    ),
    unknown: fc.subarray(['aws:SourceVpc', 'aws:PrincipalTag/*']),
    policies,
  },
  { requiredKeys: ['principal', 'action', 'resource', 'context', 'policies'] },
);

/** The same object, its members in another order and with white space. */
const written = fc.tuple(fc.infiniteStream(fc.nat()), fc.constantFrom(0, 2)).map(([picks, indent]) => (value: AccessRequest) => {
  const members = Object.entries(value);
  const order = members.map((member) => ({ member, at: picks.next().value ?? 0 })).sort((a, b) => a.at - b.at);
  return JSON.stringify(Object.fromEntries(order.map(({ member }) => member)), null, indent).replaceAll('\n', ' ');
});

test('whatever came before and however it is written, a line is read as the request that it is', () => {
  fc.assert(
    fc.property(
      fc.array(request, { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(fc.nat(), written), { maxLength: 8 }),
      (some, asked) => {
        const read = requestReader(2);
        for (const [pick, write] of [...asked, ...asked]) {
          const chosen = some[pick % some.length];
          if (chosen === undefined) throw new Error('no request');
          const line = read(write(chosen));
          if (typeof line === 'string' || !line.hasPolicies) throw new Error(`not read: ${String(line)}`);
          expect(evaluate(line.request)).toEqual(evaluate(chosen));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('the same policies are one object on every line, whichever member comes last', () => {
  const read = requestReader();
  const of = (text: string) => {
    const line = read(text);
    return typeof line === 'string' ? line : line.request.policies;
  };
  const given = '{"identity":[{"Statement":[]}]}';
  const last = (key: string) => `{"principal":"anonymous","action":"a","resource":"${key}","policies":${given}}`;
  const first = (key: string) => `{"policies": ${given},"principal":"anonymous","action":"a","resource":"${key}"}`;
  expect(of(last('a'))).toMatchObject({ identity: [{ Statement: [] }] });
  expect(of(last('b'))).toBe(of(last('c')));
  expect(of(first('b'))).toBe(of(last('c')));
  expect(of(`${last('d')}  \r`)).toBe(of(last('e')));
});

const base = '"principal":"anonymous","action":"s3:GetObject","resource":"arn:aws:s3:::b/k"';

test.each([
  ['', 'it is not JSON'],
  ['{', 'it is not JSON'],
  ['[]', 'it is not a JSON object'],
  ['null', 'it is not a JSON object'],
  ['{"action":"a","resource":"r"}', 'its principal is missing'],
  ['{"principal":"anonymous","resource":"r"}', 'its action is missing'],
  ['{"principal":"anonymous","action":"a","resource":1}', 'its resource is missing or not a text'],
  [`{${base},"role":1}`, 'its role is not a text'],
  [`{${base},"unkown":[]}`, 'an unknown member unkown'],
  [`{${base},"context":[]}`, 'its context is not'],
  [`{${base},"context":{"a":null}}`, 'its context is not'],
  [`{${base},"context":{"a":[{}]}}`, 'its context is not'],
  [`{${base},"unknown":"a"}`, 'its unknown is not'],
  [`{${base},"policies":[]}`, 'its policies are not an object'],
  [`{${base},"policies":{"scps":[]}}`, 'an unknown type scps'],
  [`{${base},"policies":{"identity":{}}}`, 'its policies.identity is not a list'],
  [`{${base},"policies":{"scp":[{"Statement":[]}]}}`, 'its policies.scp is not a list'],
  [`{${base},"policies":{"resource":{"Statement":[{}]}}}`, 'its policies.resource is no policy'],
  [`{${base},"policies":{}},"policies":{}}`, 'it is not JSON'],
  [`{${base},"policies":{bad}}`, 'it is not JSON'],
  [`{${base},"policies":{"identity":[]}`, 'it is not JSON'],
  [`{${base},"policies":{},"policies":[]}`, 'its policies are not an object'],
])('%s is not a request, and it is said why', (text, problem) => {
  const read = requestReader();
  expect(read(`{${base},"policies":{}}`)).toMatchObject({ hasPolicies: true });
  expect(read(text)).toContain(problem);
  expect(read(text)).toContain(problem);
});

test('policies that are not given, or null, are left to the perimeter of the folder', () => {
  const read = requestReader();
  expect(read(`{${base}}`)).toMatchObject({ hasPolicies: false });
  expect(read(`{${base},"policies":null,"role":null}`)).toMatchObject({ hasPolicies: false });
});
