import { CreateVpcEndpointCommand, DescribeNatGatewaysCommand, DescribeVpcEndpointsCommand } from '@aws-sdk/client-ec2';
import {
  AttachPolicyCommand,
  CreatePolicyCommand,
  DeletePolicyCommand,
  DetachPolicyCommand,
  EnablePolicyTypeCommand,
  ListRootsCommand,
} from '@aws-sdk/client-organizations';
import { DeleteBucketPolicyCommand, GetObjectCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startSandbox } from '../support/sandbox.ts';
import { differences, notRestored, readable } from '../support/world.ts';

test('waits of minutes take no real time, and what is undone leaves the world as it was', async () => {
  const { aws, clock, world, snapshot, context, writes } = await startSandbox();
  const before = snapshot();
  const began = clock.now().getTime();
  const Bucket = world().hints.testBucket;
  const Resource = [`arn:aws:s3:::${Bucket}/*`];
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource }],
  });
  await aws.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const real = performance.now();
  await context.clock.sleep(600_000);
  expect(performance.now() - real).toBeLessThan(1_000);
  expect(clock.now().getTime() - began).toBe(600_000);
  await expect(aws.s3.send(new GetObjectCommand({ Bucket, Key: 'x' }))).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(readable(differences(before, world()))).toContain(`+ s3.buckets.${Bucket}.policy`);
  await aws.s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  await context.clock.sleep(600_000);
  await expect(aws.s3.send(new GetObjectCommand({ Bucket, Key: 'x' }))).rejects.toMatchObject({ name: 'NoSuchKey' });
  expect(readable(differences(before, world()))).toBe('');
  expect(writes().map(({ operation }) => operation)).toEqual(['PutBucketPolicy', 'DeleteBucketPolicy']);
});

test('a run is the same every time: ids, times and answers', async () => {
  const run = async () => {
    const { aws, clock, world, context } = await startSandbox();
    const ServiceName = `com.amazonaws.${aws.region}.execute-api`;
    const { vpc } = world().hints;
    const SubnetIds = Object.values(world().ec2.subnets)
      .filter((subnet) => subnet.vpcId === vpc)
      .slice(0, 1)
      .map(({ id }) => id);
    const made = await aws.ec2.send(
      new CreateVpcEndpointCommand({ VpcId: vpc, ServiceName, VpcEndpointType: 'Interface', SubnetIds, PrivateDnsEnabled: false }),
    );
    const VpcEndpointIds = [made.VpcEndpoint?.VpcEndpointId ?? ''];
    const states: string[] = [];
    while (states.at(-1) !== 'available' && states.length < 100) {
      await context.clock.sleep(5_000);
      const { VpcEndpoints } = await aws.ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds }));
      states.push(String(VpcEndpoints?.[0]?.State));
    }
    return { VpcEndpointIds, states, now: clock.now().toISOString() };
  };
  const first = await run();
  expect(first.states.at(-1)).toBe('available');
  expect(await run()).toEqual(first);
});

test('the invariant can be asked: who could still take a policy off', async () => {
  const { aws, control, world, clock } = await startSandbox();
  const Bucket = world().hints.testBucket;
  const resource = `arn:aws:s3:::${Bucket}`;
  const can = (principal: string, from = '') => control.can({ principal, from, action: 's3:DeleteBucketPolicy', resource }).allowed;
  expect([can('operator'), can('operator', '203.0.113.9'), can('anonymous')]).toEqual([true, true, false]);
  const Condition = { NotIpAddress: { 'aws:SourceIp': '198.51.100.0/24' } };
  const Statement = [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [resource, `${resource}/*`], Condition }];
  await aws.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
  clock.advance(600_000);
  expect([can('operator'), can('operator', '203.0.113.9')]).toEqual([true, false]);
  const organizations = { from: '', action: 'organizations:UpdatePolicy', resource: '' };
  expect(control.can({ principal: 'management', ...organizations }).allowed).toBe(true);
  expect(control.can({ principal: 'operator', ...organizations }).allowed).toBe(false);
});

test('clients wait for Organizations’ rates on the same clock', async () => {
  const { aws, clock, sandbox } = await startSandbox();
  const began = clock.now().getTime();
  for (let n = 0; n < 6; n++) await aws.organizations.send(new ListRootsCommand({}));
  expect(clock.now().getTime()).toBeGreaterThan(began);
  expect(sandbox.calls().map(({ result }) => result)).toContain('TooManyRequestsException');
});

test('the world of five hundred accounts and a thousand VPCs answers in seconds', async () => {
  const real = performance.now();
  const { aws, world } = await startSandbox({ scenario: 'large' });
  expect(Object.keys(world().ec2.vpcs).length).toBeGreaterThanOrEqual(1_000);
  for (let n = 0; n < 50; n++) await aws.ec2.send(new DescribeNatGatewaysCommand({}));
  expect(performance.now() - real).toBeLessThan(10_000);
});

test('a service control policy comes into force for the account that it is attached to, and leaves no trace', async () => {
  const { aws, world, clock, context, snapshot } = await startSandbox();
  const before = snapshot();
  const root = world().organizations.organization?.root.id ?? '';
  const { target, testBucket: Bucket } = world().hints;
  await aws.organizations.send(new EnablePolicyTypeCommand({ RootId: root, PolicyType: 'SERVICE_CONTROL_POLICY' }));
  await context.clock.sleep(600_000);
  const Content = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` }],
  });
  const { Policy } = await aws.organizations.send(
    new CreatePolicyCommand({ Name: 'n', Description: 'd', Type: 'SERVICE_CONTROL_POLICY', Content }),
  );
  const PolicyId = Policy?.PolicySummary?.Id;
  await aws.organizations.send(new AttachPolicyCommand({ PolicyId, TargetId: target }));
  clock.advance(600_000);
  const denied = aws.s3.send(new GetObjectCommand({ Bucket, Key: 'x' }));
  await expect(denied).rejects.toMatchObject({ name: 'AccessDenied', message: expect.stringContaining('service control policy') });
  await aws.organizations.send(new DetachPolicyCommand({ PolicyId, TargetId: target }));
  await aws.organizations.send(new DeletePolicyCommand({ PolicyId }));
  expect(readable(differences(before, world(), notRestored))).toBe('');
});
