import { describe, expect, it } from 'vitest';
import { minify } from '../../../src/policy/document.ts';
import { bucketStatements, type PerimeterSpec } from '../../../src/policy/perimeter.ts';
import { createVpcEndpoint } from '../../../src/sandbox/ec2/create-vpc-endpoint.ts';
import type { Caller } from '../../../src/sandbox/types.ts';
import type { World } from '../../../src/sandbox/world.ts';
import { account as ec2Account, given, network, newBench } from '../ec2/bench.ts';
import { account, s3, s3World, session, start } from './support.ts';

const later = start + 10 * 60_000;

/** A VPC whose private table leads to S3 by a gateway endpoint, and a caller in it. */
function setUp(policy?: string): { readonly world: World; readonly inside: Caller; readonly endpointId: string; readonly vpcId: string } {
  const bench = newBench();
  const net = network(bench);
  const made = bench.run(createVpcEndpoint, {
    VpcId: net.vpcId,
    ServiceName: 'com.amazonaws.us-east-1.s3',
    RouteTableIds: [net.privateTable],
    ...(policy === undefined ? {} : { PolicyDocument: policy }),
  });
  const world = { ...s3World(), ec2: bench.world.ec2 };
  const inside = session('Admin', account, { network: { vpcId: net.vpcId, subnetId: given(net.privateSubnets[0]) } });
  return { world, inside, endpointId: given(made.VpcEndpoint.VpcEndpointId), vpcId: net.vpcId };
}

const spec = (vpcId: string, vpcKey: 'id' | 'arn'): PerimeterSpec => ({
  partition: 'aws',
  buckets: ['quilt*'],
  trustedVpcs: [{ id: vpcId, arn: `arn:aws:ec2:us-east-1:${ec2Account}:vpc/${vpcId}` }],
  vpcKey,
  trustedCidrs: [],
  exemptTag: 'NetworkRestrictedExempt',
  resourceAccounts: [],
  accessPoints: false,
  protectExemptTag: null,
  organizationId: null,
  expires: null,
});

const get = (world: World, caller: Caller, now = later): string =>
  s3(world, 'GetObject', { Bucket: 'quilt-data', Key: 'b.txt' }, { caller, now }).code ?? 'ok';

describe('a caller in a VPC', () => {
  it.each(['id', 'arn'] as const)('passes a perimeter that trusts the VPC by %s', (vpcKey) => {
    const { world, inside, vpcId } = setUp();
    const Policy = minify({ Version: '2012-10-17', Statement: bucketStatements(spec(vpcId, vpcKey), 'quilt-data') });
    s3(world, 'PutBucketPolicy', { Bucket: 'quilt-data', Policy }, { caller: inside });
    expect(get(world, inside)).toBe('ok');
    expect(get(world, session('Admin'))).toBe('AccessDenied');
  });

  it('carries no aws:SourceIp, so an allow-list of addresses turns against it', () => {
    const { world, inside } = setUp();
    const Policy = minify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:GetObject',
          Resource: 'arn:aws:s3:::quilt-data/*',
          Condition: { NotIpAddress: { 'aws:SourceIp': '0.0.0.0/0' } },
        },
      ],
    });
    s3(world, 'PutBucketPolicy', { Bucket: 'quilt-data', Policy }, { caller: inside });
    expect(get(world, inside)).toBe('AccessDenied');
    expect(get(world, session('Admin'))).toBe('ok');
  });

  it('is bound by the policy of the endpoint that it comes through', () => {
    const only = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::other/*' }],
    });
    const { world, inside } = setUp(only);
    const answer = s3(world, 'GetObject', { Bucket: 'quilt-data', Key: 'b.txt' }, { caller: inside, now: later });
    expect(answer.code).toBe('AccessDenied');
    expect(answer.message).toContain('because no VPC endpoint policy allows the s3:GetObject action');
    expect(get(world, session('Admin'))).toBe('ok');
  });

  it('without a way to S3 gets no answer from it', () => {
    const { world, inside } = setUp();
    const eu = s3(world, 'GetObject', { Bucket: 'quilt-eu', Key: 'b.txt' }, { caller: inside, region: 'eu-west-1', now: later });
    expect(eu.code).toBe('RequestTimeout');
  });
});
