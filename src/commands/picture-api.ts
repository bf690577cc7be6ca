// The API's part of a picture: the interface endpoint by which clients in private networks reach Quilt's API.
import { fieldsOf } from '../steps/fields.ts';
import type { PerimeterInput } from '../steps/landscape.ts';
import type { NetworkPicture, PictureNode } from '../ui/diagram/types.ts';
import { type Gateway, gatewayNode } from './picture-flows.ts';
import { abridged } from './picture-subnets.ts';

export interface ApiPart {
  readonly clients: readonly PictureNode[];
  readonly gateways: readonly Gateway[];
  readonly services: readonly PictureNode[];
  readonly flows: NetworkPicture['flows'];
}

/**
 * The endpoint that stands or is planned, with who uses it; empty where there is none.
 * @param made ids of what the plan made already
 */
export function apiPart({ choices, landscape, networkChanges }: PerimeterInput, made: ReadonlySet<string>): ApiPart {
  const { network, survey } = landscape;
  const standing = network.endpoints.find(
    ({ vpcId, serviceName, type, state }) =>
      vpcId === choices.vpc &&
      serviceName === network.apiService.serviceName &&
      type === 'Interface' &&
      ['available', 'pending'].includes(state),
  );
  const planned = networkChanges.some(({ after }) => fieldsOf(after).kind === 'interface-endpoint');
  if (standing === undefined && !planned) return { clients: [], gateways: [], services: [], flows: [] };
  const trusted = new Set([choices.vpc, ...choices.trustedVpcs]);
  const ranges =
    choices.clientCidrs.length > 0 ? choices.clientCidrs : survey.vpcs.filter(({ id }) => trusted.has(id)).flatMap(({ cidrs }) => cidrs);
  const clients: PictureNode = {
    id: 'client api',
    kind: 'client',
    title: 'Clients of the catalog',
    details: abridged(ranges, 3),
    isNew: false,
  };
  const endpoint = gatewayNode('api-endpoint', standing?.id ?? null, 'API Gateway endpoint', choices.vpc, made);
  const api: PictureNode = { id: 'api', kind: 'api', title: "Quilt's API", details: [], isNew: false };
  return {
    clients: [clients],
    gateways: [{ vpcId: choices.vpc, node: endpoint }],
    services: [api],
    flows: [{ path: [clients.id, endpoint.id, api.id], verdict: 'passes', label: 'HTTPS' }],
  };
}
