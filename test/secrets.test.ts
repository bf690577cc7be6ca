// No credential and no NoEcho value in anything that the program prints, writes or hands to a child.
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { controlOf } from '../src/sandbox/control.ts';
import type { FaultEffect } from '../src/sandbox/fault-types.ts';
import { models } from '../src/sandbox/models.ts';
import { createSandbox } from '../src/sandbox/sandbox.ts';
import { buildScenario } from '../src/sandbox/scenarios/index.ts';
import { type RunningServer, serve } from '../src/sandbox/server.ts';
import { scaledTime } from '../src/sandbox/time.ts';
import { bundled, type Ended, run } from './cli/program.ts';
import { leaksIn, type Secret, secretsOf } from './support/secrets.ts';
import { WholeRun } from './support/whole-run.ts';

describe('a secret is found', () => {
  const secret: Secret = { name: 'it', value: 'p/ä+ss "w0rd"&7' };
  const { value } = secret;
  test.each([
    ['as it is', `x${value}y`, 'raw'],
    ['in JSON', JSON.stringify({ a: value }), 'JSON'],
    ['in JSON within JSON', JSON.stringify({ a: JSON.stringify({ b: value }) }), 'JSON in JSON'],
    ['in a URL', `http://x/?q=${encodeURIComponent(value)}`, 'URL'],
    ['in a form', new URLSearchParams({ q: value }).toString(), 'form'],
    ['as hex', Buffer.from(value).toString('hex'), 'hex'],
    ...['', 'a', 'ab', 'abc'].map(
      (before) => [`in Base64 after "${before}"`, Buffer.from(`${before}${value}z`).toString('base64'), 'Base64'] as const,
    ),
    ['in the Base64 of URLs', Buffer.from(`user:${value}`).toString('base64url'), 'Base64'],
  ] as const)('%s', (_where, text, form) => {
    expect(leaksIn(text, [secret])).toEqual([`it (${form})`]);
  });

  test('and nothing else is taken for it', () => {
    expect(leaksIn(JSON.stringify({ a: `${value.slice(1)} ${value.toUpperCase()}` }), [secret])).toEqual([]);
  });

  test('by its world: keys, tokens and hidden parameters, each with a value that is its own', () => {
    const world = buildScenario('greenfield', { now: 0, speed: 1, seed: 1 });
    const names = secretsOf(world).map(({ name }) => name);
    for (const expected of [/PlatformAdmin/, /OrganizationAdmin/, /parameter DBUrl/, /parameter AdminPassword/]) {
      expect(names.some((name) => expected.test(name))).toBe(true);
    }
    expect(leaksIn(JSON.stringify(world), secretsOf(world))).toHaveLength(new Set(names).size);
  });
});

test.each(['greenfield', 'transit', 'single-account'])(
  'the journal and the events of apply and rollback hold none (%s)',
  async (scenario) => {
    const whole = await WholeRun.on(scenario);
    await whole.apply();
    await whole.rollBack();
    const secrets = secretsOf(whole.sandbox.world());
    expect(whole.journal.length).toBeGreaterThan(1000);
    expect(leaksIn(whole.journal, secrets)).toEqual([]);
    expect(leaksIn(JSON.stringify([whole.events, whole.questions]), secrets)).toEqual([]);
    // The search can find what it looks for in a journal.
    const [first] = secrets;
    const planted = whole.journal.replace('"summary":"', `"summary":${JSON.stringify(first?.value).slice(0, -1)}`);
    expect(leaksIn(planted, secrets)).toHaveLength(1);
  },
);

describe('the program as a process, against a sandbox that this one serves', () => {
  const sandbox = createSandbox({
    world: buildScenario('greenfield', { now: Date.now(), speed: 600, seed: 1 }),
    models,
    time: scaledTime(),
  });
  const control = controlOf(sandbox);
  const { hints } = sandbox.world();
  const choices = ['--test-bucket', hints.testBucket, '--trusted-cidr', hints.trustedCidrs.join(',')];
  const ownSecrets: Secret[] = ['proxy-Pa55word', 'endpoint-Pa55word', 'unknown-Secret/Key+', 'unknown-Session/Token+'].map((value) => ({
    name: value,
    value,
  }));
  let cli = '';
  let server: RunningServer;
  beforeAll(async () => {
    cli = bundled();
    server = await serve(sandbox, 0);
  });
  afterAll(() => server.close());

  const newFolder = (): string => mkdtempSync(join(tmpdir(), 'quilt-perimeter-secrets-'));

  function environment(identity = 'operator'): Record<string, string> {
    const id = sandbox.world().identities[identity] ?? '';
    const secret = sandbox.world().accessKeys[id]?.secretAccessKey ?? '';
    return { AWS_ENDPOINT_URL: server.url, AWS_REGION: hints.region, AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret };
  }

  /** Runs the program and expects that neither what it printed nor what it wrote into its folder holds a secret. */
  async function searched(args: readonly string[], env: Readonly<Record<string, string>>, dir = newFolder()): Promise<Ended> {
    const ended = await run(cli, args, dir, env);
    const secrets = [...secretsOf(sandbox.world()), ...ownSecrets];
    const written = readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .map((name) => join(dir, name))
      .filter((path) => statSync(path).isFile() && !path.includes('.aws'));
    for (const text of [ended.stdout, ended.stderr, ...written.map((path) => readFileSync(path, 'utf8'))]) {
      expect(leaksIn(text, secrets)).toEqual([]);
    }
    return ended;
  }

  const strike = (effect: FaultEffect, operation: string | null, times: number | null) =>
    control.arm([{ type: 'request', effect, operation, of: 'call', nth: 1, times, seen: 0 }]);

  test('a whole apply with everything said, status and rollback, and a saved plan', async () => {
    const dir = newFolder();
    const all = ['--debug', '--verbose', '--until', 'bucket-policy'];
    const planned = await searched(['plan', ...choices, ...all, '--out', 'plan.json'], environment(), dir);
    expect([0, 3]).toContain(planned.code);
    const applied = await searched(['apply', 'plan.json', '--yes', ...all], environment(), dir);
    expect(applied.stdout + applied.stderr).toContain('endpoints');
    await searched(['apply', ...choices, '--yes', '--json', ...all, '--accept', 'QP413'], environment(), dir);
    await searched(['status', '--json', ...choices, '--debug'], environment(), dir);
    await searched(['rollback', '--yes', '--debug', '--verbose'], environment(), dir);
    expect(readdirSync(dir).sort()).toEqual(expect.arrayContaining(['.quilt-perimeter', 'plan.json']));
  }, 120_000);

  test.each([
    ['access denied', { type: 'access-denied' }, 'GetCallerIdentity', 1],
    ['expired credentials', { type: 'expired-credentials' }, 'GetCallerIdentity', 1],
    ['access denied to the stack', { type: 'access-denied' }, 'DescribeStacks', null],
    ['expired credentials half-way', { type: 'expired-credentials' }, 'DescribeRouteTables', null],
  ] as const)('errors: %s', async (_what, effect, operation, times) => {
    await strike(effect, operation, times);
    const ended = await searched(['plan', ...choices, '--debug', '--json'], environment());
    await control.arm([]);
    expect(ended.code).not.toBe(0);
    expect(ended.stdout).toContain('"error"');
  });

  test('credentials that nobody knows', async () => {
    const env = {
      ...environment(),
      AWS_ACCESS_KEY_ID: 'AKIAUNKNOWN000000000',
      AWS_SECRET_ACCESS_KEY: 'unknown-Secret/Key+',
      AWS_SESSION_TOKEN: 'unknown-Session/Token+',
    };
    const { code, stderr } = await searched(['plan', ...choices, '--debug'], env);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('are not accepted') });
    expect(stderr).not.toContain('AKIAUNKNOWN000000000');
  });

  test.each([
    ['a proxy that is not there', { HTTPS_PROXY: 'http://someone:proxy-Pa55word@127.0.0.1:9', AWS_ENDPOINT_URL: '' }, 1],
    ['a proxy that is no URL', { HTTPS_PROXY: 'http://someone:proxy-Pa55word@:x:9' }, 2],
    ['a proxy of another kind', { HTTPS_PROXY: 'socks5://someone:proxy-Pa55word@127.0.0.1:9' }, 2],
    ['an endpoint that is not there', { AWS_ENDPOINT_URL: 'http://someone:endpoint-Pa55word@127.0.0.1:9' }, 2],
    ['an endpoint that is no URL', { AWS_ENDPOINT_URL: 'http//someone:endpoint-Pa55word@127.0.0.1' }, 2],
    ['an endpoint of another kind', { AWS_ENDPOINT_URL_S3: 'ftp://someone:endpoint-Pa55word@127.0.0.1' }, 2],
  ] as const)('addresses with passwords in them: %s', async (_what, env, expected) => {
    const args = ['plan', ...choices, '--debug'];
    const ended = await Promise.all([
      searched(args, { ...environment(), ...env }),
      searched([...args, '--json'], { ...environment(), ...env }),
    ]);
    expect(ended.map(({ code }) => code)).toEqual([expected, expected]);
  });

  test('a credential process is given none as argument or in its environment, and what it hands out stays inside', async () => {
    const dir = newFolder();
    const record = join(dir, 'record.json');
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...where } = environment();
    writeFileSync(
      join(dir, 'process.cjs'),
      `require('node:fs').writeFileSync(${JSON.stringify(record)}, JSON.stringify({ argv: process.argv, env: process.env }));
process.stdout.write(JSON.stringify({ Version: 1, AccessKeyId: process.argv[2], SecretAccessKey: require('node:fs').readFileSync(process.argv[3], 'utf8') }));`,
    );
    const keep = mkdtempSync(join(tmpdir(), 'quilt-perimeter-keep-'));
    writeFileSync(join(keep, 'secret'), AWS_SECRET_ACCESS_KEY ?? '');
    const config = join(keep, 'config');
    writeFileSync(
      config,
      `[profile made]\nregion = ${hints.region}\ncredential_process = ${process.execPath} ${join(dir, 'process.cjs')} ${AWS_ACCESS_KEY_ID} ${join(keep, 'secret')}\n`,
    );
    const env = { ...where, AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: join(keep, 'none') };
    const { stderr } = await searched(['plan', '--profile', 'made', ...choices, '--debug'], env, dir);
    expect(stderr).toContain('profile made');
    expect(readFileSync(record, 'utf8')).toContain('"argv"');
  });

  test('the sessions of assumed roles stay inside', async () => {
    const before = Object.keys(sandbox.world().accessKeys).length;
    const operator = sandbox.world().accessKeys[sandbox.world().identities.operator ?? '']?.roleArn ?? '';
    const ended = await searched(['plan', '--role-arn', operator, ...choices, '--debug', '--json'], environment());
    expect(Object.keys(sandbox.world().accessKeys).length).toBeGreaterThan(before);
    expect(ended.stdout).toContain('"place"');
  });
});
