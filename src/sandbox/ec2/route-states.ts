// What a route is worth now: a route whose target is gone stays in its table as a blackhole (B5, B6).
import type { Route as RouteShape } from '@aws-sdk/client-ec2';
import type { World } from '../world.ts';
import { natGatewayState } from './nat-gateway-states.ts';
import type { Route, RouteTable } from './state.ts';

function targetStands(world: World, table: Pick<RouteTable, 'vpcId'>, route: Route, now: number): boolean {
  const { ec2 } = world;
  const { kind, id } = route.target;
  switch (kind) {
    case 'NatGatewayId': {
      const nat = ec2.natGateways[id];
      return nat !== undefined && ['pending', 'available', 'deleting'].includes(natGatewayState(nat, now));
    }
    case 'GatewayId': {
      if (id.startsWith('igw-')) return ec2.internetGateways[id]?.vpcId === table.vpcId;
      if (!id.startsWith('vpce-')) return true;
      const endpoint = ec2.vpcEndpoints[id];
      return endpoint !== undefined && (endpoint.deletedAt === null || endpoint.deletedAt > now);
    }
    case 'EgressOnlyInternetGatewayId':
      return ec2.egressOnlyInternetGateways[id] !== undefined;
    case 'TransitGatewayId':
      return Object.values(ec2.transitGatewayAttachments).some(
        (a) => a.transitGatewayId === id && a.vpcId === table.vpcId && a.state === 'available',
      );
    case 'VpcPeeringConnectionId':
      return ec2.peeringConnections[id]?.state === 'active';
    case 'NetworkInterfaceId': {
      const eni = ec2.networkInterfaces[id];
      return eni !== undefined && (eni.goneAt === null || eni.goneAt > now);
    }
    case 'InstanceId':
    case 'CarrierGatewayId':
    case 'LocalGatewayId':
    case 'CoreNetworkArn':
    case 'OdbNetworkArn':
      return true;
    default:
      return kind satisfies never;
  }
}

/** `active`, or `blackhole` where the target is gone or detached. */
export function routeState(world: World, table: Pick<RouteTable, 'vpcId'>, route: Route, now: number): 'active' | 'blackhole' {
  if (route.state) return route.state;
  return targetStands(world, table, route, now) ? 'active' : 'blackhole';
}

/** The route as the API answers it. */
export function routeView(world: World, table: RouteTable, route: Route, now: number): RouteShape {
  const destination = route.destination.startsWith('pl-')
    ? { DestinationPrefixListId: route.destination }
    : route.destination.includes(':')
      ? { DestinationIpv6CidrBlock: route.destination }
      : { DestinationCidrBlock: route.destination };
  return {
    ...destination,
    [route.target.kind]: route.target.id,
    Origin: route.origin,
    State: routeState(world, table, route, now),
  };
}
