// What private DNS for execute-api needs, and whom it touches.
import { isMarked } from '../../../aws/tags.ts';
import type { HostedZone } from '../../../aws/types.ts';
import { type Finding, finding, unknownFinding } from '../../../findings.ts';
import { type Known, known } from '../../../ports.ts';
import type { Choices } from '../../choices.ts';
import type { Landscape } from '../../landscape.ts';
import { markFor } from '../../mark.ts';
import { stackSubnetIds } from '../../table-findings.ts';
import { apiEndpoint, needsDnsAttributes, turnsOnPrivateDns } from '../api-endpoint.ts';
import { endpointKeys } from '../keys.ts';

/** QP101: the attributes that are off and are turned on. */
export function dnsAttributesOff(landscape: Landscape, choices: Choices): readonly Finding[] {
  const { network } = landscape;
  if (!needsDnsAttributes(landscape, choices)) return [];
  const off = [...(network.dnsSupport ? [] : ['enableDnsSupport']), ...(network.dnsHostnames ? [] : ['enableDnsHostnames'])];
  if (off.length === 0) return [];
  return [
    finding('QP101', {
      detail: `${off.join(' and ')} of ${network.vpc.id} ${off.length === 1 ? 'is' : 'are'} off`,
      subjects: [network.vpc.id],
      remedy: `a change of this step turns ${off.length === 1 ? 'it' : 'them'} on; rollback turns ${off.length === 1 ? 'it' : 'them'} off again`,
    }),
  ];
}

/** QP102: who else in the VPC loses the public API Gateway URLs. */
export function publicApisUnreachable(landscape: Landscape, choices: Choices): readonly Finding[] {
  if (!turnsOnPrivateDns(landscape, choices)) return [];
  const { network } = landscape;
  const interfaces = network.networkInterfaces;
  if (!interfaces.known) return [unknownFinding('QP102', interfaces.action, interfaces.why, [network.vpc.id])];
  const stack = stackSubnetIds(landscape, choices);
  const aside = ['nat_gateway', 'vpc_endpoint', 'gateway_load_balancer_endpoint'];
  const known = new Set([
    ...network.natGateways.flatMap(({ addresses }) => addresses.map(({ networkInterfaceId }) => networkInterfaceId)),
    ...network.endpoints.flatMap(({ networkInterfaceIds }) => networkInterfaceIds),
  ]);
  const others = interfaces.value.filter(({ id, subnetId, type }) => !stack.has(subnetId) && !aside.includes(type) && !known.has(id));
  const subnets = [...new Set(others.map(({ subnetId }) => subnetId))];
  return [
    finding('QP102', {
      severity: others.length > 0 ? 'error' : 'warning',
      detail:
        others.length > 0
          ? `${others.length} network interfaces in ${subnets.join(', ')} of ${network.vpc.id} are not the stack's and would no longer reach any public execute-api URL: ${listed(others.map(({ id }) => id))}`
          : `in ${network.vpc.id} and for whoever uses its resolver, every default execute-api URL leads to the endpoint, which reaches private APIs only`,
      subjects: [network.vpc.id, ...subnets],
      remedy:
        'endpoints.apiGateway.privateDns: false (--private-dns off), or custom domain names for the public APIs that are used from here',
    }),
  ];
}

/** QP103: something else claims the name, as against an endpoint of ours that is still being made. */
export function privateDnsClaimed(landscape: Landscape, choices: Choices): readonly Finding[] {
  if (!turnsOnPrivateDns(landscape, choices)) return [];
  const { network } = landscape;
  const names = apiNames(landscape);
  const api = apiEndpoint(landscape, choices);
  const own = api.type === 'stands' ? api.endpoint.id : null;
  const mark = markFor(endpointKeys(choices.vpc).api, landscape, choices);
  const endpoints = network.endpoints.filter(
    ({ id, serviceName, privateDns, state, tags }) =>
      id !== own &&
      !isMarked(tags, mark) &&
      privateDns &&
      serviceName === network.apiService.serviceName &&
      !['deleting', 'deleted', 'failed'].includes(state),
  );
  const claims = endpoints.map(({ id, state }) =>
    finding('QP103', {
      detail: `endpoint ${id} (${state}) has private DNS for ${[...names].join(', ')} in ${network.vpc.id}`,
      subjects: [id, network.vpc.id],
      remedy: `reuse ${id} once it is available, or delete it`,
    }),
  );
  const zones = zonesClaiming(landscape);
  if (!zones.known) return [...claims, unknownFinding('QP103', zones.action, zones.why, [network.vpc.id])];
  return [
    ...claims,
    ...zones.value.map(({ id, name, owner }) =>
      finding('QP103', {
        detail: `private hosted zone ${id} (${name}, owner ${owner}) is associated with ${network.vpc.id}`,
        subjects: [id, network.vpc.id],
        remedy: `aws route53 disassociate-vpc-from-hosted-zone --hosted-zone-id ${id} --vpc VPCRegion=${landscape.survey.quilt.region},VPCId=${network.vpc.id}, or reuse the endpoint that it leads to with endpoints.apiGateway.privateDns: false`,
      }),
    ),
  ];
}

const bare = (name: string): string => name.replace(/^\*\./, '').replace(/\.$/, '').toLowerCase();

const apiNames = ({ network }: Landscape): ReadonlySet<string> => new Set(network.apiService.privateDnsNames.map(bare));

/** Private hosted zones for the names of execute-api that are associated with the VPC; not those of endpoints, which an AWS service owns. */
export function zonesClaiming(landscape: Landscape): Known<readonly HostedZone[]> {
  const zones = landscape.network.hostedZones;
  const names = apiNames(landscape);
  return zones.known ? known(zones.value.filter(({ name, owner }) => names.has(bare(name)) && !/\./.test(owner))) : zones;
}

const listed = (ids: readonly string[]): string =>
  ids.length <= 10 ? ids.join(', ') : `${ids.slice(0, 10).join(', ')} and ${ids.length - 10} more`;
