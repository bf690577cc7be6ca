// What becomes of the interface endpoint for API Gateway: one that stands is reused, else one is made.
import { isMarked, markTags } from '../../aws/tags.ts';
import type { Subnet, VpcEndpoint } from '../../aws/types.ts';
import type { Change } from '../../engine/types.ts';
import type { Choices } from '../choices.ts';
import type { Landscape } from '../landscape.ts';
import { markFor } from '../mark.ts';
import { oneSubnetPerZone, subnetsById } from '../network.ts';
import { endpointKeys } from './keys.ts';

export type ApiEndpoint =
  | { readonly type: 'stands'; readonly endpoint: VpcEndpoint; readonly ours: boolean }
  | { readonly type: 'make'; readonly subnets: readonly Subnet[] }
  /** No subnet in a supported zone (QP104), or a VPC that is shared from another account (QP109). */
  | { readonly type: 'impossible' };

/**
 * Decides. Of several that stand, the stack's parameter comes first, then private DNS, then our own. One of ours that is still
 * being made is made again: its creation, being repeated, finds it.
 */
export function apiEndpoint(landscape: Landscape, choices: Choices): ApiEndpoint {
  const { network, survey, stack } = landscape;
  const mark = markFor(endpointKeys(choices.vpc).api, landscape, choices);
  const held = stack.stack.parameters.find(({ key }) => key === choices.parameter)?.value ?? null;
  const ours = (endpoint: VpcEndpoint) => isMarked(endpoint.tags, mark);
  const rank = (endpoint: VpcEndpoint) => (endpoint.id === held ? 0 : endpoint.privateDns ? 1 : ours(endpoint) ? 2 : 3);
  const standing = network.endpoints
    .filter(
      ({ serviceName, type, vpcId }) => serviceName === network.apiService.serviceName && type === 'Interface' && vpcId === choices.vpc,
    )
    .filter((endpoint) => endpoint.state === 'available' || (endpoint.state === 'pending' && !ours(endpoint)))
    .sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1))[0];
  if (standing !== undefined) return { type: 'stands', endpoint: standing, ours: ours(standing) };
  if (network.vpc.ownerId !== survey.quilt.accountId) return { type: 'impossible' };
  const subnets = oneSubnetPerZone(subnetsById(choices.endpointSubnets, network.subnets), network.apiService.zones);
  return subnets.length === 0 ? { type: 'impossible' } : { type: 'make', subnets };
}

/** Whether the step turns private DNS on: with an endpoint that it makes, or on its own. Others' endpoints are left as they are. */
export function turnsOnPrivateDns(landscape: Landscape, choices: Choices): boolean {
  const api = apiEndpoint(landscape, choices);
  return choices.privateDns && (api.type === 'make' || (api.type === 'stands' && api.ours && !api.endpoint.privateDns));
}

/** Whether the VPC's DNS attributes have to be on: private DNS is to be turned on, or the endpoint that is used has it. */
export function needsDnsAttributes(landscape: Landscape, choices: Choices): boolean {
  const api = apiEndpoint(landscape, choices);
  return turnsOnPrivateDns(landscape, choices) || (choices.privateDns && api.type === 'stands' && api.endpoint.privateDns);
}

/** The change that makes it: additive without private DNS, which touches everybody who resolves names here (A16). */
export function createApiEndpoint(subnets: readonly Subnet[], groupId: string | null, landscape: Landscape, choices: Choices): Change {
  const { survey, network } = landscape;
  const keys = endpointKeys(choices.vpc);
  const zones = subnets.map(({ zone }) => zone);
  return {
    key: keys.api,
    action: 'create',
    target: {
      accountId: survey.quilt.accountId,
      region: survey.quilt.region,
      type: 'AWS::EC2::VPCEndpoint',
      name: network.apiService.serviceName,
    },
    summary: `interface endpoint for API Gateway in ${zones.join(', ')}, private DNS ${choices.privateDns ? 'on' : 'off'}`,
    reason: "Quilt's services reach its API through it without leaving the VPC, and the stack's parameter takes its id",
    before: null,
    after: {
      kind: 'interface-endpoint',
      vpcId: choices.vpc,
      serviceName: network.apiService.serviceName,
      subnetIds: subnets.map(({ id }) => id),
      securityGroupIds: [groupId ?? { ref: keys.group, field: 'id' }],
      privateDns: choices.privateDns,
      tags: markTags(markFor(keys.api, landscape, choices), `${choices.stack} execute-api`),
    },
    risk: choices.privateDns ? 'access-affecting' : 'additive',
    confirm: choices.privateDns ? 'endpoints/access' : 'endpoints/additive',
    needs: [keys.group, keys.rules, ...(choices.privateDns ? [keys.dnsSupport, keys.dnsHostnames] : [])],
    seconds: 180,
    usdPerMonth: survey.quilt.region === 'us-east-1' ? Math.round(subnets.length * usdPerZoneHour * hoursPerMonth * 100) / 100 : null,
  };
}

/** The change that turns private DNS on, on an endpoint of ours that stands without. */
export function turnOnPrivateDns(endpoint: VpcEndpoint, landscape: Landscape, choices: Choices): Change {
  const { survey, network } = landscape;
  const keys = endpointKeys(choices.vpc);
  return {
    key: keys.privateDns,
    action: 'update',
    target: {
      accountId: survey.quilt.accountId,
      region: survey.quilt.region,
      type: 'AWS::EC2::VPCEndpoint',
      name: network.apiService.serviceName,
    },
    summary: `private DNS for execute-api in ${choices.vpc}`,
    reason: "the API's own name then leads to the endpoint, and every other execute-api name of the Region with it (A16)",
    before: { privateDns: false },
    after: { kind: 'private-dns', endpointId: endpoint.id, privateDns: true },
    risk: 'access-affecting',
    confirm: 'endpoints/access',
    needs: [keys.api, keys.dnsSupport, keys.dnsHostnames],
    seconds: null,
    usdPerMonth: 0,
  };
}

/** The price of one zone's endpoint in us-east-1 (A37), the only Region whose price is known here. */
const usdPerZoneHour = 0.01;
const hoursPerMonth = 730;
