// How a request gets from where its caller stands to S3: this decides which condition keys S3 sees (E6, E7, A24, A25).
import type { Caller } from '../types.ts';
import type { World } from '../world.ts';
import { vpcBlockMode } from './block-public-access.ts';
import { addressIn, type Cidr, contains, parseCidr } from './cidr.ts';
import { endpointState } from './endpoint-states.ts';
import { natGatewayState } from './nat-gateway-states.ts';
import { privateDnsDomains, privateDnsResolves } from './private-dns.ts';
import { prefixListOf } from './regions.ts';
import { routeState } from './route-states.ts';
import type { Route, RouteTable, Subnet, Vpc, VpcEndpoint } from './state.ts';

export type PathToS3 =
  | {
      readonly via: 'endpoint';
      readonly endpointId: string;
      readonly endpointType: 'Gateway' | 'Interface';
      /** The VPC that the endpoint is attached to, which need not be the caller's. */
      readonly vpcId: string;
      readonly vpcArn: string;
      readonly ownerId: string;
      /** As text. */
      readonly policyDocument: string;
      /** The caller's private address; null where it is not known. */
      readonly sourceIp: string | null;
    }
  | { readonly via: 'internet'; readonly publicIp: string }
  /** From a service's own network. */
  | { readonly via: 'service'; readonly service: string }
  | { readonly via: 'none'; readonly reason: string };

/** The table that a subnet's traffic follows: its own, else the VPC's main one (B3). */
export function effectiveTable(world: World, vpcId: string, subnetId: string | null): RouteTable | undefined {
  const tables = Object.values(world.ec2.routeTables).filter((table) => table.vpcId === vpcId);
  const explicit = subnetId === null ? undefined : tables.find((t) => t.associations.some((a) => a.subnetId === subnetId));
  return explicit ?? tables.find((t) => t.associations.some((a) => a.main));
}

function none(reason: string): PathToS3 {
  return { via: 'none', reason };
}

function throughEndpoint(endpoint: VpcEndpoint, sourceIp: string | null): PathToS3 {
  return {
    via: 'endpoint',
    endpointId: endpoint.id,
    endpointType: endpoint.type === 'Gateway' ? 'Gateway' : 'Interface',
    vpcId: endpoint.vpcId,
    vpcArn: `arn:aws:ec2:${endpoint.region}:${endpoint.ownerId}:vpc/${endpoint.vpcId}`,
    ownerId: endpoint.ownerId,
    policyDocument: endpoint.policyDocument,
    sourceIp,
  };
}

interface Journey {
  readonly world: World;
  readonly now: number;
  readonly bucketRegion: string;
  readonly sourceIp: string | null;
}

function s3Ranges(region: string): Cidr[] {
  return (prefixListOf(`com.amazonaws.${region}.s3`)?.cidrs ?? []).flatMap((text) => parseCidr(text) ?? []);
}

function s3Endpoints({ world, now, bucketRegion }: Journey, vpc: Vpc): VpcEndpoint[] {
  return Object.values(world.ec2.vpcEndpoints).filter(
    (e) => e.vpcId === vpc.id && e.serviceName === `com.amazonaws.${bucketRegion}.s3` && endpointState(e, now) === 'available',
  );
}

// S3 has many addresses. A static route that is at least as specific as one of its ranges takes some of them past the
// prefix list (A24); the path is told for those. Else the prefix list beats what is wider, whatever its length.
function routeToS3(table: RouteTable, bucketRegion: string): Route | undefined {
  const ranges = s3Ranges(bucketRegion);
  const statics = table.routes.flatMap((route) => {
    const cidr = parseCidr(route.destination);
    return cidr?.family === 'ipv4' ? [{ route, cidr }] : [];
  });
  const bypass = statics.find(({ cidr }) => ranges.some((range) => contains(range, cidr)));
  if (bypass) return bypass.route;
  const list = prefixListOf(`com.amazonaws.${bucketRegion}.s3`)?.id;
  const listed = table.routes.find((route) => route.destination === list);
  if (listed && table.region === bucketRegion) return listed;
  const covering = statics.filter(({ cidr }) => ranges[0] !== undefined && contains(cidr, ranges[0]));
  return covering.sort((a, b) => b.cidr.length - a.cidr.length)[0]?.route;
}

// The public address of an instance in a subnet that gives one; fixed for the subnet.
function instanceAddress(subnet: Subnet): string {
  return `203.0.113.${200 + (Number.parseInt(subnet.id.slice(-4), 16) % 50)}`;
}

function throughNat(journey: Journey, natId: string): PathToS3 {
  const { world, now } = journey;
  const nat = world.ec2.natGateways[natId];
  if (!nat || natGatewayState(nat, now) !== 'available') return none(`NAT gateway ${natId} is not available`);
  if (nat.connectivity === 'private') return none(`NAT gateway ${natId} is private`);
  const publicIp = nat.addresses[0]?.publicIp;
  const vpc = world.ec2.vpcs[nat.vpcId];
  if (!publicIp || !vpc) return none(`NAT gateway ${natId} has no public address`);
  if (nat.subnetId === null) return leaveBy(journey, vpc, publicIp);
  // What leaves a NAT gateway follows the table of the NAT gateway's own subnet, a gateway endpoint's route included.
  const table = effectiveTable(world, nat.vpcId, nat.subnetId);
  const route = table && routeToS3(table, journey.bucketRegion);
  if (!table || !route || routeState(world, table, route, now) !== 'active') return none(`NAT gateway ${natId} has no way out`);
  const { id } = route.target;
  const endpoint = world.ec2.vpcEndpoints[id];
  if (endpoint?.type === 'Gateway') return throughEndpoint(endpoint, nat.addresses[0]?.privateIp ?? null);
  return id.startsWith('igw-') ? leaveBy(journey, vpc, publicIp) : none(`NAT gateway ${natId} is not in a public subnet`);
}

function leaveBy({ world }: Journey, vpc: Vpc, publicIp: string): PathToS3 {
  if (vpcBlockMode(world, vpc) === 'block-bidirectional') return none(`Block Public Access of VPC ${vpc.id} blocks the Internet gateway`);
  return { via: 'internet', publicIp };
}

// Central VPCs behind a transit gateway: one with an S3 interface endpoint, where a private hosted zone of the caller's
// VPC leads there; else one whose subnets leave by a NAT gateway.
function throughTransitGateway(journey: Journey, vpc: Vpc, transitGatewayId: string): PathToS3 {
  const { world, now } = journey;
  const centralVpcs = Object.values(world.ec2.transitGatewayAttachments)
    .filter((a) => a.transitGatewayId === transitGatewayId && a.state === 'available' && a.vpcId !== vpc.id)
    .flatMap((a) => world.ec2.vpcs[a.vpcId] ?? []);
  if (hasS3Zone(journey, vpc)) {
    const central = centralVpcs.flatMap((v) => s3Endpoints(journey, v)).find((e) => e.type === 'Interface');
    if (central) return throughEndpoint(central, journey.sourceIp);
  }
  for (const central of centralVpcs) {
    const tables = Object.values(world.ec2.routeTables).filter((t) => t.vpcId === central.id);
    for (const table of tables) {
      const route = table.routes.find((r) => r.destination === '0.0.0.0/0' && r.target.kind === 'NatGatewayId');
      if (route && routeState(world, table, route, now) === 'active') return throughNat(journey, route.target.id);
    }
  }
  return none(`no VPC behind transit gateway ${transitGatewayId} leads to S3`);
}

function hasS3Zone({ world, bucketRegion }: Journey, vpc: Vpc): boolean {
  const domains = privateDnsDomains(`com.amazonaws.${bucketRegion}.s3`, bucketRegion);
  return Object.values(world.route53.zones).some(
    (zone) => zone.privateZone && domains.includes(zone.name.replace(/\.$/, '')) && zone.vpcs.some((v) => v.vpcId === vpc.id),
  );
}

function byRoutes(journey: Journey, vpc: Vpc, subnet: Subnet | null): PathToS3 {
  const { world, now, bucketRegion } = journey;
  const table = effectiveTable(world, vpc.id, subnet?.id ?? null);
  const route = table && routeToS3(table, bucketRegion);
  if (!table || !route) return none(`${subnet?.id ?? vpc.id} has no route to S3`);
  if (routeState(world, table, route, now) === 'blackhole') return none(`the route ${route.destination} of ${table.id} is a blackhole`);
  const { kind, id } = route.target;
  switch (kind) {
    case 'GatewayId': {
      const endpoint = world.ec2.vpcEndpoints[id];
      if (endpoint?.type === 'Gateway') return throughEndpoint(endpoint, journey.sourceIp);
      if (!id.startsWith('igw-')) return none(`${id} does not lead to S3`);
      return subnet?.mapPublicIpOnLaunch ? leaveBy(journey, vpc, instanceAddress(subnet)) : none('the caller has no public address');
    }
    case 'NatGatewayId':
      return throughNat(journey, id);
    case 'TransitGatewayId':
      return throughTransitGateway(journey, vpc, id);
    case 'NetworkInterfaceId': {
      const publicIp = world.ec2.networkInterfaces[id]?.publicIp;
      return publicIp ? leaveBy(journey, vpc, publicIp) : none(`network interface ${id} has no public address`);
    }
    case 'InstanceId': {
      const eni = Object.values(world.ec2.networkInterfaces).find((e) => e.attachedTo === id && e.publicIp !== null);
      return eni?.publicIp ? leaveBy(journey, vpc, eni.publicIp) : none(`instance ${id} has no public address`);
    }
    case 'VpcPeeringConnectionId':
    case 'EgressOnlyInternetGatewayId':
    case 'CarrierGatewayId':
    case 'LocalGatewayId':
    case 'CoreNetworkArn':
    case 'OdbNetworkArn':
      return none(`the sandbox does not know what lies behind ${id}`);
    default:
      return kind satisfies never;
  }
}

/**
 * The path of a request to S3 at simulated time `now` (ms). Inside a VPC: an interface endpoint whose private DNS (or a
 * private hosted zone) answers for S3, else the routes of the subnet's effective table. With `subnetId: null` (a VPN's clients): any available S3
 * endpoint of that VPC, interface endpoints first, else the VPC's main table. Endpoints serve their own Region only (A25).
 */
export function pathToS3(world: World, network: Caller['network'], bucketRegion: string, now: number): PathToS3 {
  if ('publicIp' in network) return { via: 'internet', publicIp: network.publicIp };
  if ('service' in network) return { via: 'service', service: network.service };
  const vpc = world.ec2.vpcs[network.vpcId];
  if (!vpc) return none(`VPC ${network.vpcId} does not exist`);
  const subnet = network.subnetId === null ? null : (world.ec2.subnets[network.subnetId] ?? null);
  if (network.subnetId !== null && !subnet) return none(`subnet ${network.subnetId} does not exist`);
  const cidr = subnet && parseCidr(subnet.cidr);
  const journey = { world, now, bucketRegion, sourceIp: cidr ? addressIn(cidr, 10) : null };
  const endpoints = s3Endpoints(journey, vpc);
  const interfaces = endpoints.filter((e) => e.type === 'Interface');
  if (subnet === null) {
    const any = interfaces[0] ?? endpoints[0];
    return any ? throughEndpoint(any, null) : byRoutes(journey, vpc, null);
  }
  if (!vpc.enableDnsSupport) return none(`DNS resolution is off in VPC ${vpc.id}`);
  const answering = interfaces.find((e) => privateDnsResolves(world, e, now) && e.privateDnsOnlyForInboundResolverEndpoint !== true);
  const byName = answering ?? (hasS3Zone(journey, vpc) ? interfaces[0] : undefined);
  return byName ? throughEndpoint(byName, journey.sourceIp) : byRoutes(journey, vpc, subnet);
}
