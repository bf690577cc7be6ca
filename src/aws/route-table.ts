// Route tables and their IPv4 default routes. Routes carry no tags: what is there is told by its target.
import {
  CreateRouteCommand,
  DeleteRouteCommand,
  DescribeRouteTablesCommand,
  type Route as Ec2Route,
  type RouteTable as Ec2RouteTable,
  type RouteTableAssociation,
} from '@aws-sdk/client-ec2';
import { changedMeanwhile } from '../errors.ts';
import type { AwsContext } from './context.ts';
import { allPages } from './pages.ts';
import { errorName } from './refused.ts';
import { fromTagList, nameOf } from './tags.ts';
import { told } from './told.ts';
import type { Route, RouteTable, RouteTargetKind } from './types.ts';
import { waitUntil } from './wait.ts';

const operation = 'DescribeRouteTables';

/** A default route to a NAT gateway. */
export interface NatRoute {
  readonly routeTableId: string;
  readonly destination: string;
  readonly natGatewayId: string;
}

/** All route tables of a VPC, or of the Region where `vpcId` is null. */
export function findRouteTables(vpcId: string | null, ctx: AwsContext): Promise<readonly RouteTable[]> {
  return describe(vpcId === null ? [] : [{ Name: 'vpc-id', Values: [vpcId] }], ctx);
}

/** One route table, or undefined if it is gone. */
export async function findRouteTable(id: string, ctx: AwsContext): Promise<RouteTable | undefined> {
  return (await describe([{ Name: 'route-table-id', Values: [id] }], ctx))[0];
}

/** All route tables with a route to this NAT gateway. */
export async function findRouteTablesToNatGateway(natGatewayId: string, ctx: AwsContext): Promise<readonly RouteTable[]> {
  const tables = await describe([{ Name: 'route.nat-gateway-id', Values: [natGatewayId] }], ctx);
  return tables.filter(({ routes }) => routes.some(({ target }) => target.id === natGatewayId));
}

/**
 * Creates the route unless it is there. CreateRoute takes no client token and answers RouteAlreadyExists for any target (B14);
 * an existing route is never replaced.
 * @throws PerimeterError QP703 (stopped) where another target stands
 */
export async function ensureNatRoute(route: NatRoute, ctx: AwsContext): Promise<void> {
  try {
    await ctx.aws.ec2.send(
      new CreateRouteCommand({
        RouteTableId: route.routeTableId,
        DestinationCidrBlock: route.destination,
        NatGatewayId: route.natGatewayId,
      }),
    );
  } catch (error) {
    if (errorName(error) !== 'RouteAlreadyExists') throw error;
    const there = routeOf(await findRouteTable(route.routeTableId, ctx), route.destination);
    // A read that lags behind shows no route yet; the wait that follows decides.
    if (there === undefined || there.target.id === route.natGatewayId) return;
    throw changedMeanwhile(
      `creating route (${route.routeTableId} ${route.destination}): somebody made it meanwhile, and it leads to ${there.target.id}`,
      'run plan again: an existing default route is left as it is',
      { aws: { destination: route.destination, target: there.target.id }, expected: null },
    );
  }
}

/** Waits at most 60 s until reads show the route, active. */
export async function waitNatRoute(route: NatRoute, ctx: AwsContext, waited?: (seconds: number) => void): Promise<void> {
  await waitUntil(
    {
      what: `waiting for route (${route.routeTableId} ${route.destination})`,
      timeoutSeconds: 60,
      everySeconds: 2,
      ...(waited ? { waited } : {}),
    },
    async () => {
      const there = routeOf(await findRouteTable(route.routeTableId, ctx), route.destination);
      return there?.target.id === route.natGatewayId ? there : undefined;
    },
    ctx,
  );
}

/** Deletes the route if it still leads to that NAT gateway, and waits until it is gone. Not found is success. */
export async function removeNatRoute(route: NatRoute, ctx: AwsContext): Promise<void> {
  const stands = async () => routeOf(await findRouteTable(route.routeTableId, ctx), route.destination)?.target.id === route.natGatewayId;
  if (!(await stands())) return;
  try {
    await ctx.aws.ec2.send(new DeleteRouteCommand({ RouteTableId: route.routeTableId, DestinationCidrBlock: route.destination }));
  } catch (error) {
    if (!['InvalidRoute.NotFound', 'InvalidRouteTableID.NotFound'].includes(errorName(error))) throw error;
  }
  await waitUntil(
    { what: `waiting for route (${route.routeTableId} ${route.destination}) to go`, timeoutSeconds: 60, everySeconds: 2 },
    async () => ((await stands()) ? undefined : true),
    ctx,
  );
}

/** The table's route to exactly this destination. */
export const routeOf = (table: RouteTable | undefined, destination: string): Route | undefined =>
  table?.routes.find((route) => route.destination === destination);

async function describe(Filters: { Name: string; Values: string[] }[], ctx: AwsContext): Promise<readonly RouteTable[]> {
  const read = async (NextToken: string | undefined) => {
    const answer = await ctx.aws.ec2.send(
      new DescribeRouteTablesCommand({
        MaxResults: 100,
        ...(Filters.length === 0 ? {} : { Filters }),
        ...(NextToken === undefined ? {} : { NextToken }),
      }),
    );
    return { items: answer.RouteTables, next: answer.NextToken };
  };
  return (await allPages(operation, read, ctx)).map(toRouteTable);
}

function toRouteTable(table: Ec2RouteTable): RouteTable {
  const tags = fromTagList(table.Tags);
  const associations = told(table.Associations, operation, 'Associations').filter(
    ({ AssociationState: state }) => state?.State === undefined || ['associated', 'associating'].includes(state.State),
  );
  return {
    id: told(table.RouteTableId, operation, 'RouteTableId'),
    name: nameOf(tags),
    vpcId: told(table.VpcId, operation, 'VpcId'),
    main: associations.some(({ Main }) => told(Main, operation, 'Main')),
    subnetIds: associations.flatMap(subnetOf),
    routes: told(table.Routes, operation, 'Routes').map(toRoute),
    tags,
  };
}

/** The main association and a gateway's have no subnet. */
const subnetOf = ({ Main, GatewayId, SubnetId }: RouteTableAssociation): readonly string[] =>
  Main === true || GatewayId !== undefined ? [] : [told(SubnetId, operation, 'SubnetId')];

function toRoute(route: Ec2Route): Route {
  const state = told(route.State, operation, 'State');
  const target = toTarget(route);
  if (route.DestinationPrefixListId !== undefined)
    return { destination: route.DestinationPrefixListId, kind: 'prefix-list', target, state };
  if (route.DestinationCidrBlock !== undefined) return { destination: route.DestinationCidrBlock, kind: 'ipv4', target, state };
  return { destination: told(route.DestinationIpv6CidrBlock, operation, 'destination of a route'), kind: 'ipv6', target, state };
}

const gatewayKinds: readonly (readonly [string, RouteTargetKind])[] = [
  ['local', 'local'],
  ['igw-', 'internet-gateway'],
  ['vgw-', 'virtual-private-gateway'],
  ['vpce-', 'vpc-endpoint'],
  ['nat-', 'nat-gateway'],
  ['eigw-', 'egress-only-internet-gateway'],
  ['lgw-', 'local-gateway'],
  ['cagw-', 'carrier-gateway'],
];

function toTarget(route: Ec2Route): Route['target'] {
  // An instance's route has a NetworkInterfaceId as well (B5).
  const fields: readonly (readonly [string | undefined, RouteTargetKind])[] = [
    [route.NatGatewayId, 'nat-gateway'],
    [route.TransitGatewayId, 'transit-gateway'],
    [route.VpcPeeringConnectionId, 'vpc-peering-connection'],
    [route.InstanceId, 'instance'],
    [route.NetworkInterfaceId, 'network-interface'],
    [route.CoreNetworkArn, 'core-network'],
    [route.LocalGatewayId, 'local-gateway'],
    [route.CarrierGatewayId, 'carrier-gateway'],
    [route.EgressOnlyInternetGatewayId, 'egress-only-internet-gateway'],
  ];
  for (const [id, kind] of fields) if (id !== undefined && id !== '') return { kind, id };
  const gateway = route.GatewayId ?? '';
  const kind = gatewayKinds.find(([prefix]) => gateway.startsWith(prefix))?.[1] ?? 'other';
  return { kind, id: gateway === '' ? (route.OdbNetworkArn ?? 'unknown') : gateway };
}
