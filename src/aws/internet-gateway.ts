import { DescribeInternetGatewaysCommand } from '@aws-sdk/client-ec2';
import type { AwsContext } from './context.ts';
import { allPages } from './pages.ts';
import { told } from './told.ts';
import type { InternetGateway } from './types.ts';

/** The Internet gateways of a VPC, or of the Region where `vpcId` is null. */
export async function findInternetGateways(vpcId: string | null, ctx: AwsContext): Promise<readonly InternetGateway[]> {
  const read = async (NextToken: string | undefined) => {
    const answer = await ctx.aws.ec2.send(
      new DescribeInternetGatewaysCommand({
        MaxResults: 1000,
        ...(vpcId === null ? {} : { Filters: [{ Name: 'attachment.vpc-id', Values: [vpcId] }] }),
        ...(NextToken === undefined ? {} : { NextToken }),
      }),
    );
    return { items: answer.InternetGateways, next: answer.NextToken };
  };
  return (await allPages('DescribeInternetGateways', read, ctx)).map((gateway) => ({
    id: told(gateway.InternetGatewayId, 'DescribeInternetGateways', 'InternetGatewayId'),
    vpcIds: (gateway.Attachments ?? []).map(({ VpcId }) => VpcId).filter((id) => id !== undefined),
  }));
}
