import type {
  DescribeTransitGatewayAttachmentsCommandInput,
  DescribeTransitGatewayAttachmentsCommandOutput,
  DescribeTransitGatewaysCommandInput,
  DescribeTransitGatewaysCommandOutput,
} from '@aws-sdk/client-ec2';
import type { Call } from '../types.ts';
import type { World } from '../world.ts';
import { answer, type Fields } from './filters.ts';
import { read } from './operation.ts';
import type { TransitGateway, TransitGatewayAttachment } from './state.ts';
import { named } from './store.ts';
import { tagList } from './tags.ts';

const fields: Fields<TransitGateway> = { 'owner-id': (g) => g.ownerId, state: (g) => g.state, 'transit-gateway-id': (g) => g.id };

export const describeTransitGateways = read(
  (world: World, input: DescribeTransitGatewaysCommandInput, call: Call): Omit<DescribeTransitGatewaysCommandOutput, '$metadata'> => {
    const { items, NextToken } = answer(named(world, call, 'transitGateways', input.TransitGatewayIds), input, fields);
    return {
      TransitGateways: items.map((gateway) => ({
        TransitGatewayId: gateway.id,
        TransitGatewayArn: `arn:aws:ec2:${gateway.region}:${gateway.ownerId}:transit-gateway/${gateway.id}`,
        OwnerId: gateway.ownerId,
        State: gateway.state,
        Description: gateway.description,
        Tags: tagList(gateway.tags),
      })),
      NextToken,
    };
  },
);

function attachmentFields(world: World): Fields<TransitGatewayAttachment> {
  return {
    'resource-id': (a) => a.vpcId,
    'resource-owner-id': (a) => a.ownerId,
    'resource-type': () => 'vpc',
    state: (a) => a.state,
    'transit-gateway-attachment-id': (a) => a.id,
    'transit-gateway-id': (a) => a.transitGatewayId,
    'transit-gateway-owner-id': (a) => world.ec2.transitGateways[a.transitGatewayId]?.ownerId,
  };
}

export const describeTransitGatewayAttachments = read(
  (
    world: World,
    input: DescribeTransitGatewayAttachmentsCommandInput,
    call: Call,
  ): Omit<DescribeTransitGatewayAttachmentsCommandOutput, '$metadata'> => {
    const attachments = named(world, call, 'transitGatewayAttachments', input.TransitGatewayAttachmentIds);
    const { items, NextToken } = answer(attachments, input, attachmentFields(world));
    return {
      TransitGatewayAttachments: items.map((attachment) => ({
        TransitGatewayAttachmentId: attachment.id,
        TransitGatewayId: attachment.transitGatewayId,
        TransitGatewayOwnerId: world.ec2.transitGateways[attachment.transitGatewayId]?.ownerId,
        ResourceType: 'vpc',
        ResourceId: attachment.vpcId,
        ResourceOwnerId: attachment.ownerId,
        State: attachment.state,
        Tags: tagList(attachment.tags),
      })),
      NextToken,
    };
  },
);
