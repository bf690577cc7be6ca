// VPC endpoints: the interface endpoint for API Gateway and the gateway endpoint for S3. What is found is here; what changes
// one that stands is in vpc-endpoint-changes.ts.
import {
  CreateVpcEndpointCommand,
  type CreateVpcEndpointCommandInput,
  DeleteVpcEndpointsCommand,
  DescribeVpcEndpointsCommand,
  type VpcEndpoint as Ec2VpcEndpoint,
  type Filter,
} from '@aws-sdk/client-ec2';
import { failed } from '../errors.ts';
import type { AwsContext } from './context.ts';
import { allPages } from './pages.ts';
import { pastDnsConflict } from './private-dns.ts';
import { errorName } from './refused.ts';
import { fromTagList, isMarked, type Mark, markFilters, toTagList } from './tags.ts';
import { told } from './told.ts';
import type { Tags, VpcEndpoint } from './types.ts';
import { waitUntil } from './wait.ts';

/** Half an hour: AWS publishes no time; minutes are usual (A38). */
const availableSeconds = 30 * 60;

interface InterfaceEndpointRequest {
  readonly type: 'Interface';
  readonly vpcId: string;
  readonly serviceName: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly privateDns: boolean;
  readonly tags: Tags;
}

interface GatewayEndpointRequest {
  readonly type: 'Gateway';
  readonly vpcId: string;
  readonly serviceName: string;
  readonly routeTableIds: readonly string[];
  readonly tags: Tags;
}

/** All endpoints of a VPC, or of the Region where `vpcId` is null; deleted ones that AWS still lists are left out. */
export async function findVpcEndpoints(vpcId: string | null, ctx: AwsContext): Promise<readonly VpcEndpoint[]> {
  const found = await describe(vpcId === null ? [] : [{ Name: 'vpc-id', Values: [vpcId] }], ctx);
  return found.filter(({ state }) => state !== 'deleted');
}

/** One endpoint, or undefined if it is gone (a listed `deleted` one is gone). */
export async function findVpcEndpoint(id: string, ctx: AwsContext): Promise<VpcEndpoint | undefined> {
  try {
    const answer = await ctx.aws.ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    const endpoint = answer.VpcEndpoints?.map(toVpcEndpoint)[0];
    return endpoint?.state === 'deleted' ? undefined : endpoint;
  } catch (error) {
    if (notFound.has(errorName(error))) return undefined;
    throw error;
  }
}

/** The endpoint that carries the mark and is neither deleted nor being deleted; a failed one is returned too. */
export async function findMarkedVpcEndpoint(mark: Mark, ctx: AwsContext): Promise<VpcEndpoint | undefined> {
  const found = (await describe([...markFilters(mark)], ctx)).filter(
    ({ state, tags }) => isMarked(tags, mark) && !['deleted', 'deleting'].includes(state),
  );
  return found.find(({ state }) => !isBroken(state)) ?? found[0];
}

/** Whether the VPC has an endpoint of the service that is being deleted, or was not long ago and is still listed. */
export async function isEndpointGoing(vpcId: string, serviceName: string, ctx: AwsContext): Promise<boolean> {
  const found = await describe([{ Name: 'vpc-id', Values: [vpcId] }], ctx);
  return found.some((endpoint) => endpoint.serviceName === serviceName && ['deleting', 'deleted'].includes(endpoint.state));
}

/**
 * Creates the endpoint unless one with the mark stands. A failed one with the mark is deleted first. Returns before it is
 * available. Private DNS that conflicts with an endpoint that is still going is waited for (A12).
 * @param token client token: the same for every retry (A3, A4)
 */
export async function ensureVpcEndpoint(
  request: InterfaceEndpointRequest | GatewayEndpointRequest,
  mark: Mark,
  token: string,
  ctx: AwsContext,
  waited?: (seconds: number) => void,
): Promise<VpcEndpoint> {
  const there = await findMarkedVpcEndpoint(mark, ctx);
  if (there !== undefined && !isBroken(there.state)) return there;
  if (there !== undefined) await removeVpcEndpoint(there.id, ctx);
  try {
    const answer = await pastDnsConflict(
      `creating VPC endpoint (${request.serviceName})`,
      () => ctx.aws.ec2.send(new CreateVpcEndpointCommand(toInput(request, token))),
      () => isEndpointGoing(request.vpcId, request.serviceName, ctx),
      ctx,
      waited,
    );
    if (answer.VpcEndpoint?.VpcEndpointId === undefined)
      throw failed('NO_ANSWER', `creating VPC endpoint (${mark.key}): AWS named none`, 'run again');
    return toVpcEndpoint(answer.VpcEndpoint);
  } catch (error) {
    if (errorName(error) !== 'IdempotentParameterMismatch') throw error;
    // This token made one already, from a request that the world no longer leads to; reads may lag behind it.
    const made = async () => await findMarkedVpcEndpoint(mark, ctx);
    return await waitUntil({ what: `waiting for VPC endpoint (${mark.key})`, timeoutSeconds: 60, everySeconds: 3 }, made, ctx);
  }
}

/**
 * Waits until the endpoint is available, has these route tables and, where `privateDns` is given, that setting.
 * @throws PerimeterError `ENDPOINT_FAILED` (failed) with AWS's LastError when it fails; `TIMEOUT` after half an hour
 */
export async function waitVpcEndpointAvailable(
  id: string,
  expected: { readonly routeTableIds?: readonly string[]; readonly privateDns?: boolean },
  ctx: AwsContext,
  waited?: (seconds: number) => void,
): Promise<VpcEndpoint> {
  const poll = async () => {
    const endpoint = await findVpcEndpoint(id, ctx);
    if (endpoint === undefined) return undefined;
    if (isBroken(endpoint.state)) {
      throw failed(
        'ENDPOINT_FAILED',
        `waiting for VPC endpoint (${id}): ${endpoint.state}: ${endpoint.lastError ?? 'AWS gives no reason'}`,
        'mend what AWS names, then run again: the failed endpoint is replaced',
      );
    }
    const tables = (expected.routeTableIds ?? []).every((table) => endpoint.routeTableIds.includes(table));
    const dns = expected.privateDns === undefined || endpoint.privateDns === expected.privateDns;
    return endpoint.state === 'available' && tables && dns ? endpoint : undefined;
  };
  return await waitUntil(
    { what: `waiting for VPC endpoint (${id})`, timeoutSeconds: availableSeconds, everySeconds: 5, ...(waited ? { waited } : {}) },
    poll,
    ctx,
  );
}

/**
 * Deletes the endpoint and waits until it is gone. Not found is success.
 * @throws PerimeterError `ENDPOINT_NOT_DELETED` (failed) with AWS's reason
 */
export async function removeVpcEndpoint(id: string, ctx: AwsContext, waited?: (seconds: number) => void): Promise<void> {
  const there = await findVpcEndpoint(id, ctx);
  if (there === undefined) return;
  if (there.state !== 'deleting') {
    // DeleteVpcEndpoints answers 200 and lists its failures in Unsuccessful (A15).
    const answer = await ctx.aws.ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    const failure = answer.Unsuccessful?.find(({ Error: reason }) => !notFound.has(reason?.Code ?? ''))?.Error;
    if (failure !== undefined) {
      throw failed(
        'ENDPOINT_NOT_DELETED',
        `deleting VPC endpoint (${id}): ${failure.Code ?? 'unknown'}: ${failure.Message ?? ''}`,
        'remove what still needs it, then run again',
      );
    }
  }
  await waitUntil(
    {
      what: `waiting for VPC endpoint (${id}) to be deleted`,
      timeoutSeconds: availableSeconds,
      everySeconds: 5,
      ...(waited ? { waited } : {}),
    },
    async () => ((await findVpcEndpoint(id, ctx)) === undefined ? true : undefined),
    ctx,
  );
}

const notFound: ReadonlySet<string> = new Set(['InvalidVpcEndpointId.NotFound', 'InvalidVpcEndpoint.NotFound']);

const isBroken = (state: string): boolean => ['failed', 'rejected', 'expired'].includes(state);

function toInput(request: InterfaceEndpointRequest | GatewayEndpointRequest, token: string): CreateVpcEndpointCommandInput {
  const common = {
    VpcId: request.vpcId,
    ServiceName: request.serviceName,
    VpcEndpointType: request.type,
    ClientToken: token,
    TagSpecifications: [{ ResourceType: 'vpc-endpoint' as const, Tags: toTagList(request.tags) }],
  };
  if (request.type === 'Gateway') return { ...common, RouteTableIds: [...request.routeTableIds] };
  return {
    ...common,
    SubnetIds: [...request.subnetIds],
    SecurityGroupIds: [...request.securityGroupIds],
    PrivateDnsEnabled: request.privateDns,
  };
}

async function describe(Filters: Filter[], ctx: AwsContext): Promise<readonly VpcEndpoint[]> {
  const read = async (NextToken: string | undefined) => {
    const answer = await ctx.aws.ec2.send(
      new DescribeVpcEndpointsCommand({
        MaxResults: 1000,
        ...(Filters.length === 0 ? {} : { Filters }),
        ...(NextToken === undefined ? {} : { NextToken }),
      }),
    );
    return { items: answer.VpcEndpoints, next: answer.NextToken };
  };
  return (await allPages('DescribeVpcEndpoints', read, ctx)).map(toVpcEndpoint);
}

function toVpcEndpoint(endpoint: Ec2VpcEndpoint): VpcEndpoint {
  const type = told(endpoint.VpcEndpointType, 'DescribeVpcEndpoints', 'VpcEndpointType');
  const error = endpoint.LastError;
  return {
    id: told(endpoint.VpcEndpointId, 'DescribeVpcEndpoints', 'VpcEndpointId'),
    vpcId: told(endpoint.VpcId, 'DescribeVpcEndpoints', 'VpcId'),
    ownerId: endpoint.OwnerId ?? '',
    serviceName: told(endpoint.ServiceName, 'DescribeVpcEndpoints', 'ServiceName'),
    type: type === 'Gateway' || type === 'Interface' ? type : 'other',
    // The model says Available, the service available (A6).
    state: told(endpoint.State, 'DescribeVpcEndpoints', 'State').toLowerCase(),
    lastError: error === undefined ? (endpoint.FailureReason ?? null) : [error.Code, error.Message].filter(Boolean).join(': '),
    routeTableIds: type === 'Gateway' ? told(endpoint.RouteTableIds, 'DescribeVpcEndpoints', 'RouteTableIds') : [],
    subnetIds: endpoint.SubnetIds ?? [],
    securityGroupIds: (endpoint.Groups ?? []).map(({ GroupId }) => GroupId).filter((id) => id !== undefined),
    networkInterfaceIds: endpoint.NetworkInterfaceIds ?? [],
    privateDns: type === 'Interface' && told(endpoint.PrivateDnsEnabled, 'DescribeVpcEndpoints', 'PrivateDnsEnabled'),
    privateDnsForInboundOnly: endpoint.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint === true,
    policy: endpoint.PolicyDocument ?? null,
    tags: fromTagList(endpoint.Tags),
  };
}
