// Whether the endpoints can be made at all.
import { quotaCodes } from '../../../aws/quota.ts';
import { isMarked } from '../../../aws/tags.ts';
import type { Subnet } from '../../../aws/types.ts';
import { type Finding, finding } from '../../../findings.ts';
import type { Choices } from '../../choices.ts';
import type { Landscape } from '../../landscape.ts';
import { markFor } from '../../mark.ts';
import { s3Route, subnetsById, zonesOf } from '../../network.ts';
import { quotaExceeded } from '../../quota-findings.ts';
import { apiEndpoint } from '../api-endpoint.ts';
import { endpointKeys } from '../keys.ts';
import { s3Endpoint, stackTables } from '../s3-endpoint.ts';

/** QP104: no subnet in a zone that the service supports, or no free address in one that the endpoint would go to. */
export function noSupportedZone(landscape: Landscape, choices: Choices): readonly Finding[] {
  const { network } = landscape;
  const api = apiEndpoint(landscape, choices);
  if (api.type === 'stands') return [];
  if (api.type === 'make') return fullSubnets(api.subnets, landscape, choices);
  const subnets = subnetsById(choices.endpointSubnets, network.subnets);
  const zones = network.apiService.zones;
  return [
    finding('QP104', {
      detail:
        subnets.length === 0
          ? `no private subnet of ${network.vpc.id} is chosen for the API Gateway endpoint; ${network.apiService.serviceName} supports ${zones.join(', ')}`
          : `${subnets.map(({ id, zone }) => `${id} (${zone})`).join(', ')}: ${network.apiService.serviceName} supports ${zones.join(', ')}, not ${zonesOf(subnets).join(', ')}`,
      subjects: subnets.length === 0 ? [network.vpc.id] : subnets.map(({ id }) => id),
      remedy: `--subnet ID of a private subnet in ${zones.join(', ')}`,
    }),
  ];
}

/** Where AWS refuses the endpoint for want of addresses; one of ours that is being made has taken its own already. */
function fullSubnets(chosen: readonly Subnet[], landscape: Landscape, choices: Choices): readonly Finding[] {
  const { network } = landscape;
  const mark = markFor(endpointKeys(choices.vpc).api, landscape, choices);
  const full = chosen.filter(({ availableAddresses }) => availableAddresses === 0);
  if (full.length === 0 || network.endpoints.some(({ state, tags }) => state === 'pending' && isMarked(tags, mark))) return [];
  const ids = full.map(({ id }) => id);
  return [
    finding('QP104', {
      detail: `${full.map(({ id, zone }) => `${id} (${zone})`).join(', ')}: no address is free for the API Gateway endpoint, so AWS would refuse it`,
      subjects: ids,
      remedy: `free an address in ${ids.join(', ')}, or name other private subnets with --subnet ID`,
    }),
  ];
}

/** QP109: something has to be made in a VPC that is another account's. */
export function sharedVpc(landscape: Landscape, choices: Choices): readonly Finding[] {
  const { network, survey } = landscape;
  if (network.vpc.ownerId === survey.quilt.accountId) return [];
  const unrouted = stackTables(landscape, choices).some((table) => s3Route(table, network.endpoints, network.s3PrefixListId) === null);
  if (apiEndpoint(landscape, choices).type === 'stands' && !unrouted) return [];
  return [
    finding('QP109', {
      detail: `${network.vpc.id} belongs to account ${network.vpc.ownerId}; these credentials are account ${survey.quilt.accountId}'s, which may not make endpoints in it`,
      subjects: [network.vpc.id, network.vpc.ownerId],
      remedy: `run with credentials of account ${network.vpc.ownerId}, or have its owner make the endpoints`,
    }),
  ];
}

/** QP112, for endpoints. */
export function endpointQuotas(landscape: Landscape, choices: Choices): readonly Finding[] {
  const { network, survey } = landscape;
  const interfaces = network.endpoints.filter(
    ({ type, state }) => type !== 'Gateway' && !['deleting', 'deleted', 'failed'].includes(state),
  ).length;
  return [
    ...quotaExceeded(network.quotas, quotaCodes.gatewayEndpoints, {
      there: network.gatewayEndpointsInRegion,
      more: s3Endpoint(landscape, choices).type === 'make' ? 1 : 0,
      where: survey.quilt.region,
    }),
    ...quotaExceeded(network.quotas, quotaCodes.interfaceEndpoints, {
      there: interfaces,
      more: apiEndpoint(landscape, choices).type === 'make' ? 1 : 0,
      where: network.vpc.id,
    }),
  ];
}
