import { expect, test } from 'vitest';
import type { World } from '../../../src/sandbox/world.ts';
import type { StepContext } from '../../../src/steps/context.ts';
import { listingsOf } from '../../../src/steps/nat/listings.ts';
import { startSandbox } from '../../support/sandbox.ts';

const account = '444455556666';
const address = '192.0.2.9';

async function listings(mutate: (world: World) => void): Promise<readonly string[]> {
  const { context } = await startSandbox({ mutate });
  const ctx: StepContext = { ...context, run: { id: 'r' }, waiting: () => undefined, probed: () => undefined };
  return await listingsOf(address, account, ctx);
}

test('an address that nobody wrote down is listed by nobody', async () => {
  expect(await listings(() => undefined)).toEqual([]);
});

test('the bucket policy that names the address is named', async () => {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': address } } },
    ],
  };
  const found = await listings((world) => {
    const bucket = world.s3.buckets['quilt-raw-data-444455556666'];
    if (bucket !== undefined) bucket.policy = JSON.stringify(policy);
  });
  expect(found).toEqual([`the policy of bucket quilt-raw-data-444455556666 lists ${address}`]);
});

test.each(['s3:ListAllMyBuckets', 'ec2:DescribeSecurityGroups'])('where %s is refused, somebody may list the address', async (action) => {
  const found = await listings((world) => {
    world.iam.deniedActions.PlatformAdmin = [action];
  });
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(`may list ${address}: ${action} is refused`);
});

test('where the policies are refused, each bucket may list it', async () => {
  const found = await listings((world) => {
    world.iam.deniedActions.PlatformAdmin = ['s3:GetBucketPolicy'];
  });
  expect(found).toContain(`the policy of bucket quilt-raw-data-444455556666 may list ${address}: s3:GetBucketPolicy is refused`);
});
