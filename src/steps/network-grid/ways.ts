// The ways from a subnet to S3 in a Region: pure, over one VPC.
import type { RouteTable, RouteTargetKind, Subnet } from '../../aws/types.ts';
import { contains } from '../cidr.ts';
import { defaultEgress, effectiveTable, ipv6Egress, s3Interfaces, s3Route } from '../network.ts';
import type { VpcSeen } from './vpc-seen.ts';
import { noWay, unknownWay, type Way } from './way.ts';

/**
 * What a request of an IPv4 client may take: usually one way. Several where routes split S3's addresses, the ones that win over
 * the endpoint first (A24), or where a NAT gateway has several addresses.
 * @param bucketRegion null where it cannot be told
 */
export function waysFrom(subnet: Subnet, bucketRegion: string | null, seen: VpcSeen): readonly Way[] {
  if (bucketRegion === null) return [unknownWay("S3 does not tell the bucket's Region")];
  if (seen.dnsSupport === false) return [unknownWay(`DNS resolution is off in ${seen.vpc.id}, so its clients find S3 by other means`)];
  const byName = interfaceWay(bucketRegion, seen);
  if (byName !== null) return [byName];
  const table = effectiveTable(subnet, seen.tables);
  if (table === null) return [unknownWay(`the route table of ${subnet.id} does not show`)];
  return distinct(byRoutes(table, subnet, bucketRegion, seen));
}

/** What a client that asks for S3's dual-stack names over IPv6 takes; empty where the subnet has no IPv6. */
export function ipv6WaysFrom(subnet: Subnet, seen: VpcSeen): readonly Way[] {
  const table = effectiveTable(subnet, seen.tables);
  const target = ipv6Egress(table);
  if (subnet.ipv6Cidrs.length === 0 || target === null) return [];
  const kind = table?.routes.find((route) => route.kind === 'ipv6' && route.target.id === target)?.target.kind;
  if (kind === 'egress-only-internet-gateway' || kind === 'internet-gateway') {
    if (isBlocked(subnet, seen, kind === 'internet-gateway')) return [noWay(`Block Public Access of ${seen.vpc.id} closes ${target}`)];
    return distinct(subnet.ipv6Cidrs.map((range) => ({ via: 'ipv6', gateway: target, range: widest(range, seen), planned: false })));
  }
  return [unknownWay(`what lies behind ${target} does not show`)];
}

/** The VPC's range that holds this one, where all of it is trusted or nothing of it; else the range itself. */
const widest = (range: string, { vpc, trustedCidrs }: VpcSeen): string =>
  vpc.ipv6Cidrs.find(
    (wide) => contains(wide, range) && !trustedCidrs.some((trusted) => contains(wide, trusted) && !contains(trusted, wide)),
  ) ?? range;

/** An interface endpoint or a hosted zone that answers for S3's names: routes do not matter then. */
function interfaceWay(bucketRegion: string, { vpc, arn, endpoints, hostedZones, dnsHostnames }: VpcSeen): Way | null {
  const claims = (name: string) => new RegExp(`^(?:[^.]+\\.)?s3\\.${bucketRegion}\\.amazonaws\\.`).test(`${name}.`);
  const zone = hostedZones.known ? hostedZones.value.find(({ name, owner }) => claims(name) && !owner.includes('amazonaws')) : undefined;
  if (zone !== undefined) return unknownWay(`private hosted zone ${zone.name} (${zone.id}) answers for S3 in ${vpc.id}`);
  const answering = s3Interfaces(endpoints, vpc.id).find(
    ({ serviceName, privateDns, privateDnsForInboundOnly }) =>
      serviceName.endsWith(`.${bucketRegion}.s3`) && privateDns && !privateDnsForInboundOnly && dnsHostnames !== false,
  );
  return answering === undefined
    ? null
    : { via: 'endpoint', type: 'interface', id: answering.id, vpcId: vpc.id, vpcArn: arn, planned: false };
}

/** A route of the table, or one that the plan adds. */
interface Leg {
  readonly destination: string;
  readonly target: { readonly kind: RouteTargetKind; readonly id: string | null };
  readonly blackhole: boolean;
  readonly planned: boolean;
}

function byRoutes(table: RouteTable, subnet: Subnet, bucketRegion: string, seen: VpcSeen): readonly Way[] {
  const legs = ipv4Legs(table, seen);
  const isHere = bucketRegion === seen.region;
  const ranges = isHere && seen.s3Ranges.known ? seen.s3Ranges.value.filter((range) => !range.includes(':')) : [];
  const follow = (leg: Leg) => waysOf(leg, subnet, bucketRegion, seen);
  const endpoint = isHere ? gatewayWay(table, seen) : null;
  if (endpoint !== null) {
    // A gateway endpoint serves its own Region only (A25), and loses to what is as specific as S3's ranges.
    const past = legs.filter(({ destination, target }) => target.kind !== 'local' && ranges.some((range) => contains(range, destination)));
    return [...past.flatMap(follow), endpoint];
  }
  // Where S3's ranges do not show, what leads everywhere leads there.
  const wanted = ranges.length > 0 ? ranges : ['0.0.0.0/1', '128.0.0.0/1'];
  const inside = legs.filter(({ destination, target }) => target.kind !== 'local' && ranges.some((range) => contains(range, destination)));
  const found = [...new Set([...inside, ...wanted.map((range) => longest(legs, range))])];
  return found.flatMap((leg) => (leg === undefined ? [noWay('no route to S3')] : follow(leg)));
}

function ipv4Legs(table: RouteTable, { planned }: VpcSeen): readonly Leg[] {
  const standing = table.routes
    .filter(({ kind }) => kind === 'ipv4')
    .map(({ destination, target, state }) => ({ destination, target, blackhole: state === 'blackhole', planned: false }));
  const nat = planned.toNat.get(table.id);
  if (nat === undefined) return standing;
  return [...standing, { destination: '0.0.0.0/0', target: { kind: 'nat-gateway', id: nat.id }, blackhole: false, planned: true }];
}

/** The most specific leg that takes the whole range. */
const longest = (legs: readonly Leg[], range: string): Leg | undefined =>
  legs
    .filter(({ destination }) => contains(destination, range))
    .reduce<Leg | undefined>((best, leg) => (best === undefined || bitsOf(leg) > bitsOf(best) ? leg : best), undefined);

const bitsOf = ({ destination }: Leg): number => Number(destination.split('/')[1] ?? 32);

function gatewayWay(table: RouteTable, { vpc, arn, endpoints, s3PrefixListId, planned }: VpcSeen): Way | null {
  const there = { via: 'endpoint', type: 'gateway', vpcId: vpc.id, vpcArn: arn } as const;
  const standing = s3Route(table, endpoints, s3PrefixListId);
  if (standing !== null) return { ...there, id: standing, planned: false };
  const made = planned.onEndpoint.get(table.id);
  return made === undefined ? null : { ...there, id: made, planned: true };
}

function waysOf(leg: Leg, subnet: Subnet, bucketRegion: string, seen: VpcSeen): readonly Way[] {
  const { target, blackhole, planned } = leg;
  const { id } = target;
  if (blackhole) return [noWay(`${leg.destination} leads into a blackhole (${id})`)];
  switch (target.kind) {
    case 'nat-gateway':
      return id === null ? plannedNat(subnet, bucketRegion, seen) : natWays(id, planned, bucketRegion, seen);
    case 'internet-gateway':
      if (isBlocked(subnet, seen, true)) return [noWay(`Block Public Access of ${seen.vpc.id} closes ${id}`)];
      return [{ via: 'own-address', gateway: id ?? '', planned: false }];
    case 'local':
      return [noWay(`${leg.destination} is the VPC's own range`)];
    case 'virtual-private-gateway':
    case 'vpc-endpoint':
    case 'transit-gateway':
    case 'vpc-peering-connection':
    case 'network-interface':
    case 'instance':
    case 'core-network':
    case 'local-gateway':
    case 'carrier-gateway':
    case 'egress-only-internet-gateway':
    case 'other':
      return [unknownWay(`what lies behind ${id} does not show`)];
    default:
      return target.kind satisfies never;
  }
}

/** What leaves a NAT gateway follows the table of its own subnet, an S3 endpoint's route on it included. */
function natWays(id: string, planned: boolean, bucketRegion: string, seen: VpcSeen): readonly Way[] {
  const gateway = seen.natGateways.find((each) => each.id === id);
  if (gateway === undefined || !['available', 'pending'].includes(gateway.state)) return [noWay(`${id} is not available`)];
  const { addresses, subnetId } = gateway;
  const own = addresses.map(({ publicIp }) => publicIp).filter((address) => address !== null);
  const byAddress = own.map((address): Way => ({ via: 'nat-gateway', id, address, planned }));
  // A regional one takes more addresses as it grows (B16).
  if (subnetId === null) return [...byAddress, { via: 'nat-gateway', id, address: null, planned }];
  if (own.length === 0) return [unknownWay(`${id} has no public address, and what lies behind it does not show`)];
  return behindNat(subnetId, bucketRegion, byAddress, seen);
}

function plannedNat(subnet: Subnet, bucketRegion: string, seen: VpcSeen): readonly Way[] {
  const table = effectiveTable(subnet, seen.tables);
  const source = table === null ? undefined : seen.planned.toNat.get(table.id);
  const subnetId = source === undefined || source.id !== null ? null : source.subnetId;
  const ways: readonly Way[] = [{ via: 'nat-gateway', id: null, address: null, planned: true }];
  return subnetId === null ? ways : behindNat(subnetId, bucketRegion, ways, seen);
}

function behindNat(subnetId: string, bucketRegion: string, ways: readonly Way[], seen: VpcSeen): readonly Way[] {
  const subnet = seen.subnets.find(({ id }) => id === subnetId);
  const table = subnet === undefined ? null : effectiveTable(subnet, seen.tables);
  if (subnet === undefined || table === null) return [unknownWay(`the route table of ${subnetId} does not show`)];
  const endpoint = bucketRegion === seen.region ? gatewayWay(table, seen) : null;
  if (endpoint !== null) return [endpoint];
  if (isBlocked(subnet, seen, false)) return [noWay(`Block Public Access of ${seen.vpc.id} closes its Internet gateway`)];
  const egress = defaultEgress(table, seen.natGateways);
  if (egress.kind === 'internet-gateway') return ways;
  return egress.kind === 'works'
    ? [unknownWay(`what lies behind ${egress.target} does not show`)]
    : [noWay(`the NAT gateway's subnet ${subnetId} has no route to the Internet`)];
}

/** Block Public Access (B19): `block-ingress` leaves NAT gateways and egress-only gateways open. A subnet's exclusion wins. */
function isBlocked(subnet: Subnet, { vpc }: VpcSeen, takesIn: boolean): boolean {
  const mode = subnet.blockPublicAccess === 'unknown' ? vpc.blockPublicAccess : subnet.blockPublicAccess;
  return mode === 'block-bidirectional' || (takesIn && mode === 'block-ingress');
}

function distinct(ways: readonly Way[]): readonly Way[] {
  const byText = new Map(ways.map((way) => [JSON.stringify(way), way]));
  return [...byText.values()];
}
