// What rollback keeps, since taking it away would break somebody.
import {
  AuthorizeSecurityGroupIngressCommand,
  DeleteNatGatewayCommand,
  DescribeAddressesCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RollbackSummary } from '../../src/engine/types.ts';
import { WholeRun } from '../support/whole-run.ts';
import { changedSince } from './support.ts';

const keptKeys = ({ kept }: RollbackSummary): readonly string[] => kept.map(({ applied }) => applied.change.key);

describe('an Elastic IP that somebody listed', () => {
  const apply = async () => {
    const run = await WholeRun.on('greenfield');
    const before = run.sandbox.snapshot();
    await run.apply({}, ['discover', 'endpoints', 'nat']);
    const { ec2 } = run.sandbox.aws;
    const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
    const ours = Addresses.find(({ Tags = [] }) => Tags.some(({ Key }) => Key === 'quilt-perimeter:key'));
    return { run, before, ec2, publicIp: ours?.PublicIp ?? '', allocationId: ours?.AllocationId ?? '' };
  };
  const stands = async ({ run, publicIp }: { readonly run: WholeRun; readonly publicIp: string }) =>
    (await run.sandbox.aws.ec2.send(new DescribeAddressesCommand({}))).Addresses?.some((each) => each.PublicIp === publicIp);

  test('is kept and named with the remedy, and released with --release-address', async () => {
    const made = await apply();
    const { run, ec2, publicIp } = made;
    const GroupId = Object.values(run.sandbox.world().ec2.securityGroups).find(({ name }) => name === 'default')?.id ?? '';
    const rule = { GroupId, IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: `${publicIp}/32` };
    await ec2.send(new AuthorizeSecurityGroupIngressCommand(rule));
    const summary = await run.rollBack();
    expect(keptKeys(summary)).toEqual([expect.stringMatching(/^nat\/.*address/)]);
    expect(summary.kept[0]?.finding).toMatchObject({ code: 'QP703', remedy: expect.stringContaining('--release-address') });
    expect(summary.kept[0]?.finding.detail).toContain(`security group ${GroupId}`);
    expect(await stands(made)).toBe(true);

    expect(await run.rollBack([], null, true)).toMatchObject({ outcome: 'done', kept: [] });
    expect(await stands(made)).toBe(false);
    await ec2.send(new RevokeSecurityGroupIngressCommand(rule));
    expect(await changedSince(run, made.before)).toBe('');
  });

  test('is kept even so where something is associated with it', async () => {
    const made = await apply();
    const { run, ec2, allocationId } = made;
    const { natGateways, networkInterfaces, addresses } = run.sandbox.world().ec2;
    // Somebody takes the NAT gateway down by hand and gives its address to an interface of theirs.
    for (const id of Object.keys(natGateways)) await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: id }));
    await run.sandbox.clock.sleep(600_000);
    const [theirs] = Object.values(networkInterfaces);
    const address = addresses[allocationId];
    if (address === undefined || theirs === undefined) throw new Error('the scenario has no interface');
    address.networkInterfaceId = theirs.id;
    const summary = await run.rollBack([], null, true);
    expect(summary.kept[0]?.finding.detail).toContain('is associated');
    expect(await stands(made)).toBe(true);
  });
});

describe('where somebody changed our statement in the policy of the test bucket', () => {
  let run: WholeRun;
  let summary: RollbackSummary;
  const policyOf = async () => {
    const { aws, world } = run.sandbox;
    return (await aws.s3.send(new GetBucketPolicyCommand({ Bucket: world().hints.testBucket }))).Policy ?? '';
  };
  const natGateways = () => Object.values(run.sandbox.world().ec2.natGateways).filter(({ deletedAt }) => deletedAt === null);
  beforeAll(async () => {
    run = await WholeRun.on('greenfield');
    await run.apply({}, ['discover', 'endpoints', 'nat', 'bucket-policy']);
    const Bucket = run.sandbox.world().hints.testBucket;
    const Policy = (await policyOf()).replace('198.51.100.0/24', '198.51.100.0/25');
    await run.sandbox.aws.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    summary = await run.rollBack();
  });

  test('the perimeter is kept, and so are the endpoints, NAT gateway and routes by which it is passed', async () => {
    expect(summary.outcome).toBe('stopped');
    const kept = keptKeys(summary);
    expect(kept[0]).toMatch(/^bucket-policy\//);
    for (const part of ['endpoints/', '/s3', 'nat/', '/gateway/', '/route/'])
      expect(
        kept.some((key) => key.includes(part)),
        part,
      ).toBe(true);
    const route = summary.kept.find(({ applied }) => applied.change.key.includes('/route/'));
    expect(route?.finding.detail).toMatch(/is kept, since bucket-policy\/.* is kept: the perimeter may still stand/);
    expect(summary.undone.some(({ step }) => step === 'endpoints' || step === 'nat')).toBe(false);
    expect(natGateways()).toHaveLength(1);
  });

  test('everything goes once that was accepted', async () => {
    expect(await run.rollBack(['QP703'])).toMatchObject({ outcome: 'done', kept: [] });
    expect(natGateways()).toHaveLength(0);
  });
});
