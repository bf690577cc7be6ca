import { ensureVpcEndpoint, findVpcEndpoint, removeVpcEndpoint, waitVpcEndpointAvailable } from '../../aws/vpc-endpoint.ts';
import { ensureEndpointRouteTable, removeEndpointRouteTable } from '../../aws/vpc-endpoint-changes.ts';
import { type ChangeKind, reporting } from '../change-kind.ts';
import { markIn, tagsIn, text, texts } from '../fields.ts';
import { stacksUsing } from '../network-users.ts';
import { withTags } from '../tags-as-made.ts';
import { madeEndpoint, policyOfMade, samePolicy, standingEndpoint } from './standing-endpoint.ts';

/** The S3 gateway endpoint, made with its route tables. */
export const s3Gateway: ChangeKind = {
  kind: 's3-endpoint',
  async apply({ change: { after }, token }, ctx) {
    const request = {
      type: 'Gateway' as const,
      vpcId: text(after, 'vpcId'),
      serviceName: text(after, 'serviceName'),
      routeTableIds: texts(after, 'routeTableIds'),
      tags: tagsIn(after),
    };
    return madeEndpoint(await ensureVpcEndpoint(request, markIn(after), token, ctx));
  },
  async wait(applied, ctx) {
    const endpoint = await standingEndpoint(applied, ctx);
    const routeTableIds = texts(applied.change.after, 'routeTableIds');
    await waitVpcEndpointAvailable(endpoint?.id ?? applied.made?.id ?? '', { routeTableIds }, ctx, reporting(applied, ctx));
  },
  async inspect(applied, ctx) {
    const endpoint = await standingEndpoint(applied, ctx);
    if (endpoint === undefined) return { state: 'gone' };
    const made = texts(applied.change.after, 'routeTableIds');
    const aws = { id: endpoint.id, routeTableIds: [...endpoint.routeTableIds], policy: endpoint.policy };
    const whole = made.every((id) => endpoint.routeTableIds.includes(id)) && samePolicy(applied, endpoint);
    if (!whole && endpoint.state !== 'failed') {
      return { state: 'drifted', aws, expected: { ...aws, routeTableIds: [...made], policy: policyOfMade(applied) ?? aws.policy } };
    }
    const others = endpoint.routeTableIds
      .filter((id) => !made.includes(id))
      .map((id) => ({ id: `${endpoint.id}/${id}`, what: `route table ${id} was put on it since` }));
    return withTags(applied, endpoint.tags, { state: 'as-made', aws, inUseBy: [...others, ...(await stacksUsing(endpoint.vpcId, ctx))] });
  },
  async undo(applied, ctx) {
    const endpoint = await standingEndpoint(applied, ctx);
    if (endpoint !== undefined) await removeVpcEndpoint(endpoint.id, ctx, reporting(applied, ctx));
  },
};

/** One route table put on an S3 gateway endpoint that stood. */
export const s3RouteTable: ChangeKind = {
  kind: 's3-route-table',
  async apply({ change: { after } }, ctx) {
    const endpointId = text(after, 'endpointId');
    await ensureEndpointRouteTable(endpointId, text(after, 'routeTableId'), ctx);
    return { id: `${endpointId}/${text(after, 'routeTableId')}`, fields: {} };
  },
  async wait(applied, ctx) {
    const { after } = applied.change;
    await waitVpcEndpointAvailable(
      text(after, 'endpointId'),
      { routeTableIds: [text(after, 'routeTableId')] },
      ctx,
      reporting(applied, ctx),
    );
  },
  async inspect({ change: { after } }, ctx) {
    const endpoint = await findVpcEndpoint(text(after, 'endpointId'), ctx);
    if (endpoint === undefined || endpoint.state === 'deleting') return { state: 'gone' };
    const aws = { id: endpoint.id, on: endpoint.routeTableIds.includes(text(after, 'routeTableId')) };
    return aws.on ? { state: 'as-made', aws, inUseBy: await stacksUsing(endpoint.vpcId, ctx) } : { state: 'as-before', aws };
  },
  async undo({ change: { after } }, ctx) {
    await removeEndpointRouteTable(text(after, 'endpointId'), text(after, 'routeTableId'), ctx);
  },
};
