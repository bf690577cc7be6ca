import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateVpcEndpointCommand, DescribeVpcEndpointsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSandbox, serveSandbox } from '../../src/sandbox/main.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sandbox-main-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const options = (more: object = {}) => ({ dir, scenario: 'greenfield', speed: null, reset: false, ...more });

const clientConfig = (sandbox: Awaited<ReturnType<typeof openSandbox>>, identity: string) => ({
  region: sandbox.region,
  credentials: sandbox.credentialsFor(identity),
  requestHandler: sandbox.requestHandler,
});

test('what one process made, the next one finds', async () => {
  const first = await openSandbox(options({ speed: 60_000 }));
  const made = await new EC2Client(clientConfig(first, 'operator')).send(
    new CreateVpcEndpointCommand({ VpcId: first.hints.vpc, ServiceName: `com.amazonaws.${first.region}.s3`, VpcEndpointType: 'Gateway' }),
  );
  const second = await openSandbox(options());
  // Reads lag behind writes.
  await second.clock.sleep(60_000);
  const { VpcEndpoints } = await new EC2Client(clientConfig(second, 'operator')).send(
    new DescribeVpcEndpointsCommand({ VpcEndpointIds: [made.VpcEndpoint?.VpcEndpointId ?? ''] }),
  );
  expect(VpcEndpoints).toHaveLength(1);
  const reset = await openSandbox(options({ reset: true }));
  const { VpcEndpoints: left } = await new EC2Client(clientConfig(reset, 'operator')).send(
    new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'vpc-id', Values: [first.hints.vpc] }] }),
  );
  expect(left).toEqual([]);
});

test('both sides of the scenario have an identity of their own', async () => {
  const sandbox = await openSandbox(options());
  expect(sandbox.identityNames).toEqual(expect.arrayContaining(['operator', 'management', 'breakGlass']));
  const operator = await new STSClient(clientConfig(sandbox, 'operator')).send(new GetCallerIdentityCommand({}));
  const { Organization } = await new OrganizationsClient(clientConfig(sandbox, 'management')).send(new DescribeOrganizationCommand({}));
  const management = await new STSClient(clientConfig(sandbox, 'management')).send(new GetCallerIdentityCommand({}));
  expect(management.Account).toBe(Organization?.MasterAccountId);
  expect(operator.Account).not.toBe(management.Account);
  expect(() => sandbox.credentialsFor('nobody')).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test('its clock goes on over processes, at the speed that was asked for last', async () => {
  const before = (await openSandbox(options({ speed: 1_000 }))).clock.now().getTime();
  const later = await openSandbox(options({ speed: 10 }));
  expect(later.clock.now().getTime()).toBeGreaterThanOrEqual(before);
  const began = performance.now();
  await later.clock.sleep(500);
  expect(performance.now() - began).toBeGreaterThanOrEqual(45);
});

test.each([
  ['an unknown scenario', { scenario: 'paradise' }],
  ['a speed of nothing', { speed: 0 }],
])('%s is bad input', async (_what, wrong) => {
  await expect(openSandbox(options(wrong))).rejects.toMatchObject({ exitCode: 2 });
});

test('a served sandbox prints lines for each identity, answers, and stops with its signal', async () => {
  const abort = new AbortController();
  const served = await serveSandbox({ dir: null, scenario: 'greenfield', port: 0, speed: null, reset: false, signal: abort.signal });
  const lines = served.environments.find(({ name }) => name === 'operator')?.lines ?? [];
  const environment = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  expect(environment.AWS_ENDPOINT_URL).toBe(served.url);
  const ec2 = new EC2Client({
    endpoint: served.url,
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
      sessionToken: environment.AWS_SESSION_TOKEN,
    },
  });
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
  expect(Vpcs?.map(({ VpcId }) => VpcId)).toContain(served.hints.vpc);
  abort.abort();
  await served.closed;
  await expect(fetch(served.url)).rejects.toThrow();
});
