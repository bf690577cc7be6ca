import type {
  DeleteVpcEndpointsCommandInput,
  DeleteVpcEndpointsCommandOutput,
  DescribeVpcEndpointsCommandInput,
  DescribeVpcEndpointsCommandOutput,
  VpcEndpoint as VpcEndpointShape,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { loseInterfaces, removeEndpointRoute } from './endpoint-parts.ts';
import { endpointState } from './endpoint-states.ts';
import { answer, endpointSizes, type Fields } from './filters.ts';
import { malformed, wellFormed } from './ids.ts';
import { need, read, write } from './operation.ts';
import { awsServices, zoneId } from './regions.ts';
import type { VpcEndpoint } from './state.ts';
import { change, findOwn, named, own } from './store.ts';
import { tagList } from './tags.ts';
import { about, gatewayEndpointDeletion, interfaceEndpointDeletion, interfacesLinger } from './timing.ts';

function fieldsAt(now: number): Fields<VpcEndpoint> {
  return {
    'ip-address-type': (e) => e.ipAddressType,
    'service-name': (e) => e.serviceName,
    'service-region': (e) => e.region,
    'vpc-id': (e) => e.vpcId,
    'vpc-endpoint-id': (e) => e.id,
    'vpc-endpoint-state': (e) => endpointState(e, now),
    'vpc-endpoint-type': (e) => e.type,
  };
}

/** States are lower case in answers, where the model's enum has capitals (A6). */
export type EndpointShape = Omit<VpcEndpointShape, 'State'> & { State: string };

// The hosted zone of AWS's own endpoint names in us-east-1.
const vpceZone = 'Z7HUB22UULQXV';

function dnsEntries(world: World, endpoint: VpcEndpoint): { DnsName: string; HostedZoneId: string }[] {
  if (endpoint.type !== 'Interface') return [];
  const digits = endpoint.id.slice(-8);
  const host = `${endpoint.serviceName.split('.').slice(3).reverse().join('.')}.${endpoint.region}.vpce.amazonaws.com`;
  const zones = endpoint.subnetIds.flatMap((id) => world.ec2.subnets[id]?.zone ?? []);
  const own = [`${endpoint.id}-${digits}.${host}`, ...zones.map((zone) => `${endpoint.id}-${digits}-${zone}.${host}`)];
  const service = awsServices(endpoint.region).find((s) => s.name === endpoint.serviceName);
  return [
    ...own.map((DnsName) => ({ DnsName, HostedZoneId: vpceZone })),
    ...(endpoint.privateDnsEnabled ? (service?.privateDnsNames ?? []) : []).map((DnsName) => ({
      DnsName,
      HostedZoneId: `Z${zoneId(endpoint.region)
        .replace(/[^a-z0-9]/g, '')
        .toUpperCase()}${digits.toUpperCase()}`,
    })),
  ];
}

/** The endpoint as the API answers it at this moment (A5). */
export function endpointView(world: World, endpoint: VpcEndpoint, now: number): EndpointShape {
  const state = endpointState(endpoint, now);
  const failure = state === 'failed' ? endpoint.failure : null;
  return {
    VpcEndpointId: endpoint.id,
    VpcEndpointType: endpoint.type,
    VpcId: endpoint.vpcId,
    ServiceName: endpoint.serviceName,
    ServiceRegion: endpoint.region,
    State: state,
    OwnerId: endpoint.ownerId,
    PolicyDocument: endpoint.policyDocument,
    RouteTableIds: [...endpoint.routeTableIds],
    SubnetIds: [...endpoint.subnetIds],
    Groups: endpoint.groupIds.map((GroupId) => ({ GroupId, GroupName: world.ec2.securityGroups[GroupId]?.name })),
    IpAddressType: endpoint.ipAddressType,
    DnsOptions: {
      DnsRecordIpType: endpoint.type === 'Gateway' ? 'service-defined' : 'ipv4',
      ...(endpoint.privateDnsOnlyForInboundResolverEndpoint === null
        ? {}
        : { PrivateDnsOnlyForInboundResolverEndpoint: endpoint.privateDnsOnlyForInboundResolverEndpoint }),
    },
    PrivateDnsEnabled: endpoint.privateDnsEnabled,
    RequesterManaged: endpoint.requesterManaged,
    NetworkInterfaceIds: [...endpoint.networkInterfaceIds],
    DnsEntries: dnsEntries(world, endpoint),
    CreationTimestamp: new Date(endpoint.createdAt),
    Tags: tagList(endpoint.tags),
    ...(failure ? { LastError: { Code: failure.code, Message: failure.message }, FailureReason: failure.message } : {}),
  };
}

export const describeVpcEndpoints = read(
  (
    world: World,
    input: DescribeVpcEndpointsCommandInput,
    call: Call,
  ): Omit<DescribeVpcEndpointsCommandOutput, '$metadata' | 'VpcEndpoints'> & { VpcEndpoints: EndpointShape[] } => {
    const endpoints = named(world, call, 'vpcEndpoints', input.VpcEndpointIds);
    const { items, NextToken } = answer(endpoints, input, fieldsAt(call.now), endpointSizes);
    return { VpcEndpoints: items.map((endpoint) => endpointView(world, endpoint, call.now)), NextToken };
  },
);

function refuseDeletion(world: World, call: Call, endpoint: VpcEndpoint): void {
  if (endpoint.requesterManaged)
    throw new AwsError(
      'OperationNotPermitted',
      `Operation is not allowed for requester-managed VPC endpoints for the service ${endpoint.serviceName}.`,
    );
  // A28: the private DNS for inbound resolvers sends the VPC's own traffic to the gateway endpoint.
  const dependant = own(world, call, 'vpcEndpoints').find(
    (e) =>
      e.vpcId === endpoint.vpcId &&
      e.serviceName === endpoint.serviceName &&
      e.privateDnsEnabled &&
      e.privateDnsOnlyForInboundResolverEndpoint === true &&
      e.deleteRequestedAt === null,
  );
  if (endpoint.type === 'Gateway' && dependant)
    throw new AwsError(
      'InvalidParameter',
      `The Gateway endpoint ${endpoint.id} cannot be deleted while ${dependant.id} has PrivateDnsOnlyForInboundResolverEndpoint set to true.`,
    );
}

function removeEndpoint(world: World, call: Call, id: string): void {
  if (!wellFormed('vpcEndpoints', id)) throw malformed('vpcEndpoints', id);
  if (!own(world, call, 'vpcEndpoints').some((e) => e.id === id))
    throw new AwsError('InvalidVpcEndpoint.NotFound', `The Vpc Endpoint Id '${id}' does not exist`);
  const endpoint = findOwn(world, call, 'vpcEndpoints', id);
  if (endpoint.deleteRequestedAt !== null) return;
  refuseDeletion(world, call, endpoint);
  const deletedAt = about(call, endpoint.type === 'Gateway' ? gatewayEndpointDeletion : interfaceEndpointDeletion);
  for (const tableId of endpoint.routeTableIds) removeEndpointRoute(world, call, tableId, endpoint);
  loseInterfaces(world, endpoint.networkInterfaceIds, deletedAt + interfacesLinger);
  change(world, call, 'vpcEndpoints', endpoint, (e) => {
    e.deleteRequestedAt = call.now;
    e.deletedAt = deletedAt;
  });
}

// Answers 200 whatever happens to each of them: failures are listed in Unsuccessful (A15).
export const deleteVpcEndpoints = write(
  (world: World, input: DeleteVpcEndpointsCommandInput, call: Call): Omit<DeleteVpcEndpointsCommandOutput, '$metadata'> => {
    const Unsuccessful = need(input.VpcEndpointIds, 'VpcEndpointId').flatMap((id) => {
      try {
        removeEndpoint(world, call, id);
        return [];
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        return [{ ResourceId: id, Error: { Code: error.code, Message: error.message } }];
      }
    });
    return { Unsuccessful };
  },
);
