import type {
  CreateSecurityGroupCommandInput,
  CreateSecurityGroupCommandOutput,
  DeleteSecurityGroupCommandInput,
  DeleteSecurityGroupCommandOutput,
  DescribeSecurityGroupsCommandInput,
  DescribeSecurityGroupsCommandOutput,
  SecurityGroup as SecurityGroupShape,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { answer, type Fields } from './filters.ts';
import { limitOf } from './limits.ts';
import { inUse, invalidValue, need, read, write } from './operation.ts';
import { permissionViews } from './permissions.ts';
import type { SecurityGroup, SecurityGroupRule } from './state.ts';
import { add, drop, find, findOwn, named, own, standing } from './store.ts';
import { tagList, tagsFrom } from './tags.ts';

function ruleFields(prefix: string, egress: boolean): Fields<SecurityGroup> {
  const of = (value: (rule: SecurityGroupRule) => string | number | null) => (g: SecurityGroup) =>
    g.rules.filter((r) => r.egress === egress).map(value);
  const sourceOf = (type: SecurityGroupRule['source']['type']) => of((r) => (r.source.type === type ? r.source.value : null));
  return {
    [`${prefix}.cidr`]: sourceOf('cidrIpv4'),
    [`${prefix}.ipv6-cidr`]: sourceOf('cidrIpv6'),
    [`${prefix}.group-id`]: sourceOf('group'),
    [`${prefix}.prefix-list-id`]: sourceOf('prefixList'),
    [`${prefix}.protocol`]: of((r) => r.protocol),
    [`${prefix}.from-port`]: of((r) => r.fromPort),
    [`${prefix}.to-port`]: of((r) => r.toPort),
  };
}

const fields: Fields<SecurityGroup> = {
  description: (g) => g.description,
  'group-id': (g) => g.id,
  'group-name': (g) => g.name,
  'owner-id': (g) => g.ownerId,
  'vpc-id': (g) => g.vpcId,
  ...ruleFields('ip-permission', false),
  ...ruleFields('egress.ip-permission', true),
};

function arn(group: SecurityGroup): string {
  return `arn:aws:ec2:${group.region}:${group.ownerId}:security-group/${group.id}`;
}

function view(group: SecurityGroup): SecurityGroupShape {
  const side = (egress: boolean) =>
    permissionViews(
      group.rules.filter((rule) => rule.egress === egress),
      group.ownerId,
    );
  return {
    GroupId: group.id,
    GroupName: group.name,
    Description: group.description,
    OwnerId: group.ownerId,
    VpcId: group.vpcId,
    SecurityGroupArn: arn(group),
    IpPermissions: side(false),
    IpPermissionsEgress: side(true),
    Tags: tagList(group.tags),
  };
}

export const describeSecurityGroups = read(
  (world: World, input: DescribeSecurityGroupsCommandInput, call: Call): Omit<DescribeSecurityGroupsCommandOutput, '$metadata'> => {
    const groups = named(world, call, 'securityGroups', input.GroupIds);
    for (const name of input.GroupNames ?? [])
      if (!groups.some((g) => g.name === name)) throw new AwsError('InvalidGroup.NotFound', `The security group '${name}' does not exist`);
    const asked = input.GroupNames?.length ? groups.filter((g) => input.GroupNames?.includes(g.name)) : groups;
    const { items, NextToken } = answer(asked, input, fields);
    return { SecurityGroups: items.map(view), NextToken };
  },
);

function checkedText(text: string, parameter: string): string {
  if (text.length > 255 || !/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/.test(text))
    throw invalidValue(`Value (${text}) for parameter ${parameter} is invalid. Character sets beyond ASCII are not supported.`);
  return text;
}

// No client token (A3), but a name is taken once per VPC. A participant may make groups in a shared VPC.
export const createSecurityGroup = write(
  (world: World, input: CreateSecurityGroupCommandInput, call: Call): Omit<CreateSecurityGroupCommandOutput, '$metadata'> => {
    const name = checkedText(need(input.GroupName, 'GroupName'), 'GroupName');
    const description = checkedText(need(input.Description, 'GroupDescription'), 'GroupDescription');
    if (!input.VpcId) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
    const vpc = find(world, call, 'vpcs', input.VpcId);
    if (name === 'default') throw invalidValue('Cannot use reserved security group name: default');
    if (name.startsWith('sg-'))
      throw invalidValue(`Value (${name}) for parameter GroupName is invalid. Group names may not be in the format sg-*.`);
    const groups = own(world, call, 'securityGroups');
    if (groups.some((g) => g.vpcId === vpc.id && g.name === name))
      throw new AwsError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpc.id}'`);
    if (groups.length >= limitOf(world, call, 'securityGroups'))
      throw new AwsError('SecurityGroupLimitExceeded', 'The maximum number of security groups has been reached.');
    const open = { egress: true, protocol: '-1', fromPort: -1, toPort: -1, description: null, tags: {} };
    const group = add(world, call, 'securityGroups', {
      id: call.id('sg'),
      ownerId: call.caller.accountId,
      region: call.region,
      tags: tagsFrom(input.TagSpecifications, 'security-group'),
      vpcId: vpc.id,
      name,
      description,
      rules: [
        { id: call.id('sgr'), ...open, source: { type: 'cidrIpv4', value: '0.0.0.0/0' } },
        ...(vpc.ipv6Cidrs.length > 0 ? [{ id: call.id('sgr'), ...open, source: { type: 'cidrIpv6' as const, value: '::/0' } }] : []),
      ],
    });
    return { GroupId: group.id, Tags: tagList(group.tags), SecurityGroupArn: arn(group) };
  },
);

// Interfaces hold their groups, those of an endpoint that is being deleted too, and rules hold the groups that they name.
export const deleteSecurityGroup = write(
  (world: World, input: DeleteSecurityGroupCommandInput, call: Call): Omit<DeleteSecurityGroupCommandOutput, '$metadata'> => {
    const group = findOwn(world, call, 'securityGroups', need(input.GroupId, 'groupId'));
    if (world.ec2.vpcs[group.vpcId]?.defaultSecurityGroupId === group.id)
      throw new AwsError('CannotDelete', `the specified group: "${group.id}" name: "default" cannot be deleted by a user`);
    const held =
      standing(world, call.now, 'networkInterfaces').some((e) => e.groupIds.includes(group.id)) ||
      standing(world, call.now, 'securityGroups').some(
        (g) => g.id !== group.id && g.rules.some((r) => r.source.type === 'group' && r.source.value === group.id),
      );
    if (held) throw inUse(`resource ${group.id} has a dependent object`);
    drop(world, call, 'securityGroups', group.id);
    return { Return: true, GroupId: group.id };
  },
);
