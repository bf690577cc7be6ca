import { DescribeSubnetsCommand, type Subnet as Ec2Subnet } from '@aws-sdk/client-ec2';
import type { AwsContext } from './context.ts';
import { allPages } from './pages.ts';
import { fromTagList, nameOf } from './tags.ts';
import { told } from './told.ts';
import type { Subnet } from './types.ts';

/** All subnets of a VPC, or of the Region where `vpcId` is null. */
export async function findSubnets(vpcId: string | null, ctx: AwsContext): Promise<readonly Subnet[]> {
  const read = async (NextToken: string | undefined) => {
    const answer = await ctx.aws.ec2.send(
      new DescribeSubnetsCommand({
        MaxResults: 1000,
        ...(vpcId === null ? {} : { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
        ...(NextToken === undefined ? {} : { NextToken }),
      }),
    );
    return { items: answer.Subnets, next: answer.NextToken };
  };
  return (await allPages('DescribeSubnets', read, ctx)).map(toSubnet);
}

function toSubnet(subnet: Ec2Subnet): Subnet {
  const tags = fromTagList(subnet.Tags);
  return {
    id: told(subnet.SubnetId, 'DescribeSubnets', 'SubnetId'),
    name: nameOf(tags),
    vpcId: told(subnet.VpcId, 'DescribeSubnets', 'VpcId'),
    ownerId: subnet.OwnerId ?? '',
    cidr: subnet.CidrBlock ?? '',
    ipv6Cidrs: (subnet.Ipv6CidrBlockAssociationSet ?? [])
      .filter(({ Ipv6CidrBlockState: state }) => state?.State === undefined || state.State === 'associated')
      .map(({ Ipv6CidrBlock }) => Ipv6CidrBlock)
      .filter((cidr) => cidr !== undefined),
    zone: told(subnet.AvailabilityZone, 'DescribeSubnets', 'AvailabilityZone'),
    zoneId: subnet.AvailabilityZoneId ?? '',
    availableAddresses: subnet.AvailableIpAddressCount ?? 0,
    blockPublicAccess: subnet.BlockPublicAccessStates?.InternetGatewayBlockMode ?? 'unknown',
    tags,
  };
}
