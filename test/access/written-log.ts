// CloudTrail logs as nobody would write them, but as JSON may be written.
import fc from 'fast-check';

/** JSON as written: members in their order, and more than one of a name. */
type Written = string | number | boolean | null | readonly Written[] | Members;
interface Members {
  readonly members: readonly (readonly [string, Written])[];
}
const object = (members: Members['members']): Members => ({ members });

const awkward = fc.constantFrom('a"b\\c', 'é', '日本', '😀', '\u0000\u001f', '\ud800', '"eventSource":"', '{', ']', '\u2028', '/', '');
const text = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c') }, awkward);
const noText: fc.Arbitrary<Written> = fc.constantFrom(null, 7, -1.5e-7, 1e300, true, object([]), []);
const mostly = (values: readonly string[]): fc.Arbitrary<Written> =>
  fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: text }, { weight: 1, arbitrary: noText });

/** Members in any order, most of them there, some twice, among others that only look alike. */
const shuffled = (members: readonly (readonly [string, fc.Arbitrary<Written>])[]): fc.Arbitrary<Written> => {
  const one = fc.oneof(...members.map(([name, value]) => value.map((of) => [name, of] as const)));
  const all = fc.tuple(...members.map(([name, value]) => fc.option(value, { freq: 6, nil: undefined }).map((of) => [name, of] as const)));
  return fc
    .tuple(
      all,
      fc.array(one, { maxLength: 2 }),
      fc.array(fc.tuple(fc.constantFrom('bucketName', 'x', 'event Name'), strange), { maxLength: 2 }),
    )
    .map(([whole, again, others]) => whole.flatMap(([name, of]) => (of === undefined ? [] : [[name, of] as const])).concat(again, others))
    .chain((list) => fc.shuffledSubarray(list, { minLength: list.length }))
    .map(object);
};
const strange: fc.Arbitrary<Written> = fc.oneof(
  noText,
  text,
  text.map((of) =>
    object([
      ['bucketName', of],
      ['eventSource', 's3.amazonaws.com'],
      ['arn', [of, object([['type', of]])]],
    ]),
  ),
);
const sometimes = (value: fc.Arbitrary<Written>): fc.Arbitrary<Written> =>
  fc.oneof({ weight: 8, arbitrary: value }, { weight: 1, arbitrary: noText });

const keys = ['ASIA1', 'ASIA2', 'ASIA3'];
const accounts = ['111122223333', '444455556666'];
const tag = shuffled([
  ['key', mostly(['team', 'x'])],
  ['value', mostly(['y'])],
]);
const tags = fc.oneof(
  fc.array(tag, { maxLength: 2 }),
  shuffled([
    ['team', mostly(['x'])],
    ['project', text],
  ]),
);
const identity = shuffled([
  ['type', mostly(['AssumedRole', 'AWSAccount', 'IAMUser'])],
  ['principalId', mostly(['AROAX:one', 'AROAX:two', 'AIDAX', ''])],
  ['arn', mostly(['arn:aws:sts::111122223333:assumed-role/r/one'])],
  ['accountId', mostly(accounts)],
  ['accessKeyId', mostly(keys)],
  ['invokedBy', mostly(['athena.amazonaws.com'])],
  [
    'sessionContext',
    sometimes(shuffled([['sessionIssuer', sometimes(shuffled([['arn', mostly(['arn:aws:iam::111122223333:role/r'])]]))]])),
  ],
]);
const record = shuffled([
  ['userIdentity', sometimes(identity)],
  [
    'eventTime',
    mostly([
      '2026-11-20T10:00:00Z',
      '2026-11-20T23:59:59Z',
      '2026-11-21T00:00:00Z',
      '2026-11-20T10:00:00.5Z',
      '2026-11-20T24:61:00Z',
      '2026-02-30T10:00:00Z',
    ]),
  ],
  ['eventSource', mostly(['s3.amazonaws.com', 's3.amazonaws.com', 'sts.amazonaws.com', 'kms.amazonaws.com'])],
  ['eventName', mostly(['GetObject', 'PutObject'])],
  ['awsRegion', mostly(['eu-central-1', 'us-east-1'])],
  ['sourceIPAddress', mostly(['10.0.0.1', 'athena.amazonaws.com'])],
  ['errorCode', mostly(['AccessDenied', 'NoSuchKey'])],
  [
    'requestParameters',
    sometimes(
      shuffled([
        ['bucketName', mostly(['quilt-a', 'quilt-b'])],
        ['tags', tags],
        ['principalTags', tags],
      ]),
    ),
  ],
  ['responseElements', sometimes(shuffled([['credentials', sometimes(shuffled([['accessKeyId', mostly(keys)]]))]]))],
  ['additionalEventData', sometimes(shuffled([['AuthenticationMethod', mostly(['QueryString', 'AuthHeader'])]]))],
  [
    'resources',
    sometimes(
      fc.array(
        shuffled([
          ['type', mostly(['AWS::S3::Bucket', 'AWS::S3::Object'])],
          ['accountId', mostly(accounts)],
        ]),
        { maxLength: 3 },
      ),
    ),
  ],
  ['eventType', mostly(['AwsApiCall', 'AwsApiCall', 'AwsServiceEvent'])],
  ['eventCategory', mostly(['Data', 'Management', 'Insight'])],
  ['recipientAccountId', mostly(accounts)],
  ['sharedEventID', mostly(['s1', 's2', 's3', 's4'])],
  ['vpcEndpointId', mostly(['vpce-1'])],
]);
/** Logs of S3, STS and other records that lack fields, have them twice, in any order, or with values of other types. */
export const log = fc.record({
  records: fc.array(fc.oneof({ weight: 9, arbitrary: record }, { weight: 1, arbitrary: noText }), { maxLength: 6 }),
  before: fc.array(fc.tuple(fc.constantFrom('a', 'records'), strange), { maxLength: 2 }),
  after: fc.array(fc.tuple(fc.constantFrom('b', 'Record'), strange), { maxLength: 2 }),
  marked: fc.boolean(),
});
type Log = typeof log extends fc.Arbitrary<infer T> ? T : never;

/** A number from 0 to below `n`, the same ones for the same seed. */
export const dice = (seed: number) => {
  let state = seed;
  return (n: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % n;
  };
};

const other = [
  'AWS::S3::Bucket',
  'AWS::S3::Object',
  'AROAX:two',
  'QueryString',
  'AccessDenied',
  's3.amazonaws.com',
  's1',
  'a"b',
  '\\',
  '{',
];

/** The same record with other texts and numbers, and now and then with another name, a member less or twice, or another type. */
function varied(value: Written, roll: (n: number) => number): Written {
  if (typeof value === 'string') return roll(3) > 0 ? value : roll(12) > 0 ? (other[roll(other.length)] ?? '') : roll(2) === 0;
  if (typeof value === 'number') return roll(3) > 0 ? value : ([0, 12, -3.5, 1e21, '7', null][roll(6)] ?? null);
  if (typeof value !== 'object' || value === null) return roll(12) > 0 ? value : 5;
  if (!('members' in value)) return value.map((of) => varied(of, roll)).concat(roll(20) === 0 ? value.slice(0, 1) : []);
  const members = value.members.flatMap(([name, of]): [string, Written][] => {
    const one: [string, Written] = [roll(60) > 0 ? name : 'type', varied(of, roll)];
    return roll(60) > 0 ? [one] : roll(2) > 0 ? [] : [one, [name, varied(of, roll)]];
  });
  return object(members);
}

/** A log of many records that are variations of few. */
export const logOfShapes = fc
  .record({ of: fc.array(record, { minLength: 1, maxLength: 3 }), many: fc.integer({ min: 2, max: 40 }), seed: fc.nat() })
  .map(({ of, many, seed }): Log => {
    const roll = dice(seed);
    const records = Array.from({ length: many }, () => varied(of[roll(of.length)] ?? null, roll));
    return { records, before: [], after: [], marked: false };
  });

/** Writes a log as bytes, with white space and escapes as the dice fall; `evenly`: with nearly none, or always the same. */
export function write({ records, before, after, marked }: Log, seed: number, evenly = false): Buffer {
  const roll = dice(seed);
  const even = roll(2) === 0 ? '' : ' ';
  const space = (): string => (evenly && roll(100) > 0 ? even : (['', '', '', '', ' ', '\n', '\t \r'][roll(7)] ?? ''));
  const letter = (sign: string): string => {
    const code = sign.charCodeAt(0);
    const must = code < 0x20 || sign === '"' || sign === '\\' || (code >= 0xd800 && code <= 0xdfff);
    if (must ? roll(2) === 0 && code < 0x80 : roll(12) > 0) return JSON.stringify(sign).slice(1, -1);
    return sign === '/' ? '\\/' : `\\u${code.toString(16).padStart(4, '0')}`;
  };
  const quoted = (value: string): string => {
    return roll(evenly ? 60 : 3) > 0 ? JSON.stringify(value) : `"${value.split('').map(letter).join('')}"`;
  };
  const written = (value: Written): string => {
    if (typeof value === 'string') return quoted(value);
    if (typeof value !== 'object' || value === null) return String(value);
    if ('members' in value)
      return `{${space()}${value.members.map(([name, of]) => `${quoted(name)}${space()}:${space()}${written(of)}`).join(`${space()},${space()}`)}${space()}}`;
    return `[${space()}${value.map(written).join(`${space()},${space()}`)}${space()}]`;
  };
  const root = object([...before, ['Records', records], ...after]);
  return Buffer.from((marked ? '\uFEFF' : '') + space() + written(root) + space());
}
