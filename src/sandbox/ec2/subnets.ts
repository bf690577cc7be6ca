import type {
  CreateSubnetCommandInput,
  CreateSubnetCommandOutput,
  DeleteSubnetCommandInput,
  DescribeSubnetsCommandInput,
  DescribeSubnetsCommandOutput,
  ModifySubnetAttributeCommandInput,
  Subnet as SubnetShape,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { vpcBlockMode } from './block-public-access.ts';
import { addressIn, contains, overlap, parseCidr, sizeOf } from './cidr.ts';
import { answer, type Fields } from './filters.ts';
import { inUse, invalidValue, need, read, write } from './operation.ts';
import { zoneId, zonesOf } from './regions.ts';
import type { Subnet } from './state.ts';
import { add, change, drop, findOwn, named, own, standing } from './store.ts';
import { tagList, tagsFrom } from './tags.ts';

/** AWS keeps the first four addresses of a subnet and the last one. */
const reservedAddresses = 5;

function arn(subnet: Subnet): string {
  return `arn:aws:ec2:${subnet.region}:${subnet.ownerId}:subnet/${subnet.id}`;
}

function interfacesBySubnet(world: World, now: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const eni of standing(world, now, 'networkInterfaces')) counts.set(eni.subnetId, (counts.get(eni.subnetId) ?? 0) + 1);
  return counts;
}

function freeAddresses(subnet: Subnet, interfaces: Map<string, number>): number {
  const cidr = parseCidr(subnet.cidr);
  if (!cidr) return 0;
  return Math.max(0, sizeOf(cidr) - reservedAddresses - subnet.usedAddresses - (interfaces.get(subnet.id) ?? 0));
}

/** How many IPv4 addresses of the subnet are free. */
export function availableAddresses(world: World, subnet: Subnet, now: number): number {
  return freeAddresses(subnet, interfacesBySubnet(world, now));
}

/** An address of the subnet that no interface has; the lowest. Throws InsufficientFreeAddressesInSubnet. */
export function freeAddress(world: World, subnet: Subnet, now: number): string {
  const cidr = parseCidr(subnet.cidr);
  const taken = new Set(
    standing(world, now, 'networkInterfaces')
      .filter((e) => e.subnetId === subnet.id)
      .map((e) => e.privateIp),
  );
  if (cidr && availableAddresses(world, subnet, now) > 0)
    for (let offset = 4; offset < sizeOf(cidr) - 1; offset += 1) {
      const address = addressIn(cidr, offset);
      if (!taken.has(address)) return address;
    }
  throw new AwsError('InsufficientFreeAddressesInSubnet', `Insufficient Free Addresses in subnet ${subnet.id}.`);
}

function fieldsWith(interfaces: Map<string, number>): Fields<Subnet> {
  return {
    'availability-zone': (s) => s.zone,
    availabilityZone: (s) => s.zone,
    'availability-zone-id': (s) => zoneId(s.zone),
    availabilityZoneId: (s) => zoneId(s.zone),
    'available-ip-address-count': (s) => freeAddresses(s, interfaces),
    'cidr-block': (s) => s.cidr,
    cidr: (s) => s.cidr,
    cidrBlock: (s) => s.cidr,
    'default-for-az': () => false,
    defaultForAz: () => false,
    'ipv6-cidr-block-association.ipv6-cidr-block': (s) => s.ipv6Cidr,
    'ipv6-cidr-block-association.association-id': (s) => (s.ipv6Cidr ? `subnet-cidr-assoc-${s.id.slice(7)}` : null),
    'ipv6-cidr-block-association.state': (s) => (s.ipv6Cidr ? 'associated' : null),
    'ipv6-native': () => false,
    'map-public-ip-on-launch': (s) => s.mapPublicIpOnLaunch,
    'owner-id': (s) => s.ownerId,
    state: () => 'available',
    'subnet-arn': arn,
    'subnet-id': (s) => s.id,
    'vpc-id': (s) => s.vpcId,
  };
}

function view(world: World, subnet: Subnet, interfaces: Map<string, number>): SubnetShape {
  const vpc = world.ec2.vpcs[subnet.vpcId];
  return {
    SubnetId: subnet.id,
    SubnetArn: arn(subnet),
    VpcId: subnet.vpcId,
    OwnerId: subnet.ownerId,
    State: 'available',
    CidrBlock: subnet.cidr,
    AvailableIpAddressCount: freeAddresses(subnet, interfaces),
    AvailabilityZone: subnet.zone,
    AvailabilityZoneId: zoneId(subnet.zone),
    DefaultForAz: false,
    MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
    AssignIpv6AddressOnCreation: false,
    Ipv6Native: false,
    EnableDns64: false,
    Ipv6CidrBlockAssociationSet: subnet.ipv6Cidr
      ? [
          {
            AssociationId: `subnet-cidr-assoc-${subnet.id.slice(7)}`,
            Ipv6CidrBlock: subnet.ipv6Cidr,
            Ipv6CidrBlockState: { State: 'associated' },
          },
        ]
      : [],
    BlockPublicAccessStates: { InternetGatewayBlockMode: vpc ? vpcBlockMode(world, vpc) : 'off' },
    Tags: tagList(subnet.tags),
  };
}

export const describeSubnets = read(
  (world: World, input: DescribeSubnetsCommandInput, call: Call): Omit<DescribeSubnetsCommandOutput, '$metadata'> => {
    const interfaces = interfacesBySubnet(world, call.now);
    const { items, NextToken } = answer(named(world, call, 'subnets', input.SubnetIds), input, fieldsWith(interfaces));
    return { Subnets: items.map((subnet) => view(world, subnet, interfaces)), NextToken };
  },
);

export const createSubnet = write(
  (world: World, input: CreateSubnetCommandInput, call: Call): Omit<CreateSubnetCommandOutput, '$metadata'> => {
    const vpc = findOwn(world, call, 'vpcs', need(input.VpcId, 'vpcId'));
    const asked = need(input.CidrBlock, 'cidrBlock');
    const cidr = parseCidr(asked);
    if (cidr?.family !== 'ipv4') throw invalidValue(`Value (${asked}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
    const ranges = vpc.cidrs.filter((c) => c.state === 'associated').map((c) => parseCidr(c.cidr));
    if (cidr.length < 16 || cidr.length > 28 || !ranges.some((range) => range && contains(range, cidr)))
      throw new AwsError('InvalidSubnet.Range', `The CIDR '${asked}' is invalid.`);
    for (const other of own(world, call, 'subnets')) {
      const taken = parseCidr(other.cidr);
      if (other.vpcId === vpc.id && taken && overlap(taken, cidr))
        throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${asked}' conflicts with another subnet`);
    }
    const zones = zonesOf(call.region);
    const zone = zones.find((z) => z.name === input.AvailabilityZone || z.id === input.AvailabilityZoneId) ?? zones[0];
    if (!zone || (input.AvailabilityZone && zone.name !== input.AvailabilityZone))
      throw invalidValue(
        `Value (${input.AvailabilityZone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${zones.map((z) => z.name).join(', ')}.`,
      );
    const subnet = add(world, call, 'subnets', {
      id: call.id('subnet'),
      ownerId: call.caller.accountId,
      region: call.region,
      tags: tagsFrom(input.TagSpecifications, 'subnet'),
      vpcId: vpc.id,
      cidr: cidr.text,
      ipv6Cidr: input.Ipv6CidrBlock ?? null,
      zone: zone.name,
      mapPublicIpOnLaunch: false,
      sharedWith: [],
      usedAddresses: 0,
    });
    return { Subnet: view(world, subnet, interfacesBySubnet(world, call.now)) };
  },
);

export const modifySubnetAttribute = write((world: World, input: ModifySubnetAttributeCommandInput, call: Call) => {
  const subnet = findOwn(world, call, 'subnets', need(input.SubnetId, 'subnetId'));
  const publicIp = input.MapPublicIpOnLaunch?.Value;
  if (publicIp === undefined)
    throw new AwsError('UnsupportedOperation', 'Of the attributes of a subnet only MapPublicIpOnLaunch can be changed here.');
  change(world, call, 'subnets', subnet, (s) => {
    s.mapPublicIpOnLaunch = publicIp;
  });
  return {};
});

export const deleteSubnet = write((world: World, input: DeleteSubnetCommandInput, call: Call) => {
  const subnet = findOwn(world, call, 'subnets', need(input.SubnetId, 'subnetId'));
  if (subnet.usedAddresses > 0 || standing(world, call.now, 'networkInterfaces').some((e) => e.subnetId === subnet.id))
    throw inUse(`The subnet '${subnet.id}' has dependencies and cannot be deleted.`);
  for (const table of own(world, call, 'routeTables'))
    if (table.associations.some((a) => a.subnetId === subnet.id))
      change(world, call, 'routeTables', table, (t) => {
        t.associations = t.associations.filter((a) => a.subnetId !== subnet.id);
      });
  drop(world, call, 'subnets', subnet.id);
  return {};
});
