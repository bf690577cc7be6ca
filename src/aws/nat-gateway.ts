// NAT gateways. They fail asynchronously (B9), and their deletion leaves routes and address behind (B6, B13).
import {
  CreateNatGatewayCommand,
  DeleteNatGatewayCommand,
  DescribeNatGatewaysCommand,
  type NatGateway as Ec2NatGateway,
  type Filter,
} from '@aws-sdk/client-ec2';
import { failed } from '../errors.ts';
import type { AwsContext } from './context.ts';
import { allPages } from './pages.ts';
import { errorName } from './refused.ts';
import { fromTagList, isMarked, type Mark, markFilters, toTagList } from './tags.ts';
import { told } from './told.ts';
import type { NatGateway, Tags } from './types.ts';
import { waitUntil } from './wait.ts';

export interface NatGatewayRequest {
  readonly subnetId: string;
  readonly allocationId: string;
  readonly tags: Tags;
}

/** All NAT gateways of a VPC, or of the Region where `vpcId` is null, failed ones too; deleted ones are left out. */
export async function findNatGateways(vpcId: string | null, ctx: AwsContext): Promise<readonly NatGateway[]> {
  const found = await describe(vpcId === null ? [] : [{ Name: 'vpc-id', Values: [vpcId] }], ctx);
  return found.filter(({ state }) => state !== 'deleted');
}

/** One NAT gateway, a failed one too, or undefined if it is gone or deleted. */
export async function findNatGateway(id: string, ctx: AwsContext): Promise<NatGateway | undefined> {
  try {
    const answer = await ctx.aws.ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [id] }));
    const gateway = told(answer.NatGateways, 'DescribeNatGateways', 'list').map(toNatGateway)[0];
    return gateway?.state === 'deleted' ? undefined : gateway;
  } catch (error) {
    if (errorName(error) === 'NatGatewayNotFound') return undefined;
    throw error;
  }
}

/** The NAT gateway that carries the mark, neither deleted nor being deleted; a failed one only where no other is. */
export async function findMarkedNatGateway(mark: Mark, ctx: AwsContext): Promise<NatGateway | undefined> {
  const found = (await describe([...markFilters(mark)], ctx)).filter(
    ({ state, tags }) => isMarked(tags, mark) && !['deleted', 'deleting'].includes(state),
  );
  return found.find(({ state }) => state !== 'failed') ?? found[0];
}

/** Whether an address's association is that of a NAT gateway which is deleted: reads may show it for a while after. */
export async function isLeftByNatGateway(associationId: string, ctx: AwsContext): Promise<boolean> {
  const answer = await ctx.aws.ec2.send(new DescribeNatGatewaysCommand({ Filter: [{ Name: 'state', Values: ['deleted'] }] }));
  return told(answer.NatGateways, 'DescribeNatGateways', 'list').some(
    ({ State, NatGatewayAddresses }) =>
      State === 'deleted' && NatGatewayAddresses?.some(({ AssociationId }) => AssociationId === associationId) === true,
  );
}

/**
 * Creates a zonal public NAT gateway unless one with the mark stands. A failed one with the mark is deleted first. Returns
 * before it is available.
 * @param token client token: the same for every retry
 */
export async function ensureNatGateway(request: NatGatewayRequest, mark: Mark, token: string, ctx: AwsContext): Promise<NatGateway> {
  const there = await findMarkedNatGateway(mark, ctx);
  if (there !== undefined && there.state !== 'failed') return there;
  if (there !== undefined) await removeNatGateway(there.id, ctx);
  try {
    const answer = await ctx.aws.ec2.send(
      new CreateNatGatewayCommand({
        SubnetId: request.subnetId,
        AllocationId: request.allocationId,
        ConnectivityType: 'public',
        ClientToken: token,
        TagSpecifications: [{ ResourceType: 'natgateway', Tags: toTagList(request.tags) }],
      }),
    );
    if (answer.NatGateway?.NatGatewayId === undefined)
      throw failed('NO_ANSWER', `creating NAT gateway (${mark.key}): AWS named none`, 'run again');
    return toNatGateway(answer.NatGateway);
  } catch (error) {
    if (errorName(error) !== 'IdempotentParameterMismatch') throw error;
    const made = async () => await findMarkedNatGateway(mark, ctx);
    return await waitUntil({ what: `waiting for NAT gateway (${mark.key})`, timeoutSeconds: 60, everySeconds: 3 }, made, ctx);
  }
}

/**
 * Waits at most 15 minutes until the NAT gateway is available.
 * @throws PerimeterError with AWS's failure code, such as `InvalidAllocationID.NotFound` (failed), when it fails (B9);
 *   `TIMEOUT` when it takes longer
 */
export async function waitNatGatewayAvailable(id: string, ctx: AwsContext, waited?: (seconds: number) => void): Promise<NatGateway> {
  const poll = async () => {
    const gateway = await findNatGateway(id, ctx);
    if (gateway?.state === 'failed') {
      throw failed(
        gateway.failureCode ?? 'NAT_GATEWAY_FAILED',
        `waiting for NAT gateway (${id}): ${gateway.failureCode ?? 'failed'}: ${gateway.failureMessage ?? 'AWS gives no reason'}`,
        remedies[gateway.failureCode ?? ''] ?? 'run again: the failed NAT gateway is replaced',
      );
    }
    return gateway?.state === 'available' ? gateway : undefined;
  };
  return await waitUntil(
    { what: `waiting for NAT gateway (${id})`, timeoutSeconds: 15 * 60, everySeconds: 10, ...(waited ? { waited } : {}) },
    poll,
    ctx,
  );
}

/** Deletes the NAT gateway and waits at most 15 minutes until it is deleted: only then may its address be released (B13). */
export async function removeNatGateway(id: string, ctx: AwsContext, waited?: (seconds: number) => void): Promise<void> {
  const there = await findNatGateway(id, ctx);
  if (there === undefined) return;
  if (there.state !== 'deleting') {
    try {
      await ctx.aws.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: id }));
    } catch (error) {
      if (errorName(error) !== 'NatGatewayNotFound') throw error;
    }
  }
  await waitUntil(
    { what: `waiting for NAT gateway (${id}) to be deleted`, timeoutSeconds: 15 * 60, everySeconds: 10, ...(waited ? { waited } : {}) },
    async () => ((await findNatGateway(id, ctx)) === undefined ? true : undefined),
    ctx,
  );
}

const remedies: { readonly [code: string]: string } = {
  InsufficientFreeAddressesInSubnet: 'free an address in that subnet, then run again: the failed NAT gateway is replaced',
  'Gateway.NotAttached': 'attach an Internet gateway to the VPC, then run again: the failed NAT gateway is replaced',
  'InvalidAllocationID.NotFound': 'the Elastic IP is gone: run again, another is allocated',
  'Resource.AlreadyAssociated': 'something else took the Elastic IP: disassociate it, then run again',
  'InvalidSubnetID.NotFound': 'the subnet is gone: run plan again',
};

async function describe(filters: Filter[], ctx: AwsContext): Promise<readonly NatGateway[]> {
  const read = async (NextToken: string | undefined) => {
    const answer = await ctx.aws.ec2.send(
      // The filter of this operation is called Filter, not Filters.
      new DescribeNatGatewaysCommand({
        MaxResults: 1000,
        ...(filters.length === 0 ? {} : { Filter: filters }),
        ...(NextToken === undefined ? {} : { NextToken }),
      }),
    );
    return { items: answer.NatGateways, next: answer.NextToken };
  };
  return (await allPages('DescribeNatGateways', read, ctx)).map(toNatGateway);
}

function toNatGateway(gateway: Ec2NatGateway): NatGateway {
  return {
    id: told(gateway.NatGatewayId, 'DescribeNatGateways', 'NatGatewayId'),
    vpcId: told(gateway.VpcId, 'DescribeNatGateways', 'VpcId'),
    subnetId: gateway.SubnetId ?? null,
    state: told(gateway.State, 'DescribeNatGateways', 'State'),
    failureCode: gateway.FailureCode ?? null,
    failureMessage: gateway.FailureMessage ?? null,
    addresses: (gateway.NatGatewayAddresses ?? []).map(({ AllocationId, PublicIp, NetworkInterfaceId }) => ({
      allocationId: AllocationId ?? null,
      publicIp: PublicIp ?? null,
      networkInterfaceId: NetworkInterfaceId ?? null,
    })),
    tags: fromTagList(gateway.Tags),
  };
}
