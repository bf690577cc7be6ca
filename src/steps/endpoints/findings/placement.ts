// Whether the endpoints can be made at all.
import { quotaCodes } from '../../../aws/quota.ts';
import { type Finding, finding } from '../../../findings.ts';
import type { Choices } from '../../choices.ts';
import type { Landscape } from '../../landscape.ts';
import { oneSubnetPerZone, s3Route, subnetsById, zonesOf } from '../../network.ts';
import { quotaExceeded } from '../../quota-findings.ts';
import { apiEndpoint } from '../api-endpoint.ts';
import { s3Endpoint, stackTables } from '../s3-endpoint.ts';

/** QP104: no subnet in a zone that the service supports. */
export function noSupportedZone(landscape: Landscape, choices: Choices): readonly Finding[] {
  const { network } = landscape;
  if (apiEndpoint(landscape, choices).type === 'stands') return [];
  const subnets = subnetsById(choices.endpointSubnets, network.subnets);
  if (oneSubnetPerZone(subnets, network.apiService.zones).length > 0) return [];
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
