import { describe, expect, test } from 'vitest';
import { allocateAddress } from '../../../src/sandbox/ec2/addresses.ts';
import { createVpcEndpoint } from '../../../src/sandbox/ec2/create-vpc-endpoint.ts';
import { createNatGateway, deleteNatGateway } from '../../../src/sandbox/ec2/nat-gateways.ts';
import { pathToS3 } from '../../../src/sandbox/ec2/reach.ts';
import { describeRouteTables, disassociateRouteTable } from '../../../src/sandbox/ec2/route-tables.ts';
import { createRoute } from '../../../src/sandbox/ec2/routes.ts';
import { deleteVpcEndpoints } from '../../../src/sandbox/ec2/vpc-endpoints.ts';
import { modifyVpcAttribute } from '../../../src/sandbox/ec2/vpcs.ts';
import { account, type Bench, given, network, newBench } from './bench.ts';

const s3 = 'com.amazonaws.us-east-1.s3';

function setUp() {
  const bench = newBench();
  const net = network(bench);
  const inside = { vpcId: net.vpcId, subnetId: given(net.privateSubnets[0]) };
  const path = (network: { vpcId: string; subnetId: string | null } | { publicIp: string } = inside, region = 'us-east-1') =>
    pathToS3(bench.world, network, region, bench.now);
  const gateway = (table = net.privateTable) =>
    given(bench.run(createVpcEndpoint, { VpcId: net.vpcId, ServiceName: s3, RouteTableIds: [table] }).VpcEndpoint.VpcEndpointId);
  const byInterface = () => {
    bench.run(modifyVpcAttribute, { VpcId: net.vpcId, EnableDnsHostnames: { Value: true } });
    const made = bench.run(createVpcEndpoint, {
      VpcId: net.vpcId,
      ServiceName: s3,
      VpcEndpointType: 'Interface',
      SubnetIds: [...net.privateSubnets],
      PrivateDnsEnabled: true,
      DnsOptions: { PrivateDnsOnlyForInboundResolverEndpoint: false },
    });
    bench.pass(120);
    return given(made.VpcEndpoint.VpcEndpointId);
  };
  const nat = () => {
    const address = bench.run(allocateAddress, {});
    const made = bench.run(createNatGateway, { SubnetId: net.publicSubnet, AllocationId: address.AllocationId });
    const NatGatewayId = given(made.NatGateway?.NatGatewayId);
    bench.pass(150);
    bench.run(createRoute, { RouteTableId: net.privateTable, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId });
    return { NatGatewayId, publicIp: given(address.PublicIp) };
  };
  return { bench, net, inside, path, gateway, byInterface, nat };
}

function hostedZone(bench: Bench, vpcId: string): void {
  bench.world.route53.zones.Z1 = {
    id: 'Z1',
    accountId: account,
    name: 's3.us-east-1.amazonaws.com.',
    callerReference: 'r',
    comment: '',
    privateZone: true,
    vpcs: [{ vpcId, region: 'us-east-1' }],
    owningService: null,
  };
}

describe('the path to S3', () => {
  test('a public address arrives as itself', () => {
    expect(setUp().path({ publicIp: '198.51.100.10' })).toEqual({ via: 'internet', publicIp: '198.51.100.10' });
  });

  test('without a route there is none', () => {
    expect(setUp().path()).toMatchObject({ via: 'none' });
  });

  test('through a NAT gateway S3 sees its Elastic IP, until the gateway is gone', () => {
    const { bench, path, nat } = setUp();
    const { NatGatewayId, publicIp } = nat();
    expect(path()).toEqual({ via: 'internet', publicIp });
    bench.run(deleteNatGateway, { NatGatewayId });
    bench.pass(90);
    expect(path()).toMatchObject({ via: 'none' });
  });

  test('the gateway endpoint of the table beats the default route, for buckets of its Region only', () => {
    const { net, path, gateway, nat } = setUp();
    const { publicIp } = nat();
    const endpointId = gateway();
    expect(path()).toMatchObject({
      via: 'endpoint',
      endpointType: 'Gateway',
      endpointId,
      vpcId: net.vpcId,
      vpcArn: `arn:aws:ec2:us-east-1:${account}:vpc/${net.vpcId}`,
      ownerId: account,
    });
    expect(path(undefined, 'us-west-2')).toEqual({ via: 'internet', publicIp });
  });

  test('a subnet without an association of its own follows the main table', () => {
    const { bench, net, path, gateway } = setUp();
    gateway();
    const [table] = bench.run(describeRouteTables, { RouteTableIds: [net.privateTable] }).RouteTables ?? [];
    const association = table?.Associations?.find((a) => a.SubnetId === net.privateSubnets[0]);
    bench.run(disassociateRouteTable, { AssociationId: association?.RouteTableAssociationId });
    expect(path()).toMatchObject({ via: 'none' });
  });

  test('a static route as specific as a range of S3 bypasses the gateway endpoint', () => {
    const { bench, net, path, gateway, nat } = setUp();
    const { NatGatewayId, publicIp } = nat();
    gateway();
    bench.run(createRoute, { RouteTableId: net.privateTable, DestinationCidrBlock: '52.216.0.0/15', NatGatewayId });
    expect(path()).toEqual({ via: 'internet', publicIp });
  });

  test("a gateway endpoint on the NAT gateway's own table catches what leaves through it", () => {
    const { net, path, gateway, nat } = setUp();
    nat();
    const endpointId = gateway(net.publicTable);
    expect(path()).toMatchObject({ via: 'endpoint', endpointId });
  });

  test('an interface endpoint whose private DNS answers comes first, and only while it answers', () => {
    const { bench, net, path, gateway, byInterface } = setUp();
    const gatewayId = gateway();
    const interfaceId = byInterface();
    expect(path()).toMatchObject({ endpointType: 'Interface', endpointId: interfaceId });
    bench.run(modifyVpcAttribute, { VpcId: net.vpcId, EnableDnsHostnames: { Value: false } });
    expect(path()).toMatchObject({ endpointType: 'Gateway', endpointId: gatewayId });
    bench.run(modifyVpcAttribute, { VpcId: net.vpcId, EnableDnsSupport: { Value: false } });
    expect(path()).toMatchObject({ via: 'none' });
  });

  test('a private hosted zone of the VPC leads to an interface endpoint without private DNS', () => {
    const { bench, net, path, byInterface } = setUp();
    const endpointId = byInterface();
    const endpoint = bench.world.ec2.vpcEndpoints[endpointId];
    if (endpoint) endpoint.privateDnsEnabled = false;
    expect(path()).toMatchObject({ via: 'none' });
    hostedZone(bench, net.vpcId);
    expect(path()).toMatchObject({ via: 'endpoint', endpointId });
  });

  test("a VPN's clients go through any S3 endpoint of the VPC, interface endpoints first", () => {
    const { bench, net, path, gateway, byInterface } = setUp();
    const vpn = { vpcId: net.vpcId, subnetId: null };
    expect(path(vpn)).toMatchObject({ via: 'none' });
    const gatewayId = gateway();
    expect(path(vpn)).toMatchObject({ endpointId: gatewayId, sourceIp: null });
    const interfaceId = byInterface();
    expect(path(vpn)).toMatchObject({ endpointId: interfaceId });
    bench.run(deleteVpcEndpoints, { VpcEndpointIds: [interfaceId] });
    expect(path(vpn)).toMatchObject({ endpointId: gatewayId });
  });

  test('an instance in a public subnet leaves with an address of its own where it has one', () => {
    const { bench, net, path } = setUp();
    const publicly = { vpcId: net.vpcId, subnetId: net.publicSubnet };
    expect(path(publicly)).toMatchObject({ via: 'none' });
    const subnet = bench.world.ec2.subnets[net.publicSubnet];
    if (subnet) subnet.mapPublicIpOnLaunch = true;
    expect(path(publicly)).toMatchObject({ via: 'internet' });
  });

  test('Block Public Access stops the Internet gateway, NAT included, and not endpoints', () => {
    const { bench, path, gateway, nat } = setUp();
    nat();
    bench.world.ec2.blockPublicAccess[`${account}/us-east-1`] = 'block-bidirectional';
    expect(path()).toMatchObject({ via: 'none' });
    gateway();
    expect(path()).toMatchObject({ via: 'endpoint' });
  });

  test('a transit gateway leads to the NAT gateway of a central VPC, or to its S3 endpoint by a private hosted zone', () => {
    const { bench, net: central, nat, byInterface } = setUp();
    const { publicIp } = nat();
    const spoke = network(bench);
    const owned = { ownerId: account, region: 'us-east-1', tags: {} };
    const transitGatewayId = 'tgw-0123456789abcdef0';
    bench.world.ec2.transitGateways[transitGatewayId] = { id: transitGatewayId, ...owned, description: '', state: 'available' };
    for (const [index, vpcId] of [central.vpcId, spoke.vpcId].entries()) {
      const id = `tgw-attach-0123456789abcdef${index}`;
      bench.world.ec2.transitGatewayAttachments[id] = { id, ...owned, transitGatewayId, vpcId, state: 'available' };
    }
    bench.run(createRoute, { RouteTableId: spoke.privateTable, DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: transitGatewayId });
    const inside = { vpcId: spoke.vpcId, subnetId: given(spoke.privateSubnets[0]) };
    const path = () => pathToS3(bench.world, inside, 'us-east-1', bench.now);
    expect(path()).toEqual({ via: 'internet', publicIp });
    const endpointId = byInterface();
    hostedZone(bench, spoke.vpcId);
    expect(path()).toMatchObject({ via: 'endpoint', endpointId, vpcId: central.vpcId });
  });
});
