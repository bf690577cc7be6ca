// A trail in S3: which keys are listed, how what breaks off is gone on with, and that it reads as a folder on the disk reads.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { HttpResponse } from '@smithy/core/protocols';
import { describe, expect, test } from 'vitest';
import { readTrail } from '../../src/access/open.ts';
import type { Remote } from '../../src/access/remote.ts';
import type { ReadOptions, TrailReading } from '../../src/access/types.ts';
import type { Aws } from '../../src/aws/context.ts';
import { requestFault } from '../../src/sandbox/faults.ts';
import { newBucket, newObject } from '../../src/sandbox/s3/state.ts';
import type { World } from '../../src/sandbox/world.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';

const owner = '444455556666';
const other = '111122223333';
type Files = { readonly [key: string]: string | Uint8Array };

const event = (at: string, of: object = {}): object => ({
  eventTime: at,
  eventSource: 's3.amazonaws.com',
  eventName: 'GetObject',
  awsRegion: 'us-east-1',
  recipientAccountId: owner,
  userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${owner}:user/u`, principalId: 'AIDA', accountId: owner },
  requestParameters: { bucketName: 'quilt-raw' },
  ...of,
});
const log = (...events: object[]): Uint8Array => gzipSync(JSON.stringify({ Records: events }));

let serial = 0;
const keyOf = (account: string, region: string, day: string): string => {
  const id = (serial++).toString(36).toUpperCase().padStart(16, '0');
  const under = `AWSLogs/${account}/CloudTrail/${region}/${day}/`;
  return `${under}${account}_CloudTrail_${region}_${day.replaceAll('/', '')}T0005Z_${id}.json.gz`;
};

/** A log for each account, Region and day, of one call at noon of the day. */
const trail = (accounts: readonly string[], regions: readonly string[], days: readonly string[]): Files =>
  Object.fromEntries(
    accounts.flatMap((account) =>
      regions.flatMap((region) =>
        days.map((day) => [
          keyOf(account, region, day),
          log(event(`${day.replaceAll('/', '-')}T12:00:00Z`, { awsRegion: region, recipientAccountId: account })),
        ]),
      ),
    ),
  );
const days = ['2026/05/09', '2026/05/10', '2026/05/11', '2026/05/12', '2026/05/13', '2026/05/14'];

const bucketOf = (files: Files, region = 'us-east-1') => {
  const at = Date.parse('2026-05-20T00:00:00Z');
  const objects = Object.fromEntries(Object.entries(files).map(([key, content]) => [key, [newObject(content, at)]]));
  return newBucket({ name: 'company-trail', accountId: owner, region, createdAt: at, objects });
};

const withTrail = (files: Files, mutate: (world: World) => void = () => undefined, region?: string) =>
  startSandbox({
    mutate: (world) => {
      world.s3.buckets['company-trail'] = bucketOf(files, region);
      mutate(world);
    },
  });

const all: ReadOptions['window'] = { since: null, before: null };

async function read(
  sandbox: TestSandbox,
  over: Partial<ReadOptions> & Partial<Remote> & { readonly urls?: readonly string[]; readonly aws?: Aws } = {},
): Promise<TrailReading> {
  const signal = over.signal ?? new AbortController().signal;
  const options: ReadOptions = { window: all, workers: 2, progress: () => undefined, ...over, signal };
  const ctx = { ...sandbox.context, aws: over.aws ?? sandbox.aws, signal };
  const remote: Remote = { ctx, regions: null, accounts: null, maxScanGb: null, note: () => undefined, ...over };
  return await readTrail(over.urls ?? ['s3://company-trail'], options, remote);
}

async function onDisk(files: Files, window: ReadOptions['window'] = all): Promise<TrailReading> {
  const dir = mkdtempSync(join(tmpdir(), 'qp-s3-'));
  try {
    for (const [key, content] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, key)), { recursive: true });
      writeFileSync(join(dir, key), content);
    }
    return await readTrail([dir], { window, workers: 1, signal: new AbortController().signal, progress: () => undefined }, null);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const what = ({ events, considered, from, to, counts, coverage, files }: TrailReading) => ({
  events,
  considered,
  from,
  to,
  counts,
  coverage,
  files,
});
const calls = (sandbox: TestSandbox, operation: string) => sandbox.sandbox.calls().filter((call) => call.operation === operation);
const listed = (sandbox: TestSandbox): string[] => calls(sandbox, 'ListObjectsV2').map(({ input }) => input.Prefix ?? '');

describe('a trail in S3', () => {
  test('reads as its files on the disk do', async () => {
    const files = trail([owner, other], ['us-east-1', 'eu-west-1'], days);
    const sandbox = await withTrail(files);
    const reading = await read(sandbox);
    expect(what(reading)).toEqual(what(await onDisk(files)));
    expect(reading).toMatchObject({ source: { kind: 's3' }, files: 24, considered: 24, errors: [], cost: null });
  });

  test('is listed for the days asked for, and one more for late delivery', async () => {
    const files = trail([owner], ['us-east-1'], days);
    const window = { since: Date.parse('2026-05-11T10:00:00Z'), before: Date.parse('2026-05-12T00:00:00Z') };
    const sandbox = await withTrail(files);
    const reading = await read(sandbox, { window });
    expect(calls(sandbox, 'GetObject').map(({ input }) => /2026\/05\/\d\d/.exec(input.Key ?? '')?.[0])).toEqual([
      '2026/05/11',
      '2026/05/12',
    ]);
    expect(reading).toMatchObject({ files: 2, considered: 1, from: '2026-05-11T12:00:00Z' });
    expect(what(reading)).toEqual(what(await onDisk(files, window)));
  });

  test('is listed for the accounts and Regions asked for alone', async () => {
    const sandbox = await withTrail(trail([owner, other, '999988887777'], ['us-east-1', 'eu-west-1', 'eu-west-2'], ['2026/05/10']));
    const { coverage } = await read(sandbox, { regions: ['eu-west-1'], accounts: [owner, other] });
    expect(coverage.map(({ accountId, region }) => `${accountId} ${region}`)).toEqual([`${other} eu-west-1`, `${owner} eu-west-1`]);
    expect(listed(sandbox).filter((prefix) => /us-east-1|eu-west-2|999988887777/.test(prefix))).toEqual([]);
  });

  test('of an organization, under a prefix, beside an account’s own and digests, is found from any level', async () => {
    const own = trail([owner], ['us-east-1'], ['2026/05/10']);
    const member = trail([other], ['us-east-1'], ['2026/05/10']);
    const files: Record<string, string | Uint8Array> = { 'logs/AWSLogs/readme.txt': 'x', 'logs/notes.json': '{}' };
    for (const [key, content] of Object.entries(own)) files[`logs/${key}`] = content;
    for (const [key, content] of Object.entries(member)) files[`logs/${key.replace('AWSLogs/', 'AWSLogs/o-abc123/')}`] = content;
    files[`logs/AWSLogs/${owner}/CloudTrail-Digest/us-east-1/2026/05/10/d.json.gz`] = log();
    const sandbox = await withTrail(files);
    const found = async (path: string) => (await read(sandbox, { urls: [`s3://company-trail/${path}`] })).files;
    expect(await found('logs')).toBe(2);
    expect(await found('logs/AWSLogs/')).toBe(2);
    expect(await found('logs/AWSLogs/o-abc123')).toBe(1);
    expect(await found(`logs/AWSLogs/${owner}`)).toBe(1);
    expect(await found(`logs/AWSLogs/${owner}/CloudTrail/us-east-1`)).toBe(1);
    expect(await found(`logs/AWSLogs/${owner}/CloudTrail/us-east-1/2026/05/`)).toBe(1);
    expect(await found(Object.keys(own)[0]?.replace(/^/, 'logs/') ?? '')).toBe(1);
    const both = { urls: ['s3://company-trail/logs', `s3://company-trail/logs/AWSLogs/${owner}/`] };
    expect((await read(sandbox, both)).files).toBe(2);
  });

  test('without CloudTrail’s layout is read as a plain folder', async () => {
    const files = { 'copies/a.json.gz': log(event('2026-05-10T00:00:00Z')), 'copies/b/c.json': '{"Records":[]}', 'copies/d.txt': 'x' };
    expect(await read(await withTrail(files), { urls: ['s3://company-trail/copies'] })).toMatchObject({
      files: 2,
      considered: 1,
      skipped: { 'another kind of file': 1 },
    });
  });

  test('of thousands of logs a day is read whole, the days side by side', async () => {
    const many: Record<string, Uint8Array> = {};
    for (const [day, logs] of [
      ['2026/05/09', 1_010],
      ['2026/05/10', 15],
      ['2026/05/11', 15],
    ] as const) {
      const content = log(event(`${day.replaceAll('/', '-')}T12:00:00Z`));
      for (let n = 0; n < logs; n++) many[keyOf(owner, 'us-east-1', day)] = content;
    }
    const sandbox = await withTrail(many);
    const reading = await read(sandbox, {
      window: { since: Date.parse('2026-05-09T00:00:00Z'), before: Date.parse('2026-05-12T00:00:00Z') },
    });
    expect(reading).toMatchObject({ files: 1_040, considered: 1_040, errors: [] });
    expect(new Set(calls(sandbox, 'GetObject').map(({ input }) => input.Key)).size).toBe(1_040);
    expect(calls(sandbox, 'GetObject')).toHaveLength(1_040);
    expect(listed(sandbox).filter((prefix) => /\/2026\/05\/\d\d\/$/.test(prefix))).toHaveLength(4);
  });

  test('in another Region is read there', async () => {
    const sandbox = await withTrail(trail([owner], ['eu-west-1'], days), undefined, 'eu-west-1');
    expect((await read(sandbox)).files).toBe(6);
  });

  test('has a hash of what was read, the same in any order', async () => {
    const files = trail([owner, other], ['us-east-1'], days);
    const first = await read(await withTrail(files));
    const again = await read(await withTrail(Object.fromEntries(Object.entries(files).reverse())), { workers: 5 });
    expect(again.source).toEqual(first.source);
    expect(first.source.hash).toMatch(/^[0-9a-f]{64}$/);
    const changed = { ...files, [Object.keys(files)[3] ?? '']: log(event('2026-05-10T13:00:00Z')) };
    expect((await read(await withTrail(changed))).source).not.toEqual(first.source);
  });
});

describe('what goes wrong with a trail in S3', () => {
  const files = trail([owner], ['us-east-1'], days);

  test.each([
    ['s3://', 'SOURCE', 'not of the form s3://BUCKET/PREFIX'],
    ['s3://Not A Bucket/x', 'SOURCE', 'not of the form'],
    ['s3://no-such-bucket-here/x', 'NO_SUCH_SOURCE', 'listing trail (s3://no-such-bucket-here/x/): there is no such bucket'],
    ['s3://company-trail/wrong', 'NO_SUCH_SOURCE', 'reading the trail (s3://company-trail/wrong/): there is nothing under it'],
  ])('%s is bad input', async (url, code, text) => {
    await expect(read(await withTrail(files), { urls: [url] })).rejects.toMatchObject({
      exitCode: 2,
      code,
      summary: expect.stringContaining(text),
    });
  });

  test('a bucket that may not be listed is one clear error', async () => {
    const sandbox = await withTrail(files, (world) => {
      world.iam.deniedActions[world.identities.operator ?? ''] = ['s3:ListBucket'];
    });
    await expect(read(sandbox)).rejects.toMatchObject({
      exitCode: 1,
      code: 'ACCESS_DENIED',
      summary: expect.stringContaining('listing trail (s3://company-trail/): AccessDenied'),
      remedy: expect.stringContaining('allow s3:ListBucket on company-trail'),
    });
  });

  test('a log that cannot be read is named, and the others are read', async () => {
    const [first = '', second = '', third = ''] = Object.keys(files);
    const sandbox = await withTrail({ ...files, [first]: Buffer.from('no gzip'), [second]: log().subarray(0, 12) });
    await sandbox.control.arm([requestFault({ type: 'access-denied' }, { operation: 's3:GetObject', nth: 3 })]);
    const { errors, considered } = await read(sandbox, { workers: 1 });
    expect(errors.map(({ file }) => file)).toEqual(expect.arrayContaining([`s3://company-trail/${first}`, `s3://company-trail/${second}`]));
    expect(errors).toHaveLength(3);
    expect(errors.map(({ reason }) => reason)).toContain('it cannot be read (AccessDenied)');
    expect(considered).toBe(3);
    expect(third).not.toBe('');
  });

  test('lost pages, throttles and server errors are tried again from where they were', async () => {
    const many: Record<string, Uint8Array> = {};
    const content = log(event('2026-05-10T12:00:00Z'));
    for (let n = 0; n < 1_300; n++) many[`copies/${String(n).padStart(5, '0')}.json.gz`] = content;
    const sandbox = await withTrail(many);
    await sandbox.control.arm([
      requestFault({ type: 'dropped' }, { operation: 's3:ListObjectsV2', nth: 4 }),
      requestFault({ type: 'throttle' }, { operation: 's3:ListObjectsV2', nth: 5, times: 2 }),
      requestFault({ type: 'http-500' }, { operation: 's3:GetObject', nth: 10, times: 3 }),
    ]);
    expect(await read(sandbox, { urls: ['s3://company-trail/copies/'] })).toMatchObject({ files: 1_300, considered: 1_300, errors: [] });
    const pages = calls(sandbox, 'ListObjectsV2').map(({ input, result }) => `${input.StartAfter ?? '-'} ${result}`);
    expect(pages.filter((page) => page === 'copies/00999.json.gz OK')).toHaveLength(1);
  });

  test('a body that breaks off is gone on with from there, and named when it breaks off again and again', async () => {
    const sandbox = await withTrail(files);
    const ranges: string[] = [];
    const cutting = async (breaks: number) => {
      let cuts = 0;
      const inner = sandbox.requestHandler;
      return await sandbox.clientsAs('operator', {
        sandbox: {
          requestHandler: {
            ...inner,
            async handle(request, options) {
              const { response } = await inner.handle(request, options);
              ranges.push(request.headers.range ?? '-');
              if (request.method !== 'GET' || request.path.length < 40 || cuts++ >= breaks) return { response };
              const bytes: Buffer[] = [];
              for await (const chunk of response.body) bytes.push(Buffer.from(chunk));
              const part = Buffer.concat(bytes).subarray(0, 20);
              const body = Readable.from(
                (async function* () {
                  yield part;
                  throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
                })(),
              );
              return { response: new HttpResponse({ statusCode: response.statusCode, headers: response.headers, body }) };
            },
          },
          region: 'us-east-1',
          credentialsFor: () => {
            const world = sandbox.world();
            const accessKeyId = world.identities.operator ?? '';
            const { secretAccessKey = '', sessionToken } = world.accessKeys[accessKeyId] ?? {};
            return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
          },
        },
      });
    };
    expect(await read(sandbox, { aws: await cutting(3), workers: 1 })).toMatchObject({ considered: 6, errors: [] });
    expect(ranges.filter((range) => range === 'bytes=20-').length).toBeGreaterThan(0);
    const url = `s3://company-trail/${Object.keys(files)[0]}`;
    const { errors } = await read(sandbox, { aws: await cutting(1_000), urls: [url] });
    expect(errors).toEqual([{ file: url, reason: expect.stringContaining('it broke off 6 times') }]);
  });

  test('a log that changes after it was listed is named, not mixed', async () => {
    const sandbox = await withTrail({ 'copies/a.json': '{"Records":[]}' });
    let changed = false;
    sandbox.calling.around = (attempt) => {
      attempt();
      const bucket = sandbox.world().s3.buckets['company-trail'];
      if (!changed && calls(sandbox, 'ListObjectsV2').length === 3 && bucket) {
        changed = true;
        bucket.objects['copies/a.json'] = [newObject('{"Records":[{}]}', 1)];
      }
    };
    const { errors } = await read(sandbox, { urls: ['s3://company-trail/copies'] });
    expect(errors).toEqual([{ file: 's3://company-trail/copies/a.json', reason: 'it changed after it was listed' }]);
  });

  test('expired credentials end it at once', async () => {
    const sandbox = await withTrail(files);
    await sandbox.control.arm([requestFault({ type: 'expired-credentials' }, { operation: 's3:GetObject', nth: 2, times: null })]);
    await expect(read(sandbox)).rejects.toMatchObject({ code: 'CREDENTIALS', exitCode: 1 });
  });

  test('an interrupt ends it, with its own reason', async () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`copies/${n}.json`, '{"Records":[]}']));
    const sandbox = await withTrail(many);
    const controller = new AbortController();
    const reading = read(sandbox, { signal: controller.signal, progress: () => controller.abort(new Error('interrupted by a person')) });
    await expect(reading).rejects.toThrow('interrupted by a person');
    expect(calls(sandbox, 'GetObject').length).toBeLessThan(100);
  });
});
