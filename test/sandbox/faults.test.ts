import { CreateRouteCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListRootsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from 'vitest';
import { controlOf } from '../../src/sandbox/control.ts';
import { faultsOf } from '../../src/sandbox/fault-request.ts';
import { type FaultEffect, takeAsyncFailure } from '../../src/sandbox/fault-types.ts';
import { requestFault } from '../../src/sandbox/faults.ts';
import { requestHandlerOf } from '../../src/sandbox/request-handler.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { type Stub, stub } from './wire/stub.ts';

let wire: Stub;
let made: string[];
beforeEach(() => {
  made = [];
  wire = stub(
    {
      ec2: {
        DescribeVpcs: () => ({ Vpcs: [] }),
        CreateRoute: (input: { RouteTableId: string }) => {
          made.push(input.RouteTableId);
          return { Return: true };
        },
      },
      organizations: { ListRoots: () => ({ Roots: [] }) },
      s3: { GetObject: () => ({ Body: 'x' }) },
      sts: { GetCallerIdentity: () => ({ Account: '1' }) },
    },
    ['CreateRoute'],
  );
});

const arm = (effect: FaultEffect, when?: Parameters<typeof requestFault>[1]) => controlOf(wire.sandbox).arm([requestFault(effect, when)]);
const createRoute = (RouteTableId: string) => new EC2Client(wire.inProcess).send(new CreateRouteCommand({ RouteTableId }));
const describeVpcs = () => new EC2Client(wire.inProcess).send(new DescribeVpcsCommand({}));

test('a lost answer breaks the connection after the call took effect, once', async () => {
  await arm({ type: 'lost-answer' }, { operation: 'CreateRoute' });
  await expect(createRoute('rtb-1')).rejects.toMatchObject({ code: 'ECONNRESET' });
  await createRoute('rtb-2');
  expect(made).toEqual(['rtb-1', 'rtb-2']);
  expect(wire.sandbox.calls().map(({ result }) => result)).toEqual(['LostAnswer', 'OK']);
});

test('a dropped call has no effect', async () => {
  await arm({ type: 'dropped' }, { of: 'write', nth: 2 });
  await createRoute('rtb-1');
  await describeVpcs();
  await expect(createRoute('rtb-2')).rejects.toMatchObject({ code: 'ECONNRESET' });
  await createRoute('rtb-3');
  expect(made).toEqual(['rtb-1', 'rtb-3']);
  expect(wire.sandbox.calls().map(({ kind, result }) => `${kind} ${result}`)).toEqual(['write OK', 'read OK', 'write Dropped', 'write OK']);
});

test('over HTTP a lost answer is a connection reset', async () => {
  const server = await wire.listen();
  await arm({ type: 'lost-answer' });
  const ec2 = new EC2Client({ ...wire.inProcess, requestHandler: undefined as never, endpoint: server.url });
  await expect(ec2.send(new CreateRouteCommand({ RouteTableId: 'rtb-1' }))).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(made).toEqual(['rtb-1']);
  await server.close();
});

test('a fault of the K-th call strikes as often in a row as was asked', async () => {
  await arm({ type: 'http-500' }, { nth: 2, times: 2 });
  const outcomes: string[] = [];
  for (let n = 0; n < 5; n++)
    outcomes.push(
      await describeVpcs().then(
        () => 'ok',
        ({ $metadata }) => String($metadata.httpStatusCode),
      ),
    );
  expect(outcomes).toEqual(['ok', '500', '500', 'ok', 'ok']);
  expect(wire.world.faults).toEqual([]);
});

describe('each service words it as AWS does', () => {
  const ask = {
    ec2: describeVpcs,
    organizations: () => new OrganizationsClient(wire.inProcess).send(new ListRootsCommand({})),
    s3: () => new S3Client(wire.inProcess).send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })),
    sts: () => new STSClient(wire.inProcess).send(new GetCallerIdentityCommand({})),
  };
  test.each([
    ['ec2', 'throttle', 'RequestLimitExceeded', 503],
    ['organizations', 'throttle', 'TooManyRequestsException', 400],
    ['s3', 'throttle', 'SlowDown', 503],
    ['sts', 'throttle', 'Throttling', 400],
    ['ec2', 'expired-credentials', 'RequestExpired', 400],
    ['organizations', 'expired-credentials', 'ExpiredTokenException', 400],
    ['s3', 'expired-credentials', 'ExpiredToken', 400],
    ['sts', 'expired-credentials', 'ExpiredToken', 403],
    ['ec2', 'access-denied', 'UnauthorizedOperation', 403],
    ['organizations', 'access-denied', 'AccessDeniedException', 400],
    ['s3', 'access-denied', 'AccessDenied', 403],
    ['organizations', 'concurrent-modification', 'ConcurrentModificationException', 400],
    ['s3', 'concurrent-modification', 'OperationAborted', 409],
  ] as const)('%s %s', async (service, type, name, httpStatusCode) => {
    await arm({ type });
    await expect(ask[service]()).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
    expect(wire.inputs).toEqual([]);
    await ask[service]();
  });
});

test('a stalled call is answered when its time has passed', async () => {
  const clock = new VirtualClock();
  const models = { ec2: { operations: { DescribeVpcs: { kind: 'read' as const, run: () => ({ Vpcs: [] }) } } } };
  const sandbox = createSandbox({ world: wire.world, models, time: clock.asSandboxTime() });
  await controlOf(sandbox).arm([requestFault({ type: 'stall', milliseconds: 600_000 })]);
  const before = clock.now().getTime();
  await new EC2Client({ ...wire.inProcess, requestHandler: requestHandlerOf(sandbox) }).send(new DescribeVpcsCommand({}));
  expect(clock.now().getTime() - before).toBe(600_000);
});

test('an asynchronous failure is taken as often as it was armed', () => {
  const failure = { kind: 'nat-gateway', code: 'InvalidSubnetID.NotFound', message: 'gone' } as const;
  const world = { faults: [{ type: 'async' as const, failure, remaining: 2 }] };
  expect(takeAsyncFailure(world, 'vpc-endpoint')).toBeNull();
  expect([takeAsyncFailure(world, 'nat-gateway'), takeAsyncFailure(world, 'nat-gateway'), takeAsyncFailure(world, 'nat-gateway')]).toEqual([
    failure,
    failure,
    null,
  ]);
});

test('faults are read from JSON with defaults, and what makes no sense is said', () => {
  expect(faultsOf({ effect: 'throttle', operation: 'ec2:CreateRoute', of: 'write', times: 10 })).toEqual([
    { type: 'request', effect: { type: 'throttle' }, operation: 'ec2:CreateRoute', of: 'write', nth: 1, times: 10, seen: 0 },
  ]);
  expect(faultsOf([{ async: { kind: 'policy-type' }, times: null }])).toEqual([
    { type: 'async', failure: { kind: 'policy-type' }, remaining: null },
  ]);
  expect(faultsOf([])).toEqual([]);
  for (const wrong of [
    1,
    { effect: 'magic' },
    { effect: 'stall' },
    { effect: 'dropped', nth: 0 },
    { effect: 'dropped', of: 'some' },
    { async: { kind: 'x' } },
  ]) {
    expect(typeof faultsOf(wrong)).toBe('string');
  }
});
