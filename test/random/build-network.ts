// The VPC's subnets, tables and ways out.
import type { NatGateway, Route, RouteTable, Subnet } from '../../src/sandbox/ec2/state.ts';
import { addTransitGateway } from '../../src/sandbox/scenarios/endpoints.ts';
import {
  addEgressOnlyGateway,
  addInterface,
  addNatGateway,
  addRoute,
  addRouteTable,
  addSubnet,
  toAll,
} from '../../src/sandbox/scenarios/network.ts';
import { elsewhere, type QuiltWorld } from '../support/quilt-world.ts';
import type { Egress, Landscape, Owner, TableParts } from './parts.ts';

export interface BuiltNetwork {
  readonly subnets: readonly Subnet[];
  readonly stackSubnets: readonly Subnet[];
  readonly userSubnets: readonly Subnet[];
  readonly tables: readonly RouteTable[];
  readonly main: RouteTable;
}

/** The tags of what others' tools own. */
export const ownerTags = (owner: Owner): { [key: string]: string } => {
  switch (owner) {
    case 'nobody':
      return {};
    case 'terraform':
      return { ManagedBy: 'terraform' };
    case 'cloudformation':
      return { 'aws:cloudformation:stack-name': 'network' };
    default:
      return owner satisfies never;
  }
};

const letters = ['a', 'b', 'c', 'd'] as const;

/** Replaces the network of Quilt's VPC. */
export function buildNetwork(named: QuiltWorld, landscape: Landscape): BuiltNetwork {
  const { world, vpc, draft } = named;
  clear(named);
  setVpc(named, landscape);
  const subnets = landscape.subnets.map((parts, index) => {
    const subnet = addSubnet(draft, vpc, {
      name: `random-${index}`,
      cidr: landscape.vpc.secondaryCidr && index % 2 === 1 ? `10.64.${index}.0/24` : `10.0.${index}.0/24`,
      zone: zoneOf(named, parts.zone),
      mapPublicIp: parts.use === 'public',
      ...(landscape.vpc.ipv6 ? { ipv6Cidr: `2600:1f18:1234:56${index.toString(16).padStart(2, '0')}::/64` } : {}),
    });
    if (parts.isFull) subnet.usedAddresses = 251;
    if (parts.hasInterfaces) addInterface(draft, subnet, { ...inUse(index), privateIp: addressIn(subnet, 20) });
    return subnet;
  });
  const publicTable = landscape.publicSubnet ? addPublicSubnet(named) : null;
  const natSubnet = publicTable ?? subnets.find((_, index) => landscape.subnets[index]?.use === 'public') ?? subnets[0];
  const tables = landscape.tables.map((parts, index) => {
    const users = subnets.filter((_, place) => tableIndexOf(landscape, place) === index);
    const table = addRouteTable(draft, vpc, { name: `random-${index}`, subnets: users, tags: ownerTags(parts.owner) });
    fill(named, table, parts, natSubnet, `${index}`);
    return table;
  });
  const main = there(
    Object.values(world.ec2.routeTables).find((table) => table.vpcId === vpc.id && table.associations.some((each) => each.main)),
  );
  Object.assign(main.tags, ownerTags(landscape.mainTable.owner));
  fill(named, main, landscape.mainTable, natSubnet, 'main');
  const of = (use: string) => subnets.filter((_, index) => landscape.subnets[index]?.use === use);
  const stackSubnets = of('stack').length > 0 ? of('stack') : subnets.slice(0, 1);
  return { subnets, stackSubnets, userSubnets: of('user').length > 0 ? of('user') : stackSubnets, tables, main };
}

const zoneOf = ({ region }: QuiltWorld, zone: number): string => `${region}${letters[zone % letters.length]}`;

const tableIndexOf = (landscape: Landscape, subnet: number): number | null => {
  const table = landscape.subnets[subnet]?.table ?? 'main';
  return table === 'main' ? null : table % landscape.tables.length;
};

/** Gives the VPC to another account, which shares its subnets with this one (A33). */
export function share({ world: { ec2 }, vpc, accountId }: QuiltWorld): void {
  const isHere = (thing: { readonly vpcId: string }) => thing.vpcId === vpc.id;
  ec2.vpcs[vpc.id] = { ...vpc, ownerId: elsewhere };
  for (const subnet of Object.values(ec2.subnets).filter(isHere))
    ec2.subnets[subnet.id] = { ...subnet, ownerId: elsewhere, sharedWith: [accountId] };
  for (const table of Object.values(ec2.routeTables).filter(isHere)) ec2.routeTables[table.id] = { ...table, ownerId: elsewhere };
}

export const addressIn = (subnet: Subnet, host: number): string => subnet.cidr.replace(/\.0\/\d+$/, `.${host}`);

const inUse = (index: number) => ({
  name: `instance-${index}`,
  interfaceType: 'interface',
  description: 'an instance',
  attachedTo: `i-0${'0'.repeat(15)}${index}`,
});

function clear({ world: { ec2 }, vpc }: QuiltWorld): void {
  const isHere = (thing: { readonly vpcId: string }) => thing.vpcId === vpc.id;
  for (const [id, eni] of Object.entries(ec2.networkInterfaces)) if (isHere(eni)) delete ec2.networkInterfaces[id];
  for (const [id, subnet] of Object.entries(ec2.subnets)) if (isHere(subnet)) delete ec2.subnets[id];
  for (const [id, table] of Object.entries(ec2.routeTables))
    if (isHere(table) && !table.associations.some(({ main }) => main)) delete ec2.routeTables[id];
}

function setVpc({ world, vpc, accountId, region }: QuiltWorld, { vpc: parts }: Landscape): void {
  vpc.enableDnsSupport = parts.dnsSupport;
  vpc.enableDnsHostnames = parts.dnsHostnames;
  vpc.blockPublicAccess = parts.blockPublicAccess;
  if (parts.accountBlocksPublicAccess !== 'off') world.ec2.blockPublicAccess[`${accountId}/${region}`] = parts.accountBlocksPublicAccess;
  if (parts.secondaryCidr) vpc.cidrs.push({ associationId: 'vpc-cidr-assoc-0second', cidr: '10.64.0.0/16', state: 'associated' });
  if (parts.ipv6) vpc.ipv6Cidrs.push({ associationId: 'vpc-cidr-assoc-0sixth', cidr: '2600:1f18:1234:5600::/56', state: 'associated' });
}

function addPublicSubnet(named: QuiltWorld): Subnet {
  const { draft, vpc } = named;
  const subnet = addSubnet(draft, vpc, { name: 'random-public', cidr: '10.0.200.0/24', zone: zoneOf(named, 0), mapPublicIp: true });
  addRouteTable(draft, vpc, { name: 'random-public', subnets: [subnet], routes: [toAll('GatewayId', internetGateway(named))] });
  return subnet;
}

const internetGateway = ({ world, vpc }: QuiltWorld): string =>
  Object.values(world.ec2.internetGateways).find(({ vpcId }) => vpcId === vpc.id)?.id ?? 'igw-00000000000000000';

function fill(named: QuiltWorld, table: RouteTable, parts: TableParts, natSubnet: Subnet | undefined, name: string): void {
  for (const { destination, target, state } of defaultRoutes(named, parts.egress, natSubnet, name)) {
    addRoute(table, { destination, target });
    const route = table.routes.at(-1);
    if (route && state) route.state = state;
  }
  if (parts.ipv6Egress) addRoute(table, { destination: '::/0', target: { kind: 'EgressOnlyInternetGatewayId', id: egressOnly(named) } });
  if (parts.routesAroundS3) addRoute(table, { destination: '52.216.0.0/16', target: { kind: 'GatewayId', id: internetGateway(named) } });
  if (parts.propagates) {
    const target = { kind: 'GatewayId', id: 'vgw-0aaaaaaaaaaaaaaaa' } as const;
    table.routes.push({ destination: '172.16.0.0/12', target, origin: 'EnableVgwRoutePropagation' });
    table.propagating.push(target.id);
  }
}

const egressOnly = ({ draft, vpc, world }: QuiltWorld): string =>
  (Object.values(world.ec2.egressOnlyInternetGateways).find(({ vpcId }) => vpcId === vpc.id) ?? addEgressOnlyGateway(draft, vpc)).id;

type Way = Pick<Route, 'destination' | 'target' | 'state'>;

function defaultRoutes(named: QuiltWorld, egress: Egress, natSubnet: Subnet | undefined, name: string): readonly Way[] {
  const { draft, world, vpc, accountId, region } = named;
  const nat = (change: Partial<NatGateway> = {}): readonly Way[] => {
    if (!natSubnet) return [];
    const made = addNatGateway(draft, natSubnet, {
      name: `nat-${name}`,
      publicIp: `192.0.2.${10 + Object.keys(world.ec2.natGateways).length}`,
      privateIp: addressIn(natSubnet, 30 + Object.keys(world.ec2.natGateways).length),
    });
    world.ec2.natGateways[made.id] = { ...made, ...change };
    return [toAll('NatGatewayId', made.id)];
  };
  const now = world.clock.base;
  switch (egress) {
    case 'none':
      return [];
    case 'internet':
      return [toAll('GatewayId', internetGateway(named))];
    case 'nat':
      return nat();
    case 'nat-pending':
      return nat({ createdAt: now - 10_000, settlesAt: now + 90_000 });
    case 'nat-failed':
      return nat({ settlesAt: now - 60_000, failure: { code: 'InternalError', message: 'Network interface is not available' } });
    case 'nat-deleting':
      return nat({ deleteRequestedAt: now - 10_000, deletedAt: now + 120_000 });
    case 'nat-private':
      return nat({ connectivity: 'private' });
    case 'transit-gateway':
      return [toAll('TransitGatewayId', addTransitGateway(draft, `tgw-${name}`, elsewhere, [vpc]).id)];
    case 'dead-transit-gateway':
      return [toAll('TransitGatewayId', addTransitGateway(draft, `tgw-${name}`, elsewhere, []).id)];
    case 'appliance': {
      const eni =
        natSubnet &&
        addInterface(draft, natSubnet, { ...inUse(9), name: `fw-${name}`, privateIp: addressIn(natSubnet, 60), publicIp: '192.0.2.99' });
      return eni ? [toAll('NetworkInterfaceId', eni.id)] : [];
    }
    case 'instance':
      return [toAll('InstanceId', 'i-0123456789abcdef0')];
    case 'core-network':
      return [toAll('CoreNetworkArn', `arn:aws:networkmanager::${elsewhere}:core-network/core-network-0123456789abcdef0`)];
    case 'peering': {
      const id = `pcx-0123456789abcde${name.length.toString(16)}0`;
      const side = { vpcId: vpc.id, ownerId: accountId, region, cidr: '10.0.0.0/16' };
      world.ec2.peeringConnections[id] = {
        id,
        ownerId: accountId,
        region,
        tags: {},
        requester: side,
        accepter: { ...side, cidr: '10.9.0.0/16' },
        state: 'active',
      };
      return [toAll('VpcPeeringConnectionId', id)];
    }
    case 'virtual-private-gateway':
      return [toAll('GatewayId', 'vgw-0bbbbbbbbbbbbbbbb')];
    case 'firewall':
      return [toAll('GatewayId', firewall(named, natSubnet, name))];
    case 'local-gateway':
      return [toAll('LocalGatewayId', 'lgw-0123456789abcdef0')];
    case 'egress-only':
      return [{ destination: '::/0', target: { kind: 'EgressOnlyInternetGatewayId', id: egressOnly(named) } }];
    case 'detached-internet-gateway':
      return [toAll('GatewayId', 'igw-0fffffffffffffff0')];
    case 'prefix-list':
      return [{ destination: everything(named), target: { kind: 'InstanceId', id: 'i-0123456789abcdef0' } }];
    case 'halves':
      return ['0.0.0.0/1', '128.0.0.0/1'].map((destination) => ({
        destination,
        target: { kind: 'InstanceId', id: 'i-0123456789abcdef0' },
      }));
    case 'half':
      return [{ destination: '0.0.0.0/1', target: { kind: 'InstanceId', id: 'i-0123456789abcdef0' } }];
    default:
      return egress satisfies never;
  }
}

/** The endpoint of a Gateway Load Balancer, as firewalls have it. */
function firewall({ world, vpc, accountId, region }: QuiltWorld, subnet: Subnet | undefined, name: string): string {
  const id = `vpce-0f${name.padStart(15, '0').replace(/[^\da-f]/g, 'a')}`;
  world.ec2.vpcEndpoints[id] = {
    id,
    ownerId: accountId,
    region,
    tags: {},
    vpcId: vpc.id,
    serviceName: `com.amazonaws.vpce.${region}.vpce-svc-0123456789abcdef0`,
    type: 'GatewayLoadBalancer',
    policyDocument: '',
    routeTableIds: [],
    subnetIds: subnet ? [subnet.id] : [],
    groupIds: [],
    privateDnsEnabled: false,
    privateDnsOnlyForInboundResolverEndpoint: null,
    ipAddressType: 'ipv4',
    networkInterfaceIds: [],
    requesterManaged: true,
    createdAt: 0,
    settlesAt: 0,
    failure: null,
    deleteRequestedAt: null,
    deletedAt: null,
  };
  return id;
}

/** A customer's prefix list of all addresses. */
function everything({ world, accountId, region }: QuiltWorld): string {
  const id = 'pl-0123456789abcdef0';
  const entries = [{ cidr: '0.0.0.0/0', description: null }];
  world.ec2.prefixLists[id] = { id, ownerId: accountId, region, tags: {}, name: 'everything', family: 'IPv4', entries };
  return id;
}

function there<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('the VPC has no main route table');
  return thing;
}
