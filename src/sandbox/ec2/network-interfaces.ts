import type {
  CreateNetworkInterfaceCommandInput,
  CreateNetworkInterfaceCommandOutput,
  DeleteNetworkInterfaceCommandInput,
  DescribeNetworkInterfacesCommandInput,
  DescribeNetworkInterfacesCommandOutput,
  NetworkInterfaceType,
  NetworkInterface as Shape,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { onceFor } from './client-tokens.ts';
import { checkedGroups } from './endpoint-parts.ts';
import { answer, type Fields } from './filters.ts';
import { invalidValue, need, read, write } from './operation.ts';
import { zoneId } from './regions.ts';
import type { NetworkInterface } from './state.ts';
import { add, drop, find, findOwn, named } from './store.ts';
import { freeAddress } from './subnets.ts';
import { tagList, tagsFrom } from './tags.ts';

function zoneOf(world: World, eni: NetworkInterface): string {
  return world.ec2.subnets[eni.subnetId]?.zone ?? '';
}

function instanceOf(eni: NetworkInterface): string | null {
  return eni.attachedTo?.startsWith('i-') ? eni.attachedTo : null;
}

function fieldsOf(world: World): Fields<NetworkInterface> {
  return {
    'association.public-ip': (e) => e.publicIp,
    'addresses.association.public-ip': (e) => e.publicIp,
    'addresses.primary': () => true,
    'addresses.private-ip-address': (e) => e.privateIp,
    'attachment.attachment-id': (e) => (e.attachedTo ? attachmentId(e) : null),
    'attachment.instance-id': instanceOf,
    'attachment.status': (e) => (e.attachedTo ? 'attached' : null),
    'availability-zone': (e) => zoneOf(world, e),
    'availability-zone-id': (e) => zoneId(zoneOf(world, e)),
    description: (e) => e.description,
    'group-id': (e) => e.groupIds,
    'interface-type': (e) => e.interfaceType,
    'network-interface-id': (e) => e.id,
    'owner-id': (e) => e.ownerId,
    'private-ip-address': (e) => e.privateIp,
    'requester-id': (e) => e.requesterId,
    'requester-managed': (e) => e.requesterId !== null,
    'source-dest-check': (e) => e.interfaceType !== 'nat_gateway',
    status: (e) => (e.attachedTo ? 'in-use' : 'available'),
    'subnet-id': (e) => e.subnetId,
    'vpc-id': (e) => e.vpcId,
  };
}

function attachmentId(eni: NetworkInterface): string {
  return `eni-attach-${eni.id.slice(4)}`;
}

function view(world: World, eni: NetworkInterface): Shape {
  const association = eni.publicIp ? { PublicIp: eni.publicIp, IpOwnerId: eni.ownerId } : null;
  const instance = instanceOf(eni);
  const digits = eni.id.slice(-10).padStart(10, '0');
  return {
    NetworkInterfaceId: eni.id,
    OwnerId: eni.ownerId,
    VpcId: eni.vpcId,
    SubnetId: eni.subnetId,
    AvailabilityZone: zoneOf(world, eni),
    AvailabilityZoneId: zoneId(zoneOf(world, eni)),
    Description: eni.description,
    // The API names types that the enum lacks, such as `vpc_endpoint`'s neighbours of newer services.
    InterfaceType: eni.interfaceType as NetworkInterfaceType,
    MacAddress: `0a:${digits.match(/../g)?.join(':')}`,
    PrivateIpAddress: eni.privateIp,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: eni.privateIp, ...(association ? { Association: association } : {}) }],
    Ipv6Addresses: [],
    ...(association ? { Association: association } : {}),
    Groups: eni.groupIds.map((GroupId) => ({ GroupId, GroupName: world.ec2.securityGroups[GroupId]?.name })),
    ...(eni.attachedTo
      ? {
          Attachment: {
            AttachmentId: attachmentId(eni),
            Status: 'attached',
            DeleteOnTermination: false,
            DeviceIndex: 1,
            InstanceOwnerId: instance ? eni.ownerId : 'amazon-aws',
            ...(instance ? { InstanceId: instance } : {}),
          },
        }
      : {}),
    ...(eni.requesterId === null ? {} : { RequesterId: eni.requesterId }),
    RequesterManaged: eni.requesterId !== null,
    SourceDestCheck: eni.interfaceType !== 'nat_gateway',
    Status: eni.attachedTo ? 'in-use' : 'available',
    TagSet: tagList(eni.tags),
  };
}

export const describeNetworkInterfaces = read(
  (world: World, input: DescribeNetworkInterfacesCommandInput, call: Call): Omit<DescribeNetworkInterfacesCommandOutput, '$metadata'> => {
    if (input.NetworkInterfaceIds?.length && input.MaxResults !== undefined)
      throw new AwsError('InvalidParameterCombination', 'The parameter networkInterfaceIds cannot be used with the parameter maxResults');
    const { items, NextToken } = answer(named(world, call, 'networkInterfaces', input.NetworkInterfaceIds), input, fieldsOf(world));
    return { NetworkInterfaces: items.map((eni) => view(world, eni)), NextToken };
  },
);

// A participant may make interfaces in a subnet that is shared with it (A33).
export const createNetworkInterface = write(
  (world: World, input: CreateNetworkInterfaceCommandInput, call: Call): Omit<CreateNetworkInterfaceCommandOutput, '$metadata'> => {
    const eni = onceFor(world, call, 'networkInterfaces', input, () => {
      const subnet = find(world, call, 'subnets', need(input.SubnetId, 'subnetId'));
      const defaultGroup = world.ec2.vpcs[subnet.vpcId]?.defaultSecurityGroupId;
      const place = { vpcId: subnet.vpcId, serviceName: '', region: call.region };
      const groupIds = checkedGroups(world, call, input.Groups?.length ? input.Groups : defaultGroup ? [defaultGroup] : [], place);
      return add(world, call, 'networkInterfaces', {
        id: call.id('eni'),
        ownerId: call.caller.accountId,
        region: call.region,
        tags: tagsFrom(input.TagSpecifications, 'network-interface'),
        vpcId: subnet.vpcId,
        subnetId: subnet.id,
        privateIp: freeAddress(world, subnet, call.now),
        publicIp: null,
        interfaceType: 'interface',
        description: input.Description ?? '',
        requesterId: null,
        groupIds,
        attachedTo: null,
        goneAt: null,
      });
    });
    return { NetworkInterface: view(world, eni), ClientToken: input.ClientToken };
  },
);

export const deleteNetworkInterface = write((world: World, input: DeleteNetworkInterfaceCommandInput, call: Call) => {
  const eni = findOwn(world, call, 'networkInterfaces', need(input.NetworkInterfaceId, 'networkInterfaceId'));
  if (eni.attachedTo !== null) throw invalidValue(`Network interface '${eni.id}' is currently in use.`);
  drop(world, call, 'networkInterfaces', eni.id);
  return {};
});
