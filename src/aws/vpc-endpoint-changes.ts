// Changes to an endpoint that stands: its route tables and its private DNS. ModifyVpcEndpoint takes no client token (A3), but
// asking for what is there already changes nothing.
import { ModifyVpcEndpointCommand } from '@aws-sdk/client-ec2';
import type { AwsContext } from './context.ts';
import { pastDnsConflict } from './private-dns.ts';
import { errorMessage, errorName } from './refused.ts';
import type { VpcEndpoint } from './types.ts';
import { findVpcEndpoint, isEndpointGoing, waitVpcEndpointAvailable } from './vpc-endpoint.ts';
import { waitUntil } from './wait.ts';

/** Puts a route table on a gateway endpoint unless it is on it. */
export async function ensureEndpointRouteTable(endpointId: string, routeTableId: string, ctx: AwsContext): Promise<void> {
  if ((await standing(endpointId, ctx)).routeTableIds.includes(routeTableId)) return;
  try {
    await ctx.aws.ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: endpointId, AddRouteTableIds: [routeTableId] }));
  } catch (error) {
    // Made by an earlier call whose answer was lost, while reads lag behind; any other endpoint's route is an error (A20).
    if (errorName(error) !== 'RouteAlreadyExists') throw error;
    const on = async () => ((await standing(endpointId, ctx)).routeTableIds.includes(routeTableId) ? true : undefined);
    await waitUntil(
      { what: `adding route table (${routeTableId}) to ${endpointId}: ${errorMessage(error)}`, timeoutSeconds: 30, everySeconds: 3 },
      on,
      ctx,
    );
  }
}

/** Takes a route table off a gateway endpoint and waits until it is off. A gone endpoint is success. */
export async function removeEndpointRouteTable(endpointId: string, routeTableId: string, ctx: AwsContext): Promise<void> {
  const on = async () => (await findVpcEndpoint(endpointId, ctx))?.routeTableIds.includes(routeTableId) === true;
  if (!(await on())) return;
  await ctx.aws.ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: endpointId, RemoveRouteTableIds: [routeTableId] }));
  await waitUntil(
    { what: `waiting for route table (${routeTableId}) to leave ${endpointId}`, timeoutSeconds: 300, everySeconds: 3 },
    async () => ((await on()) ? undefined : true),
    ctx,
  );
}

/**
 * Turns private DNS on. While an endpoint of the same service is still being deleted, its hosted zone conflicts for some
 * minutes (A12): then this waits at most ten minutes for it.
 * @throws PerimeterError `QP103` (failed) where something else claims the name
 */
export async function ensurePrivateDns(endpointId: string, ctx: AwsContext, waited?: (seconds: number) => void): Promise<void> {
  const endpoint = await standing(endpointId, ctx);
  if (endpoint.privateDns) return;
  await pastDnsConflict(
    `turning on private DNS (${endpointId})`,
    () => ctx.aws.ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: endpointId, PrivateDnsEnabled: true })),
    () => isEndpointGoing(endpoint.vpcId, endpoint.serviceName, ctx),
    ctx,
    waited,
  );
}

/** Turns private DNS off and waits until it is off. A gone endpoint is success. */
export async function removePrivateDns(endpointId: string, ctx: AwsContext, waited?: (seconds: number) => void): Promise<void> {
  const endpoint = await findVpcEndpoint(endpointId, ctx);
  if (endpoint === undefined || !endpoint.privateDns || endpoint.state === 'deleting') return;
  await ctx.aws.ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: endpointId, PrivateDnsEnabled: false }));
  await waitVpcEndpointAvailable(endpointId, { privateDns: false }, ctx, waited);
}

/** The endpoint; reads may lag behind its creation, so this looks for up to a minute. */
const standing = (id: string, ctx: AwsContext): Promise<VpcEndpoint> =>
  waitUntil({ what: `finding VPC endpoint (${id})`, timeoutSeconds: 60, everySeconds: 3 }, () => findVpcEndpoint(id, ctx), ctx);
