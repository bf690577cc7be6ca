// Elastic IPs. AllocateAddress takes no client token (B12): the mark, put on at creation, is what makes it safe to repeat.
import {
  AllocateAddressCommand,
  DescribeAddressesCommand,
  type Address as Ec2Address,
  type Filter,
  ReleaseAddressCommand,
} from '@aws-sdk/client-ec2';
import { failed } from '../errors.ts';
import type { AwsContext } from './context.ts';
import { errorMessage, errorName } from './refused.ts';
import { fromTagList, isMarked, type Mark, markFilters, toTagList } from './tags.ts';
import { told } from './told.ts';
import type { Address, Tags } from './types.ts';
import { waitUntil } from './wait.ts';

/** All Elastic IPs of the Region. */
export const findAddresses = (ctx: AwsContext): Promise<readonly Address[]> => describe([], ctx);

/** One Elastic IP, or undefined if it was released. */
export async function findAddress(allocationId: string, ctx: AwsContext): Promise<Address | undefined> {
  return (await describe([{ Name: 'allocation-id', Values: [allocationId] }], ctx))[0];
}

/** The Elastic IP that carries the mark. */
export async function findMarkedAddress(mark: Mark, ctx: AwsContext): Promise<Address | undefined> {
  return (await describe([...markFilters(mark)], ctx)).find(({ tags }) => isMarked(tags, mark));
}

/**
 * Allocates an Elastic IP unless one with the mark is there.
 * @param begunBefore whether an earlier run may have allocated it: then reads get a minute to show it, since nothing else keeps
 *   a second one from being made
 */
export async function ensureAddress(
  tags: Tags,
  mark: Mark,
  begunBefore: boolean,
  ctx: AwsContext,
): Promise<Pick<Address, 'allocationId' | 'publicIp'>> {
  const deadline = ctx.clock.now().getTime() + (begunBefore ? 60_000 : 0);
  for (;;) {
    const there = await findMarkedAddress(mark, ctx);
    if (there !== undefined) return there;
    if (ctx.clock.now().getTime() >= deadline) break;
    await ctx.clock.sleep(5000, ctx.signal);
  }
  const answer = await ctx.aws.ec2.send(
    new AllocateAddressCommand({ Domain: 'vpc', TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: toTagList(tags) }] }),
  );
  if (answer.AllocationId === undefined) throw failed('NO_ANSWER', `allocating Elastic IP (${mark.key}): AWS named none`, 'run again');
  return { allocationId: answer.AllocationId, publicIp: answer.PublicIp ?? '' };
}

/** Waits at most 60 s until reads show the Elastic IP: a NAT gateway made before that fails with InvalidAllocationID.NotFound. */
export async function waitAddress(allocationId: string, ctx: AwsContext, waited?: (seconds: number) => void): Promise<Address> {
  return await waitUntil(
    { what: `waiting for Elastic IP (${allocationId})`, timeoutSeconds: 60, everySeconds: 2, ...(waited ? { waited } : {}) },
    () => findAddress(allocationId, ctx),
    ctx,
  );
}

/**
 * Releases the Elastic IP once nothing holds it. Not found is success.
 * @throws PerimeterError `TIMEOUT` (failed) where it is still associated after five minutes
 */
export async function removeAddress(allocationId: string, ctx: AwsContext, waited?: (seconds: number) => void): Promise<void> {
  let released = false;
  const release = async () => {
    if ((await findAddress(allocationId, ctx)) === undefined) return true;
    if (released) return undefined;
    try {
      await ctx.aws.ec2.send(new ReleaseAddressCommand({ AllocationId: allocationId }));
      released = true;
    } catch (error) {
      switch (errorName(error)) {
        case 'InvalidAllocationID.NotFound':
          return true;
        case 'InvalidIPAddress.InUse':
          return undefined;
        case 'AuthFailure':
          // Also what releasing an already released one can give (B13); else it is a refusal.
          if ((await findAddress(allocationId, ctx)) === undefined) return true;
          throw failed(
            'ADDRESS_REFUSED',
            `releasing Elastic IP (${allocationId}): ${errorMessage(error)}`,
            'allow ec2:ReleaseAddress',
            error,
          );
        default:
          throw error;
      }
    }
    return undefined;
  };
  await waitUntil(
    {
      what: `waiting for Elastic IP (${allocationId}) to be released`,
      timeoutSeconds: 300,
      everySeconds: 5,
      ...(waited ? { waited } : {}),
    },
    release,
    ctx,
  );
}

async function describe(Filters: Filter[], ctx: AwsContext): Promise<readonly Address[]> {
  ctx.signal.throwIfAborted();
  const answer = await ctx.aws.ec2.send(new DescribeAddressesCommand(Filters.length === 0 ? {} : { Filters }));
  return told(answer.Addresses, 'DescribeAddresses', 'list')
    .map(toAddress)
    .filter((address) => address !== undefined);
}

function toAddress(address: Ec2Address): Address | undefined {
  if (address.AllocationId === undefined || address.PublicIp === undefined) return undefined;
  return {
    allocationId: address.AllocationId,
    publicIp: address.PublicIp,
    associationId: address.AssociationId ?? null,
    tags: fromTagList(address.Tags),
  };
}
