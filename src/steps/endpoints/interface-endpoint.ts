import { waitNetworkInterfacesGone } from '../../aws/network-interface.ts';
import { ensureVpcEndpoint, findVpcEndpoint, removeVpcEndpoint, waitVpcEndpointAvailable } from '../../aws/vpc-endpoint.ts';
import { ensurePrivateDns, removePrivateDns } from '../../aws/vpc-endpoint-changes.ts';
import { type ChangeKind, reporting } from '../change-kind.ts';
import { markIn, sameTexts, tagsIn, text, texts, truth } from '../fields.ts';
import { stacksHolding } from '../network-users.ts';
import { withTags } from '../tags-as-made.ts';
import { madeEndpoint, policyOfMade, samePolicy, standingEndpoint } from './standing-endpoint.ts';

/** The interface endpoint for API Gateway. */
export const interfaceEndpoint: ChangeKind = {
  kind: 'interface-endpoint',
  async apply(applied, ctx) {
    const { token } = applied;
    const { after } = applied.change;
    const request = {
      type: 'Interface' as const,
      vpcId: text(after, 'vpcId'),
      serviceName: text(after, 'serviceName'),
      subnetIds: texts(after, 'subnetIds'),
      securityGroupIds: texts(after, 'securityGroupIds'),
      privateDns: truth(after, 'privateDns'),
      tags: tagsIn(after),
    };
    return madeEndpoint(await ensureVpcEndpoint(request, markIn(after), token, ctx, reporting(applied, ctx)));
  },
  async wait(applied, ctx) {
    const endpoint = await standingEndpoint(applied, ctx);
    const expected = truth(applied.change.after, 'privateDns') ? { privateDns: true } : {};
    await waitVpcEndpointAvailable(endpoint?.id ?? applied.made?.id ?? '', expected, ctx, reporting(applied, ctx));
  },
  async inspect(applied, ctx) {
    const { after } = applied.change;
    const endpoint = await standingEndpoint(applied, ctx);
    if (endpoint === undefined) return { state: 'gone' };
    const aws = {
      id: endpoint.id,
      subnetIds: [...endpoint.subnetIds],
      securityGroupIds: [...endpoint.securityGroupIds],
      privateDns: endpoint.privateDns,
      policy: endpoint.policy,
    };
    const [subnetIds, securityGroupIds] = [texts(after, 'subnetIds'), texts(after, 'securityGroupIds')];
    const same =
      sameTexts(endpoint.subnetIds, subnetIds) &&
      sameTexts(endpoint.securityGroupIds, securityGroupIds) &&
      samePolicy(applied, endpoint) &&
      (endpoint.privateDns || !truth(after, 'privateDns'));
    if (!same && endpoint.state !== 'failed') {
      const expected = {
        ...aws,
        subnetIds: [...subnetIds],
        securityGroupIds: [...securityGroupIds],
        privateDns: truth(after, 'privateDns'),
        policy: policyOfMade(applied) ?? aws.policy,
      };
      return { state: 'drifted', aws, expected };
    }
    return withTags(applied, endpoint.tags, { state: 'as-made', aws, inUseBy: await stacksHolding([endpoint.id], ctx) });
  },
  async undo(applied, ctx) {
    const endpoint = await standingEndpoint(applied, ctx);
    if (endpoint === undefined) return;
    await removeVpcEndpoint(endpoint.id, ctx, reporting(applied, ctx));
    await waitNetworkInterfacesGone(endpoint.networkInterfaceIds, ctx, reporting(applied, ctx));
  },
};

/** Private DNS of the endpoint. */
export const privateDns: ChangeKind = {
  kind: 'private-dns',
  async apply(applied, ctx) {
    const endpointId = text(applied.change.after, 'endpointId');
    await ensurePrivateDns(endpointId, ctx, reporting(applied, ctx));
    return { id: endpointId, fields: {} };
  },
  async wait(applied, ctx) {
    await waitVpcEndpointAvailable(text(applied.change.after, 'endpointId'), { privateDns: true }, ctx, reporting(applied, ctx));
  },
  async inspect({ change: { before, after } }, ctx) {
    const endpoint = await findVpcEndpoint(text(after, 'endpointId'), ctx);
    if (endpoint === undefined || endpoint.state === 'deleting') return { state: 'gone' };
    const aws = { privateDns: endpoint.privateDns };
    if (endpoint.privateDns === truth(before, 'privateDns')) return { state: 'as-before', aws };
    return { state: 'as-made', aws, inUseBy: await stacksHolding([endpoint.id], ctx) };
  },
  async undo(applied, ctx) {
    await removePrivateDns(text(applied.change.after, 'endpointId'), ctx, reporting(applied, ctx));
  },
};
