import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningServer, serve } from '../../src/sandbox/server.ts';
import { operatorKeyId } from '../support/world.ts';
import { overHttp, type Stub, stub } from './wire/stub.ts';

let wire: Stub;
let server: RunningServer;
beforeEach(async () => {
  wire = stub({ ec2: { DescribeVpcs: () => ({ Vpcs: [] }) } });
  server = await wire.listen();
});
afterEach(() => server.close());

const get = async (path: string) => JSON.parse(await (await fetch(`${server.url}/_sandbox/${path}`)).text());
const post = async (path: string, value: unknown) => {
  const response = await fetch(`${server.url}/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(value) });
  return { status: response.status, value: JSON.parse(await response.text()) };
};

test('the world is given sorted and without what the passing of time changes', async () => {
  const world = await get('world');
  expect(Object.keys(world)).toEqual([...Object.keys(world)].sort());
  expect(world).toMatchObject({ scenario: 'empty', identities: { operator: operatorKeyId } });
  expect(world).not.toHaveProperty('clock');
  expect(world).not.toHaveProperty('sequence');
});

test('the clock is told and moved', async () => {
  const before = await get('clock');
  expect(before.speed).toBe(60);
  const { value } = await post('clock', { advance: 3_600_000 });
  expect(Date.parse(value.now) - Date.parse(before.now)).toBeGreaterThanOrEqual(3_600_000);
  expect((await post('clock', { advance: -1 })).status).toBe(400);
});

test('answers are dated by the sandbox, not by real time', async () => {
  await post('clock', { advance: 90 * 24 * 3_600_000 });
  const answer = await fetch(`${server.url}/a-bucket/a-key`);
  const { now } = await get('clock');
  expect(Math.abs(Date.parse(now) - Date.parse(answer.headers.get('date') ?? ''))).toBeLessThan(24 * 3_600_000);
});

test('faults are armed and disarmed, calls are listed without secrets', async () => {
  const armed = await post('faults', [{ effect: 'throttle', operation: 'DescribeVpcs' }, { async: { kind: 'policy-type' } }]);
  expect(armed.value.armed).toHaveLength(2);
  const ec2 = new EC2Client(overHttp(server.url));
  await expect(ec2.send(new DescribeVpcsCommand({ VpcIds: ['vpc-1'] }))).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
  expect((await post('faults', [])).value.armed).toEqual([]);
  await ec2.send(new DescribeVpcsCommand({ NextToken: 'a-token', MaxResults: 5 }));
  expect(await get('calls')).toMatchObject([
    { seq: 1, service: 'ec2', operation: 'DescribeVpcs', kind: 'read', result: 'RequestLimitExceeded', input: { VpcIds: 'vpc-1' } },
    { seq: 2, result: 'OK', network: { publicIp: '198.51.100.10' }, region: 'us-east-1', input: { MaxResults: '5' } },
  ]);
  expect((await post('faults', { effect: 'magic' })).status).toBe(400);
});

test('a question about an unknown principal or a control call that is not there is told', async () => {
  expect(await get('can?principal=nobody&action=s3:GetObject&resource=')).toEqual({ allowed: false, why: 'no principal nobody' });
  expect((await fetch(`${server.url}/_sandbox/can`)).status).toBe(400);
  expect((await fetch(`${server.url}/_sandbox/magic`)).status).toBe(404);
});

test('a port that is taken is bad input', async () => {
  const port = Number(new URL(server.url).port);
  await expect(serve(wire.sandbox, port)).rejects.toMatchObject({ exitCode: 2, code: 'SANDBOX_PORT' });
});
