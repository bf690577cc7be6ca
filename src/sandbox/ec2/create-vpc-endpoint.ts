import type { CreateVpcEndpointCommandInput, CreateVpcEndpointCommandOutput } from '@aws-sdk/client-ec2';
import { takeAsyncFailure } from '../fault-types.ts';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { onceFor } from './client-tokens.ts';
import { addEndpointInterface, addEndpointRoute, checkedGroups, checkedSubnets, checkedTables, serviceNamed } from './endpoint-parts.ts';
import { checkedPolicy, defaultEndpointPolicy } from './endpoint-policies.ts';
import { limitOf } from './limits.ts';
import { need, write } from './operation.ts';
import { refusePrivateDns } from './private-dns.ts';
import type { Tags, Vpc, VpcEndpoint } from './state.ts';
import { add, findOwn, own } from './store.ts';
import { tagsFrom } from './tags.ts';
import { about, gatewayEndpointCreation, interfaceEndpointCreation } from './timing.ts';
import { type EndpointShape, endpointView } from './vpc-endpoints.ts';

interface Asked {
  readonly input: CreateVpcEndpointCommandInput;
  readonly vpc: Vpc;
  readonly serviceName: string;
  readonly policyDocument: string;
  readonly tags: Tags;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameter', message);
}

function overLimit(): AwsError {
  return new AwsError('VpcEndpointLimitExceeded', 'The maximum number of VPC endpoints has been reached.');
}

function unmade(call: Call, { vpc, serviceName, policyDocument, tags }: Asked) {
  return {
    id: call.id('vpce'),
    ownerId: call.caller.accountId,
    region: call.region,
    tags,
    vpcId: vpc.id,
    serviceName,
    policyDocument,
    requesterManaged: false,
    createdAt: call.now,
    deleteRequestedAt: null,
    deletedAt: null,
  };
}

function makeGateway(world: World, call: Call, asked: Asked): VpcEndpoint {
  const { input, vpc, serviceName } = asked;
  if (input.SubnetIds?.length) throw invalid('Subnets are only supported for Interface type VPC Endpoints.');
  if (input.SecurityGroupIds?.length) throw invalid('Security groups are only supported for Interface type VPC Endpoints.');
  if (input.PrivateDnsEnabled) throw invalid('Private DNS is only supported for Interface type VPC Endpoints.');
  const place = { vpcId: vpc.id, serviceName, region: call.region };
  const tables = checkedTables(world, call, input.RouteTableIds ?? [], place);
  const inRegion = own(world, call, 'vpcEndpoints').filter((e) => e.type === 'Gateway' && e.deleteRequestedAt === null);
  if (inRegion.length >= limitOf(world, call, 'gatewayEndpoints')) throw overLimit();
  const endpoint = add(world, call, 'vpcEndpoints', {
    ...unmade(call, asked),
    type: 'Gateway',
    routeTableIds: tables.map((table) => table.id),
    subnetIds: [],
    groupIds: [],
    privateDnsEnabled: false,
    privateDnsOnlyForInboundResolverEndpoint: null,
    ipAddressType: 'ipv4',
    networkInterfaceIds: [],
    // Mostly available in the answer already, at times a moment later.
    settlesAt: call.random() < 0.5 ? call.now : about(call, gatewayEndpointCreation),
    failure: null,
  });
  for (const table of tables) addEndpointRoute(world, call, table, endpoint);
  return endpoint;
}

function makeInterface(world: World, call: Call, asked: Asked): VpcEndpoint {
  const { input, vpc, serviceName } = asked;
  if (input.RouteTableIds?.length) throw invalid('Route table IDs are only supported for Gateway type VPC Endpoint.');
  const place = { vpcId: vpc.id, serviceName, region: call.region };
  const subnets = checkedSubnets(world, call, input.SubnetIds ?? [], [], place);
  const groupIds = checkedGroups(
    world,
    call,
    input.SecurityGroupIds?.length ? input.SecurityGroupIds : [vpc.defaultSecurityGroupId],
    place,
  );
  const inVpc = own(world, call, 'vpcEndpoints').filter((e) => e.vpcId === vpc.id && e.type !== 'Gateway' && e.deleteRequestedAt === null);
  if (inVpc.length >= limitOf(world, call, 'interfaceEndpointsPerVpc')) throw overLimit();
  const privateDns = input.PrivateDnsEnabled ?? true;
  // For S3 the option is on where it is not given (A27).
  const isS3 = serviceName.endsWith('.s3');
  const inbound = isS3 && privateDns ? (input.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint ?? true) : null;
  if (privateDns) refusePrivateDns(world, { vpc, serviceName, endpointId: null, onlyForInboundResolver: inbound === true }, call.now);
  const failure = takeAsyncFailure(world, 'vpc-endpoint');
  const base = unmade(call, asked);
  return add(world, call, 'vpcEndpoints', {
    ...base,
    type: 'Interface',
    routeTableIds: [],
    subnetIds: subnets.map((subnet) => subnet.id),
    groupIds,
    privateDnsEnabled: privateDns,
    privateDnsOnlyForInboundResolverEndpoint: inbound,
    ipAddressType: input.IpAddressType ?? 'ipv4',
    networkInterfaceIds: failure ? [] : subnets.map((subnet) => addEndpointInterface(world, call, subnet, base.id, groupIds)),
    settlesAt: about(call, interfaceEndpointCreation),
    failure: failure ? { code: failure.code, message: failure.message } : null,
  });
}

export const createVpcEndpoint = write(
  (
    world: World,
    input: CreateVpcEndpointCommandInput,
    call: Call,
  ): Omit<CreateVpcEndpointCommandOutput, '$metadata' | 'VpcEndpoint'> & { VpcEndpoint: EndpointShape } => {
    const endpoint = onceFor(world, call, 'vpcEndpoints', input, () => {
      const vpc = findOwn(world, call, 'vpcs', need(input.VpcId, 'VpcId'));
      const serviceName = need(input.ServiceName, 'ServiceName');
      const type = input.VpcEndpointType ?? 'Gateway';
      const service = serviceNamed(serviceName, call.region);
      if (type !== 'Gateway' && type !== 'Interface')
        throw new AwsError('UnsupportedOperation', `The sandbox makes Gateway and Interface endpoints, not ${type}.`);
      if (!service.types.includes(type))
        throw invalid(`Endpoint type (${type}) does not match available service types ([${service.types.join(', ')}]).`);
      if (input.ServiceRegion !== undefined && input.ServiceRegion !== call.region)
        throw invalid(`The service ${serviceName} does not support cross-Region endpoints.`);
      const policyDocument =
        input.PolicyDocument === undefined || input.PolicyDocument === ''
          ? defaultEndpointPolicy[type]
          : checkedPolicy(input.PolicyDocument);
      const asked = { input, vpc, serviceName, policyDocument, tags: tagsFrom(input.TagSpecifications, 'vpc-endpoint') };
      return type === 'Gateway' ? makeGateway(world, call, asked) : makeInterface(world, call, asked);
    });
    return { VpcEndpoint: endpointView(world, endpoint, call.now), ClientToken: input.ClientToken };
  },
);
