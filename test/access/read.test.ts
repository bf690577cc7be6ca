import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readTrail } from '../../src/access/open.ts';
import type { ReadOptions, TrailReading } from '../../src/access/types.ts';

type Content = Record<string, string | Buffer | readonly object[]>;

/** A folder with these files; a list of records becomes a log. */
function folder(files: Content): string {
  const dir = mkdtempSync(join(tmpdir(), 'quilt-perimeter-trail-'));
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, name);
    mkdirSync(dirname(path), { recursive: true });
    const plain = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify({ Records: content });
    writeFileSync(path, name.endsWith('.gz') && !Buffer.isBuffer(plain) ? gzipSync(plain) : plain);
  }
  return dir;
}

const options: ReadOptions = {
  window: { since: null, before: null },
  workers: 2,
  signal: new AbortController().signal,
  progress: () => {},
};
const read = (files: Content, over: Partial<ReadOptions> = {}): Promise<TrailReading> =>
  readTrail([folder(files)], { ...options, ...over }, null);

const caller = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:session-1',
  arn: 'arn:aws:sts::111122223333:assumed-role/reader/session-1',
  accountId: '111122223333',
  accessKeyId: 'ASIAEXAMPLE1',
  sessionContext: { sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/team/reader', accountId: '111122223333' } },
};

/** A record of GetObject by a role through an endpoint, with `over` put over it. */
const event = (over: object = {}): object => ({
  eventVersion: '1.11',
  userIdentity: caller,
  eventTime: '2026-11-20T10:00:00Z',
  eventSource: 's3.amazonaws.com',
  eventName: 'GetObject',
  awsRegion: 'eu-central-1',
  sourceIPAddress: '10.0.3.17',
  requestParameters: { bucketName: 'quilt-raw', key: 'a/b', Host: 'quilt-raw.s3.eu-central-1.amazonaws.com' },
  responseElements: null,
  additionalEventData: { SignatureVersion: 'SigV4', AuthenticationMethod: 'AuthHeader' },
  resources: [
    { type: 'AWS::S3::Object', ARN: 'arn:aws:s3:::quilt-raw/a/b' },
    { accountId: '444455556666', type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::quilt-raw' },
  ],
  eventType: 'AwsApiCall',
  recipientAccountId: '111122223333',
  vpcEndpointId: 'vpce-0a1b',
  vpcEndpointAccountId: '444455556666',
  eventCategory: 'Data',
  ...over,
});

describe('a reading of files', () => {
  test('groups calls that are alike into one path, with how often and when', async () => {
    const later = event({ eventTime: '2026-11-20T12:00:00Z', requestParameters: { bucketName: 'quilt-raw', key: 'other' } });
    const { counts, considered, events, from, to } = await read({ 'a.json.gz': [later], 'b/c.json': [event()] });
    expect({ considered, events, from, to }).toEqual({
      considered: 2,
      events: 2,
      from: '2026-11-20T10:00:00Z',
      to: '2026-11-20T12:00:00Z',
    });
    expect(counts).toEqual([
      {
        path: {
          identityType: 'AssumedRole',
          principalArn: 'arn:aws:iam::111122223333:role/team/reader',
          principalId: 'AROAEXAMPLE',
          accountId: '111122223333',
          invokedBy: null,
          sourceIpAddress: '10.0.3.17',
          vpcEndpointId: 'vpce-0a1b',
          vpcEndpointAccountId: '444455556666',
          awsRegion: 'eu-central-1',
          bucket: 'quilt-raw',
          bucketAccountId: '444455556666',
          recipientAccountId: '111122223333',
          eventName: 'GetObject',
          outcome: 'authorized',
          presigned: false,
        },
        events: 2,
        firstSeen: '2026-11-20T10:00:00Z',
        lastSeen: '2026-11-20T12:00:00Z',
        days: [{ day: '2026-11-20', events: 2 }],
        sessionTags: {},
      },
    ]);
  });

  test.each([
    ['AccessDenied', 'denied'],
    ['AllAccessDisabled', 'denied'],
    ['NoSuchKey', 'authorized'],
    ['NotModified', 'authorized'],
    [null, 'authorized'],
  ])('a call that S3 answered with %s was %s', async (errorCode, outcome) => {
    const { counts } = await read({ 'a.json': [event({ errorCode })] });
    expect(counts.map(({ path }) => path.outcome)).toEqual([outcome]);
  });

  test('tells presigned requests, anonymous callers and calls on a bucket without a key', async () => {
    const { counts } = await read({
      'a.json': [
        event({ additionalEventData: { AuthenticationMethod: 'QueryString' }, eventTime: '2026-11-20T10:00:01Z' }),
        event({ userIdentity: { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' } }),
        event({ eventName: 'GetBucketPolicy', eventCategory: 'Management', requestParameters: null }),
      ],
    });
    expect(counts.map(({ path }) => [path.presigned, path.accountId, path.principalId, path.eventName, path.bucket]).sort()).toEqual([
      [false, '111122223333', 'AROAEXAMPLE', 'GetBucketPolicy', null],
      [false, 'ANONYMOUS_PRINCIPAL', '', 'GetObject', 'quilt-raw'],
      [true, '111122223333', 'AROAEXAMPLE', 'GetObject', 'quilt-raw'],
    ]);
  });

  test('passes over what is no call to S3, and counts it by reason', async () => {
    const { considered, skipped } = await read({
      'a.json': [
        event({ eventSource: 'kms.amazonaws.com' }),
        event({ eventType: 'AwsServiceEvent' }),
        event({ eventType: 'AwsVpceEvents', eventCategory: 'NetworkActivity' }),
        event({ eventType: 'AwsCloudTrailInsight', eventCategory: 'Insight' }),
        event({ eventTime: 'soon' }),
        event(),
      ],
    });
    expect({ considered, skipped }).toEqual({
      considered: 1,
      skipped: { 'another service': 1, 'service event': 1, 'network activity': 1, insight: 1, 'no event': 1 },
    });
  });

  test('passes over digests, insights and files of other kinds by their names', async () => {
    const { files, skipped, errors } = await read({
      'AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/2026/11/20/x.json.gz': '{}',
      'AWSLogs/111122223333/CloudTrail-Insight/eu-central-1/2026/11/20/x.json.gz': '{}',
      'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/20/x.json.gz': [event()],
      'notes.txt': 'x',
    });
    expect({ files, skipped, errors }).toEqual({ files: 1, skipped: { digest: 1, insight: 1, 'another kind of file': 1 }, errors: [] });
  });

  test('counts only what happened in the time asked for, and opens no file of other days', async () => {
    const window = { since: Date.parse('2026-11-20T10:00:00Z'), before: Date.parse('2026-11-20T11:00:00Z') };
    const folderOf = (date: string): string => `AWSLogs/111122223333/CloudTrail/eu-central-1/${date}/x.json.gz`;
    const { counts, skipped } = await read(
      {
        'a.json': [event(), event({ eventTime: '2026-11-20T11:00:00Z' }), event({ eventTime: '2026-11-20T09:59:59Z' })],
        [folderOf('2026/11/19')]: 'not opened',
        [folderOf('2026/11/21')]: [event({ eventName: 'LateOne' })],
        [folderOf('2026/11/22')]: 'not opened',
      },
      { window },
    );
    expect(counts.map(({ path, events }) => [path.eventName, events])).toEqual([
      ['GetObject', 1],
      ['LateOne', 1],
    ]);
    expect(skipped).toEqual({ 'outside the days asked for': 4 });
  });

  test('counts a call once that two accounts logged, by the copy that names the role', async () => {
    const owner = event({
      sharedEventID: 'shared-1',
      userIdentity: { type: 'AWSAccount', principalId: 'AROAEXAMPLE:session-1', accountId: '111122223333' },
      recipientAccountId: '444455556666',
    });
    const own = event({ sharedEventID: 'shared-1' });
    for (const order of [{ 'a.json': [owner], 'b.json': [own] }, { 'a.json': [own, owner] }]) {
      const { counts, skipped, considered } = await read(order);
      expect({ skipped, considered }).toEqual({ skipped: { 'second copy': 1 }, considered: 1 });
      expect(counts.map(({ path }) => path.principalArn)).toEqual(['arn:aws:iam::111122223333:role/team/reader']);
    }
    const alone = await read({ 'a.json': [owner] });
    expect(alone.counts.map(({ path, events }) => [path.identityType, path.principalArn, path.principalId, events])).toEqual([
      ['AWSAccount', null, 'AROAEXAMPLE', 1],
    ]);
  });

  test('tells the tags that a session brought, whichever is read first', async () => {
    const sts = (accessKeyId: string, requestParameters: object): object =>
      event({
        eventSource: 'sts.amazonaws.com',
        eventName: 'AssumeRole',
        requestParameters,
        responseElements: { credentials: { accessKeyId } },
      });
    const by = (accessKeyId: string): object => event({ userIdentity: { ...caller, accessKeyId } });
    const { counts } = await read({
      'a.json': [by('ASIA1'), by('ASIA1'), by('ASIA2'), by('ASIA3'), by('ASIA4')],
      'b.json': [
        sts('ASIA1', { tags: [{ key: 'team', value: 'x' }], incomingTransitiveTags: { project: 'y' } }),
        sts('ASIA2', { principalTags: { project: 'y', team: 'x' } }),
        sts('ASIA3', { roleArn: 'arn:aws:iam::111122223333:role/reader' }),
      ],
    });
    expect(counts.map(({ events, sessionTags }) => [events, sessionTags])).toEqual([
      [3, { project: 'y', team: 'x' }],
      [2, {}],
    ]);
  });

  test('says which account, Region and day had any record', async () => {
    const { coverage } = await read({
      'a.json': [
        event(),
        event({ eventTime: '2026-11-18T23:59:59Z', eventSource: 'kms.amazonaws.com' }),
        event({ awsRegion: 'us-east-1', recipientAccountId: '444455556666' }),
      ],
    });
    expect(coverage).toEqual([
      { accountId: '111122223333', region: 'eu-central-1', days: ['2026-11-18', '2026-11-20'] },
      { accountId: '444455556666', region: 'us-east-1', days: ['2026-11-20'] },
    ]);
  });

  test('names what cannot be read to its end, keeps what came before, and goes on', async () => {
    const packed = gzipSync(JSON.stringify({ Records: Array.from({ length: 3000 }, (_, n) => event({ requestID: `${n * 7919}` })) }));
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, damaged.length - 3000, damaged.length - 2900);
    const { errors, considered, events, files } = await read({
      'a.json': '',
      'b.json': '{"Records": [',
      'c.json': '{"hello": "world"}',
      'd.json.gz': Buffer.from('not packed'),
      'e.json': [event()],
      'f.json.gz': packed.subarray(0, packed.length - 3000),
      'g.json.gz': damaged,
      'h.json.gz': Buffer.alloc(0),
      'i.json.gz': Buffer.concat([gzipSync('{"Records":['), gzipSync('{}]}')]),
    });
    expect(errors.map(({ file, reason }) => [basename(file), reason])).toEqual([
      ['a.json', 'it is empty'],
      ['b.json', 'it ends in the middle'],
      ['c.json', 'it is no CloudTrail log: it has no Records'],
      ['d.json.gz', 'it is no JSON'],
      ['f.json.gz', 'its packing ends in the middle'],
      ['g.json.gz', 'its packing is damaged'],
      ['h.json.gz', 'it is empty'],
    ]);
    expect(files).toBe(9);
    expect(considered).toBeGreaterThan(3000);
    expect(events).toBe(considered + 1);
  });

  test('reads packed logs of any size, and one with something behind its packing', async () => {
    const padded = Array.from({ length: 66 }, () => event({ requestID: 'x'.repeat(1024 * 1024) }));
    const random = Buffer.from(Array.from({ length: 9 * 1024 * 1024 }, (_, n) => 97 + (Math.imul(n, 2654435761) >>> 28)));
    const { errors, considered } = await read({
      'unpacked-large.json.gz': padded,
      'stored-large.json.gz': gzipSync(`{"Records":[${JSON.stringify(event({ requestID: random.toString() }))}]}`, { level: 0 }),
      'zeros-behind.json.gz': Buffer.concat([gzipSync(JSON.stringify({ Records: [event()] })), Buffer.alloc(100)]),
      'text-behind.json.gz': Buffer.concat([gzipSync(JSON.stringify({ Records: [event()] })), Buffer.from('behind')]),
    });
    expect(errors).toEqual([{ file: expect.stringMatching('text-behind'), reason: 'its packing is damaged' }]);
    expect(considered).toBe(68);
  });

  test('reads a file once that is reached twice, and ends in spite of a loop of links', async () => {
    const dir = folder({ 'a.json': [event()], 'deep/b.json': [event()] });
    symlinkSync(dir, join(dir, 'deep/up'));
    const { files, considered, skipped } = await readTrail([dir, join(dir, 'a.json')], options, null);
    expect({ files, considered, skipped }).toEqual({ files: 2, considered: 2, skipped: { 'the same log file again': 1 } });
  });

  test('has a hash of what was read, whatever the order and the place', async () => {
    const logs: [string, Content[string]][] = [
      ['a.json', [event()]],
      ['b.json', [event(), event()]],
    ];
    const [one, two, other] = await Promise.all([
      read(Object.fromEntries(logs)),
      read(Object.fromEntries(logs.toReversed())),
      read({ 'a.json': [event()] }),
    ]);
    expect(one.source).toEqual({ kind: 'files', hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(two.source.hash).toBe(one.source.hash);
    expect(other.source.hash).not.toBe(one.source.hash);
  });

  test('tells its progress, and ends with the reason of the signal', async () => {
    const seen: number[] = [];
    await read({ 'a.json': [event()], 'b.json': [event(), event()] }, { progress: ({ events }) => seen.push(events), workers: 1 });
    expect(seen).toEqual([2, 3]);
    const stop = new AbortController();
    const reading = read(
      { 'a.json': [event()], 'b.json': [event()] },
      { progress: () => stop.abort(new Error('enough')), signal: stop.signal },
    );
    await expect(reading).rejects.toThrow('enough');
    await expect(read({ 'a.json': [event()] }, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });

  test('a source that does not exist is bad input', async () => {
    await expect(readTrail(['/no/such/trail'], options, null)).rejects.toMatchObject({ kind: 'input', code: 'NO_SUCH_SOURCE' });
    await expect(readTrail(['gopher://x'], options, null)).rejects.toMatchObject({ kind: 'input' });
  });
});
