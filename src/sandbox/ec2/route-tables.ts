import type {
  AssociateRouteTableCommandInput,
  AssociateRouteTableCommandOutput,
  CreateRouteTableCommandInput,
  CreateRouteTableCommandOutput,
  DeleteRouteTableCommandInput,
  DescribeRouteTablesCommandInput,
  DescribeRouteTablesCommandOutput,
  DisassociateRouteTableCommandInput,
  ReplaceRouteTableAssociationCommandInput,
  ReplaceRouteTableAssociationCommandOutput,
  RouteTable as RouteTableShape,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { answer, type Fields } from './filters.ts';
import { inUse, invalidValue, need, read, write } from './operation.ts';
import { routeState, routeView } from './route-states.ts';
import type { RouteTable, RouteTableAssociation, RouteTarget } from './state.ts';
import { add, change, drop, findOwn, named, own } from './store.ts';
import { tagList, tagsFrom } from './tags.ts';

// The main association has `Main: true` and no SubnetId; implicit associations are not shown (B3).
const targets = (kind: RouteTarget['kind']) => (t: RouteTable) => t.routes.filter((r) => r.target.kind === kind).map((r) => r.target.id);

function fieldsAt(world: World, now: number): Fields<RouteTable> {
  return {
    'association.gateway-id': (t) => t.associations.map((a) => a.gatewayId),
    'association.route-table-association-id': (t) => t.associations.map((a) => a.id),
    'association.route-table-id': (t) => t.associations.map(() => t.id),
    'association.subnet-id': (t) => t.associations.map((a) => a.subnetId),
    'association.main': (t) => t.associations.map((a) => a.main),
    'owner-id': (t) => t.ownerId,
    'route-table-id': (t) => t.id,
    'route.destination-cidr-block': (t) => t.routes.map((r) => r.destination).filter((d) => d.includes('.')),
    'route.destination-ipv6-cidr-block': (t) => t.routes.map((r) => r.destination).filter((d) => d.includes(':')),
    'route.destination-prefix-list-id': (t) => t.routes.map((r) => r.destination).filter((d) => d.startsWith('pl-')),
    'route.egress-only-internet-gateway-id': targets('EgressOnlyInternetGatewayId'),
    'route.gateway-id': targets('GatewayId'),
    'route.instance-id': targets('InstanceId'),
    'route.nat-gateway-id': targets('NatGatewayId'),
    'route.transit-gateway-id': targets('TransitGatewayId'),
    'route.vpc-peering-connection-id': targets('VpcPeeringConnectionId'),
    'route.origin': (t) => t.routes.map((r) => r.origin),
    'route.state': (t) => t.routes.map((r) => routeState(world, t, r, now)),
    'vpc-id': (t) => t.vpcId,
  };
}

function view(world: World, table: RouteTable, now: number): RouteTableShape {
  return {
    RouteTableId: table.id,
    VpcId: table.vpcId,
    OwnerId: table.ownerId,
    Associations: table.associations.map((a) => ({
      Main: a.main,
      RouteTableAssociationId: a.id,
      RouteTableId: table.id,
      AssociationState: { State: 'associated' },
      ...(a.subnetId ? { SubnetId: a.subnetId } : {}),
      ...(a.gatewayId ? { GatewayId: a.gatewayId } : {}),
    })),
    Routes: table.routes.map((route) => routeView(world, table, route, now)),
    PropagatingVgws: table.propagating.map((GatewayId) => ({ GatewayId })),
    Tags: tagList(table.tags),
  };
}

export const describeRouteTables = read(
  (world: World, input: DescribeRouteTablesCommandInput, call: Call): Omit<DescribeRouteTablesCommandOutput, '$metadata'> => {
    const { items, NextToken } = answer(named(world, call, 'routeTables', input.RouteTableIds), input, fieldsAt(world, call.now));
    return { RouteTables: items.map((table) => view(world, table, call.now)), NextToken };
  },
);

export const createRouteTable = write(
  (world: World, input: CreateRouteTableCommandInput, call: Call): Omit<CreateRouteTableCommandOutput, '$metadata'> => {
    const vpc = findOwn(world, call, 'vpcs', need(input.VpcId, 'vpcId'));
    const ranges = [...vpc.cidrs, ...vpc.ipv6Cidrs].filter((c) => c.state === 'associated');
    const table = add(world, call, 'routeTables', {
      id: call.id('rtb'),
      ownerId: call.caller.accountId,
      region: call.region,
      tags: tagsFrom(input.TagSpecifications, 'route-table'),
      vpcId: vpc.id,
      associations: [],
      routes: ranges.map(({ cidr }) => ({
        destination: cidr,
        target: { kind: 'GatewayId', id: 'local' },
        origin: 'CreateRouteTable',
      })),
      propagating: [],
    });
    return { RouteTable: view(world, table, call.now) };
  },
);

export const associateRouteTable = write(
  (world: World, input: AssociateRouteTableCommandInput, call: Call): Omit<AssociateRouteTableCommandOutput, '$metadata'> => {
    const table = findOwn(world, call, 'routeTables', need(input.RouteTableId, 'routeTableId'));
    const subnet = findOwn(world, call, 'subnets', need(input.SubnetId, 'subnetId'));
    if (subnet.vpcId !== table.vpcId) throw invalidValue(`Route table ${table.id} and subnet ${subnet.id} belong to different networks`);
    const present = own(world, call, 'routeTables').find((t) => t.associations.some((a) => a.subnetId === subnet.id));
    const same = present === table ? table.associations.find((a) => a.subnetId === subnet.id) : undefined;
    if (present && !same)
      throw new AwsError(
        'Resource.AlreadyAssociated',
        `the specified association for route table ${table.id} conflicts with an existing association`,
      );
    const id = same?.id ?? call.id('rtbassoc');
    if (!same)
      change(world, call, 'routeTables', table, (t) => {
        t.associations.push({ id, subnetId: subnet.id, gatewayId: null, main: false });
      });
    return { AssociationId: id, AssociationState: { State: 'associated' } };
  },
);

function findAssociation(world: World, call: Call, id: string): { table: RouteTable; association: RouteTableAssociation } {
  for (const table of own(world, call, 'routeTables')) {
    const association = table.associations.find((a) => a.id === id);
    if (association) return { table, association };
  }
  throw new AwsError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`);
}

export const disassociateRouteTable = write((world: World, input: DisassociateRouteTableCommandInput, call: Call) => {
  const { table, association } = findAssociation(world, call, need(input.AssociationId, 'associationId'));
  if (association.main) throw invalidValue(`cannot disassociate the main route table association ${association.id}`);
  change(world, call, 'routeTables', table, (t) => {
    t.associations = t.associations.filter((a) => a.id !== association.id);
  });
  return {};
});

export const replaceRouteTableAssociation = write(
  (
    world: World,
    input: ReplaceRouteTableAssociationCommandInput,
    call: Call,
  ): Omit<ReplaceRouteTableAssociationCommandOutput, '$metadata'> => {
    const { table, association } = findAssociation(world, call, need(input.AssociationId, 'associationId'));
    const target = findOwn(world, call, 'routeTables', need(input.RouteTableId, 'routeTableId'));
    if (target.vpcId !== table.vpcId) throw invalidValue(`Route tables ${table.id} and ${target.id} belong to different networks`);
    const id = call.id('rtbassoc');
    change(world, call, 'routeTables', table, (t) => {
      t.associations = t.associations.filter((a) => a.id !== association.id);
    });
    change(world, call, 'routeTables', target, (t) => {
      t.associations.push({ ...association, id });
    });
    return { NewAssociationId: id, AssociationState: { State: 'associated' } };
  },
);

export const deleteRouteTable = write((world: World, input: DeleteRouteTableCommandInput, call: Call) => {
  const table = findOwn(world, call, 'routeTables', need(input.RouteTableId, 'routeTableId'));
  if (table.associations.length > 0) throw inUse(`The routeTable '${table.id}' has dependencies and cannot be deleted.`);
  for (const endpoint of own(world, call, 'vpcEndpoints'))
    if (endpoint.routeTableIds.includes(table.id))
      change(world, call, 'vpcEndpoints', endpoint, (e) => {
        e.routeTableIds = e.routeTableIds.filter((id) => id !== table.id);
      });
  drop(world, call, 'routeTables', table.id);
  return {};
});
