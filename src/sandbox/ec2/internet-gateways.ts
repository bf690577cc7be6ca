import type {
  AttachInternetGatewayCommandInput,
  CreateInternetGatewayCommandInput,
  CreateInternetGatewayCommandOutput,
  DeleteInternetGatewayCommandInput,
  DescribeEgressOnlyInternetGatewaysCommandInput,
  DescribeEgressOnlyInternetGatewaysCommandOutput,
  DescribeInternetGatewaysCommandInput,
  DescribeInternetGatewaysCommandOutput,
  DetachInternetGatewayCommandInput,
  InternetGateway as InternetGatewayShape,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { answer, type Fields } from './filters.ts';
import { inUse, invalidValue, need, read, write } from './operation.ts';
import type { InternetGateway } from './state.ts';
import { add, change, drop, findOwn, named, own, standing } from './store.ts';
import { tagList, tagsFrom } from './tags.ts';

const fields: Fields<InternetGateway> = {
  'attachment.state': (g) => (g.vpcId ? 'available' : null),
  'attachment.vpc-id': (g) => g.vpcId,
  'internet-gateway-id': (g) => g.id,
  'owner-id': (g) => g.ownerId,
};

// The API says `available` for the attachment of an Internet gateway where the model's enum says `attached`.
type Shape = Omit<InternetGatewayShape, 'Attachments'> & { Attachments: { State: string; VpcId: string }[] };

function view(gateway: InternetGateway): Shape {
  return {
    InternetGatewayId: gateway.id,
    OwnerId: gateway.ownerId,
    Attachments: gateway.vpcId ? [{ State: 'available', VpcId: gateway.vpcId }] : [],
    Tags: tagList(gateway.tags),
  };
}

export const describeInternetGateways = read(
  (
    world: World,
    input: DescribeInternetGatewaysCommandInput,
    call: Call,
  ): Omit<DescribeInternetGatewaysCommandOutput, '$metadata' | 'InternetGateways'> & { InternetGateways: Shape[] } => {
    const { items, NextToken } = answer(named(world, call, 'internetGateways', input.InternetGatewayIds), input, fields);
    return { InternetGateways: items.map(view), NextToken };
  },
);

export const createInternetGateway = write(
  (
    world: World,
    input: CreateInternetGatewayCommandInput,
    call: Call,
  ): Omit<CreateInternetGatewayCommandOutput, '$metadata' | 'InternetGateway'> & { InternetGateway: Shape } => {
    const gateway = add(world, call, 'internetGateways', {
      id: call.id('igw'),
      ownerId: call.caller.accountId,
      region: call.region,
      tags: tagsFrom(input.TagSpecifications, 'internet-gateway'),
      vpcId: null,
    });
    return { InternetGateway: view(gateway) };
  },
);

export const attachInternetGateway = write((world: World, input: AttachInternetGatewayCommandInput, call: Call) => {
  const gateway = findOwn(world, call, 'internetGateways', need(input.InternetGatewayId, 'internetGatewayId'));
  const vpc = findOwn(world, call, 'vpcs', need(input.VpcId, 'vpcId'));
  if (gateway.vpcId)
    throw new AwsError('Resource.AlreadyAssociated', `resource ${gateway.id} is already attached to network ${gateway.vpcId}`);
  if (own(world, call, 'internetGateways').some((g) => g.vpcId === vpc.id))
    throw invalidValue(`Network ${vpc.id} already has an internet gateway attached`);
  change(world, call, 'internetGateways', gateway, (g) => {
    g.vpcId = vpc.id;
  });
  return {};
});

export const detachInternetGateway = write((world: World, input: DetachInternetGatewayCommandInput, call: Call) => {
  const gateway = findOwn(world, call, 'internetGateways', need(input.InternetGatewayId, 'internetGatewayId'));
  const vpcId = need(input.VpcId, 'vpcId');
  if (gateway.vpcId !== vpcId) throw new AwsError('Gateway.NotAttached', `resource ${gateway.id} is not attached to network ${vpcId}`);
  if (standing(world, call.now, 'networkInterfaces').some((e) => e.vpcId === vpcId && e.publicIp !== null))
    throw inUse(`Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`);
  change(world, call, 'internetGateways', gateway, (g) => {
    g.vpcId = null;
  });
  return {};
});

export const deleteInternetGateway = write((world: World, input: DeleteInternetGatewayCommandInput, call: Call) => {
  const gateway = findOwn(world, call, 'internetGateways', need(input.InternetGatewayId, 'internetGatewayId'));
  if (gateway.vpcId) throw inUse(`The internetGateway '${gateway.id}' has dependencies and cannot be deleted.`);
  drop(world, call, 'internetGateways', gateway.id);
  return {};
});

export const describeEgressOnlyInternetGateways = read(
  (
    world: World,
    input: DescribeEgressOnlyInternetGatewaysCommandInput,
    call: Call,
  ): Omit<DescribeEgressOnlyInternetGatewaysCommandOutput, '$metadata'> => {
    const gateways = named(world, call, 'egressOnlyInternetGateways', input.EgressOnlyInternetGatewayIds);
    const { items, NextToken } = answer(gateways, input, {});
    return {
      EgressOnlyInternetGateways: items.map((gateway) => ({
        EgressOnlyInternetGatewayId: gateway.id,
        Attachments: [{ State: 'attached', VpcId: gateway.vpcId }],
        Tags: tagList(gateway.tags),
      })),
      NextToken,
    };
  },
);
