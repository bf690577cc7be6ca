import type {
  AuthorizeSecurityGroupEgressCommandInput,
  AuthorizeSecurityGroupIngressCommandInput,
  DescribeSecurityGroupRulesCommandInput,
  DescribeSecurityGroupRulesCommandOutput,
  IpPermission,
  RevokeSecurityGroupEgressCommandInput,
  RevokeSecurityGroupIngressCommandInput,
  SecurityGroupRule as RuleShape,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { type Fields, matcher, page } from './filters.ts';
import { limitOf } from './limits.ts';
import { invalidValue, need, read, write } from './operation.ts';
import { type Permission, permissionsFrom, ruleKey } from './permissions.ts';
import { awsPrefixLists } from './regions.ts';
import type { SecurityGroup, SecurityGroupRule } from './state.ts';
import { change, find, findOwn, seen } from './store.ts';
import { tagList, tagsFrom } from './tags.ts';

interface RuleOf {
  readonly rule: SecurityGroupRule;
  readonly group: SecurityGroup;
}

const fields: Fields<RuleOf> = { 'group-id': (r) => r.group.id, 'security-group-rule-id': (r) => r.rule.id };

function view({ rule, group }: RuleOf): RuleShape {
  const { type, value } = rule.source;
  const source =
    type === 'cidrIpv4'
      ? { CidrIpv4: value }
      : type === 'cidrIpv6'
        ? { CidrIpv6: value }
        : type === 'prefixList'
          ? { PrefixListId: value }
          : { ReferencedGroupInfo: { GroupId: value, UserId: group.ownerId } };
  return {
    SecurityGroupRuleId: rule.id,
    GroupId: group.id,
    GroupOwnerId: group.ownerId,
    IsEgress: rule.egress,
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    ...source,
    ...(rule.description === null ? {} : { Description: rule.description }),
    SecurityGroupRuleArn: `arn:aws:ec2:${group.region}:${group.ownerId}:security-group-rule/${rule.id}`,
    Tags: tagList(rule.tags),
  };
}

export const describeSecurityGroupRules = read(
  (world: World, input: DescribeSecurityGroupRulesCommandInput, call: Call): Omit<DescribeSecurityGroupRulesCommandOutput, '$metadata'> => {
    const all = seen(world, call, 'securityGroups').flatMap((group) => group.rules.map((rule): RuleOf => ({ rule, group })));
    for (const id of input.SecurityGroupRuleIds ?? [])
      if (!all.some((r) => r.rule.id === id))
        throw new AwsError('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`);
    const asked = all.filter((r) => !input.SecurityGroupRuleIds?.length || input.SecurityGroupRuleIds.includes(r.rule.id));
    asked.sort((a, b) => (a.rule.id < b.rule.id ? -1 : 1));
    const matches = matcher<RuleOf>(input.Filters, fields, (r) => r.rule.tags);
    const { items, NextToken } = page(asked, input, (r) => r.rule.id, matches);
    return { SecurityGroupRules: items.map(view), NextToken };
  },
);

interface Shorthand {
  readonly IpPermissions?: IpPermission[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
}

// One rule may be given in the request's own fields instead of in IpPermissions.
function asked(input: Shorthand): Permission[] {
  if (input.IpPermissions?.length) return permissionsFrom(input.IpPermissions);
  need(input.CidrIp, 'ipPermissions');
  return permissionsFrom([
    { IpProtocol: input.IpProtocol, FromPort: input.FromPort, ToPort: input.ToPort, IpRanges: [{ CidrIp: input.CidrIp }] },
  ]);
}

function describePeer(permission: Permission): string {
  const { protocol, fromPort, toPort, source } = permission;
  const ports = protocol === '-1' ? 'ALL' : `${protocol.toUpperCase()}, from port: ${fromPort}, to port: ${toPort}`;
  return `the specified rule "peer: ${source.value}, ${ports}, ALLOW" already exists`;
}

function checkSource(world: World, call: Call, { source }: Permission): void {
  if (source.type === 'group') find(world, call, 'securityGroups', source.value);
  if (source.type === 'prefixList' && !awsPrefixLists(call.region).some((list) => list.id === source.value))
    find(world, call, 'prefixLists', source.value);
}

function authorize(
  world: World,
  call: Call,
  input: AuthorizeSecurityGroupIngressCommandInput | AuthorizeSecurityGroupEgressCommandInput,
  egress: boolean,
) {
  const group = findOwn(world, call, 'securityGroups', need(input.GroupId, 'groupId'));
  const permissions = asked(input);
  for (const permission of permissions) checkSource(world, call, permission);
  if (new Set(permissions.map(ruleKey)).size < permissions.length) throw invalidValue('The same permission must not appear multiple times');
  const present = group.rules.filter((rule) => rule.egress === egress);
  const keys = new Set(present.map(ruleKey));
  const duplicate = permissions.find((permission) => keys.has(ruleKey(permission)));
  if (duplicate) throw new AwsError('InvalidPermission.Duplicate', describePeer(duplicate));
  if (present.length + permissions.length > limitOf(world, call, 'rulesPerSecurityGroup'))
    throw new AwsError('RulesPerSecurityGroupLimitExceeded', 'The maximum number of rules per security group has been reached.');
  const tags = tagsFrom(input.TagSpecifications, 'security-group-rule');
  const rules = permissions.map((permission): SecurityGroupRule => ({ id: call.id('sgr'), egress, ...permission, tags: { ...tags } }));
  change(world, call, 'securityGroups', group, (g) => {
    g.rules.push(...rules);
  });
  return { Return: true, SecurityGroupRules: rules.map((rule) => view({ rule, group })) };
}

function revoke(
  world: World,
  call: Call,
  input: RevokeSecurityGroupIngressCommandInput | RevokeSecurityGroupEgressCommandInput,
  egress: boolean,
) {
  const group = findOwn(world, call, 'securityGroups', need(input.GroupId, 'groupId'));
  const side = group.rules.filter((rule) => rule.egress === egress);
  const revoked = input.SecurityGroupRuleIds?.length
    ? input.SecurityGroupRuleIds.map((id) => {
        const rule = side.find((r) => r.id === id);
        if (!rule) throw new AwsError('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`);
        return rule;
      })
    : asked(input).map((permission) => {
        const rule = side.find((r) => ruleKey(r) === ruleKey(permission));
        if (!rule) throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
        return rule;
      });
  change(world, call, 'securityGroups', group, (g) => {
    g.rules = g.rules.filter((rule) => !revoked.some((r) => r.id === rule.id));
  });
  return {
    Return: true,
    RevokedSecurityGroupRules: revoked.map((rule) => {
      const { GroupOwnerId: _, Tags: __, SecurityGroupRuleArn: ___, ...shape } = view({ rule, group });
      return shape;
    }),
  };
}

export const authorizeSecurityGroupIngress = write((world: World, input: AuthorizeSecurityGroupIngressCommandInput, call: Call) =>
  authorize(world, call, input, false),
);

export const authorizeSecurityGroupEgress = write((world: World, input: AuthorizeSecurityGroupEgressCommandInput, call: Call) =>
  authorize(world, call, input, true),
);

export const revokeSecurityGroupIngress = write((world: World, input: RevokeSecurityGroupIngressCommandInput, call: Call) =>
  revoke(world, call, input, false),
);

export const revokeSecurityGroupEgress = write((world: World, input: RevokeSecurityGroupEgressCommandInput, call: Call) =>
  revoke(world, call, input, true),
);
