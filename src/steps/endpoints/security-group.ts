import { findNetworkInterfacesOfGroup } from '../../aws/network-interface.ts';
import {
  ensureHttpsRules,
  ensureSecurityGroup,
  findGroupsNaming,
  findMarkedSecurityGroup,
  findSecurityGroup,
  httpsCidrs,
  removeHttpsRules,
  removeSecurityGroup,
  waitHttpsRules,
  waitSecurityGroup,
} from '../../aws/security-group.ts';
import type { SecurityGroup } from '../../aws/types.ts';
import { findVpcEndpoints } from '../../aws/vpc-endpoint.ts';
import type { Applied, User } from '../../engine/types.ts';
import { failed } from '../../errors.ts';
import { type ChangeKind, reporting } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import { markIn, sameTexts, tagsIn, text, texts } from '../fields.ts';
import { withTags } from '../tags-as-made.ts';

/** The API Gateway endpoint's own security group. */
export const securityGroup: ChangeKind = {
  kind: 'security-group',
  async apply({ change: { after } }, ctx) {
    const request = {
      vpcId: text(after, 'vpcId'),
      name: text(after, 'name'),
      description: text(after, 'description'),
      tags: tagsIn(after),
    };
    return { id: await ensureSecurityGroup(request, markIn(after), ctx), fields: {} };
  },
  async wait(applied, ctx) {
    await waitSecurityGroup(madeId(applied), ctx, reporting(applied, ctx));
  },
  async inspect(applied, ctx) {
    const group = await standing(applied, ctx);
    if (group === undefined) return { state: 'gone' };
    const aws = { id: group.id, name: group.name, description: group.description };
    return withTags(applied, group.tags, {
      state: 'as-made',
      aws,
      inUseBy: [...(await naming(group, ctx)), ...(await carrying(group, ctx))],
    });
  },
  async undo(applied, ctx) {
    const group = await standing(applied, ctx);
    if (group !== undefined) await removeSecurityGroup(group.id, ctx, reporting(applied, ctx));
  },
};

/** Its rules: `before.cidrs` are those that were there, `after.cidrs` those that have to be. */
export const securityGroupRules: ChangeKind = {
  kind: 'security-group-rules',
  async apply({ change: { before, after } }, ctx) {
    const groupId = text(after, 'groupId');
    const added = texts(after, 'cidrs').filter((cidr) => !texts(before, 'cidrs').includes(cidr));
    const rules = added.map((cidr) => ({ cidr, description: 'HTTPS to API Gateway' }));
    await ensureHttpsRules(groupId, rules, ctx);
    return { id: groupId, fields: {} };
  },
  async wait(applied, ctx) {
    const { after } = applied.change;
    await waitHttpsRules(text(after, 'groupId'), texts(after, 'cidrs'), ctx, reporting(applied, ctx));
  },
  async inspect({ change: { before, after } }, ctx) {
    const group = await findSecurityGroup(text(after, 'groupId'), ctx);
    if (group === undefined) return { state: 'gone' };
    const there = httpsCidrs(group);
    const others = group.ingress.filter(
      ({ protocol, fromPort, toPort, groupIds, prefixListIds }) =>
        protocol !== 'tcp' || fromPort !== 443 || toPort !== 443 || groupIds.length > 0 || prefixListIds.length > 0,
    );
    const aws = { cidrs: [...there], otherRules: others.map(({ protocol, fromPort, toPort }) => `${protocol} ${fromPort}-${toPort}`) };
    const [was, made] = [texts(before, 'cidrs'), texts(after, 'cidrs')];
    if (others.length === 0 && sameTexts(there, made)) return { state: 'as-made', aws, inUseBy: await carrying(group, ctx) };
    if (others.length === 0 && sameTexts(there, was)) return { state: 'as-before', aws };
    return { state: 'drifted', aws, expected: { cidrs: [...made], otherRules: [] } };
  },
  async undo({ change: { before, after } }, ctx) {
    const added = texts(after, 'cidrs').filter((cidr) => !texts(before, 'cidrs').includes(cidr));
    await removeHttpsRules(text(after, 'groupId'), added, ctx);
  },
};

const madeId = (applied: Applied): string => {
  if (applied.made === null) throw failed('NOT_MADE', `waiting for ${applied.change.key}: it was not made`, 'run again');
  return applied.made.id;
};

const standing = (applied: Applied, ctx: StepContext): Promise<SecurityGroup | undefined> =>
  applied.made === null ? findMarkedSecurityGroup(markIn(applied.change.after), ctx) : findSecurityGroup(applied.made.id, ctx);

/** Other groups whose rules name this one. */
async function naming(group: SecurityGroup, ctx: StepContext): Promise<readonly User[]> {
  const groups = await findGroupsNaming(group.id, ctx);
  return groups.map(({ id, name }) => ({ id, what: `security group ${id} (${name}) names it` }));
}

/** What carries the group and goes by its rules: endpoints, and network interfaces other than endpoints' own. */
async function carrying(group: SecurityGroup, ctx: StepContext): Promise<readonly User[]> {
  const [interfaces, endpoints] = await Promise.all([findNetworkInterfacesOfGroup(group.id, ctx), findVpcEndpoints(group.vpcId, ctx)]);
  return [
    ...interfaces
      .filter(({ type }) => type !== 'vpc_endpoint')
      .map(({ id, description }) => ({ id, what: `network interface ${id} (${description}) carries it` })),
    ...endpoints
      .filter(({ securityGroupIds, state }) => state !== 'deleting' && securityGroupIds.includes(group.id))
      .map(({ id, serviceName }) => ({ id, what: `endpoint ${id} (${serviceName}) carries it` })),
  ];
}
