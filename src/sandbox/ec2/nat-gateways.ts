import type {
  CreateNatGatewayCommandInput,
  CreateNatGatewayCommandOutput,
  DeleteNatGatewayCommandInput,
  DeleteNatGatewayCommandOutput,
  DescribeNatGatewaysCommandInput,
  DescribeNatGatewaysCommandOutput,
  NatGateway as NatGatewayShape,
} from '@aws-sdk/client-ec2';
import { takeAsyncFailure } from '../fault-types.ts';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { addressHolder, associationId } from './address-holders.ts';
import { onceFor } from './client-tokens.ts';
import { answer, type Fields } from './filters.ts';
import { notFound, wellFormed } from './ids.ts';
import { limitOf } from './limits.ts';
import { natGatewayState } from './nat-gateway-states.ts';
import { invalidValue, need, read, write } from './operation.ts';
import type { Failure, NatGateway, Subnet, Tags } from './state.ts';
import { add, change, findOwn, named, own } from './store.ts';
import { availableAddresses, freeAddress } from './subnets.ts';
import { tagList, tagsFrom } from './tags.ts';
import { about, natGatewayCreation, natGatewayDeletion, natGatewayFailure } from './timing.ts';

function fieldsAt(now: number): Fields<NatGateway> {
  return {
    'nat-gateway-id': (n) => n.id,
    state: (n) => natGatewayState(n, now),
    'subnet-id': (n) => n.subnetId,
    'vpc-id': (n) => n.vpcId,
  };
}

function view(nat: NatGateway, now: number): NatGatewayShape {
  const state = natGatewayState(nat, now);
  const failed = nat.failure !== null && nat.settlesAt <= now;
  return {
    NatGatewayId: nat.id,
    VpcId: nat.vpcId,
    ...(nat.subnetId ? { SubnetId: nat.subnetId } : {}),
    State: state,
    ConnectivityType: nat.connectivity,
    AvailabilityMode: nat.mode,
    CreateTime: new Date(nat.createdAt),
    ...(nat.deleteRequestedAt !== null && nat.deletedAt !== null ? { DeleteTime: new Date(nat.deletedAt) } : {}),
    ...(failed && nat.failure ? { FailureCode: nat.failure.code, FailureMessage: nat.failure.message } : {}),
    NatGatewayAddresses: nat.addresses.map((address, index) => ({
      ...(address.allocationId ? { AllocationId: address.allocationId, AssociationId: associationId(nat.id, index) } : {}),
      ...(address.networkInterfaceId ? { NetworkInterfaceId: address.networkInterfaceId } : {}),
      ...(address.publicIp ? { PublicIp: address.publicIp } : {}),
      ...(address.privateIp ? { PrivateIp: address.privateIp } : {}),
      IsPrimary: index === 0,
      Status: failed ? 'failed' : state === 'pending' ? 'associating' : state === 'deleting' ? 'disassociating' : 'succeeded',
    })),
    Tags: tagList(nat.tags),
  };
}

export const describeNatGateways = read(
  (world: World, input: DescribeNatGatewaysCommandInput, call: Call): Omit<DescribeNatGatewaysCommandOutput, '$metadata'> => {
    const pageInput = { Filters: input.Filter, MaxResults: input.MaxResults, NextToken: input.NextToken };
    const { items, NextToken } = answer(named(world, call, 'natGateways', input.NatGatewayIds), pageInput, fieldsAt(call.now));
    return { NatGateways: items.map((nat) => view(nat, call.now)), NextToken };
  },
);

/** Why AWS will report this NAT gateway as failed, though it accepts the request (B9); null: it will work. */
function causeOfFailure(world: World, call: Call, subnet: Subnet, allocationId: string | undefined): Failure | null {
  if (availableAddresses(world, subnet, call.now) === 0)
    return { code: 'InsufficientFreeAddressesInSubnet', message: 'Subnet has insufficient free addresses to create this NAT gateway' };
  if (allocationId === undefined) return null;
  const address = world.ec2.addresses[allocationId];
  if (!address || address.ownerId !== call.caller.accountId || address.region !== call.region)
    return { code: 'InvalidAllocationID.NotFound', message: `Elastic IP address [${allocationId}] could not be found` };
  if (addressHolder(world, address, call.now))
    return { code: 'Resource.AlreadyAssociated', message: `Elastic IP address [${allocationId}] is already associated` };
  if (!own(world, call, 'internetGateways').some((g) => g.vpcId === subnet.vpcId))
    return { code: 'Gateway.NotAttached', message: `Network ${subnet.vpcId} has no Internet gateway attached` };
  return null;
}

function refuseOverLimit(world: World, call: Call, zone: string): void {
  const limit = limitOf(world, call, 'natGatewaysPerZone');
  const inZone = own(world, call, 'natGateways').filter(
    (nat) =>
      nat.subnetId !== null &&
      world.ec2.subnets[nat.subnetId]?.zone === zone &&
      ['pending', 'available', 'deleting'].includes(natGatewayState(nat, call.now)),
  );
  if (inZone.length >= limit)
    throw new AwsError('NatGatewayLimitExceeded', `Performing this operation would exceed the limit of ${limit} NAT gateways`);
}

interface Asked {
  readonly subnet: Subnet;
  readonly connectivity: 'public' | 'private';
  readonly allocationId: string | undefined;
  readonly tags: Tags;
}

function makeNatGateway(world: World, call: Call, { subnet, connectivity, allocationId, tags }: Asked): NatGateway {
  refuseOverLimit(world, call, subnet.zone);
  const failure = takeAsyncFailure(world, 'nat-gateway') ?? causeOfFailure(world, call, subnet, allocationId);
  const id = call.id('nat');
  const privateIp = availableAddresses(world, subnet, call.now) > 0 ? freeAddress(world, subnet, call.now) : null;
  const publicIp = allocationId === undefined ? null : (world.ec2.addresses[allocationId]?.publicIp ?? null);
  const place = { ownerId: call.caller.accountId, region: call.region };
  const eni =
    failure || privateIp === null
      ? null
      : add(world, call, 'networkInterfaces', {
          id: call.id('eni'),
          ...place,
          tags: {},
          vpcId: subnet.vpcId,
          subnetId: subnet.id,
          privateIp,
          publicIp,
          interfaceType: 'nat_gateway',
          description: `Interface for NAT Gateway ${id}`,
          requesterId: 'amazon-aws',
          groupIds: [],
          attachedTo: id,
          goneAt: null,
        });
  return add(world, call, 'natGateways', {
    id,
    ...place,
    tags,
    vpcId: subnet.vpcId,
    subnetId: subnet.id,
    connectivity,
    mode: 'zonal',
    addresses: [{ allocationId: allocationId ?? null, publicIp, privateIp, networkInterfaceId: eni?.id ?? null }],
    createdAt: call.now,
    settlesAt: about(call, failure ? natGatewayFailure : natGatewayCreation),
    failure: failure ? { code: failure.code, message: failure.message } : null,
    deleteRequestedAt: null,
    deletedAt: null,
  });
}

export const createNatGateway = write(
  (world: World, input: CreateNatGatewayCommandInput, call: Call): Omit<CreateNatGatewayCommandOutput, '$metadata'> => {
    const nat = onceFor(world, call, 'natGateways', input, () => {
      if (input.AvailabilityMode === 'regional')
        throw new AwsError('UnsupportedOperation', 'The sandbox makes zonal NAT gateways only: name a SubnetId.');
      const subnet = findOwn(world, call, 'subnets', need(input.SubnetId, 'subnetId'));
      const connectivity = input.ConnectivityType ?? 'public';
      if (connectivity === 'private' && input.AllocationId !== undefined)
        throw invalidValue('The AllocationId parameter cannot be used with a private NAT gateway.');
      if (connectivity === 'public' && input.AllocationId === undefined)
        throw new AwsError(
          'MissingParameter',
          'The request must include the AllocationId parameter. Add the required parameter and retry the request.',
        );
      if (input.AllocationId !== undefined && !wellFormed('addresses', input.AllocationId)) throw notFound('addresses', input.AllocationId);
      const tags = tagsFrom(input.TagSpecifications, 'natgateway');
      return makeNatGateway(world, call, { subnet, connectivity, allocationId: input.AllocationId, tags });
    });
    return { NatGateway: view(nat, call.now), ClientToken: input.ClientToken };
  },
);

// Deleting leaves the routes as they are, and never releases the address (B6, B13).
export const deleteNatGateway = write(
  (world: World, input: DeleteNatGatewayCommandInput, call: Call): Omit<DeleteNatGatewayCommandOutput, '$metadata'> => {
    const nat = findOwn(world, call, 'natGateways', need(input.NatGatewayId, 'natGatewayId'));
    const state = natGatewayState(nat, call.now);
    if (state === 'deleted') throw notFound('natGateways', nat.id);
    if (state === 'deleting') return { NatGatewayId: nat.id };
    const deletedAt = state === 'failed' ? call.now : about(call, natGatewayDeletion);
    change(world, call, 'natGateways', nat, (n) => {
      n.deleteRequestedAt = call.now;
      n.deletedAt = deletedAt;
    });
    for (const { networkInterfaceId } of nat.addresses) {
      const eni = networkInterfaceId === null ? undefined : world.ec2.networkInterfaces[networkInterfaceId];
      if (eni) eni.goneAt = deletedAt;
    }
    return { NatGatewayId: nat.id };
  },
);
