// Endpoints that stand already, private hosted zones, the zones that a service lacks, and quotas that are used up.

import type { VpcEndpoint } from '../../src/sandbox/ec2/state.ts';
import { addGatewayEndpoint, addInterfaceEndpoint, fullEndpointPolicy } from '../../src/sandbox/scenarios/endpoints.ts';
import { addSecurityGroup } from '../../src/sandbox/scenarios/network.ts';
import type { QuiltWorld } from '../support/quilt-world.ts';
import { addressIn, type BuiltNetwork, ownerTags } from './build-network.ts';
import type { GatewayEndpoint, InterfaceEndpoint, Landscape } from './parts.ts';

const letters = ['a', 'b', 'c', 'd'] as const;

export function buildEndpoints(named: QuiltWorld, landscape: Landscape, network: BuiltNetwork): void {
  const { world, region } = named;
  const lacking = landscape.zonesWithoutService.map((zone) => `${region}${letters[zone % letters.length]}`);
  world.ec2.serviceZones[`com.amazonaws.${region}.execute-api`] = letters
    .map((letter) => `${region}${letter}`)
    .filter((zone) => !lacking.includes(zone));
  for (const [index, parts] of landscape.gatewayEndpoints.entries()) buildGateway(named, parts, network, index);
  for (const [index, parts] of landscape.interfaceEndpoints.entries()) buildInterface(named, parts, network, index);
  buildZone(named, landscape.hostedZone);
  useUp(named, landscape.quotaIsReached);
}

function buildGateway(named: QuiltWorld, parts: GatewayEndpoint, { tables, main }: BuiltNetwork, index: number): void {
  const { draft, vpc, vpn, world } = named;
  const all = parts.vpc === 'ours' ? [...tables, main] : [];
  // A table leads to one endpoint of a service at most.
  const free = all.filter(
    ({ id }) =>
      !Object.values(world.ec2.vpcEndpoints).some((other) => other.serviceName.endsWith(parts.service) && other.routeTableIds.includes(id)),
  );
  const chosen = parts.tables === 'all' ? free : parts.tables === 'some' ? free.filter((_, place) => place % 2 === 0) : [];
  const endpoint = addGatewayEndpoint(draft, parts.vpc === 'ours' ? vpc : vpn, {
    name: `gateway-${index}`,
    service: parts.service,
    tables: parts.state === 'failed' ? [] : chosen,
    policy: policyOf(parts.policy),
    tags: ownerTags(parts.owner),
  });
  world.ec2.vpcEndpoints[endpoint.id] = { ...endpoint, ...stateOf(world.clock.base, parts.state) };
}

function buildInterface(named: QuiltWorld, parts: InterfaceEndpoint, { subnets }: BuiltNetwork, index: number): void {
  const { draft, vpc, world, region } = named;
  const zones = new Map(subnets.map((subnet) => [subnet.zone, subnet]));
  const from = parts.admits === 'vpc' ? ['10.0.0.0/8'] : parts.admits === 'elsewhere' ? ['192.168.0.0/16'] : [];
  const group = addSecurityGroup(draft, vpc, { name: `endpoint-${index}`, description: 'Of an endpoint', httpsFrom: from });
  // AWS lets one endpoint alone claim a name.
  const isClaimed = Object.values(world.ec2.vpcEndpoints).some(
    (other) => other.vpcId === vpc.id && other.privateDnsEnabled && other.serviceName === `com.amazonaws.${region}.${parts.service}`,
  );
  const endpoint = addInterfaceEndpoint(draft, vpc, {
    name: `interface-${index}`,
    service: parts.service,
    subnets: [...zones.values()].map((subnet) => ({ subnet, privateIp: addressIn(subnet, 70 + index) })),
    group,
    privateDns: parts.privateDns && !isClaimed,
    policy: policyOf(parts.policy),
    tags: ownerTags(parts.owner),
  });
  const state = stateOf(world.clock.base, parts.state);
  world.ec2.vpcEndpoints[endpoint.id] = { ...endpoint, ...state };
  if (state.deletedAt)
    for (const id of endpoint.networkInterfaceIds) {
      const eni = world.ec2.networkInterfaces[id];
      if (eni) eni.goneAt = state.deletedAt;
    }
}

function stateOf(now: number, state: GatewayEndpoint['state']): Partial<VpcEndpoint> & { readonly deletedAt?: number } {
  switch (state) {
    case 'available':
      return {};
    case 'pending':
      return { createdAt: now - 5000, settlesAt: now + 90_000 };
    case 'failed':
      return { failure: { code: 'InternalError', message: 'the endpoint could not be made' } };
    case 'deleting':
      return { deleteRequestedAt: now - 10_000, deletedAt: now + 120_000 };
    default:
      return state satisfies never;
  }
}

function policyOf(policy: GatewayEndpoint['policy']): string {
  const of = (Effect: string, Resource: unknown) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Principal: '*', Action: '*', Resource }] });
  switch (policy) {
    case 'full':
      return fullEndpointPolicy;
    case 'narrow':
      return of('Allow', ['arn:aws:s3:::corp-terraform-state-*']);
    case 'deny':
      return of('Deny', '*');
    case 'broken':
      return '{"Statement":';
    default:
      return policy satisfies never;
  }
}

function buildZone({ world, accountId, region, vpc }: QuiltWorld, zone: Landscape['hostedZone']): void {
  if (zone === 'none') return;
  const name = zone === 'other' ? 'corp.example.com.' : `${zone}.${region}.amazonaws.com.`;
  const vpcs = [{ vpcId: vpc.id, region }];
  world.route53.zones.Z0RANDOM = {
    id: 'Z0RANDOM',
    accountId,
    name,
    callerReference: 'random',
    comment: '',
    privateZone: true,
    vpcs,
    owningService: null,
  };
}

function useUp({ world, accountId, region }: QuiltWorld, quota: Landscape['quotaIsReached']): void {
  const codes = {
    addresses: 'ec2/L-0263D0A3',
    'nat-gateways': 'vpc/L-FE5A380F',
    'gateway-endpoints': 'vpc/L-1B52E74A',
    'interface-endpoints': 'vpc/L-29B6F2EB',
  } as const;
  if (quota === 'none') return;
  const { natGateways, addresses, vpcEndpoints } = world.ec2;
  const used = {
    addresses: Object.keys(addresses).length,
    'nat-gateways': Object.keys(natGateways).length,
    'gateway-endpoints': Object.values(vpcEndpoints).filter(({ type }) => type === 'Gateway').length,
    'interface-endpoints': Object.values(vpcEndpoints).filter(({ type }) => type === 'Interface').length,
  };
  world.quotas.applied[`${accountId}/${region}/${codes[quota]}`] = used[quota];
}
