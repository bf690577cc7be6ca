import { describe, expect, test } from 'vitest';
import { createVpcEndpoint } from '../../../src/sandbox/ec2/create-vpc-endpoint.ts';
import { modifyVpcEndpoint } from '../../../src/sandbox/ec2/modify-vpc-endpoint.ts';
import { deleteVpcEndpoints, describeVpcEndpoints } from '../../../src/sandbox/ec2/vpc-endpoints.ts';
import { modifyVpcAttribute } from '../../../src/sandbox/ec2/vpcs.ts';
import { given, network, newBench, refusal } from './bench.ts';

const region = 'us-east-1';
const domain = `execute-api.${region}.amazonaws.com`;

function setUp({ hostnames }: { hostnames: boolean }) {
  const bench = newBench();
  const net = network(bench);
  if (hostnames) bench.run(modifyVpcAttribute, { VpcId: net.vpcId, EnableDnsHostnames: { Value: true } });
  const make = (service: string, more: Partial<Parameters<typeof createVpcEndpoint.run>[1]> = {}) =>
    bench.run(createVpcEndpoint, {
      VpcId: net.vpcId,
      ServiceName: `com.amazonaws.${region}.${service}`,
      VpcEndpointType: 'Interface',
      SubnetIds: [...net.privateSubnets],
      PrivateDnsEnabled: true,
      ...more,
    }).VpcEndpoint;
  const conflict = `InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${domain} in the VPC ${net.vpcId}`;
  return { bench, net, make, conflict };
}

describe('private DNS', () => {
  test('needs both DNS attributes of the VPC', () => {
    const { bench, net, make } = setUp({ hostnames: false });
    const text = `InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${net.vpcId}`;
    expect(refusal(() => make('execute-api'))).toBe(text);
    bench.run(modifyVpcAttribute, { VpcId: net.vpcId, EnableDnsHostnames: { Value: true } });
    expect(make('execute-api').DnsEntries?.map((e) => e.DnsName)).toContain(`*.${domain}`);
  });

  test('is enabled where it is not asked for, and can be added and taken away later', () => {
    const { bench, make } = setUp({ hostnames: true });
    expect(make('sqs', { PrivateDnsEnabled: undefined }).PrivateDnsEnabled).toBe(true);
    const { VpcEndpointId } = make('execute-api', { PrivateDnsEnabled: false });
    bench.pass(120);
    bench.run(modifyVpcEndpoint, { VpcEndpointId, PrivateDnsEnabled: true });
    expect(bench.run(describeVpcEndpoints, { VpcEndpointIds: [given(VpcEndpointId)] }).VpcEndpoints[0]?.PrivateDnsEnabled).toBe(true);
    bench.run(modifyVpcEndpoint, { VpcEndpointId, PrivateDnsEnabled: false });
    expect(make('execute-api').State).toBe('pending');
  });

  test('a name is claimed once, until the endpoint that has it is gone', () => {
    const { bench, make, conflict } = setUp({ hostnames: true });
    const first = make('execute-api');
    expect(refusal(() => make('execute-api'))).toBe(conflict);
    bench.run(deleteVpcEndpoints, { VpcEndpointIds: [given(first.VpcEndpointId)] });
    bench.pass(30);
    expect(refusal(() => make('execute-api'))).toBe(conflict);
    bench.pass(40);
    expect(make('execute-api').State).toBe('pending');
  });

  test('private hosted zones of the VPC claim names too', () => {
    const { bench, net, make, conflict } = setUp({ hostnames: true });
    bench.world.route53.zones.Z1 = {
      id: 'Z1',
      accountId: '111122223333',
      name: `${domain}.`,
      callerReference: 'r',
      comment: '',
      privateZone: true,
      vpcs: [{ vpcId: net.vpcId, region }],
      owningService: null,
    };
    expect(refusal(() => make('execute-api'))).toBe(conflict);
    expect(make('execute-api', { PrivateDnsEnabled: false }).State).toBe('pending');
  });

  test('S3 needs a gateway endpoint unless told otherwise, which then stays as long as it is needed', () => {
    const { bench, net, make } = setUp({ hostnames: true });
    expect(refusal(() => make('s3'))).toMatch(
      /^InvalidParameter: To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC vpc-\w+ must have a Gateway endpoint for the service/,
    );
    const gateway = make('s3', { VpcEndpointType: 'Gateway', SubnetIds: [], PrivateDnsEnabled: false, RouteTableIds: [net.privateTable] });
    const byInterface = make('s3');
    expect(byInterface.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint).toBe(true);
    const remove = (id: string | undefined) => bench.run(deleteVpcEndpoints, { VpcEndpointIds: [given(id)] }).Unsuccessful;
    expect(remove(gateway.VpcEndpointId)?.[0]?.Error?.Code).toBe('InvalidParameter');
    expect(remove(byInterface.VpcEndpointId)).toEqual([]);
    expect(remove(gateway.VpcEndpointId)).toEqual([]);
  });

  test('S3 without the inbound resolver option needs no gateway endpoint', () => {
    const { make } = setUp({ hostnames: true });
    expect(make('s3', { DnsOptions: { PrivateDnsOnlyForInboundResolverEndpoint: false } }).State).toBe('pending');
  });
});
