// The networks of the story: the VPC that Quilt runs in, the VPC that the VPN ends in, and a hub of another account.
import type { InternetGateway, RouteTable, SecurityGroup, Subnet, Tags, Vpc } from '../ec2/state.ts';
import type { Draft } from './draft.ts';
import { addInterfaceEndpoint } from './endpoints.ts';
import { addInternetGateway, addNatGateway, addRoute, addRouteTable, addSecurityGroup, addSubnet, addVpc, toAll } from './network.ts';

export interface QuiltNetwork {
  readonly vpc: Vpc;
  readonly internetGateway: InternetGateway;
  /** One of each kind in each of three zones. */
  readonly publicSubnets: readonly Subnet[];
  readonly privateSubnets: readonly Subnet[];
  readonly intraSubnets: readonly Subnet[];
  readonly userSubnets: readonly Subnet[];
  readonly publicTable: RouteTable;
  /** One for each private subnet. */
  readonly privateTables: readonly RouteTable[];
  readonly intraTable: RouteTable;
  readonly userTable: RouteTable;
  readonly userGroup: SecurityGroup;
  readonly databaseGroup: SecurityGroup;
  readonly searchGroup: SecurityGroup;
}

export interface QuiltNetworkParts {
  readonly ownerId: string;
  readonly ipv6?: boolean;
  readonly enableDnsHostnames?: boolean;
  readonly tags?: Tags;
}

const zones = ['a', 'b', 'c'] as const;

/** Quilt's VPC: public, private, intra and user subnets in three zones, an Internet gateway, no endpoint and no NAT gateway. */
export function addQuiltNetwork(draft: Draft, parts: QuiltNetworkParts): QuiltNetwork {
  const { ownerId, tags = {}, ipv6 = false } = parts;
  const vpc = addVpc(draft, {
    name: 'quilt',
    ownerId,
    cidr: '10.0.0.0/16',
    ...(ipv6 ? { ipv6Cidr: '2600:1f18:1234:5600::/56' } : {}),
    enableDnsHostnames: parts.enableDnsHostnames ?? false,
    tags,
  });
  const internetGateway = addInternetGateway(draft, vpc, tags);
  const subnets = (kind: string, first: number, third: (index: number) => string): Subnet[] =>
    zones.map((zone, index) =>
      addSubnet(draft, vpc, {
        name: `quilt-${kind}-${zone}`,
        cidr: `10.0.${third(index)}`,
        zone: `${draft.region}${zone}`,
        mapPublicIp: kind === 'public',
        ...(ipv6 ? { ipv6Cidr: `2600:1f18:1234:56${(first + index).toString(16).padStart(2, '0')}::/64` } : {}),
        tags,
      }),
    );
  const privateSubnets = subnets('private', 0, (index) => `${index * 16}.0/20`);
  const publicSubnets = subnets('public', 16, (index) => `${48 + index}.0/24`);
  const intraSubnets = subnets('intra', 32, (index) => `${52 + index}.0/24`);
  const userSubnets = subnets('user', 48, (index) => `${56 + index}.0/24`);
  const toInternet = toAll('GatewayId', internetGateway.id);
  return {
    vpc,
    internetGateway,
    publicSubnets,
    privateSubnets,
    intraSubnets,
    userSubnets,
    publicTable: addRouteTable(draft, vpc, { name: 'quilt-public', subnets: publicSubnets, routes: [toInternet], tags }),
    privateTables: privateSubnets.map((subnet, index) =>
      addRouteTable(draft, vpc, { name: `quilt-private-${zones[index]}`, subnets: [subnet], tags }),
    ),
    intraTable: addRouteTable(draft, vpc, { name: 'quilt-intra', subnets: intraSubnets, tags }),
    userTable: addRouteTable(draft, vpc, { name: 'quilt-user', subnets: userSubnets, tags }),
    userGroup: addSecurityGroup(draft, vpc, {
      name: 'quilt-users',
      description: 'Users of the catalog',
      httpsFrom: ['10.0.0.0/16', '10.20.0.0/16'],
      tags,
    }),
    databaseGroup: addSecurityGroup(draft, vpc, { name: 'quilt-db-accessor', description: 'May reach the registry database', tags }),
    searchGroup: addSecurityGroup(draft, vpc, { name: 'quilt-search-accessor', description: 'May reach the search cluster', tags }),
  };
}

export interface ServiceNetwork {
  readonly vpc: Vpc;
  readonly subnets: readonly Subnet[];
  /** The subnets' own. */
  readonly table: RouteTable;
}

/** The VPC that the VPN ends in: no way to the Internet, and an S3 interface endpoint that its clients resolve S3 to. */
export function addVpnNetwork(draft: Draft, ownerId: string): ServiceNetwork {
  return addServiceNetwork(draft, { name: 'vpn', ownerId, second: 20, services: ['s3'] });
}

/** A hub of another account: interface endpoints, and a way out by its NAT gateway, that others use over a transit gateway. */
export function addHubNetwork(draft: Draft, ownerId: string): ServiceNetwork {
  const hub = addServiceNetwork(draft, { name: 'hub', ownerId, second: 40, services: ['s3', 'ecr.api', 'ecr.dkr', 'logs'] });
  const gateway = addInternetGateway(draft, hub.vpc);
  const subnet = addSubnet(draft, hub.vpc, { name: 'hub-public-a', cidr: '10.40.48.0/24', zone: `${draft.region}a`, mapPublicIp: true });
  addRouteTable(draft, hub.vpc, { name: 'hub-public', subnets: [subnet], routes: [toAll('GatewayId', gateway.id)] });
  const nat = addNatGateway(draft, subnet, { name: 'hub-nat', publicIp: '192.0.2.40', privateIp: '10.40.48.10' });
  addRoute(hub.table, toAll('NatGatewayId', nat.id));
  return hub;
}

function addServiceNetwork(
  draft: Draft,
  parts: { readonly name: string; readonly ownerId: string; readonly second: number; readonly services: readonly string[] },
): ServiceNetwork {
  const { name, ownerId, second, services } = parts;
  const vpc = addVpc(draft, { name, ownerId, cidr: `10.${second}.0.0/16` });
  const subnets = ['a', 'b'].map((zone, index) =>
    addSubnet(draft, vpc, { name: `${name}-private-${zone}`, cidr: `10.${second}.${index}.0/24`, zone: `${draft.region}${zone}` }),
  );
  const table = addRouteTable(draft, vpc, { name: `${name}-private`, subnets });
  const group = addSecurityGroup(draft, vpc, {
    name: `${name}-endpoints`,
    description: 'Clients of the endpoints',
    httpsFrom: ['10.0.0.0/8'],
  });
  for (const [index, service] of services.entries())
    addInterfaceEndpoint(draft, vpc, {
      name: `${name}-${service.replace('.', '-')}`,
      service,
      subnets: subnets.map((subnet, place) => ({ subnet, privateIp: `10.${second}.${place}.${100 + index}` })),
      group,
      privateDns: true,
    });
  return { vpc, subnets, table };
}
