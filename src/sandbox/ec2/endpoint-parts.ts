// What hangs on an endpoint: a gateway endpoint's routes, an interface endpoint's network interfaces.
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { limitOf } from './limits.ts';
import { awsServices, prefixListOf, zonesOf } from './regions.ts';
import { refuseFullTable } from './routes.ts';
import type { RouteTable, Subnet, VpcEndpoint } from './state.ts';
import { add, change, find, findOwn } from './store.ts';
import { availableAddresses, freeAddress } from './subnets.ts';

/** The zones (`us-east-1a`) in which a service has endpoints. */
export function serviceZones(world: World, serviceName: string, region: string): readonly string[] {
  return world.ec2.serviceZones[serviceName] ?? zonesOf(region).map((zone) => zone.name);
}

interface Place {
  readonly vpcId: string;
  readonly serviceName: string;
  readonly region: string;
}

/**
 * Route tables that can take a gateway endpoint's route: of the VPC, without a route to the service's prefix list.
 * Throws RouteAlreadyExists in AWS's words (A20), InvalidParameter for another VPC's table, RouteLimitExceeded.
 */
export function checkedTables(world: World, call: Call, ids: readonly string[], place: Place): RouteTable[] {
  const list = prefixListOf(place.serviceName)?.id;
  return [...new Set(ids)].map((id) => {
    const table = findOwn(world, call, 'routeTables', id);
    if (table.vpcId !== place.vpcId)
      throw new AwsError('InvalidParameter', `The route table ${id} does not belong to the VPC ${place.vpcId}.`);
    if (table.routes.some((route) => route.destination === list))
      throw new AwsError('RouteAlreadyExists', `route table ${id} already has a route with destination-prefix-list-id ${list}`);
    refuseFullTable(world, call, table);
    return table;
  });
}

/** Puts the endpoint's route into a table. */
export function addEndpointRoute(world: World, call: Call, table: RouteTable, endpoint: VpcEndpoint): void {
  const list = prefixListOf(endpoint.serviceName);
  if (!list) return;
  change(world, call, 'routeTables', table, (t) => {
    t.routes.push({ destination: list.id, target: { kind: 'GatewayId', id: endpoint.id }, origin: 'CreateRoute' });
  });
}

/** Takes the endpoint's route out of a table. */
export function removeEndpointRoute(world: World, call: Call, tableId: string, endpoint: VpcEndpoint): void {
  const table = world.ec2.routeTables[tableId];
  if (!table?.routes.some((r) => r.target.id === endpoint.id)) return;
  change(world, call, 'routeTables', table, (t) => {
    t.routes = t.routes.filter((r) => r.target.id !== endpoint.id);
  });
}

/**
 * Subnets that can take an interface endpoint's interfaces beside those it has: one per zone (A10), in zones of the
 * service, with a free address. Throws DuplicateSubnetsInSameZone, InvalidParameter, InsufficientFreeAddressesInSubnet.
 */
export function checkedSubnets(world: World, call: Call, ids: readonly string[], present: readonly string[], place: Place): Subnet[] {
  const zones = serviceZones(world, place.serviceName, place.region);
  const used = new Set(present.map((id) => world.ec2.subnets[id]?.zone));
  return ids.map((id) => {
    const subnet = findOwn(world, call, 'subnets', id);
    if (subnet.vpcId !== place.vpcId) throw new AwsError('InvalidParameter', `The subnet ${id} does not belong to the VPC ${place.vpcId}.`);
    if (!zones.includes(subnet.zone))
      throw new AwsError(
        'InvalidParameter',
        `The VPC endpoint service ${place.serviceName} does not support the availability zone of the subnet: ${id}.`,
      );
    if (used.has(subnet.zone))
      throw new AwsError('DuplicateSubnetsInSameZone', `Found another VPC endpoint subnet in the availability zone of ${id}`);
    used.add(subnet.zone);
    if (availableAddresses(world, subnet, call.now) === 0)
      throw new AwsError('InsufficientFreeAddressesInSubnet', `Insufficient Free Addresses in subnet ${id}.`);
    return subnet;
  });
}

/** Security groups for an endpoint's interfaces. Throws InvalidGroup.NotFound, InvalidParameter, SecurityGroupsPerInterfaceLimitExceeded. */
export function checkedGroups(world: World, call: Call, ids: readonly string[], place: Place): string[] {
  const groups = [...new Set(ids)].map((id) => find(world, call, 'securityGroups', id));
  for (const group of groups)
    if (group.vpcId !== place.vpcId)
      throw new AwsError('InvalidParameter', `The security group ${group.id} does not belong to the VPC ${place.vpcId}.`);
  if (groups.length > limitOf(world, call, 'securityGroupsPerInterface'))
    throw new AwsError('SecurityGroupsPerInterfaceLimitExceeded', 'The maximum number of security groups per interface has been reached.');
  return groups.map((group) => group.id);
}

/** Makes the endpoint's interface in a subnet and returns its id. */
export function addEndpointInterface(world: World, call: Call, subnet: Subnet, endpointId: string, groupIds: readonly string[]): string {
  const eni = add(world, call, 'networkInterfaces', {
    id: call.id('eni'),
    ownerId: call.caller.accountId,
    region: call.region,
    tags: {},
    vpcId: subnet.vpcId,
    subnetId: subnet.id,
    privateIp: freeAddress(world, subnet, call.now),
    publicIp: null,
    interfaceType: 'vpc_endpoint',
    description: `VPC Endpoint Interface ${endpointId}`,
    requesterId: 'amazon-aws',
    groupIds: [...groupIds],
    attachedTo: endpointId,
    goneAt: null,
  });
  return eni.id;
}

/** Lets the interfaces vanish at a later moment; until then they hold their security groups. */
export function loseInterfaces(world: World, ids: readonly string[], goneAt: number): void {
  for (const id of ids) {
    const eni = world.ec2.networkInterfaces[id];
    if (eni) eni.goneAt = goneAt;
  }
}

/** The endpoint service of this name. Throws InvalidServiceName. */
export function serviceNamed(name: string, region: string) {
  const service = awsServices(region).find((s) => s.name === name);
  if (!service) throw new AwsError('InvalidServiceName', `The Vpc Endpoint Service '${name}' does not exist`);
  return service;
}
