// What a subnet's routes mean: pure, over what was read.
import type { NatGateway, Route, RouteTable, Subnet, VpcEndpoint } from '../aws/types.ts';

export type SubnetClass = 'public' | 'private' | 'intra';

/** Where a table's traffic to the Internet goes (B5). */
export type Egress =
  | { readonly kind: 'none' }
  | { readonly kind: 'internet-gateway'; readonly target: string }
  | { readonly kind: 'blackhole'; readonly target: string }
  | { readonly kind: 'works'; readonly target: string };

const anyIpv4 = '0.0.0.0/0';
const anyIpv6 = '::/0';

/**
 * The table that a subnet really uses: the one associated with it, else the VPC's main one (B3). Null only where neither was
 * read.
 */
export function effectiveTable(subnet: Pick<Subnet, 'id' | 'vpcId'>, tables: readonly RouteTable[]): RouteTable | null {
  const own = tables.filter(({ vpcId }) => vpcId === subnet.vpcId);
  return own.find(({ subnetIds }) => subnetIds.includes(subnet.id)) ?? own.find(({ main }) => main) ?? null;
}

/** The distinct tables that these subnets really use, in the subnets' order. */
export function effectiveTables(subnets: readonly Subnet[], tables: readonly RouteTable[]): readonly RouteTable[] {
  return [...new Set(subnets.map((subnet) => effectiveTable(subnet, tables)))].filter((table) => table !== null);
}

/** The subnets that really use a table. */
export const subnetsOn = (table: RouteTable, subnets: readonly Subnet[], tables: readonly RouteTable[]): readonly Subnet[] =>
  subnets.filter((subnet) => effectiveTable(subnet, tables)?.id === table.id);

/**
 * Where the table's IPv4 default route leads. `0.0.0.0/1` with `128.0.0.0/1` is a default route too. A route to a NAT gateway
 * that is failed or going is a blackhole, whether its state says so yet or not (B6).
 */
export function defaultEgress(table: RouteTable | null, natGateways: readonly NatGateway[]): Egress {
  const ipv4 = (table?.routes ?? []).filter(({ kind }) => kind === 'ipv4');
  const whole = ipv4.find(({ destination }) => destination === anyIpv4);
  const halves = ['0.0.0.0/1', '128.0.0.0/1'].map((half) => ipv4.find(({ destination }) => destination === half));
  const [low, high] = halves;
  const routes = low !== undefined && high !== undefined ? [low, high] : whole === undefined ? [] : [whole];
  if (routes.length === 0) return { kind: 'none' };
  const dead = routes.find((route) => isBlackhole(route, natGateways));
  if (dead !== undefined) return { kind: 'blackhole', target: dead.target.id };
  const direct = routes.find(({ target }) => target.kind === 'internet-gateway');
  if (direct !== undefined) return { kind: 'internet-gateway', target: direct.target.id };
  return { kind: 'works', target: routes[0]?.target.id ?? '' };
}

/** Public: a direct route to an Internet gateway (B2). Intra: no Internet route at all (G16). Private: any other. */
export function classify(table: RouteTable | null): SubnetClass {
  if (table?.routes.some(({ target }) => target.kind === 'internet-gateway') === true) return 'public';
  return table !== null && defaultEgress(table, []).kind !== 'none' ? 'private' : 'intra';
}

/** The target that the table's IPv6 traffic to the Internet leaves by, or null. */
export function ipv6Egress(table: RouteTable | null): string | null {
  const route = table?.routes.find(({ destination, state }) => destination === anyIpv6 && state === 'active');
  return route?.target.id ?? null;
}

/** Gateway endpoints for S3 that stand or are being made. */
export const s3Gateways = (endpoints: readonly VpcEndpoint[], vpcId: string): readonly VpcEndpoint[] =>
  endpoints.filter(
    (endpoint) =>
      endpoint.vpcId === vpcId &&
      endpoint.type === 'Gateway' &&
      /\.s3$/.test(endpoint.serviceName) &&
      ['available', 'pending'].includes(endpoint.state),
  );

/** Interface endpoints for S3 that stand or are being made. */
export const s3Interfaces = (endpoints: readonly VpcEndpoint[], vpcId: string): readonly VpcEndpoint[] =>
  endpoints.filter(
    (endpoint) =>
      endpoint.vpcId === vpcId &&
      endpoint.type === 'Interface' &&
      /\.s3$/.test(endpoint.serviceName) &&
      ['available', 'pending'].includes(endpoint.state),
  );

/**
 * The gateway endpoint that takes the table's S3 traffic, or null: told by its prefix list route or by the endpoint's own list
 * of tables, whichever shows it.
 * @param s3PrefixListId null where only endpoints' lists are to be asked, as in VPCs of the survey
 */
export function s3Route(table: RouteTable, endpoints: readonly VpcEndpoint[], s3PrefixListId: string | null): string | null {
  const gateways = s3Gateways(endpoints, table.vpcId);
  const listed = gateways.find(({ routeTableIds }) => routeTableIds.includes(table.id));
  if (listed !== undefined) return listed.id;
  const route = table.routes.find(
    ({ destination, kind, target, state }) =>
      kind === 'prefix-list' &&
      target.kind === 'vpc-endpoint' &&
      state === 'active' &&
      (destination === s3PrefixListId || gateways.some(({ id }) => id === target.id)),
  );
  return route?.target.id ?? null;
}

/** The Availability Zones of these subnets, in their order, once each. */
export const zonesOf = (subnets: readonly Subnet[]): readonly string[] => [...new Set(subnets.map(({ zone }) => zone))];

/** At most one subnet for each of `zones`: the first that has a free address, else the first. */
export function oneSubnetPerZone(subnets: readonly Subnet[], zones: readonly string[]): readonly Subnet[] {
  return zonesOf(subnets)
    .filter((zone) => zones.includes(zone))
    .map((zone) => {
      const here = subnets.filter((subnet) => subnet.zone === zone);
      return here.find(({ availableAddresses }) => availableAddresses > 0) ?? here[0];
    })
    .filter((subnet) => subnet !== undefined);
}

/** The subnets of these ids, in the ids' order. */
export const subnetsById = (ids: readonly string[], subnets: readonly Subnet[]): readonly Subnet[] =>
  ids.map((id) => subnets.find((subnet) => subnet.id === id)).filter((subnet) => subnet !== undefined);

const isBlackhole = (route: Route, natGateways: readonly NatGateway[]): boolean =>
  route.state === 'blackhole' ||
  natGateways.some(({ id, state }) => id === route.target.id && ['failed', 'deleting', 'deleted'].includes(state));
