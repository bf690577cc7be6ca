// `assess` as a process: offline on files, and on the sandbox.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { otherVpc, quilt, roleArn, trustedVpc } from '../access/assess-support.ts';
import { type Call, recordOf, writeTrail } from '../access/trails.ts';
import { bundled, newFolder, run } from './program.ts';

let cli = '';
let dir = '';
beforeAll(() => {
  cli = bundled();
});
beforeEach(() => {
  dir = newFolder();
});

const call = (over: Partial<Call> = {}): Call => ({
  caller: 'reader',
  way: 'internet',
  service: null,
  bucket: 'quilt-data',
  event: 'GetObject',
  error: undefined,
  minute: 3480,
  ...over,
});
const three = [
  call(),
  call({ way: 'nat', minute: 3580 }),
  call({ way: 'office', minute: 3680 }),
  call({ error: 'AccessDenied', minute: 3780 }),
];

/** Any call of AWS would go to a port where nobody answers, and fail. */
const nowhere = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
const perimeter = ['--offline', '--vpc', trustedVpc, '--trusted-cidr', '192.0.2.0/24', '--test-bucket', 'quilt-test'];
const assess = (flags: readonly string[], source = 'trail') => run(cli, ['assess', source, ...perimeter, ...flags], dir, nowhere);

function given(name: string, content: unknown): string {
  writeFileSync(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}

describe('offline', () => {
  beforeEach(() => {
    writeTrail(join(dir, 'trail'), three);
    given('tags.json', { '*': {} });
  });

  test('with --json it is one document of the contract’s form', async () => {
    const { code, stdout, stderr } = await assess(['--json', '--principal-tags', 'tags.json']);
    expect([code, stderr]).toEqual([0, '']);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      version: 1,
      source: { kind: 'files', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      files: 3,
      events: 4,
      considered: 4,
      alreadyDenied: 1,
      errors: [],
      from: '2026-05-03T10:00:00Z',
      to: '2026-05-03T15:00:00Z',
      coverage: [],
    });
    expect(document.skipped).toMatchObject({ digest: 1 });
    expect(document.paths).toHaveLength(3);
    expect(document.paths.map(({ verdict }: { verdict: string }) => verdict).sort()).toEqual(['newly-denied', 'newly-denied', 'passes']);
    expect(Object.keys(document.paths[0])).toEqual([
      ...['principal', 'network', 'viaService', 'bucket', 'actions', 'events', 'firstSeen', 'lastSeen', 'verdict', 'why', 'remedies'],
    ]);
  });

  test('people get counts, and what to do, in 80 columns', async () => {
    const { code, stdout } = await assess(['--principal-tags', 'tags.json', '--operator-ip', '203.0.113.9']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /newly denied +2 paths +2 events\n +unknown +0 paths +0 events\n +pass +1 path +1 event\n +refused already +1 event\n/,
    );
    expect(stdout).toContain('Newly denied: move it in');
    expect(stdout).toContain('or cover it: --trusted-cidr 203.0.113.9/32');
    expect(stdout).toContain('AWS was asked nothing: every account in the log is taken to be under a target');
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  test('without tags the verdict of what they would decide is unknown, and the ledger says so', async () => {
    const { code, stdout } = await assess(['--json', '--max-denied', '0']);
    expect(code).toBe(0);
    const { paths, coverage } = JSON.parse(stdout);
    expect(paths.filter(({ verdict }: { verdict: string }) => verdict === 'unknown')).toHaveLength(2);
    expect(coverage.map(({ code: finding }: { code: string }) => finding)).toEqual(['QP603']);
  });

  test('--max-denied counts paths: one too many is exit 3, as many as allowed is not', async () => {
    const over = await assess(['--principal-tags', 'tags.json', '--max-denied', '1']);
    expect(over.code).toBe(3);
    expect(over.stderr).toContain('Stopped: 2 newly denied paths, and --max-denied allows 1.');
    expect((await assess(['--principal-tags', 'tags.json', '--max-denied', '2'])).code).toBe(0);
  });

  test('a file that cannot be read is named, the rest is judged, and the exit code is 1, or 3 where too many are denied', async () => {
    const whole = gzipSync(JSON.stringify({ Records: [recordOf(call(), 9)] }));
    const cut = join(dir, 'trail', `${quilt}_CloudTrail_us-east-1_20260503T0000Z_cutcutcutcutcut0.json.gz`);
    writeFileSync(cut, whole.subarray(0, whole.length / 2));
    const { code, stdout } = await assess(['--principal-tags', 'tags.json']);
    expect(code).toBe(1);
    expect(stdout).toContain('1 file could not be read, or not to the end');
    expect(stdout.replace(/\s+/g, ' ')).toContain('cutcutcutcutcut0.json.gz: ');
    expect(stdout).toMatch(/newly denied +2 paths/);
    expect((await assess(['--principal-tags', 'tags.json', '--max-denied', '0'])).code).toBe(3);
  });

  test('--since and --before bound the days, in UTC', async () => {
    const eventsOf = async (...flags: string[]): Promise<number> => JSON.parse((await assess(['--json', ...flags])).stdout).considered;
    expect(await eventsOf('--since', '2026-05-03T11:00')).toBe(3);
    expect(await eventsOf('--since', '2026-05-03T11:00:00Z', '--before', '2026-05-03T15:00:00+02:00')).toBe(1);
    expect(await eventsOf('--before', '2026-05-03')).toBe(0);
  });

  test('--vpce-map tells the VPC of an endpoint', async () => {
    writeTrail(join(dir, 'trail'), [call({ way: 'trustedEndpoint' }), call({ way: 'otherEndpoint' })]);
    const map = given('map.json', { 'vpce-0a0a0a0a': trustedVpc, 'vpce-0b0b0b0b': otherVpc });
    const { stdout } = await assess(['--json', '--principal-tags', 'tags.json', '--vpce-map', map]);
    const found = JSON.parse(stdout).paths.map(({ network, verdict }: { network: object; verdict: string }) => ({ network, verdict }));
    expect(found).toHaveLength(2);
    expect(found).toContainEqual({ network: { kind: 'vpc', value: trustedVpc }, verdict: 'passes' });
    expect(found).toContainEqual({ network: { kind: 'vpc', value: otherVpc }, verdict: 'newly-denied' });
  });

  test.each<[string, readonly string[], string]>([
    ['a time', ['--since', 'yesterday'], 'reading --since (yesterday): expected a time such as'],
    [
      'a window',
      ['--since', '2026-05-02', '--before', '2026-05-01'],
      'reading --before (2026-05-01): expected a time after --since 2026-05-02',
    ],
    ['threads', ['--workers', '0'], 'reading --workers (0): expected 1 to 99'],
    ['a limit', ['--max-denied', '-1'], 'reading --max-denied (-1): expected a whole number'],
    ['an amount', ['--max-scan-gb', '0'], 'reading --max-scan-gb (0): expected a number of gigabytes above 0'],
    ['a file that is not there', ['--vpce-map', 'none.json'], 'reading --vpce-map (none.json): it cannot be read (ENOENT)'],
    ['a file that is no JSON', ['--principal-tags', 'bad.txt'], 'reading --principal-tags (bad.txt): it is no JSON'],
    ['a map of something else', ['--vpce-map', 'tags.json'], 'reading --vpce-map (tags.json): * is no endpoint id'],
    ['tags of something else', ['--principal-tags', 'map.json'], 'reading --principal-tags (map.json): vpce-1 is neither an ARN'],
  ])('bad input, %s, is one line and exit 2', async (_, flags, message) => {
    given('bad.txt', '{');
    given('map.json', { 'vpce-1': 'vpc-1' });
    const { code, stdout, stderr } = await assess(flags);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  test('a source that is not there, and none at all, are exit 2', async () => {
    const missing = await assess([], 'nothing-here');
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('nothing-here');
    const none = await run(cli, ['assess', ...perimeter], dir, nowhere);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('quilt-perimeter assess SOURCE...')]);
  });

  test('an empty folder proves nothing, and says so', async () => {
    mkdirSync(join(dir, 'empty'));
    const { code, stdout } = await assess([], 'empty');
    expect(code).toBe(0);
    expect(stdout).toContain('Read 0 events in 0 files, none of them a call to S3');
  });
});

test('on the sandbox AWS tells endpoints, addresses, tags and targets', async () => {
  const account = '444455556666';
  const record = (over: object, id: number): object => ({
    ...recordOf(call({ bucket: 'quilt-data' }), id),
    recipientAccountId: account,
    ...over,
  });
  const session = (name: string): object => ({
    type: 'AssumedRole',
    principalId: `AROA${name}:x`,
    accountId: account,
    sessionContext: { sessionIssuer: { type: 'Role', arn: roleArn(name, account), accountId: account } },
  });
  mkdirSync(join(dir, 'trail'));
  writeFileSync(
    join(dir, 'trail', 'log.json'),
    JSON.stringify({
      Records: [
        record({ userIdentity: session('PlatformAdmin') }, 1),
        record({ userIdentity: session('BreakGlass') }, 2),
        record({ userIdentity: session('Gone') }, 3),
      ],
    }),
  );
  const { code, stdout, stderr } = await run(
    cli,
    ['assess', 'trail', '--sandbox=brownfield', '--test-bucket', `quilt-perimeter-test-${account}`, '--json'],
    dir,
  );
  expect([code, stderr]).toEqual([0, '']);
  const { paths, coverage } = JSON.parse(stdout);
  const verdicts = Object.fromEntries(paths.map((path: { principal: string; verdict: string }) => [path.principal, path.verdict]));
  expect(verdicts).toEqual({
    [roleArn('PlatformAdmin', account)]: 'newly-denied',
    [roleArn('BreakGlass', account)]: 'passes',
    [roleArn('Gone', account)]: 'unknown',
  });
  expect(coverage.find(({ code: finding }: { code: string }) => finding === 'QP603').subjects).toEqual([roleArn('Gone', account)]);
});
