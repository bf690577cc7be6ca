import { ListHostedZonesByVPCCommand, type VPCRegion } from '@aws-sdk/client-route-53';
import type { AwsContext } from './context.ts';
import { allPages } from './pages.ts';
import { told } from './told.ts';
import type { HostedZone } from './types.ts';

/** The private hosted zones that are associated with a VPC; those that endpoints make are owned by an AWS service. */
export async function findHostedZones(vpcId: string, ctx: AwsContext): Promise<readonly HostedZone[]> {
  const read = async (NextToken: string | undefined) => {
    const answer = await ctx.aws.route53.send(
      new ListHostedZonesByVPCCommand({
        VPCId: vpcId,
        VPCRegion: ctx.aws.region as VPCRegion,
        MaxItems: 100,
        ...(NextToken === undefined ? {} : { NextToken }),
      }),
    );
    return { items: answer.HostedZoneSummaries, next: answer.NextToken };
  };
  return (await allPages('ListHostedZonesByVPC', read, ctx)).map((zone) => ({
    id: zone.HostedZoneId ?? '',
    name: told(zone.Name, 'ListHostedZonesByVPC', 'Name').replace(/\.$/, ''),
    owner: zone.Owner?.OwningAccount ?? zone.Owner?.OwningService ?? 'unknown',
  }));
}
