// A VPC as the grid asks about it: as it is now and as the plan will leave it.
import type { HostedZone, NatGateway, RouteTable, Subnet, Vpc, VpcEndpoint } from '../../aws/types.ts';
import type { Change } from '../../engine/types.ts';
import { type Json, type Known, unknown } from '../../ports.ts';
import { fieldsOf, text, texts } from '../fields.ts';
import type { PerimeterInput } from '../landscape.ts';

/** What the plan still makes in the VPC, by what it makes it on. */
export interface Planned {
  /** Tables that are put on an S3 gateway endpoint: its id, or null where the plan makes that too. */
  readonly onEndpoint: ReadonlyMap<string, string | null>;
  /** Tables that get a default route. */
  readonly toNat: ReadonlyMap<string, NatSource>;
}

/** A NAT gateway that stands, or the public subnet in which one is made (null: not told). */
export type NatSource = { readonly id: string } | { readonly id: null; readonly subnetId: string | null };

export interface VpcSeen {
  readonly vpc: Vpc;
  readonly arn: string;
  readonly region: string;
  readonly subnets: readonly Subnet[];
  readonly tables: readonly RouteTable[];
  readonly endpoints: readonly VpcEndpoint[];
  readonly natGateways: readonly NatGateway[];
  /** Null where it was not asked. */
  readonly dnsSupport: boolean | null;
  readonly dnsHostnames: boolean | null;
  readonly hostedZones: Known<readonly HostedZone[]>;
  readonly s3PrefixListId: string;
  /** The ranges of S3 in `region`. */
  readonly s3Ranges: Known<readonly string[]>;
  readonly planned: Planned;
  readonly trustedCidrs: readonly string[];
}

export interface VpcsSeen {
  readonly seen: readonly VpcSeen[];
  /** Each with the reason. */
  readonly unread: readonly { readonly vpcId: string; readonly why: string }[];
}

/** The trusted VPCs that can be read, the stack's first, and those that cannot. */
export const trustedVpcs = (input: PerimeterInput): VpcsSeen =>
  vpcsOf(input, [...new Set([input.choices.vpc, ...input.choices.trustedVpcs])]);

/** Of these VPCs those that can be read, and those that cannot. */
export function vpcsOf(input: PerimeterInput, ids: readonly string[]): VpcsSeen {
  const { survey, network } = input.landscape;
  const { quilt } = survey;
  const vpcs = new Map([...survey.vpcs, network.vpc].map((vpc) => [vpc.id, vpc]));
  const inRegion = byVpc(survey);
  const seen: VpcSeen[] = [];
  const unread: { vpcId: string; why: string }[] = [];
  for (const id of ids) {
    const vpc = vpcs.get(id);
    if (vpc === undefined) unread.push({ vpcId: id, why: `${id} is in another account or Region` });
    // Of a VPC that is shared from another account its endpoints do not show (A33).
    else if (vpc.ownerId !== quilt.accountId)
      unread.push({ vpcId: id, why: `${id} belongs to account ${vpc.ownerId}, which alone sees its endpoints` });
    else {
      const common = {
        vpc,
        arn: `arn:${quilt.partition}:ec2:${quilt.region}:${vpc.ownerId}:vpc/${id}`,
        region: quilt.region,
        s3PrefixListId: network.s3PrefixListId,
        s3Ranges: network.s3PrefixListCidrs,
        trustedCidrs: input.choices.trustedCidrs,
      };
      seen.push(
        id === network.vpc.id
          ? { ...common, ...ownNetwork(input) }
          : {
              ...common,
              ...inRegion(id),
              dnsSupport: null,
              dnsHostnames: null,
              hostedZones: unknown('route53:ListHostedZonesByVPC', "asked of the stack's VPC only"),
              planned: { onEndpoint: new Map(), toNat: new Map() },
            },
      );
    }
  }
  return { seen, unread };
}

function ownNetwork({ landscape, networkChanges }: PerimeterInput) {
  const { network } = landscape;
  const turnsOn = (attribute: string) => networkChanges.some(({ after }) => fieldsOf(after).attribute === attribute);
  return {
    subnets: network.subnets,
    tables: network.routeTables,
    endpoints: network.endpoints,
    natGateways: network.natGateways,
    dnsSupport: network.dnsSupport || turnsOn('enableDnsSupport'),
    dnsHostnames: network.dnsHostnames || turnsOn('enableDnsHostnames'),
    hostedZones: network.hostedZones,
    planned: plannedBy(networkChanges),
  };
}

type Parts = Pick<VpcSeen, 'subnets' | 'tables' | 'endpoints' | 'natGateways'>;

/** The Region's things by VPC, sorted out once. */
function byVpc({ subnets, routeTables, endpoints, natGateways }: PerimeterInput['landscape']['survey']): (vpcId: string) => Parts {
  const [ofSubnets, ofTables, ofEndpoints, ofGateways] = [grouped(subnets), grouped(routeTables), grouped(endpoints), grouped(natGateways)];
  return (id) => ({
    subnets: ofSubnets.get(id) ?? [],
    tables: ofTables.get(id) ?? [],
    endpoints: ofEndpoints.get(id) ?? [],
    natGateways: ofGateways.get(id) ?? [],
  });
}

function grouped<T extends { readonly vpcId: string }>(things: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const group = groups.get(thing.vpcId);
    if (group === undefined) groups.set(thing.vpcId, [thing]);
    else group.push(thing);
  }
  return groups;
}

/** What the changes of endpoints and nat do to the way to S3. */
function plannedBy(changes: readonly Change[]): Planned {
  const onEndpoint = new Map<string, string | null>();
  const toNat = new Map<string, NatSource>();
  for (const { after } of changes) {
    switch (fieldsOf(after).kind) {
      case 's3-endpoint':
        for (const table of texts(after, 'routeTableIds')) onEndpoint.set(table, null);
        break;
      case 's3-route-table':
        onEndpoint.set(text(after, 'routeTableId'), text(after, 'endpointId'));
        break;
      case 'nat-route':
        toNat.set(text(after, 'routeTableId'), natSource(fieldsOf(after).natGatewayId ?? null, changes));
        break;
      default:
        break;
    }
  }
  return { onEndpoint, toNat };
}

/** The route's target: an id, or a ref to the change that makes it. */
function natSource(target: Json, changes: readonly Change[]): NatSource {
  if (typeof target === 'string') return { id: target };
  const made = changes.find(({ key }) => key === fieldsOf(target).ref);
  return made === undefined ? { id: null, subnetId: null } : { id: null, subnetId: text(made.after, 'subnetId') };
}
