// Reading and writing the tables: who sees what, what Describe shows meanwhile after a write, and what time has removed.
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { malformed, notFound, wellFormed } from './ids.ts';
import type { Ec2State, Item, TableName } from './state.ts';

/** How long Describe may lag behind a write, in simulated ms: half of the writes show at once, the others within this. */
const longestLag = 2_500;
/** Deleted and failed NAT gateways stay in the answers for about an hour (B9). */
const natGatewayShown = 3_600_000;

type TableOf<N extends TableName> = { [id: string]: Item<N> };

// Indexing Ec2State by a generic name loses the link between the name and its item.
function tableOf<N extends TableName>(state: Ec2State, name: N): TableOf<N> {
  return state[name] as TableOf<N>;
}

function sharedVpcIds(state: Ec2State, accountId: string): Set<string> {
  const ids = new Set<string>();
  for (const subnet of Object.values(state.subnets)) if (subnet.sharedWith.includes(accountId)) ids.add(subnet.vpcId);
  return ids;
}

/** A test whether the caller's account sees a resource: its own, and of a shared VPC what AWS shows to participants (A33). */
function visibility(state: Ec2State, name: TableName, call: Call): (item: Item<TableName>) => boolean {
  const account = call.caller.accountId;
  let shared: Set<string> | null = null;
  const sharedIds = () => {
    shared ??= sharedVpcIds(state, account);
    return shared;
  };
  return (item) => {
    if (item.region !== call.region && name !== 'peeringConnections') return false;
    if (item.ownerId === account && item.region === call.region) return true;
    if (name === 'vpcs') return sharedIds().has(item.id);
    if (name === 'subnets' && 'sharedWith' in item) return item.sharedWith.includes(account);
    if (name === 'routeTables' && 'vpcId' in item && item.vpcId) return sharedIds().has(item.vpcId);
    if (name === 'transitGateways')
      return Object.values(state.transitGatewayAttachments).some((a) => a.ownerId === account && a.transitGatewayId === item.id);
    if (name === 'transitGatewayAttachments' && 'transitGatewayId' in item)
      return state.transitGateways[item.transitGatewayId]?.ownerId === account;
    if (name === 'peeringConnections' && 'accepter' in item)
      return [item.requester, item.accepter].some((side) => side.ownerId === account && side.region === call.region);
    return false;
  };
}

/** What Describe shows to this caller: visible resources, some of them as they were a moment ago. In the order of ids. */
export function seen<N extends TableName>(world: World, call: Call, name: N): Item<N>[] {
  const state = world.ec2;
  const visible = visibility(state, name, call);
  const shown: Item<N>[] = [];
  for (const item of Object.values(tableOf(state, name))) {
    const lag = state.lags[item.id];
    if (lag && lag.until > call.now) continue;
    if (!goneBy(item, call.now) && visible(item)) shown.push(item);
  }
  for (const lag of Object.values(state.lags)) {
    if (lag.table !== name || lag.until <= call.now || lag.was === null) continue;
    // A lag's `was` is a copy of an item of this very table.
    const was = lag.was as Item<N>;
    if (!goneBy(was, call.now) && visible(was)) shown.push(was);
  }
  return shown.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** The named resources as Describe shows them; all where no ids are given. Throws the noun's NotFound and Malformed errors. */
export function named<N extends TableName>(world: World, call: Call, name: N, ids: readonly string[] | undefined): Item<N>[] {
  const all = seen(world, call, name);
  if (!ids || ids.length === 0) return all;
  for (const id of ids) if (!wellFormed(name, id)) throw malformed(name, id);
  const byId = new Map(all.map((item) => [item.id, item]));
  return [...new Set(ids)].map((id) => {
    const item = byId.get(id);
    if (!item) throw notFound(name, id);
    return item;
  });
}

/** The resource as it really is, for an operation that works with it. Throws the noun's NotFound and Malformed errors. */
export function find<N extends TableName>(world: World, call: Call, name: N, id: string): Item<N> {
  if (!wellFormed(name, id)) throw malformed(name, id);
  const item = tableOf(world.ec2, name)[id];
  if (!item || goneBy(item, call.now) || !visibility(world.ec2, name, call)(item)) throw notFound(name, id);
  return item;
}

/** As find, for what only the owner may do. Throws OperationNotPermitted for what is merely shared with the caller (A33). */
export function findOwn<N extends TableName>(world: World, call: Call, name: N, id: string): Item<N> {
  const item = find(world, call, name, id);
  if (item.ownerId !== call.caller.accountId)
    throw new AwsError(
      'OperationNotPermitted',
      `The operation is not permitted: ${id} is shared with this account, and only its owner ${item.ownerId} can do this.`,
    );
  return item;
}

/** The caller's own resources as they really are. */
export function own<N extends TableName>(world: World, call: Call, name: N): Item<N>[] {
  return Object.values(tableOf(world.ec2, name)).filter(
    (item) => item.region === call.region && item.ownerId === call.caller.accountId && !goneBy(item, call.now),
  );
}

/** All accounts' resources of the call's Region as they really are. */
export function standing<N extends TableName>(world: World, now: number, name: N): Item<N>[] {
  return Object.values(tableOf(world.ec2, name)).filter((item) => !goneBy(item, now));
}

function lagging(world: World, call: Call, table: TableName, id: string, was: unknown): void {
  const lags = world.ec2.lags;
  const present = lags[id];
  if (present && present.until > call.now) return;
  const drawn = call.random();
  if (drawn < 0.5) return;
  lags[id] = { table, until: call.now + Math.round((drawn - 0.5) * 2 * longestLag), was };
}

/** Puts a new resource into its table; Describe may not show it for a moment. */
export function add<N extends TableName>(world: World, call: Call, name: N, item: Item<N>): Item<N> {
  tableOf(world.ec2, name)[item.id] = item;
  lagging(world, call, name, item.id, null);
  return item;
}

/** Changes a resource; Describe may show it as it was for a moment. */
export function change<N extends TableName>(world: World, call: Call, name: N, item: Item<N>, how: (item: Item<N>) => void): void {
  const was = structuredClone(item);
  how(item);
  lagging(world, call, name, item.id, was);
}

/** Removes a resource; Describe may still show it for a moment. */
export function drop(world: World, call: Call, name: TableName, id: string): void {
  const table = tableOf(world.ec2, name);
  const was = table[id];
  if (!was) return;
  delete table[id];
  lagging(world, call, name, id, was);
}

/** Has time removed it: a deleted endpoint, an interface that has lingered, a NAT gateway that left the answers. */
function goneBy(item: Item<TableName>, now: number): boolean {
  if ('goneAt' in item) return item.goneAt !== null && item.goneAt <= now;
  if ('connectivity' in item) {
    if (item.deletedAt !== null) return item.deletedAt + natGatewayShown <= now;
    return item.failure !== null && item.settlesAt + natGatewayShown <= now;
  }
  if ('serviceName' in item) return item.deletedAt !== null && item.deletedAt <= now;
  return false;
}

/** Forgets what time has removed. Only writes do this: reading leaves the world as it is. */
export function sweep(world: World, now: number): void {
  const state = world.ec2;
  for (const name of ['vpcEndpoints', 'natGateways', 'networkInterfaces'] as const) {
    const table = tableOf(state, name);
    for (const [id, item] of Object.entries(table)) if (goneBy(item, now)) delete table[id];
  }
  for (const [id, lag] of Object.entries(state.lags)) if (lag.until <= now) delete state.lags[id];
}

/** The state as it will be once all that was deleted is gone and no read lags: for comparing two worlds. */
export function settledEc2(state: Ec2State): Ec2State {
  const kept = <T>(table: { [id: string]: T }, stays: (item: T) => boolean) =>
    Object.fromEntries(Object.entries(table).filter(([, item]) => stays(item)));
  return {
    ...state,
    vpcEndpoints: kept(state.vpcEndpoints, (endpoint) => endpoint.deleteRequestedAt === null),
    natGateways: kept(state.natGateways, (nat) => nat.deleteRequestedAt === null),
    networkInterfaces: kept(state.networkInterfaces, (eni) => eni.goneAt === null),
    clientTokens: {},
    lags: {},
  };
}
