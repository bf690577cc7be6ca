// The subnets of a picture as boxes: one for each where there are few, else alike ones together.
import type { Subnet } from '../aws/types.ts';
import type { NetworkGrid, Row } from '../steps/network-grid/grid.ts';
import type { PictureNode } from '../ui/diagram/types.ts';

export interface SubnetBox {
  readonly vpcId: string;
  /** Zones, in order. */
  readonly zones: readonly string[];
  readonly node: PictureNode;
  readonly subnetIds: readonly string[];
}

/** Stands for all VPCs that are not drawn apart. */
export const moreVpcs = 'more VPCs';

/**
 * The subnets of the grids as boxes: each by itself, or those of a zone that go the same ways in all grids as one, or those of a
 * VPC, whichever are few enough first. Subnets of VPCs that are not drawn `apart` are one box where their ways are of the same kinds.
 */
export function subnetBoxes(all: readonly Subnet[], apart: ReadonlySet<string>, grids: readonly NetworkGrid[]): readonly SubnetBox[] {
  const subnets = all.filter(({ vpcId }) => apart.has(vpcId));
  const ofKind = rowsBy(grids, ({ family, cells }) =>
    JSON.stringify([family, cells.map(({ ways }) => ways.map(({ way, verdict }) => [way.via, way.planned, verdict]))]),
  );
  const more = groupedBy(
    all.filter(({ vpcId }) => !apart.has(vpcId)),
    ({ id }) => ofKind(id),
  );
  return [...apartBoxes(subnets, grids), ...more.map((group) => ({ ...boxOf(group), vpcId: moreVpcs, zones: ['several zones'] }))];
}

function apartBoxes(subnets: readonly Subnet[], grids: readonly NetworkGrid[]): readonly SubnetBox[] {
  const alike = rowsBy(grids, (_, row) => String(row));
  const each = groupedBy(subnets, ({ id }) => id);
  if (each.length <= mostSingle) return each.map(boxOf);
  const ofZones = groupedBy(subnets, ({ id, vpcId, zone }) => JSON.stringify([vpcId, zone, alike(id)]));
  if (ofZones.length <= mostBoxes) return ofZones.map(boxOf);
  return groupedBy(subnets, ({ id, vpcId }) => JSON.stringify([vpcId, alike(id)])).map(boxOf);
}

/** How many boxes are seen at one glance: of single subnets, and of groups. */
const [mostSingle, mostBoxes] = [8, 16];

/** In which rows of each grid a subnet stands, by what `told` says of a row. */
function rowsBy(grids: readonly NetworkGrid[], told: (row: Row, index: number) => string): (subnetId: string) => string {
  const rows = new Map<string, string>();
  for (const [grid, { rows: ofGrid }] of grids.entries()) {
    for (const [index, row] of ofGrid.entries()) {
      const said = told(row, index);
      for (const { id } of row.places) rows.set(id, `${rows.get(id) ?? ''}${grid}/${said} `);
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
      title: alone ? (first.name ?? first.id) : `${subnets.length.toLocaleString('en-US')} subnets`,
      details: alone ? [...(first.name === null ? [] : [first.id]), first.cidr] : abridged(names, mostNames),
      isNew: false,
    },
  };
}

/** The first of these, and how many more there are. */
export const abridged = (names: readonly string[], most: number): readonly string[] =>
  names.length > most + 1 ? [...names.slice(0, most), `and ${(names.length - most).toLocaleString('en-US')} more`] : names;
