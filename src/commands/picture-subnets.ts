// The subnets of a picture as boxes: one for each where there are few, else alike ones together.
import type { Subnet } from '../aws/types.ts';
import type { NetworkGrid } from '../steps/network-grid/grid.ts';
import type { PictureNode } from '../ui/diagram/types.ts';

export interface SubnetBox {
  readonly vpcId: string;
  /** Zones, in order. */
  readonly zones: readonly string[];
  readonly node: PictureNode;
  readonly subnetIds: readonly string[];
}

/**
 * The subnets of the grids as boxes: each by itself, or those of a zone that go the same ways in all grids as one, or those of a
 * VPC, whichever are few enough first.
 */
export function subnetBoxes(subnets: readonly Subnet[], grids: readonly NetworkGrid[]): readonly SubnetBox[] {
  const alike = alikeBy(grids);
  const each = groupedBy(subnets, ({ id }) => id);
  if (each.length <= mostSingle) return each.map(boxOf);
  const ofZones = groupedBy(subnets, ({ id, vpcId, zone }) => JSON.stringify([vpcId, zone, alike(id)]));
  if (ofZones.length <= mostBoxes) return ofZones.map(boxOf);
  return groupedBy(subnets, ({ id, vpcId }) => JSON.stringify([vpcId, alike(id)])).map(boxOf);
}

/** How many boxes are seen at one glance: of single subnets, and of groups. */
const [mostSingle, mostBoxes] = [8, 16];

/** In which rows a subnet stands. */
function alikeBy(grids: readonly NetworkGrid[]): (subnetId: string) => string {
  const rows = new Map<string, string>();
  for (const [grid, { rows: ofGrid }] of grids.entries()) {
    for (const [row, { places }] of ofGrid.entries()) {
      for (const { id } of places) rows.set(id, `${rows.get(id) ?? ''}${grid}/${row} `);
    }
  }
  return (id) => rows.get(id) ?? '';
}

function groupedBy(subnets: readonly Subnet[], keyOf: (subnet: Subnet) => string): readonly (readonly Subnet[])[] {
  const groups = new Map<string, Subnet[]>();
  for (const subnet of subnets) {
    const key = keyOf(subnet);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [subnet]);
    else group.push(subnet);
  }
  return [...groups.values()];
}

const mostNames = 4;

function boxOf(subnets: readonly Subnet[]): SubnetBox {
  const [first] = subnets;
  if (first === undefined) throw new Error('a box of no subnets');
  const names = subnets.map(({ id, name }) => name ?? id).sort();
  const zones = [...new Set(subnets.map(({ zone }) => zone))].sort();
  const alone = subnets.length === 1;
  return {
    vpcId: first.vpcId,
    zones,
    subnetIds: subnets.map(({ id }) => id),
    node: {
      id: `subnets ${first.id}`,
      kind: 'subnets',
      title: alone ? (first.name ?? first.id) : `${subnets.length} subnets`,
      details: alone ? [...(first.name === null ? [] : [first.id]), first.cidr] : abridged(names, mostNames),
      isNew: false,
    },
  };
}

/** The first of these, and how many more there are. */
export const abridged = (names: readonly string[], most: number): readonly string[] =>
  names.length > most + 1 ? [...names.slice(0, most), `and ${names.length - most} more`] : names;
