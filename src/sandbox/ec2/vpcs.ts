import type {
  CreateVpcCommandInput,
  CreateVpcCommandOutput,
  DeleteVpcCommandInput,
  DescribeVpcAttributeCommandInput,
  DescribeVpcAttributeCommandOutput,
  DescribeVpcsCommandInput,
  DescribeVpcsCommandOutput,
  ModifyVpcAttributeCommandInput,
  Vpc as VpcShape,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { vpcBlockMode } from './block-public-access.ts';
import { parseCidr } from './cidr.ts';
import { answer, type Fields } from './filters.ts';
import { limitOf } from './limits.ts';
import { inUse, invalidValue, need, read, write } from './operation.ts';
import type { Vpc } from './state.ts';
import { add, change, drop, findOwn, named, own } from './store.ts';
import { tagList, tagsFrom } from './tags.ts';

const fields: Fields<Vpc> = {
  cidr: (v) => v.cidrs[0]?.cidr,
  'cidr-block-association.cidr-block': (v) => v.cidrs.map((c) => c.cidr),
  'cidr-block-association.association-id': (v) => v.cidrs.map((c) => c.associationId),
  'cidr-block-association.state': (v) => v.cidrs.map((c) => c.state),
  'dhcp-options-id': () => 'default',
  'ipv6-cidr-block-association.ipv6-cidr-block': (v) => v.ipv6Cidrs.map((c) => c.cidr),
  'ipv6-cidr-block-association.ipv6-pool': (v) => v.ipv6Cidrs.map(() => 'Amazon'),
  'ipv6-cidr-block-association.association-id': (v) => v.ipv6Cidrs.map((c) => c.associationId),
  'ipv6-cidr-block-association.state': (v) => v.ipv6Cidrs.map((c) => c.state),
  'is-default': (v) => v.isDefault,
  isDefault: (v) => v.isDefault,
  'owner-id': (v) => v.ownerId,
  state: () => 'available',
  'vpc-id': (v) => v.id,
};

function view(world: World, vpc: Vpc): VpcShape {
  return {
    VpcId: vpc.id,
    OwnerId: vpc.ownerId,
    State: 'available',
    CidrBlock: vpc.cidrs[0]?.cidr,
    CidrBlockAssociationSet: vpc.cidrs.map((c) => ({
      AssociationId: c.associationId,
      CidrBlock: c.cidr,
      CidrBlockState: { State: c.state },
    })),
    Ipv6CidrBlockAssociationSet: vpc.ipv6Cidrs.map((c) => ({
      AssociationId: c.associationId,
      Ipv6CidrBlock: c.cidr,
      Ipv6CidrBlockState: { State: c.state },
      Ipv6Pool: 'Amazon',
      NetworkBorderGroup: vpc.region,
    })),
    InstanceTenancy: 'default',
    DhcpOptionsId: 'default',
    IsDefault: vpc.isDefault,
    BlockPublicAccessStates: { InternetGatewayBlockMode: vpcBlockMode(world, vpc) },
    Tags: tagList(vpc.tags),
  };
}

export const describeVpcs = read(
  (world: World, input: DescribeVpcsCommandInput, call: Call): Omit<DescribeVpcsCommandOutput, '$metadata'> => {
    const { items, NextToken } = answer(named(world, call, 'vpcs', input.VpcIds), input, fields);
    return { Vpcs: items.map((vpc) => view(world, vpc)), NextToken };
  },
);

export const describeVpcAttribute = read(
  (world: World, input: DescribeVpcAttributeCommandInput, call: Call): Omit<DescribeVpcAttributeCommandOutput, '$metadata'> => {
    const [vpc] = named(world, call, 'vpcs', [need(input.VpcId, 'vpcId')]);
    const attribute = need(input.Attribute, 'attribute');
    if (attribute === 'enableDnsSupport') return { VpcId: vpc?.id, EnableDnsSupport: { Value: vpc?.enableDnsSupport } };
    if (attribute === 'enableDnsHostnames') return { VpcId: vpc?.id, EnableDnsHostnames: { Value: vpc?.enableDnsHostnames } };
    if (attribute === 'enableNetworkAddressUsageMetrics') return { VpcId: vpc?.id, EnableNetworkAddressUsageMetrics: { Value: false } };
    throw invalidValue(`Value (${String(attribute satisfies never)}) for parameter attribute is invalid. Unknown attribute.`);
  },
);

// One attribute per call. Private DNS names of endpoints stop resolving where an attribute goes off; AWS does not refuse.
export const modifyVpcAttribute = write((world: World, input: ModifyVpcAttributeCommandInput, call: Call) => {
  const vpc = findOwn(world, call, 'vpcs', need(input.VpcId, 'vpcId'));
  const given = [input.EnableDnsSupport, input.EnableDnsHostnames, input.EnableNetworkAddressUsageMetrics].filter((v) => v !== undefined);
  if (given.length === 0) throw new AwsError('MissingParameter', 'The request must contain exactly one attribute to modify');
  if (given.length > 1) throw new AwsError('InvalidParameterCombination', 'Fields for multiple attribute types specified');
  change(world, call, 'vpcs', vpc, (v) => {
    if (input.EnableDnsSupport?.Value !== undefined) v.enableDnsSupport = input.EnableDnsSupport.Value;
    if (input.EnableDnsHostnames?.Value !== undefined) v.enableDnsHostnames = input.EnableDnsHostnames.Value;
  });
  return {};
});

// A VPC comes with its main route table and its default security group.
export const createVpc = write((world: World, input: CreateVpcCommandInput, call: Call): Omit<CreateVpcCommandOutput, '$metadata'> => {
  const asked = need(input.CidrBlock, 'cidrBlock');
  const cidr = parseCidr(asked);
  if (cidr?.family !== 'ipv4') throw invalidValue(`Value (${asked}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
  if (cidr.length < 16 || cidr.length > 28) throw new AwsError('InvalidVpc.Range', `The CIDR '${asked}' is invalid.`);
  const tags = tagsFrom(input.TagSpecifications, 'vpc');
  if (own(world, call, 'vpcs').length >= limitOf(world, call, 'vpcs'))
    throw new AwsError('VpcLimitExceeded', 'The maximum number of VPCs has been reached.');
  const place = { ownerId: call.caller.accountId, region: call.region };
  const id = call.id('vpc');
  const groupId = call.id('sg');
  const ipv6 = input.AmazonProvidedIpv6CidrBlock ? `2001:db8:${id.slice(4, 8)}:${id.slice(8, 10)}00::/56` : null;
  const ipv6Cidr = ipv6 ? (parseCidr(ipv6)?.text ?? null) : null;
  const vpc = add(world, call, 'vpcs', {
    id,
    ...place,
    tags,
    isDefault: false,
    cidrs: [{ associationId: call.id('vpc-cidr-assoc'), cidr: cidr.text, state: 'associated' }],
    ipv6Cidrs: ipv6Cidr ? [{ associationId: call.id('vpc-cidr-assoc'), cidr: ipv6Cidr, state: 'associated' }] : [],
    enableDnsSupport: true,
    enableDnsHostnames: false,
    blockPublicAccess: null,
    defaultSecurityGroupId: groupId,
  });
  add(world, call, 'routeTables', {
    id: call.id('rtb'),
    ...place,
    tags: {},
    vpcId: id,
    associations: [{ id: call.id('rtbassoc'), subnetId: null, gatewayId: null, main: true }],
    routes: [cidr.text, ...(ipv6Cidr ? [ipv6Cidr] : [])].map((destination) => ({
      destination,
      target: { kind: 'GatewayId' as const, id: 'local' },
      origin: 'CreateRouteTable' as const,
    })),
    propagating: [],
  });
  const open = { protocol: '-1', fromPort: -1, toPort: -1, description: null, tags: {} };
  add(world, call, 'securityGroups', {
    id: groupId,
    ...place,
    tags: {},
    vpcId: id,
    name: 'default',
    description: 'default VPC security group',
    rules: [
      { id: call.id('sgr'), egress: false, ...open, source: { type: 'group', value: groupId } },
      { id: call.id('sgr'), egress: true, ...open, source: { type: 'cidrIpv4', value: '0.0.0.0/0' } },
    ],
  });
  return { Vpc: view(world, vpc) };
});

export const deleteVpc = write((world: World, input: DeleteVpcCommandInput, call: Call) => {
  const vpc = findOwn(world, call, 'vpcs', need(input.VpcId, 'vpcId'));
  const tables = own(world, call, 'routeTables').filter((t) => t.vpcId === vpc.id);
  const groups = own(world, call, 'securityGroups').filter((g) => g.vpcId === vpc.id);
  const holders = (
    ['subnets', 'internetGateways', 'egressOnlyInternetGateways', 'vpcEndpoints', 'networkInterfaces', 'transitGatewayAttachments'] as const
  ).some((table) => own(world, call, table).some((item) => item.vpcId === vpc.id));
  if (holders || tables.some((t) => !t.associations.some((a) => a.main)) || groups.some((g) => g.id !== vpc.defaultSecurityGroupId))
    throw inUse(`The vpc '${vpc.id}' has dependencies and cannot be deleted.`);
  for (const table of tables) drop(world, call, 'routeTables', table.id);
  for (const group of groups) drop(world, call, 'securityGroups', group.id);
  drop(world, call, 'vpcs', vpc.id);
  return {};
});
