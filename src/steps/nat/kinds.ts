import { ensureAddress, findAddress, findMarkedAddress, removeAddress, waitAddress } from '../../aws/address.ts';
import {
  ensureNatGateway,
  findMarkedNatGateway,
  findNatGateway,
  findNatGateways,
  isLeftByNatGateway,
  removeNatGateway,
  waitNatGatewayAvailable,
} from '../../aws/nat-gateway.ts';
import {
  ensureNatRoute,
  findRouteTable,
  findRouteTablesToNatGateway,
  removeNatRoute,
  routeOf,
  waitNatRoute,
} from '../../aws/route-table.ts';
import type { Address, NatGateway } from '../../aws/types.ts';
import type { Applied, User } from '../../engine/types.ts';
import { failed } from '../../errors.ts';
import type { Json } from '../../ports.ts';
import { type ChangeKind, reporting } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import { markIn, tagsIn, text } from '../fields.ts';
import { stacksUsing } from '../network-users.ts';
import { withTags } from '../tags-as-made.ts';
import { listingsOf } from './listings.ts';

/**
 * An Elastic IP. It is released only where nothing shows that anybody relies on it: it is associated with nothing, and no
 * policy or security group that can be read lists it, unless the operator lets go of it all the same.
 */
export const address: ChangeKind = {
  kind: 'address',
  async apply(applied, ctx) {
    const { after } = applied.change;
    const begunBefore = applied.run !== ctx.run.id;
    const { allocationId, publicIp } = await ensureAddress(tagsIn(after), markIn(after), begunBefore, ctx);
    return { id: allocationId, fields: { publicIp } };
  },
  async wait(applied, ctx) {
    await waitAddress(madeId(applied), ctx, reporting(applied, ctx));
  },
  async inspect(applied, ctx) {
    const there = await standingAddress(applied, ctx);
    if (there === undefined) return { state: 'gone' };
    const { allocationId, publicIp, associationId } = there;
    const isHeld = associationId !== null && !(await isLeftByNatGateway(associationId, ctx));
    const holder = isHeld ? [await holderOf(there, associationId, ctx)] : [];
    const listings = await listingsOf(publicIp, applied.change.target.accountId, ctx);
    const aws = { id: allocationId, publicIp };
    return withTags(applied, there.tags, { state: 'as-made', aws, inUseBy: holder, listed: { by: listings, remedy: releaseRemedy } });
  },
  async undo(applied, ctx) {
    const there = await standingAddress(applied, ctx);
    if (there !== undefined) await removeAddress(there.allocationId, ctx, reporting(applied, ctx));
  },
};

/** A NAT gateway. It is deleted before its address is released; a failed one is deleted too. */
export const natGateway: ChangeKind = {
  kind: 'nat-gateway',
  async apply({ change: { after }, token }, ctx) {
    const request = { subnetId: text(after, 'subnetId'), allocationId: text(after, 'allocationId'), tags: tagsIn(after) };
    const { id } = await ensureNatGateway(request, markIn(after), token, ctx);
    return { id, fields: {} };
  },
  async wait(applied, ctx) {
    await waitNatGatewayAvailable(madeId(applied), ctx, reporting(applied, ctx));
  },
  async inspect(applied, ctx) {
    const gateway = await standingGateway(applied, ctx);
    if (gateway === undefined) return { state: 'gone' };
    const { after } = applied.change;
    const aws = {
      id: gateway.id,
      subnetId: gateway.subnetId,
      allocationIds: gateway.addresses.map(({ allocationId }) => allocationId),
      state: gateway.state,
    };
    const [subnetId, allocationId] = [text(after, 'subnetId'), text(after, 'allocationId')];
    const same =
      gateway.subnetId === subnetId && gateway.addresses.every((each) => each.allocationId === allocationId || each.allocationId === null);
    if (!same && gateway.state !== 'failed') {
      return { state: 'drifted', aws, expected: { ...aws, subnetId, allocationIds: [allocationId] } };
    }
    const tables = await findRouteTablesToNatGateway(gateway.id, ctx);
    const routes = tables.flatMap(({ id, vpcId, routes }) =>
      routes
        .filter(({ target }) => target.id === gateway.id)
        .map(({ destination }) => ({
          id: `${id}/${destination}`,
          what: `route table ${id} (${vpcId}) leads ${destination} to ${gateway.id}`,
        })),
    );
    const inUseBy = [...routes, ...(await stacksUsing(gateway.vpcId, ctx))];
    return withTags(applied, gateway.tags, { state: 'as-made', aws, inUseBy });
  },
  async undo(applied, ctx) {
    const gateway = await standingGateway(applied, ctx);
    if (gateway !== undefined) await removeNatGateway(gateway.id, ctx, reporting(applied, ctx));
  },
};

/** A default route to a NAT gateway, on a table that had none. */
export const natRoute: ChangeKind = {
  kind: 'nat-route',
  async apply({ change: { after } }, ctx) {
    const route = routeIn(after);
    await ensureNatRoute(route, ctx);
    return { id: `${route.routeTableId}/${route.destination}`, fields: {} };
  },
  async wait(applied, ctx) {
    await waitNatRoute(routeIn(applied.change.after), ctx, reporting(applied, ctx));
  },
  async inspect({ change: { after } }, ctx) {
    const expected = routeIn(after);
    const table = await findRouteTable(expected.routeTableId, ctx);
    if (table === undefined) return { state: 'gone' };
    const there = routeOf(table, expected.destination);
    if (there === undefined) return { state: 'as-before', aws: null };
    const aws = { destination: there.destination, target: there.target.id, state: there.state };
    if (there.target.id === expected.natGatewayId) return { state: 'as-made', aws, inUseBy: await stacksUsing(table.vpcId, ctx) };
    return { state: 'drifted', aws, expected: { ...aws, target: expected.natGatewayId }, ours: false };
  },
  async undo({ change: { after } }, ctx) {
    await removeNatRoute(routeIn(after), ctx);
  },
};

const routeIn = (after: Json) => ({
  routeTableId: text(after, 'routeTableId'),
  destination: text(after, 'destination'),
  natGatewayId: text(after, 'natGatewayId'),
});

const releaseRemedy =
  'take it out of what lists it, then run rollback again; or give it back to AWS, who hands it to somebody else, with --release-address';

/** What the address is associated with: a NAT gateway by its id, anything else by the association's. */
async function holderOf({ allocationId, publicIp }: Address, associationId: string, ctx: StepContext): Promise<User> {
  const gateways = await findNatGateways(null, ctx);
  const gateway = gateways.find(({ addresses }) => addresses.some((each) => each.allocationId === allocationId));
  const id = gateway?.id ?? associationId;
  return { id, what: `${publicIp} is associated (${id})` };
}

const madeId = (applied: Applied): string => {
  if (applied.made === null) throw failed('NOT_MADE', `waiting for ${applied.change.key}: it was not made`, 'run again');
  return applied.made.id;
};

const standingAddress = ({ made, change }: Applied, ctx: StepContext): Promise<Address | undefined> =>
  made === null ? findMarkedAddress(markIn(change.after), ctx) : findAddress(made.id, ctx);

// One that is going counts as standing: it still holds its address, and its undo waits until it is gone.
const standingGateway = ({ made, change }: Applied, ctx: StepContext): Promise<NatGateway | undefined> =>
  made === null ? findMarkedNatGateway(markIn(change.after), ctx) : findNatGateway(made.id, ctx);
