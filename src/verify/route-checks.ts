// Where the traffic of each of the stack's private subnets really goes: to S3 through an endpoint, to the Internet by a way out.
import type { NatGateway, Subnet, VpcEndpoint } from '../aws/types.ts';
import { refusedByPolicy, s3Requests } from '../steps/endpoints/endpoint-policy.ts';
import { stackTables } from '../steps/endpoints/s3-endpoint.ts';
import type { PerimeterInput } from '../steps/landscape.ts';
import { defaultEgress, effectiveTable, s3Interfaces, subnetsById } from '../steps/network.ts';
import { vpcsOf } from '../steps/network-grid/vpc-seen.ts';
import { type Way, wayInWords } from '../steps/network-grid/way.ts';
import { waysFrom } from '../steps/network-grid/ways.ts';
import { type Check, type Found, fails, holds, restsOn, untold } from './check.ts';
import { policyFound } from './endpoint-policy-found.ts';

const s3EndpointId = 'endpoints/s3-endpoint';

/** The propositions on S3's endpoint and on the way to it from each private subnet of the stack. */
export function s3RouteChecks(input: PerimeterInput): readonly Check[] {
  const { choices, landscape } = input;
  const endpoints = endpointsInUse(input);
  const stands = s3EndpointStands(endpoints, choices.vpc);
  const working = endpoints.filter(({ state }) => state === 'available');
  const subnets = subnetsById(choices.subnets, landscape.network.subnets);
  return [
    {
      id: s3EndpointId,
      step: 'endpoints',
      summary: `An S3 endpoint stands in ${choices.vpc} and is available`,
      subjects: endpoints.length === 0 ? [choices.vpc] : endpoints.map(({ id }) => id),
      ...stands,
    },
    ...subnets.map(
      (subnet): Check => ({
        id: `endpoints/s3-route/${subnet.id}`,
        step: 'endpoints',
        summary: `What ${nameOf(subnet)} sends to S3 goes through the endpoint`,
        subjects: [subnet.id],
        ...(stands.state === 'ok' ? s3RouteOf(subnet, working, input) : restsOn(s3EndpointId)),
      }),
    ),
    {
      id: 'endpoints/s3-policy',
      step: 'endpoints',
      summary: "The S3 endpoint's policy lets the buckets in scope be read and written",
      subjects: endpoints.map(({ id }) => id),
      ...(stands.state === 'ok' ? s3PolicyAllows(working, input) : restsOn(s3EndpointId)),
    },
  ];
}

/** The propositions on the way out of each private subnet of the stack, and on the NAT gateways that they leave by. */
export function egressChecks(input: PerimeterInput): readonly Check[] {
  const { choices, landscape } = input;
  const { network } = landscape;
  const subnets = subnetsById(choices.subnets, network.subnets);
  const targets = subnets.flatMap((subnet) => {
    const egress = defaultEgress(effectiveTable(subnet, network.routeTables), network.natGateways);
    return 'target' in egress && isNat(egress.target) ? [egress.target] : [];
  });
  const gateways = new Map([...new Set(targets)].map((id) => [id, natWorks(id, input)]));
  return [
    ...[...gateways].map(
      ([id, found]): Check => ({
        id: natId(id),
        step: 'nat',
        summary: `NAT gateway ${id} is available and leads to the Internet`,
        subjects: [id],
        ...found,
      }),
    ),
    ...subnets.map(
      (subnet): Check => ({
        id: `nat/egress/${subnet.id}`,
        step: 'nat',
        summary: `${nameOf(subnet)} has a way to the Internet`,
        subjects: [subnet.id],
        ...egressOf(subnet, gateways, input),
      }),
    ),
  ];
}

const nameOf = ({ id, name, zone }: Subnet): string => `private subnet ${name === null ? id : `${name} (${id})`} in ${zone}`;

/** Endpoints for S3 to which the stack's tables lead, whatever their state; else all of the VPC. */
function endpointsInUse({ choices, landscape }: PerimeterInput): readonly VpcEndpoint[] {
  const { network } = landscape;
  const ofS3 = network.endpoints.filter(
    ({ vpcId, serviceName, type }) => vpcId === choices.vpc && /\.s3$/.test(serviceName) && type !== 'other',
  );
  const tables = stackTables(landscape, choices);
  const leadsTo = ({ id, routeTableIds }: VpcEndpoint): boolean =>
    tables.some((table) => routeTableIds.includes(table.id) || table.routes.some(({ target }) => target.id === id));
  const answering = s3Interfaces(ofS3, choices.vpc).filter(
    ({ privateDns, privateDnsForInboundOnly }) => privateDns && !privateDnsForInboundOnly,
  );
  const used = ofS3.filter((endpoint) => leadsTo(endpoint) || answering.includes(endpoint));
  return used.length > 0 ? used : ofS3;
}

function s3EndpointStands(endpoints: readonly VpcEndpoint[], vpc: string): Found {
  const seen = endpoints.map(
    ({ id, type, state, lastError }) => `${type.toLowerCase()} endpoint ${id} is ${state}${lastError === null ? '' : ` (${lastError})`}`,
  );
  if (endpoints.length === 0) return fails(`${vpc} has no endpoint for S3`);
  if (endpoints.every(({ state }) => state === 'available')) return holds(seen.join('; '));
  return endpoints.some(({ state }) => state === 'pending') ? untold(seen.join('; ')) : fails(seen.join('; '));
}

function s3RouteOf(subnet: Subnet, working: readonly VpcEndpoint[], input: PerimeterInput): Found {
  const { choices, landscape } = input;
  // What a plan would still change is no part of what is there.
  const { seen, unread } = vpcsOf({ ...input, networkChanges: [] }, [choices.vpc]);
  const [vpc] = seen;
  if (vpc === undefined) return untold(`how it gets to S3 cannot be told: ${unread.map(({ why }) => why).join('; ')}`);
  const table = effectiveTable(subnet, vpc.tables);
  const ways = waysFrom(subnet, landscape.survey.quilt.region, vpc);
  const told = `route table ${table?.id ?? 'unknown'}: ${ways.map(wayInWords).join('; or ')}`;
  const past = ways.filter((way) => !leadsThrough(way, working));
  if (past.length === 0) return holds(told);
  if (past.every(({ via }) => via === 'unknown')) return untold(told);
  return fails(
    `${told}${past.length === ways.length ? '' : ': some of it does not go through the endpoint'}; S3 does not see ${choices.vpc} in it`,
  );
}

const leadsThrough = (way: Way, working: readonly VpcEndpoint[]): boolean =>
  way.via === 'endpoint' && working.some(({ id }) => id === way.id);

function s3PolicyAllows(endpoints: readonly VpcEndpoint[], { choices, landscape }: PerimeterInput): Found {
  const found = endpoints.map((endpoint) => {
    // What allows a pattern as a whole allows every bucket that it matches.
    const ask = (names: readonly string[]): Found =>
      policyFound(endpoint, refusedByPolicy(endpoint, s3Requests(names, landscape), landscape));
    const whole = ask([...choices.buckets, choices.testBucket]);
    if (whole.state === 'ok') return whole;
    return ask([...new Set([...landscape.buckets.inScope.map(({ name }) => name), choices.testBucket])]);
  });
  const worst = found.find(({ state }) => state === 'failed') ?? found.find(({ state }) => state === 'unknown');
  return worst ?? holds(found.map(({ evidence }) => evidence).join('; '));
}

const isNat = (target: string): boolean => target.startsWith('nat-');
const natId = (id: string): string => `nat/gateway/${id}`;

function natWorks(id: string, { landscape }: PerimeterInput): Found {
  const { network } = landscape;
  const gateway = network.natGateways.find((each) => each.id === id);
  if (gateway === undefined) return fails(`default routes lead to ${id}, which is gone`);
  const { state, failureCode, failureMessage } = gateway;
  if (state === 'pending') return untold(`${id} is pending`);
  if (state !== 'available')
    return fails(`${id} is ${state}${failureCode === null ? '' : `: ${failureCode} ${failureMessage ?? ''}`.trimEnd()}`);
  const addresses = gateway.addresses.flatMap(({ publicIp }) => (publicIp === null ? [] : [publicIp]));
  if (addresses.length === 0) return untold(`${id} has no public address: what lies behind it does not show`);
  const behind = behindNat(gateway, landscape.network);
  return 'evidence' in behind ? behind : holds(`${id} is available with ${addresses.join(', ')}${behind.way}`);
}

/** Its own subnet's way to the Internet; a regional one has a table of its own (B15). */
function behindNat({ id, subnetId }: NatGateway, network: PerimeterInput['landscape']['network']): Found | { readonly way: string } {
  const { subnets, routeTables, natGateways, internetGateways, vpc } = network;
  if (subnetId === null) return { way: ', a regional one' };
  const subnet = subnets.find((each) => each.id === subnetId);
  const table = subnet === undefined ? null : effectiveTable(subnet, routeTables);
  if (subnet === undefined || table === null) return untold(`the route table of ${subnetId}, where ${id} stands, does not show`);
  const egress = defaultEgress(table, natGateways);
  if (egress.kind === 'works') return { way: `; its own subnet ${subnetId} leads to ${egress.target}` };
  if (egress.kind !== 'internet-gateway')
    return fails(`${id} stands in ${subnetId}, whose route table ${table.id} has no default route that works`);
  if (!internetGateways.some(({ id: gateway, vpcIds }) => gateway === egress.target && vpcIds.includes(vpc.id)))
    return fails(`${id} leaves by ${egress.target}, which is not attached to ${vpc.id}`);
  const mode = subnet.blockPublicAccess === 'unknown' ? vpc.blockPublicAccess : subnet.blockPublicAccess;
  if (mode === 'block-bidirectional') return fails(`Block Public Access closes ${egress.target} for ${subnetId}, where ${id} stands`);
  return { way: `; its own subnet ${subnetId} leads to ${egress.target}` };
}

function egressOf(subnet: Subnet, gateways: ReadonlyMap<string, Found>, { choices, landscape }: PerimeterInput): Found {
  const { routeTables, natGateways } = landscape.network;
  const table = effectiveTable(subnet, routeTables);
  if (table === null) return untold(`the route table of ${subnet.id} does not show`);
  const egress = defaultEgress(table, natGateways);
  const route = 'target' in egress ? `route table ${table.id}: the default route leads to ${egress.target}` : '';
  switch (egress.kind) {
    case 'none':
      return choices.nat === 'none'
        ? untold(`route table ${table.id} has no default route, and nat.mode is none: what stands in its place is not looked at`)
        : fails(`route table ${table.id} has no default route`);
    case 'internet-gateway':
      return fails(`${route}, and interfaces of Lambda functions have no public address`);
    case 'blackhole':
    case 'works': {
      const gateway = gateways.get(egress.target);
      if (gateway === undefined)
        return egress.kind === 'blackhole'
          ? fails(`${route}, a blackhole`)
          : holds(`${route}; what lies behind it does not show from here`);
      return gateway.state === 'ok' ? holds(route) : restsOn(natId(egress.target));
    }
    default:
      return egress satisfies never;
  }
}
