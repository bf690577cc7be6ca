// The network as two pictures, before and after: what stands where, and which way requests to the buckets take. Pure, over what was
// read, the grid of the network and what is planned.
import type { JournaledChange } from '../journal/replay.ts';
import { fieldsOf } from '../steps/fields.ts';
import type { PerimeterInput } from '../steps/landscape.ts';
import { type NetworkGrid, networkGrid } from '../steps/network-grid/grid.ts';
import { bindsQuilt, perimeterSay, type Say } from '../steps/network-grid/verdict.ts';
import { trustedVpcs } from '../steps/network-grid/vpc-seen.ts';
import type { NetworkPicture, PictureFlow } from '../ui/diagram/types.ts';
import { accountsOf, unreadBoxes, vpcsApart } from './picture-accounts.ts';
import { apiPart } from './picture-api.ts';
import { inputBefore, madeIds, sayBefore } from './picture-before.ts';
import { type BucketBox, clientsOf } from './picture-clients.ts';
import { flowOf, type Gateway, gatewayNode } from './picture-flows.ts';
import { abridged, type SubnetBox, subnetBoxes } from './picture-subnets.ts';

export interface NetworkPictures {
  readonly before: NetworkPicture;
  readonly after: NetworkPicture;
}

/**
 * The network as it was before the first change, and as it is once everything stands.
 * @param input with what endpoints and nat are still to change as `networkChanges`
 * @param journaled what this folder's journal says was changed already; none where there is no journal
 * @param now for trials that ended by themselves
 */
export function networkPictures(input: PerimeterInput, journaled: readonly JournaledChange[], now: Date): NetworkPictures {
  const earlier = inputBefore(input, journaled);
  const [sayThen, sayAfter] = [sayBefore(input, journaled, now), perimeterSay(input)];
  const [gridThen, gridAfter] = [networkGrid(earlier, sayThen), networkGrid(input, sayAfter)];
  const grids = [gridThen, gridAfter];
  const { seen } = trustedVpcs(input);
  const apart = vpcsApart(input, seen, grids);
  const boxes = subnetBoxes(
    seen.flatMap(({ subnets }) => subnets),
    apart,
    grids,
  );
  const buckets = bucketBoxes(input, gridThen, gridAfter);
  const common = { boxes, buckets, apart };
  return {
    before: picture({ ...common, input: earlier, grid: gridThen, say: sayThen, made: new Set(), title: 'The network before the change' }),
    after: picture({ ...common, input, grid: gridAfter, say: sayAfter, made: madeIds(journaled), title: 'The network after the change' }),
  };
}

interface Parts {
  readonly title: string;
  readonly input: PerimeterInput;
  readonly grid: NetworkGrid;
  readonly say: Say;
  readonly boxes: readonly SubnetBox[];
  /** Ids of the VPCs that are drawn by themselves. */
  readonly apart: ReadonlySet<string>;
  readonly buckets: readonly BucketBox[];
  /** Ids of what the plan made. */
  readonly made: ReadonlySet<string>;
}

function picture({ title, input, grid, say, boxes, apart, buckets, made }: Parts): NetworkPicture {
  const gateways = new Map<string, Gateway>();
  const flows: PictureFlow[] = [];
  for (const from of standpoints(input, boxes)) {
    for (const { places, cells } of grid.rows) {
      if (!places.some(({ id }) => id === from.placeId)) continue;
      for (const { node, like } of buckets) {
        const column = grid.columns.findIndex((each) => each.buckets.includes(like.name));
        for (const seen of cells[column]?.ways ?? []) {
          const found = flowOf(seen, from, node.id, made);
          if (found === null) continue;
          flows.push(found.flow);
          if (found.gateway !== null) gateways.set(found.gateway.node.id, withAddresses(found.gateway, input));
        }
      }
    }
  }
  const clients = clientsOf(input, buckets, say);
  const api = apiPart(input, made);
  const all = [...natGateways(input, made), ...gateways.values(), ...api.gateways];
  const distinct = [...new Map(all.map((each) => [each.node.id, each])).values()];
  return {
    title,
    clients: [...api.clients, ...clients.nodes],
    accounts: accountsOf(input, apart, boxes, distinct, new Set(flows.map(({ path }) => path[0]))),
    services: [...buckets.map(({ node }) => node), ...api.services],
    flows: [...flows, ...clients.flows, ...api.flows],
    notes: notesOf(input, boxes),
  };
}

/** The boxes that flows begin at, each with a place of the grid that stands for it. */
function standpoints(input: PerimeterInput, boxes: readonly SubnetBox[]) {
  return [
    ...boxes.map(({ node, vpcId, subnetIds }) => ({ id: node.id, vpcId, placeId: subnetIds[0] ?? '' })),
    ...unreadBoxes(input).map(({ node, vpcId }) => ({ id: node.id, vpcId, placeId: vpcId })),
  ];
}

/** The NAT gateways of Quilt's VPC, whether requests to S3 leave by them or only what else there is on the Internet. */
function natGateways({ choices, landscape, networkChanges }: PerimeterInput, made: ReadonlySet<string>): readonly Gateway[] {
  const { vpc } = choices;
  const standing = landscape.network.natGateways.filter(({ vpcId, state }) => vpcId === vpc && ['available', 'pending'].includes(state));
  const planned = networkChanges.some(({ after }) => fieldsOf(after).kind === 'nat-gateway');
  return [...standing.map(({ id }) => id), ...(planned ? [null] : [])].map((id) => {
    const node = gatewayNode('nat-gateway', id, 'NAT gateway', vpc, made);
    return { vpcId: vpc, node: { ...node, details: [...node.details, 'to the Internet'] } };
  });
}

function withAddresses(gateway: Gateway, { landscape }: PerimeterInput): Gateway {
  const { node } = gateway;
  if (node.kind !== 'nat-gateway') return gateway;
  const found = [...landscape.network.natGateways, ...landscape.survey.natGateways].find(({ id }) => id === node.details[0]);
  const addresses = found?.addresses.map(({ publicIp }) => publicIp).filter((address) => address !== null) ?? [];
  return { ...gateway, node: { ...node, details: [...node.details, ...abridged(addresses, 3)] } };
}

/** Buckets of one Region that are reached alike before and after. */
function bucketBoxes(input: PerimeterInput, ...grids: readonly NetworkGrid[]): readonly BucketBox[] {
  const { inScope, test } = input.landscape.buckets;
  const columnsOf = (name: string) => grids.map(({ columns }) => columns.findIndex(({ buckets }) => buckets.includes(name)));
  const groups = new Map<string, BucketBox['like'][]>();
  for (const bucket of inScope.some(({ name }) => name === test.name) ? inScope : [...inScope, test]) {
    const key = JSON.stringify(columnsOf(bucket.name));
    groups.set(key, [...(groups.get(key) ?? []), bucket]);
  }
  return [...groups.values()].flatMap((buckets, index) => {
    const [like] = buckets;
    if (like === undefined) return [];
    const region = like.region.known ? `in ${like.region.value}` : 'in a Region not told';
    const names = buckets.map(({ name }) => name).sort();
    const title = `${names.length} ${names.length === 1 ? 'bucket' : 'buckets'} ${region}`;
    return [{ like, node: { id: `buckets ${index}`, kind: 'buckets', title, details: abridged(names, 3), isNew: false } }];
  });
}

function notesOf(input: PerimeterInput, boxes: readonly SubnetBox[]): readonly string[] {
  const subnets = boxes.reduce((sum, { subnetIds }) => sum + subnetIds.length, 0);
  return [
    ...(subnets > boxes.length
      ? [`${subnets.toLocaleString('en-US')} subnets are drawn as ${boxes.length} boxes: those of one box go the same ways.`]
      : []),
    ...(bindsQuilt(input) ? [] : ['No target of the SCP holds this account: it denies nothing here.']),
    'Drawn for principals without the exempt tag, and of the perimeter alone: other policies may still refuse.',
  ];
}
