import { describe, expect, test } from 'vitest';
import { createVpcEndpoint } from '../../../src/sandbox/ec2/create-vpc-endpoint.ts';
import { deleteInternetGateway, describeInternetGateways, detachInternetGateway } from '../../../src/sandbox/ec2/internet-gateways.ts';
import {
  associateRouteTable,
  deleteRouteTable,
  describeRouteTables,
  disassociateRouteTable,
  replaceRouteTableAssociation,
} from '../../../src/sandbox/ec2/route-tables.ts';
import { createRoute, deleteRoute, replaceRoute } from '../../../src/sandbox/ec2/routes.ts';
import { createSubnet, deleteSubnet } from '../../../src/sandbox/ec2/subnets.ts';
import { deleteVpc } from '../../../src/sandbox/ec2/vpcs.ts';
import { type Bench, given, network, newBench, refusal } from './bench.ts';

function tables(bench: Bench, name: string, value: string) {
  return bench.run(describeRouteTables, { Filters: [{ Name: name, Values: [value] }] }).RouteTables ?? [];
}

describe('route tables', () => {
  test('a subnet without an association of its own is in no answer by subnet, and the main table has no subnet id', () => {
    const bench = newBench();
    const net = network(bench);
    const lone = given(bench.run(createSubnet, { VpcId: net.vpcId, CidrBlock: '10.0.9.0/24' }).Subnet?.SubnetId);
    expect(tables(bench, 'association.subnet-id', lone)).toEqual([]);
    const [main] = tables(bench, 'association.main', 'true');
    expect(main?.Associations).toMatchObject([{ Main: true }]);
    expect(main?.Associations?.[0]).not.toHaveProperty('SubnetId');
    expect(tables(bench, 'association.subnet-id', net.publicSubnet).map((t) => t.RouteTableId)).toEqual([net.publicTable]);
  });

  test('associations conflict, are replaced, and the main one is only replaced', () => {
    const bench = newBench();
    const net = network(bench);
    expect(refusal(() => bench.run(associateRouteTable, { RouteTableId: net.privateTable, SubnetId: net.publicSubnet }))).toMatch(
      /^Resource.AlreadyAssociated/,
    );
    const [main] = tables(bench, 'association.main', 'true');
    const AssociationId = given(main?.Associations?.[0]?.RouteTableAssociationId);
    expect(refusal(() => bench.run(disassociateRouteTable, { AssociationId }))).toMatch(
      /^InvalidParameterValue: cannot disassociate the main/,
    );
    bench.run(replaceRouteTableAssociation, { AssociationId, RouteTableId: net.privateTable });
    expect(tables(bench, 'association.main', 'true').map((t) => t.RouteTableId)).toEqual([net.privateTable]);
    expect(refusal(() => bench.run(disassociateRouteTable, { AssociationId }))).toMatch(/^InvalidAssociationID.NotFound/);
    expect(refusal(() => bench.run(deleteRouteTable, { RouteTableId: net.privateTable }))).toMatch(/^DependencyViolation/);
  });
});

describe('routes', () => {
  test('a destination is taken once; ReplaceRoute changes it, DeleteRoute removes it', () => {
    const bench = newBench();
    const net = network(bench);
    const route = { RouteTableId: net.publicTable, DestinationCidrBlock: '0.0.0.0/0' };
    expect(refusal(() => bench.run(createRoute, { ...route, GatewayId: net.internetGateway }))).toBe(
      'RouteAlreadyExists: The route identified by 0.0.0.0/0 already exists.',
    );
    bench.run(replaceRoute, { ...route, GatewayId: net.internetGateway });
    bench.run(deleteRoute, route);
    expect(refusal(() => bench.run(deleteRoute, route))).toBe(
      `InvalidRoute.NotFound: no route with destination-cidr-block 0.0.0.0/0 in route table ${net.publicTable}`,
    );
    expect(refusal(() => bench.run(replaceRoute, { ...route, GatewayId: net.internetGateway }))).toMatch(
      /^InvalidParameterValue: There is no/,
    );
    expect(refusal(() => bench.run(deleteRoute, { ...route, DestinationCidrBlock: '10.0.0.0/16' }))).toMatch(/cannot remove local route/);
  });

  test('host bits of a destination are cleared', () => {
    const bench = newBench();
    const net = network(bench);
    bench.run(createRoute, { RouteTableId: net.publicTable, DestinationCidrBlock: '100.68.0.18/18', GatewayId: net.internetGateway });
    expect(tables(bench, 'route.destination-cidr-block', '100.68.0.0/18').map((t) => t.RouteTableId)).toEqual([net.publicTable]);
  });

  test('a table is full at its quota', () => {
    const bench = newBench();
    const net = network(bench);
    bench.world.quotas.applied['111122223333/us-east-1/vpc/L-93826ACB'] = 2;
    expect(
      refusal(() =>
        bench.run(createRoute, { RouteTableId: net.publicTable, DestinationCidrBlock: '192.0.2.0/24', GatewayId: net.internetGateway }),
      ),
    ).toMatch(/^RouteLimitExceeded/);
  });

  test('endpoint routes can be neither made, replaced nor deleted', () => {
    const bench = newBench();
    const net = network(bench);
    const endpoint = bench.run(createVpcEndpoint, {
      VpcId: net.vpcId,
      ServiceName: 'com.amazonaws.us-east-1.s3',
      VpcEndpointType: 'Gateway',
      RouteTableIds: [net.privateTable],
    }).VpcEndpoint;
    const route = { RouteTableId: net.privateTable, DestinationPrefixListId: 'pl-63a5400a' };
    expect(refusal(() => bench.run(deleteRoute, route))).toMatch(/^InvalidParameterValue: cannot remove VPC endpoint route pl-63a5400a/);
    expect(refusal(() => bench.run(replaceRoute, { ...route, GatewayId: net.internetGateway }))).toMatch(/^InvalidParameterValue/);
    expect(
      refusal(() => bench.run(createRoute, { ...route, RouteTableId: net.publicTable, GatewayId: given(endpoint.VpcEndpointId) })),
    ).toMatch(/^InvalidParameterValue/);
  });

  test('a route to a detached Internet gateway is a blackhole', () => {
    const bench = newBench();
    const net = network(bench);
    expect(refusal(() => bench.run(deleteInternetGateway, { InternetGatewayId: net.internetGateway }))).toMatch(/^DependencyViolation/);
    bench.run(detachInternetGateway, { InternetGatewayId: net.internetGateway, VpcId: net.vpcId });
    expect(tables(bench, 'route.state', 'blackhole').map((t) => t.RouteTableId)).toEqual([net.publicTable]);
    bench.run(deleteInternetGateway, { InternetGatewayId: net.internetGateway });
    expect(bench.run(describeInternetGateways, {}).InternetGateways).toEqual([]);
  });

  test('routes lead to attached transit gateways only', () => {
    const bench = newBench();
    const net = network(bench);
    const owned = { ownerId: '111122223333', region: 'us-east-1', tags: {} };
    const transitGatewayId = 'tgw-0123456789abcdef0';
    bench.world.ec2.transitGateways[transitGatewayId] = { id: transitGatewayId, ...owned, description: '', state: 'available' };
    const route = { RouteTableId: net.privateTable, DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: transitGatewayId };
    expect(refusal(() => bench.run(createRoute, route))).toMatch(/^InvalidTransitGatewayID.NotFound/);
    const id = 'tgw-attach-0123456789abcdef0';
    bench.world.ec2.transitGatewayAttachments[id] = { id, ...owned, transitGatewayId, vpcId: net.vpcId, state: 'available' };
    bench.run(createRoute, route);
    expect(tables(bench, 'route.transit-gateway-id', transitGatewayId)).toHaveLength(1);
    delete bench.world.ec2.transitGatewayAttachments[id];
    expect(tables(bench, 'route.state', 'blackhole').map((t) => t.RouteTableId)).toEqual([net.privateTable]);
  });
});

describe('networks', () => {
  test('ranges of subnets lie in the VPC and do not overlap', () => {
    const bench = newBench();
    const { vpcId: VpcId } = network(bench);
    expect(refusal(() => bench.run(createSubnet, { VpcId, CidrBlock: '10.1.0.0/24' }))).toMatch(/^InvalidSubnet.Range/);
    expect(refusal(() => bench.run(createSubnet, { VpcId, CidrBlock: '10.0.0.128/25' }))).toMatch(/^InvalidSubnet.Conflict/);
    expect(refusal(() => bench.run(createSubnet, { VpcId, CidrBlock: '10.0.8.0/24', AvailabilityZone: 'us-east-1z' }))).toMatch(
      /^InvalidParameterValue: Value \(us-east-1z\)/,
    );
  });

  test('a VPC is deleted only when nothing is left in it, and takes its main table and default group along', () => {
    const bench = newBench();
    const net = network(bench);
    expect(refusal(() => bench.run(deleteVpc, { VpcId: net.vpcId }))).toMatch(/^DependencyViolation: The vpc/);
    for (const SubnetId of [net.publicSubnet, ...net.privateSubnets]) bench.run(deleteSubnet, { SubnetId });
    for (const RouteTableId of [net.publicTable, net.privateTable]) bench.run(deleteRouteTable, { RouteTableId });
    bench.run(detachInternetGateway, { InternetGatewayId: net.internetGateway, VpcId: net.vpcId });
    bench.run(deleteVpc, { VpcId: net.vpcId });
    expect([bench.world.ec2.vpcs, bench.world.ec2.routeTables, bench.world.ec2.securityGroups]).toEqual([{}, {}, {}]);
  });
});
