// The program as a process of its own, killed right after a call took effect and before its answer, against a sandbox that
// outlives it: the next process goes on, makes nothing twice and leaves nothing behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { models } from '../../src/sandbox/models.ts';
import { createSandbox, type Outcome, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { buildScenario } from '../../src/sandbox/scenarios/index.ts';
import { type RunningServer, serve } from '../../src/sandbox/server.ts';
import { scaledTime } from '../../src/sandbox/time.ts';
import type { World } from '../../src/sandbox/world.ts';
import { differences, notRestored, readable } from '../support/world.ts';
import { program } from './terminal.ts';

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly events: readonly { readonly type: string; readonly [field: string]: unknown }[];
  readonly stderr: string;
}

let dir: string;
let sandbox: Sandbox;
let server: RunningServer;
let child: ChildProcess | null = null;
/** Asked after each write that took effect: whether the process does not live to see the answer. */
let isLast: (operation: string, world: World) => boolean = () => false;
let whenWaiting: (() => void) | null = null;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'quilt-perimeter-kill-'));
  isLast = () => false;
  whenWaiting = null;
  sandbox = createSandbox({ world: buildScenario('greenfield', { now: Date.now(), speed: 120, seed: 1 }), models, time: scaledTime() });
  server = await serve({ ...sandbox, handle: (request) => killedAfter(() => sandbox.handle(request)) }, 0);
  const { accessKeyId, secretAccessKey } = keyOf('management');
  writeFileSync(join(dir, 'config'), '[profile organization]\nregion = us-east-1\n');
  writeFileSync(
    join(dir, 'credentials'),
    `[organization]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  );
});

afterEach(async () => {
  child?.kill('SIGKILL');
  await server.close();
  rmSync(dir, { recursive: true });
});

function keyOf(identity: string): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  const { identities, accessKeys } = sandbox.world();
  const accessKeyId = identities[identity] ?? '';
  return { accessKeyId, secretAccessKey: accessKeys[accessKeyId]?.secretAccessKey ?? '' };
}

/** Its answer never arrives where the process is killed after it. */
async function killedAfter(handle: () => Promise<Outcome>): Promise<Outcome> {
  const before = sandbox.calls().length;
  const outcome = await handle();
  const made = sandbox
    .calls()
    .slice(before)
    .filter(({ kind, result }) => kind === 'write' && result === 'OK');
  const killed = child;
  if (killed === null || !made.some(({ operation }) => isLast(operation, sandbox.world()))) return outcome;
  const ended = new Promise((resolve) => killed.once('exit', resolve));
  killed.kill('SIGKILL');
  await ended;
  return { type: 'disconnect' };
}

function run(...args: readonly string[]): Promise<Ended> {
  const { accessKeyId, secretAccessKey } = keyOf('operator');
  const started = spawn(process.execPath, [program, ...args, '--json', '--yes', '--org-profile', 'organization'], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: dir,
      AWS_ENDPOINT_URL: server.url,
      AWS_REGION: sandbox.world().hints.region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_CONFIG_FILE: join(dir, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(dir, 'credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });
  child = started;
  let stdout = '';
  let stderr = '';
  started.stdout.on('data', (data) => {
    stdout += data;
    if (whenWaiting !== null && /"type":\s*"waiting"/.test(stdout)) {
      whenWaiting();
      whenWaiting = null;
    }
  });
  started.stderr.on('data', (data) => {
    stderr += data;
  });
  return new Promise((resolve) => {
    started.once('close', (code, signal) => {
      child = null;
      // The last line may have been cut off by the kill.
      const lines = stdout.split('\n').slice(0, -1);
      resolve({ code, signal, events: lines.map((line) => JSON.parse(line)), stderr });
    });
  });
}

function apply(): Promise<Ended> {
  const { testBucket, trustedVpcs, trustedCidrs } = sandbox.world().hints;
  const choices = ['--test-bucket', testBucket, '--trusted-vpc', trustedVpcs.join(','), '--trusted-cidr', trustedCidrs.join(',')];
  return run('apply', ...choices, '--accept', 'QP413');
}

const records = ['clock', 'sequence', 'ec2.tombstones', ...notRestored];

/** What differs from that world once all that is asynchronous is over. */
async function changedSince(before: World): Promise<string> {
  await sandbox.change((world) => sandbox.time.advance(world.clock, 3_600_000));
  return readable(differences(before, structuredClone(sandbox.world()), records));
}

/** The write with what tells its stages apart: endpoints by type, policies by what they say. */
function stageOf(operation: string, { s3, hints, organizations, ec2 }: World): string {
  switch (operation) {
    case 'CreateVpcEndpoint':
      return `${operation} ${Object.values(ec2.vpcEndpoints).at(-1)?.type}`;
    case 'PutBucketPolicy':
      return `${operation} ${stageOfPolicy(s3.buckets[hints.testBucket]?.policy ?? '')}`;
    case 'UpdatePolicy':
      return `${operation} ${stageOfPolicy(Object.values(organizations.organization?.policies ?? {}).find(({ name }) => name === 'QuiltDataPerimeter')?.content ?? '')}`;
    default:
      return operation;
  }
}

const stageOfPolicy = (policy: string): string =>
  ['QuiltPerimeterProbeSentinel', 'QuiltPerimeterProbeControl', 'QuiltPerimeterLifted'].find((sid) => policy.includes(sid)) ?? 'full';

/** Runs the command again and again; each process is killed at the first write of a stage that none was killed at before. */
async function killedAtEveryStage(command: () => Promise<Ended>): Promise<{ readonly last: Ended; readonly stages: readonly string[] }> {
  const stages: string[] = [];
  isLast = (operation, world) => {
    const stage = stageOf(operation, world);
    if (stages.includes(stage)) return false;
    stages.push(stage);
    return true;
  };
  for (;;) {
    const killed = stages.length;
    const last = await command();
    if (stages.length === killed) return { last, stages };
    expect([last.code, last.signal]).toEqual([null, 'SIGKILL']);
  }
}

const createCalls = [
  'CreateSecurityGroup',
  'CreateVpcEndpoint Gateway',
  'CreateVpcEndpoint Interface',
  'AllocateAddress',
  'CreateNatGateway',
  'CreateRoute',
  'PutBucketPolicy QuiltPerimeterProbeSentinel',
  'PutBucketPolicy QuiltPerimeterProbeControl',
  'PutBucketPolicy full',
  'CreatePolicy',
  'AttachPolicy',
  'UpdatePolicy full',
  'CreateChangeSet',
  'ExecuteChangeSet',
];

test('a process killed after each kind of write: apply ends with nothing twice, rollback with the world as before', async () => {
  const before = structuredClone(sandbox.world());
  const applied = await killedAtEveryStage(apply);
  expect(applied.stages).toEqual(expect.arrayContaining(createCalls));
  expect([applied.last.code, applied.last.events.at(-1)]).toEqual([0, expect.objectContaining({ type: 'done', outcome: 'done' })]);

  const { ec2, organizations } = sandbox.world();
  const of = <T extends { readonly vpcId: string }>(things: { readonly [id: string]: T }) =>
    Object.values(things).filter(({ vpcId }) => vpcId === sandbox.world().hints.vpc);
  expect(
    of(ec2.vpcEndpoints)
      .map(({ type }) => type)
      .sort(),
  ).toEqual(['Gateway', 'Interface']);
  expect(of(ec2.securityGroups).filter(({ name }) => name.startsWith('quilt-perimeter'))).toHaveLength(1);
  expect(of(ec2.natGateways)).toHaveLength(1);
  expect(Object.keys(ec2.addresses)).toHaveLength(1);
  expect(Object.values(organizations.organization?.policies ?? {}).filter(({ name }) => name.startsWith('Quilt'))).toHaveLength(1);

  isLast = () => false;
  const writes = () => sandbox.calls().filter(({ kind }) => kind === 'write').length;
  const until = writes();
  expect((await apply()).code).toBe(0);
  expect(writes()).toBe(until);

  const rolledBack = await killedAtEveryStage(() => run('rollback'));
  expect(rolledBack.last.code).toBe(0);
  expect(await changedSince(before)).toBe('');
}, 600_000);

test('SIGINT during a wait ends with 130, and apply goes on from there', async () => {
  const before = structuredClone(sandbox.world());
  whenWaiting = () => child?.kill('SIGINT');
  const interrupted = await apply();
  expect(interrupted.code).toBe(130);
  expect(interrupted.events.at(-1)).toMatchObject({ type: 'done', outcome: 'interrupted', exitCode: 130 });
  expect((await apply()).code).toBe(0);
  expect((await run('rollback')).code).toBe(0);
  expect(await changedSince(before)).toBe('');
}, 300_000);
