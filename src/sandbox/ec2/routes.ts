import type {
  CreateRouteCommandInput,
  CreateRouteCommandOutput,
  DeleteRouteCommandInput,
  ReplaceRouteCommandInput,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { parseCidr } from './cidr.ts';
import { limitOf } from './limits.ts';
import { natGatewayState } from './nat-gateway-states.ts';
import { invalidValue, need, write } from './operation.ts';
import { awsPrefixLists } from './regions.ts';
import type { Route, RouteTable, RouteTarget } from './state.ts';
import { change, find, findOwn } from './store.ts';

interface Destination {
  readonly DestinationCidrBlock?: string | undefined;
  readonly DestinationIpv6CidrBlock?: string | undefined;
  readonly DestinationPrefixListId?: string | undefined;
}

const targetKinds = [
  'GatewayId',
  'NatGatewayId',
  'TransitGatewayId',
  'NetworkInterfaceId',
  'InstanceId',
  'VpcPeeringConnectionId',
  'EgressOnlyInternetGatewayId',
  'CarrierGatewayId',
  'LocalGatewayId',
  'CoreNetworkArn',
  'OdbNetworkArn',
] as const;

function destinationOf(input: Destination): string {
  const given = [input.DestinationCidrBlock, input.DestinationIpv6CidrBlock, input.DestinationPrefixListId].filter((d) => d !== undefined);
  if (given.length > 1) throw new AwsError('InvalidParameterCombination', 'The request must contain exactly one destination.');
  const destination = need(given[0], 'destinationCidrBlock');
  if (input.DestinationPrefixListId !== undefined) return destination;
  const cidr = parseCidr(destination);
  const family = input.DestinationCidrBlock === undefined ? 'ipv6' : 'ipv4';
  if (cidr?.family !== family)
    throw invalidValue(`Value (${destination}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`);
  return cidr.text;
}

/** A range by its own name in the messages of EC2. */
function destinationField(destination: string): string {
  if (destination.startsWith('pl-')) return 'destination-prefix-list-id';
  return destination.includes(':') ? 'destination-ipv6-cidr-block' : 'destination-cidr-block';
}

// Routes to gateway endpoints come and go with the endpoint's route tables only (A22).
function refuseEndpointRoute(world: World, table: RouteTable, destination: string, route: Route | undefined, verb: string): void {
  const toEndpoint = route?.target.id.startsWith('vpce-') && world.ec2.vpcEndpoints[route.target.id]?.type !== 'GatewayLoadBalancer';
  if (destination.startsWith('pl-') && (toEndpoint || awsPrefixLists(table.region).some((list) => list.id === destination)))
    throw invalidValue(`cannot ${verb} VPC endpoint route ${destination} in route table ${table.id}`);
}

function checkedTarget(
  world: World,
  call: Call,
  table: RouteTable,
  input: CreateRouteCommandInput | ReplaceRouteCommandInput,
): RouteTarget {
  const given: RouteTarget[] = targetKinds.flatMap((kind) => (input[kind] === undefined ? [] : [{ kind, id: input[kind] }]));
  if (input.VpcEndpointId !== undefined) given.push({ kind: 'GatewayId', id: input.VpcEndpointId });
  if (given.length > 1) throw new AwsError('InvalidParameterCombination', 'The request must contain exactly one target.');
  const target = need(given[0], 'gatewayId');
  const otherNetwork = (id: string) => invalidValue(`route table ${table.id} and network gateway ${id} belong to different networks`);
  const { kind, id } = target;
  switch (kind) {
    case 'GatewayId':
      if (id.startsWith('igw-') && findOwn(world, call, 'internetGateways', id).vpcId !== table.vpcId) throw otherNetwork(id);
      if (id.startsWith('vpce-') && find(world, call, 'vpcEndpoints', id).type !== 'GatewayLoadBalancer')
        throw invalidValue(`route table ${table.id} cannot have a route to VPC endpoint ${id}: it is not a Gateway Load Balancer endpoint`);
      return target;
    case 'NatGatewayId': {
      const nat = world.ec2.natGateways[id];
      if (!nat || nat.ownerId !== call.caller.accountId || nat.region !== call.region || natGatewayState(nat, call.now) !== 'available')
        throw new AwsError('InvalidNatGatewayID.NotFound', `The natGateway ID '${id}' does not exist`);
      if (nat.vpcId !== table.vpcId) throw otherNetwork(id);
      return target;
    }
    case 'TransitGatewayId': {
      find(world, call, 'transitGateways', id);
      const attached = Object.values(world.ec2.transitGatewayAttachments).some((a) => a.transitGatewayId === id && a.vpcId === table.vpcId);
      if (!attached) throw new AwsError('InvalidTransitGatewayID.NotFound', `The transitGateway ID '${id}' does not exist`);
      return target;
    }
    case 'NetworkInterfaceId':
      if (find(world, call, 'networkInterfaces', id).vpcId !== table.vpcId) throw otherNetwork(id);
      return target;
    case 'EgressOnlyInternetGatewayId':
      if (find(world, call, 'egressOnlyInternetGateways', id).vpcId !== table.vpcId) throw otherNetwork(id);
      return target;
    case 'VpcPeeringConnectionId':
      find(world, call, 'peeringConnections', id);
      return target;
    case 'InstanceId':
    case 'CarrierGatewayId':
    case 'LocalGatewayId':
    case 'CoreNetworkArn':
    case 'OdbNetworkArn':
      return target;
    default:
      return kind satisfies never;
  }
}

/** Throws RouteLimitExceeded where the table has no room for another route (B14). */
export function refuseFullTable(world: World, call: Call, table: RouteTable): void {
  if (table.routes.filter((r) => r.origin !== 'EnableVgwRoutePropagation').length >= limitOf(world, call, 'routesPerTable'))
    throw new AwsError('RouteLimitExceeded', 'The maximum number of routes has been reached.');
}

export const createRoute = write(
  (world: World, input: CreateRouteCommandInput, call: Call): Omit<CreateRouteCommandOutput, '$metadata'> => {
    const table = findOwn(world, call, 'routeTables', need(input.RouteTableId, 'routeTableId'));
    const destination = destinationOf(input);
    const present = table.routes.find((r) => r.destination === destination);
    refuseEndpointRoute(world, table, destination, present, 'create');
    const target = checkedTarget(world, call, table, input);
    if (present) throw new AwsError('RouteAlreadyExists', `The route identified by ${destination} already exists.`);
    refuseFullTable(world, call, table);
    change(world, call, 'routeTables', table, (t) => {
      t.routes.push({ destination, target, origin: 'CreateRoute' });
    });
    return { Return: true };
  },
);

export const replaceRoute = write((world: World, input: ReplaceRouteCommandInput, call: Call) => {
  const table = findOwn(world, call, 'routeTables', need(input.RouteTableId, 'routeTableId'));
  const destination = destinationOf(input);
  const present = table.routes.find((r) => r.destination === destination);
  refuseEndpointRoute(world, table, destination, present, 'replace');
  if (!present) throw invalidValue(`There is no route defined for '${destination}' in the route table. Use CreateRoute instead.`);
  const target: RouteTarget =
    input.LocalTarget && present.origin === 'CreateRouteTable'
      ? { kind: 'GatewayId', id: 'local' }
      : checkedTarget(world, call, table, input);
  change(world, call, 'routeTables', table, (t) => {
    t.routes = t.routes.map((r) => (r.destination === destination ? { destination, target, origin: r.origin } : r));
  });
  return {};
});

export const deleteRoute = write((world: World, input: DeleteRouteCommandInput, call: Call) => {
  const table = findOwn(world, call, 'routeTables', need(input.RouteTableId, 'routeTableId'));
  const destination = destinationOf(input);
  const present = table.routes.find((r) => r.destination === destination);
  if (!present)
    throw new AwsError('InvalidRoute.NotFound', `no route with ${destinationField(destination)} ${destination} in route table ${table.id}`);
  refuseEndpointRoute(world, table, destination, present, 'remove');
  if (present.origin === 'CreateRouteTable') throw invalidValue(`cannot remove local route ${destination} in route table ${table.id}`);
  change(world, call, 'routeTables', table, (t) => {
    t.routes = t.routes.filter((r) => r.destination !== destination);
  });
  return {};
});
