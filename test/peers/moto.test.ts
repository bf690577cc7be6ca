// The whole job against moto_server: a plan says what it will do, apply does exactly that, a second apply sends no
// write, and rollback leaves everything as it was.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, greenfield, type Landscape, type Options } from './landscapes.ts';
import { isOnPath, type Moto, startMoto } from './moto.ts';
import { snapshot } from './snapshot.ts';

const program = fileURLToPath(new URL('../../bin/quilt-perimeter.js', import.meta.url));
const here = isOnPath('moto_server');
if (!here) console.log('skipped: moto_server is not on the PATH (pip install "moto[server]")');

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(moto: Moto, land: Landscape, dir: string, args: readonly string[]): Promise<Ran> {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: dir,
    NO_COLOR: '1',
    AWS_ENDPOINT_URL: moto.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: land.base.accessKeyId,
    AWS_SECRET_ACCESS_KEY: land.base.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const role = land.roleArn === null ? [] : ['--role-arn', land.roleArn];
  const child = spawn(process.execPath, [program, ...args, ...role, '--dir', dir], { env, cwd: dir });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

interface Case {
  readonly name: string;
  readonly options: Options;
  readonly accept: readonly string[];
  /** Types of the targets of all changes, sorted, once each key. */
  readonly plans: (land: Landscape, keys: readonly string[]) => void;
}

const has = (keys: readonly string[], part: string): boolean => keys.some((key) => key.includes(part));

const cases: readonly Case[] = [
  {
    name: 'greenfield',
    options: greenfield,
    accept: [],
    plans: (land, keys) => {
      expect(keys).toContain(`endpoints/${land.vpc}/execute-api`);
      expect(keys).toContain(`endpoints/${land.vpc}/s3`);
      expect(keys.filter((key) => key.startsWith('nat/')).length).toBeGreaterThanOrEqual(5);
      expect(has(keys, 'scp/policy-type')).toBe(true);
      expect(has(keys, 'dns-hostnames')).toBe(false);
    },
  },
  {
    name: 'a NAT gateway stands',
    options: { ...greenfield, nat: true },
    accept: [],
    plans: (_land, keys) => expect(has(keys, 'nat/')).toBe(false),
  },
  {
    name: 'the gateway endpoint is on some tables only',
    options: { ...greenfield, gatewayEndpoint: 'first' },
    accept: [],
    plans: (land, keys) => {
      const [first, ...missing] = land.privateTables;
      expect(has(keys, `/s3/${first}`)).toBe(false);
      for (const table of missing) expect(keys).toContain(`endpoints/${land.vpc}/s3/${table}`);
    },
  },
  {
    name: 'the private subnets are on the main table',
    options: { ...greenfield, privateOnMain: true },
    accept: ['QP203'],
    plans: (_land, keys) => expect(has(keys, 'nat/')).toBe(true),
  },
  {
    name: 'egress through a transit gateway',
    options: { ...greenfield, transit: true },
    accept: [],
    plans: (_land, keys) => expect(has(keys, 'nat/')).toBe(false),
  },
  {
    name: 'DNS host names are off',
    options: { ...greenfield, dnsHostnames: false },
    accept: [],
    plans: (land, keys) => expect(keys).toContain(`endpoints/${land.vpc}/dns-hostnames`),
  },
  {
    name: 'three zones with intra subnets',
    options: { ...greenfield, intra: true },
    accept: [],
    plans: (land, keys) => {
      for (const table of land.intraTables) expect(has(keys, table)).toBe(false);
    },
  },
  {
    name: 'the API endpoint stands',
    options: { ...greenfield, apiEndpoint: true },
    accept: [],
    plans: (land, keys) => expect(keys).not.toContain(`endpoints/${land.vpc}/execute-api`),
  },
  {
    name: 'the policy type is enabled already',
    options: { ...greenfield, policyType: true },
    accept: [],
    plans: (_land, keys) => expect(has(keys, 'scp/policy-type')).toBe(false),
  },
  {
    name: 'Quilt in the management account',
    options: { ...greenfield, member: false },
    accept: ['QP405', 'QP302'],
    plans: (_land, keys) => expect(has(keys, 'scp/')).toBe(true),
  },
];

describe.skipIf(!here)('against moto_server', () => {
  let moto: Moto;
  let dir: string;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  test.each(cases)('$name: plan, apply, apply again, rollback', async ({ options, accept, plans }) => {
    await moto.reset();
    dir = mkdtempSync(join(tmpdir(), 'quilt-perimeter-peers-'));
    const land = await build(moto.url, options);
    const before = await snapshot(land.clients);
    const flags = [
      ...['--trusted-cidr', '198.51.100.0/24', '--test-bucket', land.testBucket, '--skip-probes'],
      ...['--accept', ['QP413', ...accept].join(',')],
    ];

    const planned = await run(moto, land, dir, ['plan', '--json', ...flags.filter((flag) => flag !== '--skip-probes')]);
    expect(planned, planned.stdout + planned.stderr).toMatchObject({ code: 0 });
    const plan: { steps: { id: string; changes: { key: string; risk: string }[] }[] } = JSON.parse(planned.stdout);
    const probes = /\/(probe|trial|rehearsal|rehearsal-back)$/;
    const keys = plan.steps.flatMap((step) => step.changes.map((change) => change.key)).filter((key) => !probes.test(key));
    plans(land, keys);
    expect(await snapshot(land.clients), 'plan writes nothing').toEqual(before);

    const applied = await run(moto, land, dir, ['apply', '--yes', '--json', ...flags]);
    expect(applied, applied.stdout + applied.stderr).toMatchObject({ code: 0 });
    const events: { type: string; key?: string }[] = applied.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const done = events.filter((event) => event.type === 'change-done').map((event) => event.key);
    expect(done.sort(), 'apply does exactly what the plan says').toEqual([...keys].sort());

    const after = await snapshot(land.clients);
    const again = await run(moto, land, dir, ['apply', '--yes', '--json', ...flags]);
    expect(again, again.stdout + again.stderr).toMatchObject({ code: 0 });
    expect(again.stdout).not.toContain('change-begun');
    expect(await snapshot(land.clients), 'a second apply writes nothing').toEqual(after);

    const undone = await run(moto, land, dir, ['rollback', '--yes', '--json']);
    expect(undone, undone.stdout + undone.stderr).toMatchObject({ code: 0 });
    expect(await snapshot(land.clients), 'rollback leaves everything as it was').toEqual(before);
    for (const output of [planned, applied, again, undone]) expect(output.stdout + output.stderr).not.toContain('hunter2');
    rmSync(dir, { recursive: true, force: true });
  });
});
