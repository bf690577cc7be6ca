// The endpoint for API Gateway: that it works, where it stands, what resolves to it and whom its group admits.
import { httpsCidrs } from '../aws/security-group.ts';
import type { SecurityGroup, VpcEndpoint } from '../aws/types.ts';
import { covers } from '../steps/cidr.ts';
import { apiEndpoint } from '../steps/endpoints/api-endpoint.ts';
import { apiRequest, refusedByPolicy } from '../steps/endpoints/endpoint-policy.ts';
import { zonesClaiming } from '../steps/endpoints/findings/private-dns.ts';
import { clientRanges } from '../steps/endpoints/security-group-plan.ts';
import type { PerimeterInput } from '../steps/landscape.ts';
import { oneSubnetPerZone, subnetsById, zonesOf } from '../steps/network.ts';
import { type Check, type Found, fails, holds, restsOn, unread, untold } from './check.ts';
import { policyFound } from './endpoint-policy-found.ts';

const standsId = 'endpoints/api-endpoint';

/** The endpoint that the stack's services are to use, where it is available; null else. */
export function workingApiEndpoint({
  landscape,
  choices,
}: PerimeterInput): { readonly endpoint: VpcEndpoint; readonly ours: boolean } | null {
  const api = apiEndpoint(landscape, choices);
  return api.type === 'stands' && api.endpoint.state === 'available' ? api : null;
}

/** The propositions on the API Gateway endpoint and on the VPC's DNS. */
export function apiEndpointChecks(input: PerimeterInput): readonly Check[] {
  const { choices, landscape } = input;
  const { network } = landscape;
  const api = workingApiEndpoint(input);
  const id = api?.endpoint.id ?? 'for API Gateway';
  const check = (name: string, summary: string, found: Found, subjects: readonly string[]): Check => ({
    id: `endpoints/${name}`,
    step: 'endpoints',
    summary,
    subjects,
    ...found,
  });
  const ofApi = (judge: (endpoint: VpcEndpoint, ours: boolean) => Found): Found =>
    api === null ? restsOn(standsId) : judge(api.endpoint, api.ours);
  const subjects = api === null ? [choices.vpc] : [api.endpoint.id];
  const groups = api === null ? [] : [...api.endpoint.securityGroupIds];
  return [
    check('api-endpoint', `The interface endpoint for API Gateway stands in ${choices.vpc} and is available`, stands(input), subjects),
    check(
      'api-subnets',
      `Endpoint ${id} has an interface in the stack's subnets, one in each zone`,
      ofApi((endpoint, ours) => inRightSubnets(endpoint, ours, input)),
      api === null ? subjects : [...subjects, ...api.endpoint.subnetIds],
    ),
    check('dns-support', `DNS resolution is on in ${choices.vpc}`, attribute('enableDnsSupport', network.dnsSupport), [choices.vpc]),
    ...(choices.privateDns
      ? [
          check('dns-hostnames', `DNS host names are on in ${choices.vpc}`, attribute('enableDnsHostnames', network.dnsHostnames), [
            choices.vpc,
          ]),
          check(
            'private-dns',
            `The names of execute-api lead to endpoint ${id} inside ${choices.vpc}`,
            ofApi((endpoint) => privateDnsAnswers(endpoint, input)),
            subjects,
          ),
          check('dns-zones', `No hosted zone answers for execute-api in ${choices.vpc} instead`, noOtherZone(input), [choices.vpc]),
        ]
      : []),
    check(
      'group-admits',
      `The security group of endpoint ${id} admits TCP 443 from the VPC and its clients`,
      ofApi((endpoint) => admits(endpoint, input)),
      [...subjects, ...groups],
    ),
    ...(api === null || api.ours
      ? [
          check(
            'group-narrow',
            `The security group of endpoint ${id} admits nothing else`,
            ofApi((endpoint) => admitsNothingElse(endpoint, input)),
            [...subjects, ...groups],
          ),
        ]
      : []),
    check(
      'api-policy',
      `The policy of endpoint ${id} lets the stack's API be called`,
      ofApi((endpoint) => policyFound(endpoint, refusedByPolicy(endpoint, [apiRequest(landscape)], landscape))),
      subjects,
    ),
  ];
}

function stands({ landscape, choices }: PerimeterInput): Found {
  const { network } = landscape;
  const api = apiEndpoint(landscape, choices);
  const all = network.endpoints.filter(({ serviceName, type }) => serviceName === network.apiService.serviceName && type === 'Interface');
  if (api.type === 'stands' && api.endpoint.state === 'available') {
    const { endpoint, ours } = api;
    return holds(
      `${endpoint.id} (${endpoint.serviceName}) is available with ${endpoint.networkInterfaceIds.join(', ')}${ours ? '' : '; it is not of this tool and is reused'}`,
    );
  }
  const others = all.map(({ id, state, lastError }) => `${id} is ${state}${lastError === null ? '' : ` (${lastError})`}`);
  if (all.some(({ state }) => state === 'pending')) return untold(others.join('; '));
  return fails(
    others.length === 0 ? `no interface endpoint for ${network.apiService.serviceName} is in ${choices.vpc}` : others.join('; '),
  );
}

function inRightSubnets({ id, subnetIds }: VpcEndpoint, ours: boolean, { landscape, choices }: PerimeterInput): Found {
  const { network } = landscape;
  const wanted = subnetsById(choices.endpointSubnets, network.subnets);
  const there = subnetsById(subnetIds, network.subnets);
  const zones = zonesOf(there);
  const missing = zonesOf(oneSubnetPerZone(wanted, network.apiService.zones)).filter((zone) => !zones.includes(zone));
  const others = there.filter((subnet) => !choices.endpointSubnets.includes(subnet.id));
  const seen = there.map((subnet) => `${subnet.id} (${subnet.zone})`).join(', ');
  if (there.length === 0) return fails(`${id} is in no subnet of ${choices.vpc}`);
  if (!ours) {
    return holds(
      missing.length === 0 ? seen : `${seen}; subnets of ${missing.join(', ')} reach it across zones, as whoever made it has it`,
    );
  }
  if (missing.length > 0) return fails(`${seen}; none in ${missing.join(', ')}`);
  return others.length === 0 ? holds(seen) : fails(`${others.map((subnet) => subnet.id).join(', ')} is none of the stack's: ${seen}`);
}

const attribute = (name: string, isOn: boolean): Found => (isOn ? holds(`${name} is true`) : fails(`${name} is false`));

function privateDnsAnswers({ id, privateDns }: VpcEndpoint, { landscape }: PerimeterInput): Found {
  const names = landscape.network.apiService.privateDnsNames.join(', ');
  return privateDns
    ? holds(`private DNS of ${id} is on${names === '' ? '' : ` for ${names}`}`)
    : fails(`private DNS of ${id} is off: inside the VPC these names lead to the Internet`);
}

function noOtherZone({ landscape }: PerimeterInput): Found {
  const zones = zonesClaiming(landscape);
  if (!zones.known) return unread(zones);
  return zones.value.length === 0
    ? holds("no private hosted zone but the endpoint's own is associated for these names")
    : fails(
        zones.value
          .map(({ id, name, owner }) => `private hosted zone ${id} (${name}, owner ${owner}) answers first or beside it`)
          .join('; '),
      );
}

/** The endpoint's groups; null where one of them cannot be read. */
function groupsOf({ securityGroupIds }: VpcEndpoint, { landscape }: PerimeterInput): readonly SecurityGroup[] | null {
  const groups = landscape.network.securityGroups.filter(({ id }) => securityGroupIds.includes(id));
  return groups.length < securityGroupIds.length ? null : groups;
}

const groupUnread = ({ securityGroupIds }: VpcEndpoint): Found =>
  unread({ action: 'ec2:DescribeSecurityGroups', why: `not all of ${securityGroupIds.join(', ')} show` });

function admits(endpoint: VpcEndpoint, input: PerimeterInput): Found {
  const groups = groupsOf(endpoint, input);
  if (groups === null) return groupUnread(endpoint);
  const admitted = groups.flatMap(httpsCidrs);
  const ranges = clientRanges(input.landscape, input.choices);
  const missing = ranges.filter((cidr) => !covers(admitted, cidr));
  return missing.length === 0
    ? holds(`${groups.map(({ id }) => id).join(', ')} admits TCP 443 from ${ranges.join(', ')}`)
    : fails(`no rule of ${groups.map(({ id }) => id).join(', ')} admits TCP 443 from ${missing.join(', ')}`);
}

function admitsNothingElse(endpoint: VpcEndpoint, input: PerimeterInput): Found {
  const groups = groupsOf(endpoint, input);
  if (groups === null) return groupUnread(endpoint);
  const ranges = clientRanges(input.landscape, input.choices);
  const beyond = groups.flatMap(({ id, ingress }) =>
    ingress.flatMap(({ protocol, fromPort, toPort, cidrs, ipv6Cidrs, groupIds, prefixListIds }) => {
      const isHttps = ['tcp', '6'].includes(protocol) && fromPort === 443 && toPort === 443;
      const ports = isHttps ? 'TCP 443' : protocol === '-1' ? 'everything' : `${protocol} ${fromPort}-${toPort}`;
      const from = [...cidrs, ...ipv6Cidrs].filter((cidr) => !isHttps || !covers(ranges, cidr));
      return [...from, ...groupIds, ...prefixListIds].map((source) => `${id} admits ${ports} from ${source}`);
    }),
  );
  return beyond.length === 0 ? holds(`its rules are TCP 443 from ${ranges.join(', ')} and no others`) : fails(beyond.join('; '));
}
