// Security groups. A group's name is unique in its VPC, which is what makes CreateSecurityGroup safe to repeat: it takes no
// client token (A3).
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type SecurityGroup as Ec2SecurityGroup,
  type Filter,
  type IpPermission,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { failed } from '../errors.ts';
import type { AwsContext } from './context.ts';
import { allPages } from './pages.ts';
import { errorMessage, errorName } from './refused.ts';
import { fromTagList, isMarked, type Mark, markFilters, toTagList } from './tags.ts';
import { told } from './told.ts';
import type { SecurityGroup, SecurityGroupRule, Tags } from './types.ts';
import { waitUntil } from './wait.ts';

export interface SecurityGroupRequest {
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Tags;
}

/** TCP 443 from one IPv4 or IPv6 CIDR. */
export interface HttpsRule {
  readonly cidr: string;
  readonly description: string;
}

/** All security groups of a VPC. */
export const findSecurityGroups = (vpcId: string, ctx: AwsContext): Promise<readonly SecurityGroup[]> =>
  describe([{ Name: 'vpc-id', Values: [vpcId] }], ctx);

/** One security group, or undefined if it is gone. */
export async function findSecurityGroup(id: string, ctx: AwsContext): Promise<SecurityGroup | undefined> {
  return (await describe([{ Name: 'group-id', Values: [id] }], ctx))[0];
}

/** The security group that carries the mark. */
export async function findMarkedSecurityGroup(mark: Mark, ctx: AwsContext): Promise<SecurityGroup | undefined> {
  return (await describe([...markFilters(mark)], ctx)).find(({ tags }) => isMarked(tags, mark));
}

/** Other groups with a rule, inbound or outbound, that names this group. */
export async function findGroupsNaming(id: string, ctx: AwsContext): Promise<readonly SecurityGroup[]> {
  const found = await Promise.all(
    ['ip-permission.group-id', 'egress.ip-permission.group-id'].map((Name) => describe([{ Name, Values: [id] }], ctx)),
  );
  const names = ({ ingress, egress }: SecurityGroup) => [...ingress, ...egress].some(({ groupIds }) => groupIds.includes(id));
  const groups = new Map(found.flat().map((group) => [group.id, group]));
  return [...groups.values()].filter((group) => group.id !== id && names(group));
}

/** Groups of the Region with a rule for exactly this CIDR. */
export async function findGroupsAdmitting(cidr: string, ctx: AwsContext): Promise<readonly SecurityGroup[]> {
  const found = await Promise.all(
    ['ip-permission.cidr', 'egress.ip-permission.cidr'].map((Name) => describe([{ Name, Values: [cidr] }], ctx)),
  );
  const names = ({ ingress, egress }: SecurityGroup) => [...ingress, ...egress].some(({ cidrs }) => cidrs.includes(cidr));
  const groups = new Map(found.flat().map((group) => [group.id, group]));
  return [...groups.values()].filter(names);
}

/**
 * Creates the group unless it is there.
 * @throws PerimeterError `GROUP_EXISTS` (failed) where somebody else's group has that name
 */
export async function ensureSecurityGroup(request: SecurityGroupRequest, mark: Mark, ctx: AwsContext): Promise<string> {
  const there = await findMarkedSecurityGroup(mark, ctx);
  if (there !== undefined) return there.id;
  try {
    const answer = await ctx.aws.ec2.send(
      new CreateSecurityGroupCommand({
        VpcId: request.vpcId,
        GroupName: request.name,
        Description: request.description,
        TagSpecifications: [{ ResourceType: 'security-group', Tags: toTagList(request.tags) }],
      }),
    );
    if (answer.GroupId === undefined) throw failed('NO_ANSWER', `creating security group (${request.name}): AWS named none`, 'run again');
    return answer.GroupId;
  } catch (error) {
    if (errorName(error) !== 'InvalidGroup.Duplicate') throw error;
    const named = [
      { Name: 'vpc-id', Values: [request.vpcId] },
      { Name: 'group-name', Values: [request.name] },
    ];
    const group = await waitUntil(
      { what: `finding security group (${request.name})`, timeoutSeconds: 60, everySeconds: 3 },
      async () => (await describe(named, ctx))[0],
      ctx,
    );
    if (isMarked(group.tags, mark)) return group.id;
    throw failed(
      'GROUP_EXISTS',
      `creating security group (${request.name}): ${group.id} has that name and is not this tool's`,
      `rename or delete ${group.id}, then run again`,
      error,
    );
  }
}

/** Waits at most 60 s until reads show the group. */
export async function waitSecurityGroup(id: string, ctx: AwsContext, waited?: (seconds: number) => void): Promise<void> {
  await waitUntil(
    { what: `waiting for security group (${id})`, timeoutSeconds: 60, everySeconds: 2, ...(waited ? { waited } : {}) },
    () => findSecurityGroup(id, ctx),
    ctx,
  );
}

/**
 * Adds the rules in one call, so that a process that dies leaves all of them or none. One that is there already makes the
 * whole call fail: then each is added by itself.
 */
export async function ensureHttpsRules(groupId: string, rules: readonly HttpsRule[], ctx: AwsContext): Promise<void> {
  if (rules.length === 0) return;
  try {
    await ctx.aws.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [toPermission(rules)] }));
  } catch (error) {
    if (errorName(error) !== 'InvalidPermission.Duplicate') throw error;
    if (rules.length > 1) for (const rule of rules) await ensureHttpsRules(groupId, [rule], ctx);
  }
}

/** Waits at most 60 s until reads show the group with all these rules. */
export async function waitHttpsRules(
  groupId: string,
  cidrs: readonly string[],
  ctx: AwsContext,
  waited?: (seconds: number) => void,
): Promise<void> {
  await waitUntil(
    { what: `waiting for rules of security group (${groupId})`, timeoutSeconds: 60, everySeconds: 2, ...(waited ? { waited } : {}) },
    async () => {
      const there = httpsCidrs(await findSecurityGroup(groupId, ctx));
      return cidrs.every((cidr) => there.includes(cidr)) ? true : undefined;
    },
    ctx,
  );
}

/** Takes the rules away and waits at most 60 s until reads show it. A rule or a group that is gone is success. */
export async function removeHttpsRules(groupId: string, cidrs: readonly string[], ctx: AwsContext): Promise<void> {
  await revokeHttpsRules(groupId, cidrs, ctx);
  await waitUntil(
    { what: `waiting for rules of security group (${groupId}) to go`, timeoutSeconds: 60, everySeconds: 2 },
    async () => {
      const there = httpsCidrs(await findSecurityGroup(groupId, ctx));
      return cidrs.some((cidr) => there.includes(cidr)) ? undefined : true;
    },
    ctx,
  );
}

// In one call, as they were added; one that is gone already makes the whole call fail.
async function revokeHttpsRules(groupId: string, cidrs: readonly string[], ctx: AwsContext): Promise<void> {
  if (cidrs.length === 0) return;
  try {
    const permission = toPermission(cidrs.map((cidr) => ({ cidr })));
    await ctx.aws.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [permission] }));
  } catch (error) {
    if (['InvalidGroup.NotFound', 'InvalidGroupId.NotFound'].includes(errorName(error))) return;
    if (errorName(error) !== 'InvalidPermission.NotFound') throw error;
    if (cidrs.length > 1) for (const cidr of cidrs) await revokeHttpsRules(groupId, [cidr], ctx);
  }
}

/**
 * Deletes the group and waits until it is gone. Network interfaces of a deleted endpoint linger and hold it: that is waited
 * for, at most 15 minutes. Not found is success.
 * @throws PerimeterError `GROUP_IN_USE` (failed) with AWS's reason where something still holds it
 */
export async function removeSecurityGroup(id: string, ctx: AwsContext, waited?: (seconds: number) => void): Promise<void> {
  let held = '';
  let deleted = false;
  const remove = async () => {
    if ((await findSecurityGroup(id, ctx)) === undefined) return true;
    if (deleted) return undefined;
    try {
      await ctx.aws.ec2.send(new DeleteSecurityGroupCommand({ GroupId: id }));
      deleted = true;
    } catch (error) {
      if (['InvalidGroup.NotFound', 'InvalidGroupId.NotFound'].includes(errorName(error))) return true;
      if (!['DependencyViolation', 'InvalidGroup.InUse'].includes(errorName(error))) throw error;
      held = errorMessage(error);
    }
    return undefined;
  };
  try {
    await waitUntil(
      { what: `waiting for security group (${id}) to be deleted`, timeoutSeconds: 15 * 60, everySeconds: 5, ...(waited ? { waited } : {}) },
      remove,
      ctx,
    );
  } catch (error) {
    if (held === '' || ctx.signal.aborted) throw error;
    throw failed('GROUP_IN_USE', `deleting security group (${id}): ${held}`, 'remove what still uses it, then run again', error);
  }
}

/** The CIDRs, IPv4 and IPv6, from which the group admits TCP 443, by rules for exactly that port or for all. */
export const httpsCidrs = (group: SecurityGroup | undefined): readonly string[] =>
  (group?.ingress ?? []).filter(admitsHttps).flatMap(({ cidrs, ipv6Cidrs }) => [...cidrs, ...ipv6Cidrs]);

const admitsHttps = ({ protocol, fromPort, toPort }: SecurityGroupRule): boolean =>
  protocol === '-1' || ((protocol === 'tcp' || protocol === '6') && fromPort <= 443 && toPort >= 443);

function toPermission(rules: readonly { readonly cidr: string; readonly description?: string }[]): IpPermission {
  const described = (description: string | undefined) => (description === undefined ? {} : { Description: description });
  const isIpv6 = ({ cidr }: { readonly cidr: string }) => cidr.includes(':');
  const ipv4 = rules.filter((rule) => !isIpv6(rule)).map(({ cidr, description }) => ({ CidrIp: cidr, ...described(description) }));
  const ipv6 = rules.filter(isIpv6).map(({ cidr, description }) => ({ CidrIpv6: cidr, ...described(description) }));
  return {
    IpProtocol: 'tcp',
    FromPort: 443,
    ToPort: 443,
    ...(ipv4.length === 0 ? {} : { IpRanges: ipv4 }),
    ...(ipv6.length === 0 ? {} : { Ipv6Ranges: ipv6 }),
  };
}

async function describe(Filters: Filter[], ctx: AwsContext): Promise<readonly SecurityGroup[]> {
  const read = async (NextToken: string | undefined) => {
    const answer = await ctx.aws.ec2.send(
      new DescribeSecurityGroupsCommand({ MaxResults: 1000, Filters, ...(NextToken === undefined ? {} : { NextToken }) }),
    );
    return { items: answer.SecurityGroups, next: answer.NextToken };
  };
  return (await allPages('DescribeSecurityGroups', read, ctx)).map(toSecurityGroup);
}

const toSecurityGroup = (group: Ec2SecurityGroup): SecurityGroup => ({
  id: told(group.GroupId, 'DescribeSecurityGroups', 'GroupId'),
  name: group.GroupName ?? '',
  vpcId: told(group.VpcId, 'DescribeSecurityGroups', 'VpcId'),
  description: group.Description ?? '',
  ingress: told(group.IpPermissions, 'DescribeSecurityGroups', 'IpPermissions').map(toRule),
  egress: told(group.IpPermissionsEgress, 'DescribeSecurityGroups', 'IpPermissionsEgress').map(toRule),
  tags: fromTagList(group.Tags),
});

const toRule = (permission: IpPermission): SecurityGroupRule => ({
  protocol: permission.IpProtocol ?? '-1',
  fromPort: permission.FromPort ?? 0,
  toPort: permission.ToPort ?? 65535,
  cidrs: (permission.IpRanges ?? []).map(({ CidrIp }) => CidrIp).filter((cidr) => cidr !== undefined),
  ipv6Cidrs: (permission.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6).filter((cidr) => cidr !== undefined),
  groupIds: (permission.UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId).filter((id) => id !== undefined),
  prefixListIds: (permission.PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId).filter((id) => id !== undefined),
});
