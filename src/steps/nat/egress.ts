// Who needs egress, and what gives it: pure.
import { isMarked } from '../../aws/tags.ts';
import type { NatGateway, RouteTable, Subnet } from '../../aws/types.ts';
import type { Choices } from '../choices.ts';
import type { Landscape, Network } from '../landscape.ts';
import { markFor } from '../mark.ts';
import { defaultEgress, type Egress, effectiveTable, effectiveTables, subnetsById, zonesOf } from '../network.ts';
import { natKeys } from './keys.ts';

/** One of the tables that the stack's private subnets really use. */
export interface StackTable {
  readonly table: RouteTable;
  readonly subnets: readonly Subnet[];
  readonly egress: Egress;
}

/** A NAT gateway that is to be made, in a zone's public subnet, or one that stands and is used. */
export type Source =
  | { readonly type: 'make'; readonly zone: string; readonly subnet: Subnet }
  | { readonly type: 'stands'; readonly zone: string; readonly gateway: NatGateway; readonly ours: boolean };

export interface NatPlan {
  readonly tables: readonly StackTable[];
  /** Tables without any default route: those that get one. */
  readonly lacking: readonly StackTable[];
  /** The NAT gateway that each lacking table's default route leads to. Empty where none can be made (QP201) or none is wanted. */
  readonly routes: readonly { readonly table: StackTable; readonly source: Source }[];
  /** The distinct NAT gateways among them that are to be made. */
  readonly makes: readonly (Source & { readonly type: 'make' })[];
}

/** The tables that the stack's private subnets really use, with their subnets and where their default route leads. */
export function stackEgress({ network }: Pick<Landscape, 'network'>, choices: Choices): readonly StackTable[] {
  const subnets = subnetsById(choices.subnets, network.subnets);
  return effectiveTables(subnets, network.routeTables).map((table) => ({
    table,
    subnets: subnets.filter((subnet) => effectiveTable(subnet, network.routeTables)?.id === table.id),
    egress: defaultEgress(table, network.natGateways),
  }));
}

/** Public subnets whose default route leads to an Internet gateway, ours to use, in a stable order. */
export const publicSubnets = ({ subnets, routeTables, natGateways, vpc }: Network): readonly Subnet[] =>
  subnets
    .filter(
      (subnet) => subnet.vpcId === vpc.id && defaultEgress(effectiveTable(subnet, routeTables), natGateways).kind === 'internet-gateway',
    )
    .filter(({ availableAddresses }) => availableAddresses > 0)
    .sort((a, b) => (a.zone + a.id < b.zone + b.id ? -1 : 1));

/**
 * Decides. Only tables without a default route are looked at: one that works is left, one that is a blackhole or leads to an
 * Internet gateway is a finding. A table joins the NAT gateway that the stack's other tables use, or that this tool made;
 * else one is made, or one for each zone of the lacking subnets where `per-zone` is chosen.
 */
export function planNat(landscape: Landscape, choices: Choices): NatPlan {
  const { network, survey } = landscape;
  const tables = stackEgress(landscape, choices);
  const lacking = tables.filter(({ egress }) => egress.kind === 'none');
  const nothing = { tables, lacking, routes: [], makes: [] };
  if (choices.nat === 'none' || lacking.length === 0 || network.vpc.ownerId !== survey.quilt.accountId) return nothing;
  const standing = usable(landscape, choices, tables);
  const places = publicSubnets(network);
  const single = standing[0] ?? makeIn(placeOf(places, zonesOf(lacking.flatMap(({ subnets }) => subnets))));
  if (single === undefined) return nothing;
  const sourceFor = ({ subnets }: StackTable): Source => {
    if (choices.nat !== 'per-zone') return single;
    const zones = zonesOf(subnets);
    const here = standing.find(({ zone }) => zones.includes(zone));
    return here ?? makeIn(places.find(({ zone }) => zones.includes(zone))) ?? single;
  };
  const routes = lacking.map((table) => ({ table, source: sourceFor(table) }));
  const makes = new Map<string, Source & { type: 'make' }>();
  for (const { source } of routes) if (source.type === 'make') makes.set(source.zone, source);
  return { tables, lacking, routes, makes: [...makes.values()] };
}

/** Available NAT gateways of the VPC that the stack's own tables lead to, or that this tool made. */
function usable(landscape: Landscape, choices: Choices, tables: readonly StackTable[]): readonly (Source & { type: 'stands' })[] {
  const { network } = landscape;
  const inUse = tables.flatMap(({ egress }) => (egress.kind === 'works' ? [egress.target] : []));
  return network.natGateways
    .filter(({ state, vpcId }) => state === 'available' && vpcId === network.vpc.id)
    .map((gateway) => {
      const zone = network.subnets.find(({ id }) => id === gateway.subnetId)?.zone ?? '';
      const mark = markFor(natKeys(choices.vpc).gateway(zone), landscape, choices);
      return { type: 'stands' as const, gateway, zone, ours: isMarked(gateway.tags, mark) };
    })
    .filter(({ gateway, ours }) => ours || inUse.includes(gateway.id))
    .sort((a, b) => (a.zone + a.gateway.id < b.zone + b.gateway.id ? -1 : 1));
}

/** A public subnet in one of these zones, else any. */
const placeOf = (places: readonly Subnet[], zones: readonly string[]): Subnet | undefined =>
  places.find(({ zone }) => zones.includes(zone)) ?? places[0];

const makeIn = (subnet: Subnet | undefined): (Source & { type: 'make' }) | undefined =>
  subnet === undefined ? undefined : { type: 'make', zone: subnet.zone, subnet };
