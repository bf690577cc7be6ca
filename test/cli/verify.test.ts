// `verify` as people and other programs run it, on a sandbox in a folder: what it prints, writes and ends with.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { World } from '../../src/sandbox/world.ts';
import type { Verification } from '../../src/verify/check.ts';
import { bundled, type Ended, newFolder, run } from './program.ts';

const choices = ['--test-bucket', 'quilt-perimeter-test-444455556666', '--trusted-cidr', '198.51.100.0/24'];
const folder = newFolder();
const [worldFile, callsFile, journalFile] = ['world.json', 'calls.jsonl', 'journal.jsonl'].map((name) =>
  join(folder, '.quilt-perimeter', 'sandbox', name),
) as [string, string, string];
let cli = '';
let applied = '';

beforeAll(async () => {
  cli = bundled();
  const flags = ['apply', '--yes', '--sandbox=canaries', '--sandbox-speed', '300', '--accept', 'QP102,QP413', ...choices];
  const { code, stderr } = await run(cli, flags, folder);
  expect(code, stderr).toBe(0);
  // Quilt's canaries run every five minutes, and only runs since the last change count.
  const waited = await verify('--wait', '2h');
  expect(waited.code, waited.stdout).toBe(0);
  applied = readFileSync(worldFile, 'utf8');
}, 120_000);

beforeEach(() => writeFileSync(worldFile, applied));

const verify = (...flags: readonly string[]): Promise<Ended> => run(cli, ['verify', '--sandbox=canaries', ...flags], folder);

/** Breaks something by hand; `now`: simulated milliseconds. */
function byHand(change: (world: World, now: number) => void): void {
  const world = JSON.parse(applied) as World;
  const { base, realBase, speed } = world.clock;
  change(world, base + (Date.now() - realBase) * speed);
  writeFileSync(worldFile, JSON.stringify(world));
}

const testBucketWithoutPolicy = (world: World): void => {
  const bucket = world.s3.buckets[world.hints.testBucket];
  if (bucket) bucket.policy = null;
};
/** `seconds` null: for good. */
const policyTypePending = (seconds: number | null) => (world: World, now: number) => {
  for (const type of world.organizations.organization?.root.policyTypes ?? [])
    Object.assign(type, { status: 'PENDING_ENABLE', readyAt: seconds === null ? null : now + seconds * 1000 });
};

const verified = () =>
  readFileSync(journalFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): { readonly type: string; readonly checks?: Verification['checks'] } => JSON.parse(line))
    .filter(({ type }) => type === 'verified');

describe('verify', () => {
  test('without flags goes by what the last run was made with: all holds, exit 0, and the journal has it', async () => {
    const before = verified().length;
    const { code, stdout } = await verify();
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/All \d+ propositions hold\./);
    expect(stdout).not.toContain('Next');
    expect(stdout.split('\n').filter((line) => /^ {2}[✗?] /.test(line))).toEqual([]);
    const entries = verified();
    expect(entries).toHaveLength(before + 1);
    expect(entries.at(-1)?.checks?.every(({ state }) => state === 'ok')).toBe(true);
  });

  test('changes nothing in AWS', async () => {
    const calls = (): readonly { readonly kind: string }[] =>
      readFileSync(callsFile, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    const before = calls().length;
    await verify();
    const made = calls().slice(before);
    expect(made.length).toBeGreaterThan(20);
    expect(made.filter(({ kind }) => kind !== 'read')).toEqual([]);
  });

  test('--json is one document with the place and the propositions', async () => {
    const { code, stdout } = await verify('--json');
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(Object.keys(document)).toEqual(['version', 'place', 'checks', 'at']);
    expect(document).toMatchObject({ version: 1, place: { accountId: '444455556666', region: 'us-east-1', stack: 'quilt-prod' } });
    for (const check of document.checks) {
      expect(Object.keys(check).sort()).toEqual(['evidence', 'id', 'state', 'step', 'subjects', 'summary']);
      expect([check.summary, check.evidence].every((text) => text.length > 5)).toBe(true);
    }
  });

  test('with a ✗ ends with 1, names it, says what was seen and what to do', async () => {
    byHand(testBucketWithoutPolicy);
    const { code, stdout } = await verify();
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ The policy of bucket quilt-perimeter-test-444455556666[\s\S]*?\n {6}the bucket has no policy/);
    expect(stdout).toMatch(/1 does not:\s+bucket-policy\/statements\./);
    expect(stdout).toContain('quilt-perimeter plan --sandbox=canaries');
  });

  test('with a ? and no ✗ ends with 3; with both, with 1', async () => {
    byHand(policyTypePending(null));
    const unknown = await verify('--json');
    expect(unknown.code).toBe(3);
    const open = (JSON.parse(unknown.stdout) as Verification).checks.filter(({ state }) => state !== 'ok');
    expect(open.map(({ id, state, evidence }) => [id, state, evidence])).toEqual([
      ['scp/policy-type', 'unknown', expect.stringMatching(/^SERVICE_CONTROL_POLICY on root r-\w+ is PENDING_ENABLE$/)],
      ['scp/attached/444455556666', 'unknown', 'it rests on scp/policy-type, which is not ✓'],
      ['scp/in-force', 'unknown', 'it rests on scp/policy-type, which is not ✓'],
    ]);
    byHand((world, now) => {
      policyTypePending(null)(world, now);
      testBucketWithoutPolicy(world);
    });
    expect((await verify()).code).toBe(1);
  });

  test('--wait looks again until it is settled', async () => {
    byHand(policyTypePending(1800));
    const { code, stdout, stderr } = await verify('--wait', '2h');
    expect(code, stdout).toBe(0);
    expect(stderr).toMatch(/not ✓ yet:\s+scp\/policy-type[\s\S]*looking\s+again\s+every\s+15\s+s,\s+for\s+at\s+most\s+[12]\s+h/);
  });

  test('--wait ends when its time is over', async () => {
    byHand(testBucketWithoutPolicy);
    const { code, stderr } = await verify('--wait', '2m');
    expect(code).toBe(1);
    expect(stderr.match(/not ✓ yet/g)).toHaveLength(1);
  });

  test('--junit writes a test case for each proposition, failures and errors apart', async () => {
    byHand((world, now) => {
      policyTypePending(null)(world, now);
      testBucketWithoutPolicy(world);
    });
    const { stdout } = await verify('--json', '--junit', 'verify.xml');
    const { checks } = JSON.parse(stdout) as Verification;
    const xml = readFileSync(join(folder, 'verify.xml'), 'utf8');
    expect(xml.match(/<testcase /g)).toHaveLength(checks.length);
    expect(xml).toContain(`tests="${checks.length}" failures="1" errors="3" skipped="0"`);
    expect(xml).toMatch(
      /name="The policy of bucket [^"]*\(bucket-policy\/statements\)" time="0">\s*<failure type="failed" message="the bucket has no policy"\/>/,
    );
    expect(xml).toMatch(/\(scp\/in-force\)" time="0">\s*<error type="unknown" message="it rests on scp\/policy-type, which is not ✓"\/>/);
  });

  test.each([
    [['--wait', 'soon'], 2, 'reading --wait (soon)'],
    [['--wait', ''], 2, 'reading --wait (empty)'],
    [['--junit', ''], 2, 'reading --junit (empty)'],
    [['--junit', '/nowhere/at/all.xml'], 1, 'writing the result (/nowhere/at/all.xml): ENOENT'],
  ] as const)('%j ends with %d', async (flags, code, text) => {
    const ended = await verify(...flags);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(text);
  });

  test('in a folder without a journal it needs the choices, and begins no journal', async () => {
    const elsewhere = newFolder();
    const flags = ['--sandbox', '--dir', elsewhere, '--sandbox-speed', '300'];
    expect((await run(cli, ['verify', ...flags], folder)).code).toBe(2);
    const { code, stdout } = await run(cli, ['verify', ...flags, ...choices, '--json'], folder);
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as Verification).checks.find(({ id }) => id === 'endpoints/api-endpoint')?.state).toBe('failed');
    expect(() => readFileSync(join(elsewhere, '.quilt-perimeter', 'sandbox', 'journal.jsonl'))).toThrow(/ENOENT/);
  });
});
