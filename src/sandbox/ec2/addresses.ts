import type {
  AllocateAddressCommandInput,
  AllocateAddressCommandOutput,
  DescribeAddressesCommandInput,
  DescribeAddressesCommandOutput,
  ReleaseAddressCommandInput,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { addressHolder } from './address-holders.ts';
import { type Fields, matcher } from './filters.ts';
import { limitOf } from './limits.ts';
import { invalidValue, need, read, write } from './operation.ts';
import type { Address } from './state.ts';
import { add, drop, findOwn, named, own } from './store.ts';
import { tagList, tagsFrom } from './tags.ts';

/** Public addresses of the sandbox: documentation range 192.0.2.0/24 (RFC 5737). */
const pool = '192.0.2.';
const poolSize = 254;

function fieldsAt(world: World, now: number): Fields<Address> {
  return {
    'allocation-id': (a) => a.id,
    'association-id': (a) => addressHolder(world, a, now)?.associationId,
    domain: () => 'vpc',
    'instance-id': () => null,
    'network-border-group': (a) => a.region,
    'network-interface-id': (a) => addressHolder(world, a, now)?.networkInterfaceId,
    'network-interface-owner-id': (a) => (addressHolder(world, a, now)?.networkInterfaceId ? a.ownerId : null),
    'private-ip-address': (a) => addressHolder(world, a, now)?.privateIp,
    'public-ip': (a) => a.publicIp,
  };
}

// DescribeAddresses has no pages.
export const describeAddresses = read(
  (world: World, input: DescribeAddressesCommandInput, call: Call): Omit<DescribeAddressesCommandOutput, '$metadata'> => {
    const addresses = named(world, call, 'addresses', input.AllocationIds);
    for (const ip of input.PublicIps ?? [])
      if (!addresses.some((a) => a.publicIp === ip)) throw new AwsError('InvalidAddress.NotFound', `Address '${ip}' not found.`);
    const matches = matcher(input.Filters, fieldsAt(world, call.now), (a) => a.tags);
    const asked = input.PublicIps?.length ? addresses.filter((a) => input.PublicIps?.includes(a.publicIp)) : addresses;
    return {
      Addresses: asked.filter(matches).map((address) => {
        const holder = addressHolder(world, address, call.now);
        return {
          AllocationId: address.id,
          PublicIp: address.publicIp,
          Domain: 'vpc',
          NetworkBorderGroup: address.region,
          PublicIpv4Pool: 'amazon',
          ...(holder ? { AssociationId: holder.associationId } : {}),
          ...(holder?.networkInterfaceId
            ? { NetworkInterfaceId: holder.networkInterfaceId, NetworkInterfaceOwnerId: address.ownerId }
            : {}),
          ...(holder?.privateIp ? { PrivateIpAddress: holder.privateIp } : {}),
          Tags: tagList(address.tags),
        };
      }),
    };
  },
);

function freePublicIp(world: World, call: Call): string {
  const taken = new Set(Object.values(world.ec2.addresses).map((a) => a.publicIp));
  const first = Math.floor(call.random() * poolSize);
  for (let step = 0; step < poolSize; step += 1) {
    const ip = `${pool}${((first + step) % poolSize) + 1}`;
    if (!taken.has(ip)) return ip;
  }
  throw new AwsError('InsufficientAddressCapacity', 'Insufficient capacity to fulfill your request.');
}

// AllocateAddress has no client token: called twice, it makes two (A3).
export const allocateAddress = write(
  (world: World, input: AllocateAddressCommandInput, call: Call): Omit<AllocateAddressCommandOutput, '$metadata'> => {
    if (input.Domain !== undefined && input.Domain !== 'vpc') throw invalidValue(`Invalid value '${input.Domain}' for domain.`);
    const tags = tagsFrom(input.TagSpecifications, 'elastic-ip');
    if (own(world, call, 'addresses').length >= limitOf(world, call, 'addresses'))
      throw new AwsError('AddressLimitExceeded', 'The maximum number of addresses has been reached.');
    const address = add(world, call, 'addresses', {
      id: call.id('eipalloc'),
      ownerId: call.caller.accountId,
      region: call.region,
      tags,
      publicIp: freePublicIp(world, call),
      networkInterfaceId: null,
    });
    return {
      AllocationId: address.id,
      PublicIp: address.publicIp,
      Domain: 'vpc',
      NetworkBorderGroup: address.region,
      PublicIpv4Pool: 'amazon',
    };
  },
);

export const releaseAddress = write((world: World, input: ReleaseAddressCommandInput, call: Call) => {
  const address = findOwn(world, call, 'addresses', need(input.AllocationId, 'allocationId'));
  if (addressHolder(world, address, call.now)) throw new AwsError('InvalidIPAddress.InUse', `Address ${address.publicIp} is in use.`);
  drop(world, call, 'addresses', address.id);
  return {};
});
