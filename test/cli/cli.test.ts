import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundled, newFolder, run } from './program.ts';

let cli = '';
beforeAll(() => {
  cli = bundled();
});

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string };
const choices = ['--test-bucket', 'quilt-perimeter-test-444455556666', '--trusted-cidr', '198.51.100.0/24'];

describe('help and version', () => {
  test('the version is the package’s, and nothing else is printed', async () => {
    expect(await run(cli, ['--version'], newFolder())).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  test('help names the commands and the exit codes', async () => {
    const { code, stdout, stderr } = await run(cli, ['--help'], newFolder());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const word of ['init', 'plan', 'apply', 'rollback', 'status', 'sandbox', '--sandbox', 'Exit codes'])
      expect(stdout).toContain(word);
  });

  test('a command has help of its own', async () => {
    const { code, stdout } = await run(cli, ['apply', '--help'], newFolder());
    expect(code).toBe(0);
    for (const flag of ['--test-bucket', '--until', '--skip-probes', '--yes']) expect(stdout).toContain(flag);
  });
});

describe('bad input is one line, a remedy and exit 2; nothing is changed', () => {
  test.each([
    [[], 'a command is missing'],
    [['nonsense'], "unknown command 'nonsense'"],
    [['plan', '--nonsense'], "unknown option '--nonsense'"],
    [['apply', '--confirm-within', 'soon'], 'reading --confirm-within (soon): expected a duration such as 15m'],
    [['apply', '--confirm-within', '4m'], 'reading --confirm-within (4m): expected 5m to 12h'],
    [['plan', '--confirm-within', '12h1m'], 'reading --confirm-within (12h1m): expected 5m to 12h'],
    [['confirm', '--confirm-within', '15m'], "unknown option '--confirm-within'"],
    [['plan', 'extra'], 'too many arguments'],
    [['plan', '--vpc'], "option '--vpc <ID>' argument missing"],
    [['plan', '--sandbox', '--vpc', 'vpc-1'], 'reading --vpc (vpc-1): expected a VPC id'],
    [['plan', '--sandbox', '--subnet', 'subnet-0a1b2c3d,x'], 'reading --subnet (x)'],
    [['plan', '--sandbox', '--target', '123'], 'reading --target (123)'],
    [['plan', '--sandbox', '--trusted-cidr', '198.51.100.7/24'], 'it has host bits set; the network is 198.51.100.0/24'],
    [['plan', '--sandbox', '--trusted-cidr', '10.0.0.0/8'], 'is private and AWS never matches it'],
    [['plan', '--sandbox', '--trusted-cidr', 'fd00::/8'], '--client-cidr'],
    [['plan', '--sandbox', '--bucket', ''], 'an empty pattern matches no bucket'],
    [['plan', '--sandbox', '--bucket', '*'], 'matches every bucket'],
    [['plan', '--sandbox', '--accept', 'QP999'], 'reading --accept (QP999)'],
    [['plan', '--sandbox', '--nat', 'two'], 'expected one of auto, single, per-zone, none'],
    [['apply', '--sandbox', '--until', 'dns'], 'reading --until (dns): there is no such step'],
    [['apply', '--sandbox', '--skip', 'discover'], 'discover cannot be skipped'],
    [['rollback', '--sandbox', '--to', 'x'], 'reading --to (x): there is no such step'],
    [['plan', '--sandbox=nowhere'], 'there is no such scenario'],
    [['plan', '--sandbox', '--sandbox-speed', 'fast'], 'speed'],
    [['sandbox', '--port', '99999'], 'reading --port (99999)'],
    [['plan', '--config', 'missing.yaml'], 'there is no such file'],
    [['plan', '--sandbox', '--stack', 'nope'], 'finding stack (nope): it is not in us-east-1'],
    [['plan', '--sandbox', '--vpc', 'vpc-0123456789abcdef0'], 'finding VPC (vpc-0123456789abcdef0): it is not in us-east-1'],
    [['plan', '--sandbox', '--test-bucket', 'quilt-not-there'], 'finding test bucket (quilt-not-there)'],
    [['plan', '--sandbox', ...choices, '--target', '999988887777'], '999988887777'],
    [['plan', '--sandbox'], 'choosing test.bucket'],
  ])('%j', async (args, expected) => {
    const dir = newFolder();
    const { code, stdout, stderr } = await run(cli, args, dir);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(expected);
    expect(stderr).toMatch(/\n {2}→ \S/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(join(dir, '.quilt-perimeter', 'sandbox', 'journal.jsonl'))).toBe(false);
  });

  test.each([
    ['version: 1\nfoo: 1\n', 'line 2, column 1): unknown key foo'],
    ['version: 9\n', 'version 9 is newer'],
    ['version: 1\nstack: [\n', 'line 3'],
  ])('the file %j', async (text, expected) => {
    const dir = newFolder();
    writeFileSync(join(dir, 'quilt-perimeter.yaml'), text);
    const { code, stderr } = await run(cli, ['plan'], dir);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(expected) });
    expect(readdirSync(dir)).toEqual(['quilt-perimeter.yaml']);
  });

  test('no Region is bad input', async () => {
    const { code, stderr } = await run(cli, ['plan'], newFolder());
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('finding the Region: none is set\n  → name it with --region'),
    });
  });
});

describe('errors for programs', () => {
  test('one document on stdout', async () => {
    const { code, stdout, stderr } = await run(cli, ['plan', '--json', '--nonsense'], newFolder());
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'USAGE', summary: expect.stringContaining('--nonsense'), detail: '', remedy: expect.any(String) },
    });
  });

  test('an error event and the done event last', async () => {
    const { code, stdout } = await run(cli, ['--json', 'apply', '--until', 'x'], newFolder());
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(code).toBe(2);
    expect(events).toEqual([
      { type: 'error', at: expect.any(String), code: 'STEP', summary: expect.any(String), detail: '', remedy: expect.any(String) },
      { type: 'done', at: expect.any(String), outcome: 'failed', exitCode: 2 },
    ]);
  });
});

describe('without a terminal', () => {
  test('init stops and names --yes', async () => {
    const { code, stderr } = await run(cli, ['init', '--sandbox'], newFolder());
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('--yes') });
  });

  test('apply stops at its first confirmation', async () => {
    const { code, stderr } = await run(cli, ['apply', '--sandbox', ...choices], newFolder());
    expect(code).toBe(3);
    expect(stderr).toMatch(/there is no terminal to ask on[\s\S]*--yes/);
  });
});

test('missing credentials are exit 1 and say what to do, and no warning about Node is printed', async () => {
  const { code, stderr } = await run(cli, ['plan', '--region', 'us-east-1'], newFolder());
  expect(code).toBe(1);
  expect(stderr).toContain('the default credentials cannot be loaded');
  expect(stderr).toContain('aws sso login --profile NAME');
  expect(stderr).not.toContain('NodeVersionSupportWarning');
});

test('flags of everywhere stand before or after the command, and a bare --sandbox swallows nothing', async () => {
  const dir = newFolder();
  const before = await run(cli, ['--sandbox', 'plan', '--json', ...choices], dir);
  const after = await run(cli, ['plan', ...choices, '--json', '--sandbox=greenfield'], dir);
  expect(before.code).toBe(3);
  expect(before.stderr).toBe('');
  expect(JSON.parse(after.stdout)).toEqual(JSON.parse(before.stdout));
  const { steps } = JSON.parse(before.stdout) as { readonly steps: readonly { readonly id: string; readonly state: string }[] };
  expect(steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
    'discover done',
    'endpoints pending',
    'nat pending',
    'bucket-policy pending',
    'scp blocked',
    'stack-parameter pending',
  ]);
});

test('a plan with changes is exit 4 where that was asked for, and steps left out are told', async () => {
  const { code, stdout } = await run(cli, ['plan', '--sandbox', '--detailed-exitcode', '--skip', 'scp', ...choices], newFolder());
  expect(code).toBe(4);
  expect(stdout).toContain('Left out on purpose (--skip): scp.');
  expect(stdout).toMatch(/\nPlan: \d+ changes, \$54\.75 a month\.\n$/);
});

test('a rollback without a journal stops with exit 3 and says where the journal must be', async () => {
  const dir = newFolder();
  const { code, stdout } = await run(cli, ['rollback', '--sandbox', '--yes', '--json'], dir);
  expect(code).toBe(3);
  const events: readonly { readonly type: string }[] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const path = join(dir, '.quilt-perimeter', 'sandbox', 'journal.jsonl');
  expect(events.find(({ type }) => type === 'error')).toMatchObject({ code: 'NO_JOURNAL', summary: expect.stringContaining(path) });
  expect(events.at(-1)).toMatchObject({ type: 'done', outcome: 'stopped', exitCode: 3 });
  expect(existsSync(path)).toBe(false);
});
