// Builders for EC2's side of a world: VPCs, subnets, tables, gateways, groups and interfaces.
import type {
  EgressOnlyInternetGateway,
  InternetGateway,
  NatGateway,
  NetworkInterface,
  Resource,
  Route,
  RouteTable,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Tags,
  Vpc,
} from '../ec2/state.ts';
import { type Draft, daysAgo, idOf } from './draft.ts';

export interface VpcParts {
  readonly name: string;
  readonly ownerId: string;
  readonly cidr: string;
  /** A /56. */
  readonly ipv6Cidr?: string;
  readonly region?: string;
  readonly enableDnsHostnames?: boolean;
  readonly isDefault?: boolean;
  readonly tags?: Tags;
}

/** A VPC with its default security group and its main route table, whose only routes are the local ones. */
export function addVpc(draft: Draft, parts: VpcParts): Vpc {
  const { name, ownerId, region = draft.region } = parts;
  const { ec2 } = draft.world;
  const id = idOf(draft, 'vpc', name);
  const group = addSecurityGroup(
    draft,
    { id, ownerId, region },
    { name: 'default', description: 'default VPC security group', ofItself: true },
  );
  const vpc: Vpc = {
    id,
    ownerId,
    region,
    tags: { Name: name, ...parts.tags },
    isDefault: parts.isDefault ?? false,
    cidrs: [{ associationId: idOf(draft, 'vpc-cidr-assoc', name), cidr: parts.cidr, state: 'associated' }],
    ipv6Cidrs: parts.ipv6Cidr
      ? [{ associationId: idOf(draft, 'vpc-cidr-assoc', `${name}/6`), cidr: parts.ipv6Cidr, state: 'associated' }]
      : [],
    enableDnsSupport: true,
    enableDnsHostnames: parts.enableDnsHostnames ?? true,
    blockPublicAccess: null,
    defaultSecurityGroupId: group.id,
  };
  ec2.vpcs[id] = vpc;
  const main = addRouteTable(draft, vpc, { name: `${name}-main`, subnets: [], tags: parts.tags ?? {} });
  main.associations.push({ id: idOf(draft, 'rtbassoc', `${name}/main`), subnetId: null, gatewayId: null, main: true });
  return vpc;
}

export interface SubnetParts {
  readonly name: string;
  readonly cidr: string;
  readonly ipv6Cidr?: string;
  /** `us-east-1a`. */
  readonly zone: string;
  readonly mapPublicIp?: boolean;
  readonly tags?: Tags;
}

/** A subnet; it is on the VPC's main table until a table takes it. */
export function addSubnet(draft: Draft, vpc: Vpc, parts: SubnetParts): Subnet {
  const subnet: Subnet = {
    ...within(draft, vpc, 'subnet', parts.name, parts.tags),
    vpcId: vpc.id,
    cidr: parts.cidr,
    ipv6Cidr: parts.ipv6Cidr ?? null,
    zone: parts.zone,
    mapPublicIpOnLaunch: parts.mapPublicIp ?? false,
    sharedWith: [],
    usedAddresses: 0,
  };
  draft.world.ec2.subnets[subnet.id] = subnet;
  return subnet;
}

export interface RouteTableParts {
  readonly name: string;
  readonly subnets: readonly Subnet[];
  /** Besides the local ones. */
  readonly routes?: readonly RouteTo[];
  readonly tags?: Tags;
}

/** A route table with the local routes, associated with these subnets. */
export function addRouteTable(draft: Draft, vpc: Vpc, parts: RouteTableParts): RouteTable {
  const local = [...vpc.cidrs, ...vpc.ipv6Cidrs].map(
    ({ cidr }): Route => ({ destination: cidr, target: { kind: 'GatewayId', id: 'local' }, origin: 'CreateRouteTable' }),
  );
  const table: RouteTable = {
    ...within(draft, vpc, 'rtb', parts.name, parts.tags),
    vpcId: vpc.id,
    associations: parts.subnets.map((subnet) => ({
      id: idOf(draft, 'rtbassoc', `${vpc.id}/${parts.name}/${subnet.id}`),
      subnetId: subnet.id,
      gatewayId: null,
      main: false,
    })),
    routes: [...local, ...(parts.routes ?? []).map((route): Route => ({ ...route, origin: 'CreateRoute' }))],
    propagating: [],
  };
  draft.world.ec2.routeTables[table.id] = table;
  return table;
}

export type RouteTo = Pick<Route, 'destination' | 'target'>;

/** A default route for IPv4. */
export const toAll = (kind: Route['target']['kind'], id: string): RouteTo => ({ destination: '0.0.0.0/0', target: { kind, id } });

/** Puts a route into a table that stands. */
export function addRoute(table: RouteTable, route: RouteTo): void {
  table.routes.push({ ...route, origin: 'CreateRoute' });
}

/** An Internet gateway on the VPC. */
export function addInternetGateway(draft: Draft, vpc: Vpc, tags: Tags = {}): InternetGateway {
  const gateway: InternetGateway = { ...within(draft, vpc, 'igw', `${vpc.tags.Name ?? vpc.id}-igw`, tags), vpcId: vpc.id };
  draft.world.ec2.internetGateways[gateway.id] = gateway;
  return gateway;
}

/** An egress-only Internet gateway on the VPC, for IPv6. */
export function addEgressOnlyGateway(draft: Draft, vpc: Vpc): EgressOnlyInternetGateway {
  const gateway: EgressOnlyInternetGateway = { ...within(draft, vpc, 'eigw', `${vpc.tags.Name ?? vpc.id}-eigw`, {}), vpcId: vpc.id };
  draft.world.ec2.egressOnlyInternetGateways[gateway.id] = gateway;
  return gateway;
}

/** A public NAT gateway that works, with its Elastic IP and its interface. `privateIp` must be free in the subnet. */
export function addNatGateway(
  draft: Draft,
  subnet: Subnet,
  parts: { readonly name: string; readonly publicIp: string; readonly privateIp: string; readonly tags?: Tags },
): NatGateway {
  const { ec2 } = draft.world;
  const where = within(draft, subnet, 'nat', parts.name, parts.tags);
  const address = { ...within(draft, subnet, 'eipalloc', parts.name, parts.tags), publicIp: parts.publicIp, networkInterfaceId: null };
  ec2.addresses[address.id] = address;
  const eni = addInterface(draft, subnet, {
    name: parts.name,
    privateIp: parts.privateIp,
    interfaceType: 'nat_gateway',
    description: `Interface for NAT Gateway ${where.id}`,
    attachedTo: where.id,
    requesterId: 'amazon-aws',
    publicIp: parts.publicIp,
  });
  const gateway: NatGateway = {
    ...where,
    vpcId: subnet.vpcId,
    subnetId: subnet.id,
    connectivity: 'public',
    mode: 'zonal',
    addresses: [{ allocationId: address.id, publicIp: parts.publicIp, privateIp: parts.privateIp, networkInterfaceId: eni.id }],
    createdAt: daysAgo(draft, 200),
    settlesAt: daysAgo(draft, 200),
    failure: null,
    deleteRequestedAt: null,
    deletedAt: null,
  };
  ec2.natGateways[gateway.id] = gateway;
  return gateway;
}

export interface InterfaceParts {
  readonly name: string;
  /** Free in the subnet. */
  readonly privateIp: string;
  readonly interfaceType: string;
  readonly description: string;
  readonly attachedTo: string;
  readonly groups?: readonly string[];
  readonly requesterId?: string;
  readonly publicIp?: string;
}

/** A network interface in use. */
export function addInterface(draft: Draft, subnet: Subnet, parts: InterfaceParts): NetworkInterface {
  const eni: NetworkInterface = {
    ...within(draft, subnet, 'eni', `${parts.name}/${subnet.id}`, {}),
    tags: {},
    vpcId: subnet.vpcId,
    subnetId: subnet.id,
    privateIp: parts.privateIp,
    publicIp: parts.publicIp ?? null,
    interfaceType: parts.interfaceType,
    description: parts.description,
    requesterId: parts.requesterId ?? null,
    groupIds: [...(parts.groups ?? [])],
    attachedTo: parts.attachedTo,
    goneAt: null,
  };
  draft.world.ec2.networkInterfaces[eni.id] = eni;
  return eni;
}

export interface GroupParts {
  readonly name: string;
  readonly description: string;
  /** Ranges that may come in on TCP 443. */
  readonly httpsFrom?: readonly string[];
  /** Members may reach one another, as in default groups. */
  readonly ofItself?: boolean;
  /** Its id where something else has settled it. */
  readonly id?: string;
  readonly tags?: Tags;
}

/** A security group that lets everything out. */
export function addSecurityGroup(draft: Draft, vpc: Pick<Vpc, 'id' | 'ownerId' | 'region'>, parts: GroupParts): SecurityGroup {
  const made = within(draft, vpc, 'sg', `${vpc.id}/${parts.name}`, parts.tags);
  const place = { ...made, id: parts.id ?? made.id };
  const rule = (
    egress: boolean,
    index: number,
    of: Pick<SecurityGroupRule, 'protocol' | 'fromPort' | 'toPort' | 'source'>,
  ): SecurityGroupRule => ({
    id: idOf(draft, 'sgr', `${place.id}/${egress}/${index}`),
    egress,
    description: null,
    tags: {},
    ...of,
  });
  const all = { protocol: '-1', fromPort: -1, toPort: -1 };
  const group: SecurityGroup = {
    ...place,
    tags: parts.name === 'default' ? {} : { Name: parts.name, ...parts.tags },
    vpcId: vpc.id,
    name: parts.name,
    description: parts.description,
    rules: [
      ...(parts.httpsFrom ?? []).map((value, index) =>
        rule(false, index, { protocol: 'tcp', fromPort: 443, toPort: 443, source: { type: 'cidrIpv4', value } }),
      ),
      ...(parts.ofItself ? [rule(false, 0, { ...all, source: { type: 'group', value: place.id } })] : []),
      rule(true, 0, { ...all, source: { type: 'cidrIpv4', value: '0.0.0.0/0' } }),
    ],
  };
  draft.world.ec2.securityGroups[group.id] = group;
  return group;
}

/** The account, Region, id and tags of a thing that lies where another does. */
export function within(draft: Draft, place: Pick<Resource, 'ownerId' | 'region'>, prefix: string, name: string, tags: Tags = {}): Resource {
  return { id: idOf(draft, prefix, name), ownerId: place.ownerId, region: place.region, tags: { Name: name, ...tags } };
}
