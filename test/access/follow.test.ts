// Logs as they arrive in a folder: each once, none before it is whole, each call once however many copies there are.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Follower } from '../../src/access/follow.ts';
import { openSources } from '../../src/access/follow-sources.ts';
import type { PerimeterError } from '../../src/errors.ts';
import { startSandbox } from '../support/sandbox.ts';

const account = '444455556666';
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'follow-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const since = Date.parse('2026-06-01T12:00:00Z');
const record = (over: object = {}): object => ({
  eventTime: '2026-06-01T12:05:00Z',
  eventSource: 's3.amazonaws.com',
  eventName: 'GetObject',
  eventType: 'AwsApiCall',
  eventID: 'e1',
  awsRegion: 'us-east-1',
  sourceIPAddress: '198.51.100.10',
  userIdentity: {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${account}:assumed-role/R/s`,
    accountId: account,
    accessKeyId: 'ASIA1',
    sessionContext: { sessionIssuer: { arn: `arn:aws:iam::${account}:role/R` } },
  },
  requestParameters: { bucketName: 'quilt-a', key: 'x\u00e9"y' },
  recipientAccountId: account,
  errorCode: 'AccessDenied',
  errorMessage: 'no "way" \u2013 refused',
  ...over,
});
const packed = (...records: readonly object[]): Buffer => gzipSync(JSON.stringify({ Records: records }));
const put = (name: string, content: Buffer): void => writeFileSync(join(folder, name), content);
const logName = (n: number): string => `${account}_CloudTrail_us-east-1_20260601T1210Z_${String(n).padStart(16, '0')}.json.gz`;

async function following(...sources: readonly string[]): Promise<Follower> {
  const { context } = await startSandbox();
  return new Follower(await openSources(sources.length === 0 ? [folder] : sources, null, context), since);
}
const later = (minutes: number): number => since + minutes * 60_000;

test('a log is read once, and a refused call tells who, what, when and AWS’s words, escapes and all', async () => {
  const follower = await following();
  expect((await follower.look(later(10))).logs).toBe(0);
  put(
    logName(1),
    packed(
      record(),
      record({ eventID: 'e2', errorCode: undefined, errorMessage: undefined }),
      record({ eventID: 'e0', eventTime: '2026-06-01T11:59:59Z' }),
    ),
  );
  const news = await follower.look(later(11));
  expect(news).toMatchObject({ logs: 1, events: 3, errors: [] });
  expect(news.denials).toEqual([
    expect.objectContaining({ id: 'e1', at: '2026-06-01T12:05:00Z', accessKeyId: 'ASIA1', key: 'xé"y', message: 'no "way" – refused' }),
  ]);
  expect(news.denials[0]?.path).toMatchObject({ principalArn: `arn:aws:iam::${account}:role/R`, bucket: 'quilt-a', outcome: 'denied' });
  expect(news.counts.map(({ path, events }) => [path.outcome, events]).sort()).toEqual([
    ['authorized', 1],
    ['denied', 1],
  ]);
  expect(await follower.look(later(12))).toMatchObject({ logs: 0, denials: [], counts: [] });
});

test('a log that is still being written counts once it is whole, and one that stays cut is told once', async () => {
  const follower = await following();
  const whole = packed(record());
  put(logName(1), whole.subarray(0, whole.length - 12));
  put(logName(2), whole.subarray(0, whole.length - 12));
  expect(await follower.look(later(1))).toMatchObject({ logs: 0, denials: [], errors: [] });
  put(logName(1), whole);
  const second = await follower.look(later(2));
  expect(second).toMatchObject({ logs: 1, errors: [] });
  expect(second.denials).toHaveLength(1);
  const told = [await follower.look(later(3)), await follower.look(later(4)), await follower.look(later(5))].flatMap(
    ({ errors }) => errors,
  );
  expect(told).toEqual([{ file: join(folder, logName(2)), reason: expect.stringContaining('ends in the middle') }]);
  put(logName(2), packed(record({ eventID: 'e3' })));
  expect((await follower.look(later(6))).denials.map(({ id }) => id)).toEqual(['e3']);
});

test('a call that two accounts logged, or two trails, is one call; the copy that names the caller comes again', async () => {
  const follower = await following();
  const owner = { userIdentity: { type: 'AWSAccount', principalId: 'AROAX', accountId: account }, recipientAccountId: '111122223333' };
  put(logName(1), packed(record({ ...owner, eventID: 'o1', sharedEventID: 's1' }), record(), record()));
  const first = await follower.look(later(1));
  expect(first.denials.map(({ id, path }) => [id, path.principalArn]).sort()).toEqual([
    ['e1', `arn:aws:iam::${account}:role/R`],
    ['s1', null],
  ]);
  put(logName(2), packed(record({ eventID: 'c1', sharedEventID: 's1' }), record()));
  expect((await follower.look(later(2))).denials.map(({ id, path }) => [id, path.principalArn])).toEqual([
    ['s1', `arn:aws:iam::${account}:role/R`],
  ]);
  put(logName(3), packed(record({ ...owner, eventID: 'o2', sharedEventID: 's1' })));
  expect((await follower.look(later(3))).denials).toEqual([]);
});

test('tags of a session are known from the record of its beginning, before the time asked for', async () => {
  const follower = await following();
  const begun = {
    eventTime: '2026-06-01T09:00:00Z',
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    requestParameters: { tags: [{ key: 'NetworkRestrictedExempt', value: 'x' }] },
    responseElements: { credentials: { accessKeyId: 'ASIA1' } },
  };
  put(logName(1), packed(begun, record()));
  const { denials } = await follower.look(later(1));
  expect(denials.map((call) => follower.tagsOf(call))).toEqual([{ NetworkRestrictedExempt: 'x' }]);
  expect(follower.tagsOf({ accessKeyId: null })).toEqual({});
});

test.each([['athena://primary/logs.trail'], ['gs://bucket']])('%s cannot be followed, and nowhere is no source', async (source) => {
  const errorOf = (named: string): Promise<PerimeterError> =>
    following(named).then(
      () => expect.unreachable(),
      (error: PerimeterError) => error,
    );
  expect(await errorOf(source)).toMatchObject({ code: 'SOURCE', exitCode: 2 });
  expect(await errorOf(join(folder, 'nowhere'))).toMatchObject({ code: 'NO_SUCH_SOURCE', exitCode: 2 });
});
