import { type NetworkInterface as DescribedInterface, DescribeNetworkInterfacesCommand, type Filter } from '@aws-sdk/client-ec2';
import type { AwsContext } from './context.ts';
import { allPages } from './pages.ts';
import { told } from './told.ts';
import type { NetworkInterface } from './types.ts';
import { waitUntil } from './wait.ts';

/** All network interfaces of a VPC. */
export const findNetworkInterfaces = (vpcId: string, ctx: AwsContext): Promise<readonly NetworkInterface[]> =>
  describe([{ Name: 'vpc-id', Values: [vpcId] }], ctx);

/** The network interfaces that carry a security group. */
export const findNetworkInterfacesOfGroup = (groupId: string, ctx: AwsContext): Promise<readonly NetworkInterface[]> =>
  describe([{ Name: 'group-id', Values: [groupId] }], ctx);

/** How many values a filter takes. */
const mostValues = 200;

/** The private addresses of these network interfaces, by their ids; one that is gone is not in it. */
export async function readPrivateAddresses(ids: readonly string[], ctx: AwsContext): Promise<ReadonlyMap<string, readonly string[]>> {
  const groups = Array.from({ length: Math.ceil(ids.length / mostValues) }, (_each, index) =>
    ids.slice(index * mostValues, (index + 1) * mostValues),
  );
  const found = await Promise.all(groups.map((Values) => read([{ Name: 'network-interface-id', Values }], ctx)));
  return new Map(
    found
      .flat()
      .map(({ NetworkInterfaceId, PrivateIpAddresses = [], Ipv6Addresses = [] }) => [
        told(NetworkInterfaceId, 'DescribeNetworkInterfaces', 'NetworkInterfaceId'),
        [
          ...PrivateIpAddresses.flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []),
          ...Ipv6Addresses.flatMap(({ Ipv6Address }) => Ipv6Address ?? []),
        ],
      ]),
  );
}

/** Waits at most 15 minutes until none of these interfaces is left: a deleted endpoint's linger. */
export async function waitNetworkInterfacesGone(
  ids: readonly string[],
  ctx: AwsContext,
  waited?: (seconds: number) => void,
): Promise<void> {
  if (ids.length === 0) return;
  await waitUntil(
    {
      what: `waiting for network interfaces (${ids.join(', ')}) to be deleted`,
      timeoutSeconds: 15 * 60,
      everySeconds: 5,
      ...(waited ? { waited } : {}),
    },
    async () => ((await describe([{ Name: 'network-interface-id', Values: [...ids] }], ctx)).length === 0 ? true : undefined),
    ctx,
  );
}

function read(Filters: Filter[], ctx: AwsContext): Promise<readonly DescribedInterface[]> {
  const page = async (NextToken: string | undefined) => {
    const answer = await ctx.aws.ec2.send(
      new DescribeNetworkInterfacesCommand({ MaxResults: 1000, Filters, ...(NextToken === undefined ? {} : { NextToken }) }),
    );
    return { items: answer.NetworkInterfaces, next: answer.NextToken };
  };
  return allPages('DescribeNetworkInterfaces', page, ctx);
}

async function describe(Filters: Filter[], ctx: AwsContext): Promise<readonly NetworkInterface[]> {
  return (await read(Filters, ctx)).map((found) => ({
    id: told(found.NetworkInterfaceId, 'DescribeNetworkInterfaces', 'NetworkInterfaceId'),
    subnetId: told(found.SubnetId, 'DescribeNetworkInterfaces', 'SubnetId'),
    vpcId: found.VpcId ?? '',
    type: found.InterfaceType ?? 'interface',
    requesterManaged: found.RequesterManaged === true,
    description: found.Description ?? '',
    securityGroupIds: (found.Groups ?? []).map(({ GroupId }) => GroupId).filter((id) => id !== undefined),
  }));
}
