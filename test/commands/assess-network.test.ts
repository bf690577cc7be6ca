// `assess --network` on scenarios of the sandbox, in this process.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { realClock } from '../../src/clock.ts';
import { assess } from '../../src/commands/assess.ts';
import type { Flags } from '../../src/commands/flags.ts';
import { jsonUi } from '../../src/ui/json.ts';
import { plainPaint } from '../../src/ui/paint.ts';
import { unattendedUi } from '../../src/ui/unattended.ts';
import { interruptible } from '../support/signals.ts';

const testBucket = 'quilt-perimeter-test-444455556666';
const trusted = ['198.51.100.0/24'];

async function assessed(flags: Flags, maxDenied: number | null = null, args: readonly string[] = []) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr'): NodeJS.WriteStream => {
    const through = new PassThrough();
    through.on('data', (chunk: Buffer) => {
      written[name] += chunk.toString();
    });
    return through as unknown as NodeJS.WriteStream;
  };
  const ports = {
    env: {},
    cwd: mkdtempSync(join(tmpdir(), 'quilt-perimeter-')),
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    signal: interruptible().signal,
    clock: realClock,
    ids: { token: (length: number) => 'x'.repeat(length) },
    random: () => 0.5,
    process: { pid: 1, kill: () => true },
    version: '0.0.0',
    commandLine: 'assess --network',
  };
  const page = { paint: plainPaint, width: 80, verbose: false, plain: false };
  const options = { ...ports, page, quiet: false, yes: false, rail: false, events: false, now: () => '2026-01-01T00:00:00.000Z' };
  const ui = flags.json === true ? jsonUi(options) : unattendedUi(options);
  const given: Flags = {
    sandboxSpeed: '600',
    stack: 'quilt-prod',
    testBucket,
    trustedCidr: trusted,
    network: true,
    ...(maxDenied === null ? {} : { maxDenied: String(maxDenied) }),
    ...flags,
  };
  const code = await assess({ flags: given, args, ports, ui, setClock: () => undefined });
  return { code, ...written };
}

describe('assess --network', () => {
  test('brownfield: the grid of the network after the plan, and what runs outside any VPC; exit 0', async () => {
    const { code, stdout } = await assessed({ sandbox: 'brownfield' });
    expect(code).toBe(0);
    expect(stdout).toContain('The network once the plan is carried out');
    expect(stdout).toMatch(/^✓ {2}✗ {2}quilt-private-c /m);
    expect(stdout).toContain('S3 gateway endpoint');
    expect(stdout).toContain('(planned)');
    expect(stdout).toContain('From 3 of 13 places something will be denied; of 4 it cannot be told.');
    expect(stdout).toContain('QP409 (warning)');
  });

  test('brownfield: --json is one document with places, counts, the grid and the findings', async () => {
    const { code, stdout } = await assessed({ sandbox: 'brownfield', json: true, accept: ['QP409'] });
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(Object.keys(document)).toEqual(['version', 'place', 'places', 'denied', 'untold', 'grid', 'outside']);
    expect(document).toMatchObject({
      version: 1,
      place: { accountId: '444455556666', region: 'us-east-1', stack: 'quilt-prod' },
      places: 13,
      denied: 3,
      untold: 4,
      outside: [{ code: 'QP409', severity: 'warning', accepted: true }],
    });
    const row = document.grid.find(
      ({ from, family }: { from: { names: string[] }; family: string }) => family === 'ipv4' && from.names.includes('quilt-private-c'),
    );
    expect(row.to).toMatchObject([
      {
        region: 'us-east-1',
        verdict: 'passes',
        ways: [{ planned: true, context: { 'aws:SourceVpc': document.place.vpc } }],
        remedies: [],
      },
      {
        region: 'eu-west-1',
        buckets: ['quilt-archive-444455556666'],
        verdict: 'denied',
        ways: [{ planned: false, context: { 'aws:SourceIp': '192.0.2.10' }, unknown: [] }],
        remedies: ['--trusted-cidr 192.0.2.10/32, or move the bucket'],
      },
    ]);
  });

  test('more denied places than --max-denied is exit 3, as many or fewer is 0', async () => {
    const over = await assessed({ sandbox: 'brownfield' }, 2);
    expect(over.code).toBe(3);
    expect(over.stderr).toContain('from 3 places something would be denied, and --max-denied allows 2');
    expect((await assessed({ sandbox: 'brownfield' }, 3)).code).toBe(0);
    expect((await assessed({ sandbox: 'greenfield' }, 0)).code).toBe(0);
  });

  test('sources or --offline beside --network are refused, naming what is too much', async () => {
    await expect(assessed({ sandbox: 'greenfield', network: true, offline: true })).rejects.toMatchObject({
      exitCode: 2,
      summary: expect.stringContaining('--offline'),
    });
    await expect(assessed({ sandbox: 'greenfield', network: true }, null, ['logs'])).rejects.toMatchObject({
      exitCode: 2,
      summary: expect.stringContaining('logs'),
    });
  });

  test('an address that was typed settles where you are', async () => {
    const { stdout } = await assessed({ sandbox: 'greenfield', operatorIp: '203.0.113.50' });
    expect(stdout).toMatch(
      /^✗ {2}you \(arn:aws:sts::444455556666:assumed-role\/PlatformAdmin\/operator\)\n {3}203\.0\.113\.50\n {5}→ trust your address/m,
    );
  });
});
