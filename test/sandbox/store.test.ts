import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CreateRouteCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { rolldown } from 'rolldown';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PerimeterError } from '../../src/errors.ts';
import { requestHandlerOf } from '../../src/sandbox/request-handler.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { openStore, type WorldStore } from '../../src/sandbox/store.ts';
import { scaledTime } from '../../src/sandbox/time.ts';
import type { World } from '../../src/sandbox/world.ts';
import { emptyWorld, operatorKeyId } from '../support/world.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sandbox-store-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const open = (scenario = 'empty', reset = false): WorldStore =>
  openStore(dir, scenario, { reset, build: () => ({ ...emptyWorld(), scenario }) });

// The model counts its writes in the seed's place that nothing else uses: `hints.stack`.
const models = {
  ec2: {
    operations: {
      DescribeVpcs: { kind: 'read' as const, run: (world: World) => ({ Vpcs: [{ VpcId: world.hints.stack }] }) },
      CreateRoute: {
        kind: 'write' as const,
        run: (world: World) => {
          world.hints.stack = String(Number(world.hints.stack) + 1);
          return { Return: true };
        },
      },
    },
  },
};
const sandboxOf = (store: WorldStore): Sandbox => createSandbox({ world: store, models, time: scaledTime() });
const client = (sandbox: Sandbox): EC2Client =>
  new EC2Client({
    region: 'us-east-1',
    credentials: { accessKeyId: operatorKeyId, secretAccessKey: 'x' },
    requestHandler: requestHandlerOf(sandbox),
    maxAttempts: 1,
  });
const onDisk = (): World => JSON.parse(readFileSync(join(dir, 'world.json'), 'utf8'));

test('a write stands on the disk before its answer, a read writes nothing', async () => {
  const ec2 = client(sandboxOf(open()));
  await ec2.send(new CreateRouteCommand({ RouteTableId: 'rtb-1' }));
  expect(onDisk().hints.stack).toBe('1');
  const { mtimeNs } = statSync(join(dir, 'world.json'), { bigint: true });
  await ec2.send(new DescribeVpcsCommand({}));
  expect(statSync(join(dir, 'world.json'), { bigint: true }).mtimeNs).toBe(mtimeNs);
  expect(statSync(join(dir, 'world.json')).mode & 0o777).toBe(0o600);
});

test('two sandboxes over one folder see each other’s writes, calls and faults', async () => {
  const one = sandboxOf(open());
  const other = sandboxOf(open());
  await client(one).send(new CreateRouteCommand({ RouteTableId: 'rtb-1' }));
  await client(other).send(new CreateRouteCommand({ RouteTableId: 'rtb-2' }));
  expect((await client(one).send(new DescribeVpcsCommand({}))).Vpcs?.[0]?.VpcId).toBe('2');
  expect(one.calls().map(({ seq, operation }) => `${seq} ${operation}`)).toEqual(['1 CreateRoute', '2 CreateRoute', '3 DescribeVpcs']);
  expect(other.calls()).toEqual(one.calls());
});

test('writes of two processes at once are all kept', async () => {
  open();
  const bundle = await rolldown({
    input: fileURLToPath(new URL('../../src/sandbox/store.ts', import.meta.url)),
    platform: 'node',
    transform: { define: { __filename: 'import.meta.filename' } },
  });
  await bundle.write({ file: join(dir, 'store.mjs'), format: 'esm' });
  await bundle.close();
  const script = `
    import { openStore } from ${JSON.stringify(join(dir, 'store.mjs'))};
    const store = openStore(${JSON.stringify(dir)}, 'empty', { reset: false, build: () => { throw new Error('there is one'); } });
    for (let n = 0; n < 100; n++) await store.locked(() => { store.current().sequence += 1; store.save(); });`;
  writeFileSync(join(dir, 'child.mjs'), script);
  const child = () => promisify(execFile)(process.execPath, [join(dir, 'child.mjs')]);
  await Promise.all([child(), child()]);
  expect(onDisk().sequence).toBe(200);
});

test('the lock of a killed process is taken over', async () => {
  const store = open();
  const lock = join(dir, 'world.lock');
  writeFileSync(lock, 'somebody');
  const past = Date.now() / 1000 - 60;
  utimesSync(lock, past, past);
  expect(await store.locked(() => 'mine')).toBe('mine');
  expect(statSync(lock, { throwIfNoEntry: false })).toBeUndefined();
});

test('another scenario than the stored one is bad input that names --sandbox-reset, which begins anew', async () => {
  await client(sandboxOf(open())).send(new CreateRouteCommand({ RouteTableId: 'rtb-1' }));
  const refused = () => open('other');
  expect(refused).toThrow(PerimeterError);
  expect(refused).toThrow(expect.objectContaining({ exitCode: 2, remedy: expect.stringContaining('--sandbox-reset') }));
  const store = open('other', true);
  expect([store.current().scenario, sandboxOf(store).calls()]).toEqual(['other', []]);
});

test('a world that is not JSON is bad input', () => {
  open();
  writeFileSync(join(dir, 'world.json'), '{"version":1,');
  expect(() => open()).toThrow(expect.objectContaining({ exitCode: 2 }));
});
