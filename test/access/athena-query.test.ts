// The query's very text runs on DuckDB over a table of CloudTrail's columns, and finds what reading the same records here finds.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trailQuery } from '../../src/access/athena-query.ts';
import { readRows } from '../../src/access/athena-rows.ts';
import { trailTable } from '../../src/access/athena-table.ts';
import { readTrail } from '../../src/access/open.ts';
import type { TrailReading, TrailWindow } from '../../src/access/types.ts';
import { columnNames, duckDbTrail, openDuckDb, partitionNames } from '../support/duckdb-trail.ts';

const duckdb = await openDuckDb();
const parameters = {
  'projection.enabled': 'true',
  'projection.p_account.type': 'injected',
  'projection.p_region.type': 'enum',
  'projection.p_date.type': 'date',
  'projection.p_date.format': 'yyyy/MM/dd',
};
const named = (names: readonly string[]) => names.map((name) => ({ name, type: 'string' }));
const tableOf = (without: readonly string[] = []) =>
  trailTable('logs', 'trail', {
    columns: named(columnNames.filter((name) => !without.includes(name))),
    partitionKeys: named(partitionNames),
    parameters,
  });

const accounts = ['111122223333', '444455556666'] as const;
const always: TrailWindow = { since: null, before: null };

async function byQuery(records: readonly object[], window: TrailWindow, without: readonly string[] = []) {
  const trail = await duckDbTrail(records, without);
  try {
    return readRows(await trail.query(trailQuery(tableOf(without), { window, regions: null, accounts })), '');
  } finally {
    trail.close();
  }
}

async function here(records: readonly object[], window: TrailWindow): Promise<TrailReading> {
  const dir = mkdtempSync(join(tmpdir(), 'qp-trail-'));
  try {
    writeFileSync(join(dir, 'log.json.gz'), gzipSync(JSON.stringify({ Records: records })));
    const options = { window, workers: 1, signal: new AbortController().signal, progress: () => undefined };
    return await readTrail([dir], options, null);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const compared = ({
  considered,
  from,
  to,
  counts,
  coverage,
}: Pick<TrailReading, 'considered' | 'from' | 'to' | 'counts' | 'coverage'>) => ({
  considered,
  from,
  to,
  counts,
  coverage,
});

async function expectSame(records: readonly object[], window: TrailWindow = always): Promise<void> {
  const [query, local] = await Promise.all([byQuery(records, window), here(records, window)]);
  expect(compared(query)).toEqual(compared(local));
  // What lies outside the window is not looked at by a query, but for sessions.
  const { 'outside the days asked for': _, ...skipped } = local.skipped;
  expect({ ...query.skipped, 'outside the days asked for': 0 }).toEqual({ ...skipped, 'outside the days asked for': 0 });
}

const role = (session: string, account: string = accounts[0]) => ({
  type: 'AssumedRole',
  principalId: `AROAEXAMPLE:${session}`,
  arn: `arn:aws:sts::${account}:assumed-role/reader/${session}`,
  accountId: account,
  accessKeyId: `ASIA${session}`,
  sessionContext: {
    sessionIssuer: { type: 'Role', principalId: 'AROAEXAMPLE', arn: `arn:aws:iam::${account}:role/team/reader`, accountId: account },
  },
});

const call = (over: object = {}): object => ({
  eventVersion: '1.11',
  userIdentity: role('one'),
  eventTime: '2026-11-20T10:00:00Z',
  eventSource: 's3.amazonaws.com',
  eventName: 'GetObject',
  awsRegion: 'us-east-1',
  sourceIPAddress: '198.51.100.7',
  requestParameters: { bucketName: 'quilt-raw', key: 'a/"bucketName":"b"', Host: 'quilt-raw.s3.amazonaws.com' },
  responseElements: null,
  additionalEventData: { SignatureVersion: 'SigV4', AuthenticationMethod: 'AuthHeader' },
  resources: [
    { type: 'AWS::S3::Object', ARN: 'arn:aws:s3:::quilt-raw/a' },
    { accountId: accounts[1], type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::quilt-raw' },
  ],
  eventType: 'AwsApiCall',
  recipientAccountId: accounts[0],
  eventCategory: 'Data',
  ...over,
});

const assumed = (session: string, asked: object, over: object = {}): object => ({
  eventTime: '2026-11-20T08:00:00Z',
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRole',
  awsRegion: 'us-east-1',
  userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${accounts[0]}:user/u`, accountId: accounts[0] },
  requestParameters: { roleArn: `arn:aws:iam::${accounts[0]}:role/team/reader`, roleSessionName: session, ...asked },
  responseElements: { credentials: { accessKeyId: `ASIA${session}`, expiration: 'later' } },
  recipientAccountId: accounts[0],
  eventType: 'AwsApiCall',
  ...over,
});

const maybe = duckdb === null ? describe.skip : describe;
if (duckdb === null) console.warn('DuckDB is not there for this machine: the query is not run');

maybe('the query finds what local reading finds', () => {
  test('in one call, member by member', async () => {
    const { counts } = await byQuery([call({ vpcEndpointId: 'vpce-1', vpcEndpointAccountId: accounts[1] })], always);
    expect(counts).toEqual([
      {
        path: {
          identityType: 'AssumedRole',
          principalArn: `arn:aws:iam::${accounts[0]}:role/team/reader`,
          principalId: 'AROAEXAMPLE',
          accountId: accounts[0],
          invokedBy: null,
          sourceIpAddress: '198.51.100.7',
          vpcEndpointId: 'vpce-1',
          vpcEndpointAccountId: accounts[1],
          awsRegion: 'us-east-1',
          bucket: 'quilt-raw',
          bucketAccountId: accounts[1],
          recipientAccountId: accounts[0],
          eventName: 'GetObject',
          outcome: 'authorized',
          presigned: false,
        },
        events: 1,
        firstSeen: '2026-11-20T10:00:00Z',
        lastSeen: '2026-11-20T10:00:00Z',
        days: [{ day: '2026-11-20', events: 1 }],
        sessionTags: {},
      },
    ]);
  });

  test('in no records at all', () => expectSame([]));

  test.each<[string, object[]]>([
    ['refused calls and calls that failed otherwise', [call({ errorCode: 'AccessDenied' }), call({ errorCode: 'NoSuchKey' }), call()]],
    ['presigned calls', [call({ additionalEventData: { AuthenticationMethod: 'QueryString' } }), call({ additionalEventData: null })]],
    ['anonymous calls', [call({ userIdentity: { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' } })]],
    ['a service principal', [call({ userIdentity: { type: 'AWSService', invokedBy: 'logging.s3.amazonaws.com' } })]],
    [
      'a federated user',
      [call({ userIdentity: { type: 'FederatedUser', principalId: '1:name', arn: 'arn:aws:sts::1:federated-user/name' } })],
    ],
    ['a session whose id is no role’s', [call({ userIdentity: { ...role('one'), principalId: 'AIDAOTHER:one' } })]],
    ['a role of another account', [call({ userIdentity: { type: 'AWSAccount', principalId: 'AROAEXAMPLE:one', accountId: accounts[0] } })]],
    [
      'buckets with strange names',
      [
        call({ requestParameters: { bucketName: 'a"\\b\u00e9', x: 1 } }),
        call({ requestParameters: null }),
        call({ requestParameters: { bucketName: 7 } }),
      ],
    ],
    [
      'resources that are absent, empty or of other types',
      [call({ resources: null }), call({ resources: [] }), call({ resources: [{ type: 'AWS::S3::AccessPoint', accountId: '9' }] })],
    ],
    [
      'what is no call',
      [
        call({ eventType: 'AwsServiceEvent' }),
        call({ eventType: 'AwsVpceEvents' }),
        call({ eventCategory: 'Insight' }),
        call({ eventSource: 'ec2.amazonaws.com' }),
        call({ eventTime: null }),
      ],
    ],
    ['an IPv6 address', [call({ sourceIPAddress: '2001:db8::1' }), call({ sourceIPAddress: null })]],
  ])('for %s', async (_, records) => expectSame(records));

  test('of two copies the one that names the role, and of equal ones one', async () => {
    const foreign = { type: 'AWSAccount', principalId: 'AROAEXAMPLE:one', accountId: accounts[0] };
    const copies = [
      call({ sharedEventID: 's1', userIdentity: foreign, recipientAccountId: accounts[1] }),
      call({ sharedEventID: 's1' }),
      call({ sharedEventID: 's2' }),
      call({ sharedEventID: 's2', eventTime: '2026-11-20T11:00:00Z' }),
      call({ sharedEventID: 's2', eventTime: '2026-11-21T11:00:00Z' }),
      call({ sharedEventID: 's3', userIdentity: foreign, recipientAccountId: accounts[1] }),
      call({ sharedEventID: 's3', userIdentity: foreign, recipientAccountId: accounts[0] }),
      call({ eventTime: '2026-11-19T11:00:00Z' }),
    ];
    await expectSame(copies);
    expect((await byQuery(copies, always)).skipped).toEqual({ 'second copy': 4 });
  });

  test('of sessions the tags that they brought', async () => {
    await expectSame([
      assumed('one', { tags: [{ key: 'team', value: 'x' }, { key: 'Empty' }] }),
      assumed('two', {
        tags: [{ key: 'team', value: 'y' }],
        principalTags: { team: 'z', unit: 'u' },
        incomingTransitiveTags: { who: 'a' },
      }),
      assumed('three', {}),
      assumed('four', { tags: [{ key: 'team', value: 'x' }] }, { responseElements: null, errorCode: 'AccessDenied' }),
      ...['one', 'two', 'three', 'four', 'five'].map((session) => call({ userIdentity: role(session) })),
      call({ userIdentity: { ...role('one'), accessKeyId: null } }),
    ]);
  });

  test('in a window to the second, with tags of sessions that began before it', async () => {
    const times = ['09:59:59', '10:00:00', '10:00:01', '10:59:59', '11:00:00'].map((time) => `2026-11-20T${time}Z`);
    const records = [assumed('one', { tags: [{ key: 'team', value: 'x' }] }), ...times.map((eventTime) => call({ eventTime }))];
    for (const [since, before] of [
      ['2026-11-20T10:00:00Z', '2026-11-20T11:00:00Z'],
      ['2026-11-20T10:00:00.500Z', '2026-11-20T10:59:59.001Z'],
    ] as const) {
      await expectSame(records, { since: Date.parse(since), before: Date.parse(before) });
    }
  });

  test.each<[string, readonly string[], Record<string, string>]>([
    ['one timestamp', ['timestamp'], { 'projection.timestamp.type': 'date', 'projection.timestamp.format': 'yyyy/MM/dd' }],
    ['year, month and day', ['p_account', 'p_region', 'year', 'month', 'day'], {}],
    ['none', [], {}],
  ])('whatever the partitions are: %s', async (_, names, projection) => {
    const times = ['2026-05-31T23:59:59Z', '2026-06-01T00:00:00Z', '2026-06-02T12:00:00Z', '2026-06-03T00:00:00Z'];
    const records = times.map((eventTime) => call({ eventTime }));
    const table = trailTable('logs', 'trail', { columns: named(columnNames), partitionKeys: named(names), parameters: projection });
    const trail = await duckDbTrail(records);
    const window = { since: Date.parse('2026-06-01T00:00:00Z'), before: Date.parse('2026-06-03T00:00:00Z') };
    const { counts } = readRows(await trail.query(trailQuery(table, { window, regions: ['us-east-1'], accounts })), '');
    trail.close();
    expect(counts).toMatchObject([{ events: 2, firstSeen: '2026-06-01T00:00:00Z', lastSeen: '2026-06-02T12:00:00Z' }]);
  });

  test('of a table without the newer columns, as far as it can', async () => {
    const without = ['vpcendpointaccountid', 'eventcategory', 'sharedeventid', 'additionaleventdata', 'resources'];
    const { counts } = await byQuery([call({ vpcEndpointAccountId: accounts[1] })], always, without);
    expect(counts).toMatchObject([{ events: 1, path: { vpcEndpointAccountId: null, bucketAccountId: null, presigned: false } }]);
  });

  test('in whatever a trail may hold', async () => {
    const pick = <T>(...values: T[]) => fc.constantFrom(...values);
    const identity = fc.oneof(
      fc.tuple(pick('one', 'two', 'three'), pick(...accounts)).map(([session, account]) => role(session, account)),
      pick({ type: 'AWSAccount', principalId: 'AROAEXAMPLE:one', accountId: accounts[0] }, { type: 'AWSService', invokedBy: 'x' }, {}),
    );
    const one = fc
      .record({
        userIdentity: identity,
        eventTime: pick('2026-11-19T23:59:59Z', '2026-11-20T00:00:00Z', '2026-11-20T12:30:00Z', '2026-11-21T01:00:00Z'),
        eventSource: pick('s3.amazonaws.com', 's3.amazonaws.com', 's3.amazonaws.com', 'ec2.amazonaws.com'),
        eventName: pick('GetObject', 'PutObject'),
        eventType: pick('AwsApiCall', 'AwsApiCall', 'AwsServiceEvent'),
        sourceIPAddress: pick('198.51.100.7', '10.0.0.1', null),
        errorCode: pick(null, null, 'AccessDenied', 'NoSuchKey'),
        recipientAccountId: pick(...accounts),
        sharedEventID: pick(null, null, 'a', 'b', 'c'),
        vpcEndpointId: pick(null, 'vpce-1'),
      })
      .map(call);
    const sts = fc
      .tuple(pick('one', 'two'), pick({}, { tags: [{ key: 'team', value: 'x' }] }))
      .map(([session, asked]) => assumed(session, asked));
    // Of one session there is one STS record, or copies of it.
    const trail = fc.tuple(
      fc.array(one, { maxLength: 40 }),
      fc.uniqueArray(sts, { maxLength: 2, selector: (record) => JSON.stringify(Reflect.get(record, 'responseElements')) }),
    );
    const window = pick<TrailWindow>(always, { since: Date.parse('2026-11-20T00:00:00Z'), before: Date.parse('2026-11-21T00:00:00Z') });
    await fc.assert(
      fc.asyncProperty(trail, window, ([calls, sessions], asked) => expectSame([...calls, ...sessions], asked)),
      { numRuns: 40 },
    );
  });
});
