// `assess` as a process on a served AWS: the same records by way of a folder, of S3 and of Athena give the same paths. What Athena
// answers is what DuckDB makes of the very query that arrived on the wire.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { resultColumns } from '../../src/access/athena-query.ts';
import type { PrimedAnswer } from '../../src/sandbox/athena/state.ts';
import { type Control, controlOf } from '../../src/sandbox/control.ts';
import { models } from '../../src/sandbox/models.ts';
import { newBucket, newObject } from '../../src/sandbox/s3/state.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { buildScenario } from '../../src/sandbox/scenarios/index.ts';
import { type RunningServer, serve } from '../../src/sandbox/server.ts';
import { scaledTime } from '../../src/sandbox/time.ts';
import { columnNames, duckDbTrail, openDuckDb, partitionNames } from '../support/duckdb-trail.ts';
import { bundled, newFolder, run } from './program.ts';

const account = '444455556666';
const duckdb = await openDuckDb();

let cli = '';
let dir = '';
let server: RunningServer;
let sandbox: Sandbox;
let control: Control;

beforeAll(() => {
  cli = bundled();
});

beforeEach(async () => {
  dir = newFolder();
  const world = buildScenario('brownfield', { now: Date.parse('2026-06-01T12:00:00Z'), speed: 600, seed: 1 });
  sandbox = createSandbox({ world, models, time: scaledTime() });
  control = controlOf(sandbox);
  server = await serve(sandbox, 0);
});
afterEach(() => server.close());

const session = (role: string, name: string) => ({
  type: 'AssumedRole',
  principalId: `AROA${role.toUpperCase()}:${name}`,
  arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
  accountId: account,
  accessKeyId: `ASIA${name.toUpperCase()}`,
  sessionContext: { sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${account}:role/${role}`, accountId: account } },
});

const call = (at: string, over: object = {}): object => ({
  eventVersion: '1.11',
  eventTime: at,
  eventSource: 's3.amazonaws.com',
  eventName: 'GetObject',
  eventType: 'AwsApiCall',
  eventCategory: 'Data',
  awsRegion: 'us-east-1',
  sourceIPAddress: '198.51.100.10',
  userIdentity: session('PlatformAdmin', 'one'),
  requestParameters: { bucketName: `quilt-raw-data-${account}`, key: 'a' },
  additionalEventData: { AuthenticationMethod: 'AuthHeader' },
  resources: [{ accountId: account, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::quilt-raw-data-${account}` }],
  recipientAccountId: account,
  ...over,
});

const records: readonly object[] = [
  call('2026-05-10T10:00:00Z'),
  call('2026-05-10T11:00:00Z'),
  call('2026-05-11T10:00:00Z', { userIdentity: session('BreakGlass', 'two'), sourceIPAddress: '192.0.2.50' }),
  call('2026-05-11T10:30:00Z', { userIdentity: session('DataScientist', 'three'), sourceIPAddress: '203.0.113.9', sharedEventID: 's' }),
  call('2026-05-11T10:30:00Z', { userIdentity: session('DataScientist', 'three'), sourceIPAddress: '203.0.113.9', sharedEventID: 's' }),
  call('2026-05-12T10:00:00Z', { errorCode: 'AccessDenied' }),
  call('2026-05-12T10:00:00Z', { eventSource: 'ec2.amazonaws.com', eventName: 'DescribeVpcs' }),
];

/** The records as CloudTrail would have delivered them, a log a day. */
const files = (): Record<string, Buffer> =>
  Object.fromEntries(
    ['2026-05-10', '2026-05-11', '2026-05-12'].map((day, index) => {
      const mine = records.filter((record) => String(Reflect.get(record, 'eventTime')).startsWith(day));
      const name = `${account}_CloudTrail_us-east-1_${day.replaceAll('-', '')}T2300Z_${String(index).repeat(16)}.json.gz`;
      const key = `AWSLogs/${account}/CloudTrail/us-east-1/${day.replaceAll('-', '/')}/${name}`;
      return [key, gzipSync(JSON.stringify({ Records: mine }))];
    }),
  );

function environment(): Record<string, string> {
  const { identities, accessKeys } = sandbox.world();
  const accessKeyId = identities.operator ?? '';
  const { secretAccessKey = '', sessionToken = null } = accessKeys[accessKeyId] ?? {};
  return {
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === null ? {} : { AWS_SESSION_TOKEN: sessionToken }),
  };
}

const choices = ['--test-bucket', `quilt-perimeter-test-${account}`, '--trusted-cidr', '192.0.2.0/24'];
const assess = (source: string, ...flags: string[]) => run(cli, ['assess', source, ...choices, ...flags], dir, environment());

async function document(source: string, ...flags: string[]) {
  const { code, stdout, stderr } = await assess(source, '--json', ...flags);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

async function prime(answer: Partial<PrimedAnswer>): Promise<void> {
  await control.primeAthena({
    tables: [
      {
        database: 'logs',
        name: 'trail',
        columns: columnNames.map((name) => ({ name, type: 'string' })),
        partitionKeys: partitionNames.map((name) => ({ name, type: 'string' })),
        parameters: {
          'projection.p_account.type': 'injected',
          'projection.p_date.type': 'date',
          'projection.p_date.format': 'yyyy/MM/dd',
        },
      },
    ],
    answer: { columns: [...resultColumns], rows: [], seconds: 60, scannedBytes: 3e9, failure: null, ...answer },
  });
}

const lastQuery = (): string => Object.values(sandbox.world().athena?.executions ?? {}).at(-1)?.query ?? '';

describe('the sources of assess', () => {
  test.skipIf(duckdb === null)('give the same paths: a folder, S3, and Athena by the query that was sent', async () => {
    const logs = files();
    for (const [key, content] of Object.entries(logs)) {
      mkdirSync(dirname(join(dir, 'trail', key)), { recursive: true });
      writeFileSync(join(dir, 'trail', key), content);
    }
    await sandbox.change((world) => {
      const objects = Object.fromEntries(Object.entries(logs).map(([key, content]) => [key, [newObject(content, 1)]]));
      world.s3.buckets['company-trail'] = newBucket({
        name: 'company-trail',
        accountId: account,
        region: 'us-east-1',
        createdAt: 1,
        objects,
      });
    });
    const folder = await document('trail');
    const s3 = await document('s3://company-trail');
    await prime({});
    await document('athena://primary/logs.trail');
    const trail = await duckDbTrail(records);
    await prime({ rows: await trail.query(lastQuery()) });
    trail.close();
    const athena = await document('athena://primary/logs.trail');
    expect(folder.paths.length).toBeGreaterThan(2);
    expect(folder.considered).toBe(5);
    const { source: folderSource, files: folderFiles, ...rest } = folder;
    expect(folderSource.kind).toBe('files');
    expect(s3).toEqual({ ...rest, source: { kind: 's3', hash: expect.any(String) }, files: folderFiles });
    expect(athena).toEqual({
      ...rest,
      source: { kind: 'athena', hash: expect.any(String) },
      files: 0,
      cost: { bytesScanned: 3e9, usd: 0.015 },
    });
  });

  test('people are told what Athena may scan, scanned and cost', async () => {
    await prime({});
    const { code, stderr } = await assess('athena://primary/logs.trail', '--max-scan-gb', '10');
    expect(code).toBe(0);
    expect(stderr).toContain('Workgroup primary sets no limit to what a query scans.');
    expect(stderr).toContain('Athena scanned 3.0 GB, which costs 0.015 USD.');
  });

  test('over --max-scan-gb the query is stopped, exit 3', async () => {
    await prime({ seconds: 36_000, scannedBytes: 1e15 });
    const { code, stderr } = await assess('athena://primary/logs.trail', '--max-scan-gb', '10');
    expect(code).toBe(3);
    expect(stderr).toMatch(/querying logs\.trail \(.*\): stopped beyond 10\.0 GB: scanned \d+\.\d GB \(\d+\.\d\d USD\)/);
    expect(Object.values(sandbox.world().athena?.executions ?? {}).map(({ stoppedAt }) => typeof stoppedAt)).toEqual(['number']);
  });

  test('a query that fails is exit 1 with Athena’s reason; a source of no form is exit 2', async () => {
    await prime({ failure: 'SYNTAX_ERROR: line 1:8: Column cannot be resolved' });
    const failed = await assess('athena://primary/logs.trail');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('FAILED: SYNTAX_ERROR: line 1:8: Column cannot be resolved');
    for (const source of ['athena://primary', 's3://', 'gs://bucket']) expect((await assess(source)).code).toBe(2);
  });
});
