import type { DescribeVpcPeeringConnectionsCommandInput, DescribeVpcPeeringConnectionsCommandOutput } from '@aws-sdk/client-ec2';
import type { Call } from '../types.ts';
import type { World } from '../world.ts';
import { answer, type Fields } from './filters.ts';
import { read } from './operation.ts';
import type { PeeringConnection } from './state.ts';
import { named } from './store.ts';
import { tagList } from './tags.ts';

const fields: Fields<PeeringConnection> = {
  'accepter-vpc-info.cidr-block': (p) => p.accepter.cidr,
  'accepter-vpc-info.owner-id': (p) => p.accepter.ownerId,
  'accepter-vpc-info.vpc-id': (p) => p.accepter.vpcId,
  'requester-vpc-info.cidr-block': (p) => p.requester.cidr,
  'requester-vpc-info.owner-id': (p) => p.requester.ownerId,
  'requester-vpc-info.vpc-id': (p) => p.requester.vpcId,
  'status-code': (p) => p.state,
  'vpc-peering-connection-id': (p) => p.id,
};

function side({ vpcId, ownerId, region, cidr }: PeeringConnection['requester']) {
  return { VpcId: vpcId, OwnerId: ownerId, Region: region, CidrBlock: cidr };
}

export const describeVpcPeeringConnections = read(
  (
    world: World,
    input: DescribeVpcPeeringConnectionsCommandInput,
    call: Call,
  ): Omit<DescribeVpcPeeringConnectionsCommandOutput, '$metadata'> => {
    const { items, NextToken } = answer(named(world, call, 'peeringConnections', input.VpcPeeringConnectionIds), input, fields);
    return {
      VpcPeeringConnections: items.map((peering) => ({
        VpcPeeringConnectionId: peering.id,
        RequesterVpcInfo: side(peering.requester),
        AccepterVpcInfo: side(peering.accepter),
        Status: { Code: peering.state, Message: peering.state },
        Tags: tagList(peering.tags),
      })),
      NextToken,
    };
  },
);
