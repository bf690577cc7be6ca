// What becomes of the S3 gateway endpoint: every table that the stack's private subnets really use leads S3 traffic to one.
import { isMarked, markTags } from '../../aws/tags.ts';
import type { RouteTable, VpcEndpoint } from '../../aws/types.ts';
import type { Change } from '../../engine/types.ts';
import type { Choices } from '../choices.ts';
import type { Landscape } from '../landscape.ts';
import { markFor } from '../mark.ts';
import { effectiveTables, s3Gateways, s3Route, subnetsById } from '../network.ts';
import { endpointKeys } from './keys.ts';

export type S3Endpoint =
  /** Every table leads to one of these, or nothing can be done since the VPC is another account's. */
  | { readonly type: 'nothing'; readonly endpointIds: readonly string[] }
  | { readonly type: 'make'; readonly tables: readonly RouteTable[] }
  | { readonly type: 'add'; readonly endpoint: VpcEndpoint; readonly ours: boolean; readonly tables: readonly RouteTable[] };

/** The distinct tables that the stack's private subnets really use. */
export const stackTables = ({ network }: Landscape, choices: Choices): readonly RouteTable[] =>
  effectiveTables(subnetsById(choices.subnets, network.subnets), network.routeTables);

/**
 * Decides, table by table (A21): one that leads to S3 already is left; a missing one goes onto an endpoint that stands (ours,
 * else the one with most of the stack's tables); else one is made. A table takes one route to S3, a VPC any number of
 * endpoints (A19).
 */
export function s3Endpoint(landscape: Landscape, choices: Choices): S3Endpoint {
  const { network, survey } = landscape;
  const mark = markFor(endpointKeys(choices.vpc).s3, landscape, choices);
  const tables = stackTables(landscape, choices);
  const gateways = s3Gateways(network.endpoints, choices.vpc);
  const making = gateways.find(({ state, tags }) => state === 'pending' && isMarked(tags, mark));
  const leads = (table: RouteTable) => s3Route(table, network.endpoints, network.s3PrefixListId);
  const missing = tables.filter((table) => leads(table) === null);
  const mayChange = network.vpc.ownerId === survey.quilt.accountId;
  if (mayChange && making !== undefined) {
    const ofStackFirst = [...new Set([...tables, ...network.routeTables])];
    return { type: 'make', tables: ofStackFirst.filter(({ id }) => making.routeTableIds.includes(id)) };
  }
  if (missing.length === 0 || !mayChange) {
    return { type: 'nothing', endpointIds: [...new Set(tables.map(leads))].filter((id) => id !== null) };
  }
  const ours = (endpoint: VpcEndpoint) => isMarked(endpoint.tags, mark);
  const shared = (endpoint: VpcEndpoint) => tables.filter(({ id }) => endpoint.routeTableIds.includes(id)).length;
  const standing = gateways
    .filter(({ state }) => state === 'available')
    .sort((a, b) => Number(ours(b)) - Number(ours(a)) || shared(b) - shared(a) || (a.id < b.id ? -1 : 1))[0];
  if (standing === undefined) return { type: 'make', tables: missing };
  return { type: 'add', endpoint: standing, ours: ours(standing), tables: missing };
}

/** The tables that the step will put on an S3 gateway endpoint. */
export function s3TablesToChange(landscape: Landscape, choices: Choices): readonly RouteTable[] {
  const s3 = s3Endpoint(landscape, choices);
  return s3.type === 'nothing' ? [] : s3.tables;
}

/** The changes: one that makes the endpoint, or one for each table that is added, one after the other. */
export function s3Changes(s3: S3Endpoint, landscape: Landscape, choices: Choices): readonly Change[] {
  const { survey } = landscape;
  const keys = endpointKeys(choices.vpc);
  const serviceName = `com.amazonaws.${survey.quilt.region}.s3`;
  const common = {
    reason: "S3 sees the source VPC only in what comes through an endpoint: the perimeter's trust in this VPC rests on it",
    risk: 'access-affecting',
    confirm: 'endpoints/access',
    seconds: null,
    usdPerMonth: 0,
  } as const;
  const target = { accountId: survey.quilt.accountId, region: survey.quilt.region, type: 'AWS::EC2::VPCEndpoint' };
  switch (s3.type) {
    case 'nothing':
      return [];
    case 'make':
      return [
        {
          ...common,
          key: keys.s3,
          action: 'create',
          target: { ...target, name: serviceName },
          summary: `S3 gateway endpoint on ${s3.tables.map(({ id }) => id).join(', ')}`,
          before: null,
          after: {
            kind: 's3-endpoint',
            vpcId: choices.vpc,
            serviceName,
            routeTableIds: s3.tables.map(({ id }) => id),
            tags: markTags(markFor(keys.s3, landscape, choices), `${choices.stack} s3`),
          },
          needs: [],
        },
      ];
    case 'add':
      return s3.tables.map(({ id }, index) => {
        const earlier = s3.tables[index - 1];
        return {
          ...common,
          key: keys.s3Table(id),
          action: 'update',
          target: { ...target, name: s3.ours ? serviceName : s3.endpoint.id },
          summary: `route table ${id} onto S3 gateway endpoint ${s3.endpoint.id}`,
          before: { on: false },
          after: { kind: 's3-route-table', endpointId: s3.endpoint.id, routeTableId: id },
          needs: [...(s3.ours ? [keys.s3] : []), ...(earlier === undefined ? [] : [keys.s3Table(earlier.id)])],
        };
      });
    default:
      return s3 satisfies never;
  }
}
