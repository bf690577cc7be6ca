// Builders for VPC endpoints that stand already, and for transit gateways.
import { prefixListOf } from '../ec2/regions.ts';
import type { RouteTable, SecurityGroup, Subnet, Tags, TransitGateway, Vpc, VpcEndpoint } from '../ec2/state.ts';
import { type Draft, daysAgo } from './draft.ts';
import { addInterface, within } from './network.ts';

/** The policy of an endpoint that was made without one: full access (A30). */
export const fullEndpointPolicy = JSON.stringify({
  Version: '2008-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});

export interface EndpointParts {
  readonly name: string;
  /** `s3`, `execute-api`. */
  readonly service: string;
  readonly policy?: string;
  readonly tags?: Tags;
}

/** A gateway endpoint that works, with its route in each of the tables. */
export function addGatewayEndpoint(draft: Draft, vpc: Vpc, parts: EndpointParts & { readonly tables: readonly RouteTable[] }): VpcEndpoint {
  const endpoint: VpcEndpoint = { ...standing(draft, vpc, parts), type: 'Gateway', routeTableIds: parts.tables.map(({ id }) => id) };
  const list = prefixListOf(endpoint.serviceName);
  if (list)
    for (const table of parts.tables)
      table.routes.push({ destination: list.id, target: { kind: 'GatewayId', id: endpoint.id }, origin: 'CreateRoute' });
  draft.world.ec2.vpcEndpoints[endpoint.id] = endpoint;
  return endpoint;
}

export interface InterfaceEndpointParts extends EndpointParts {
  /** With the address of the endpoint's interface in each. */
  readonly subnets: readonly { readonly subnet: Subnet; readonly privateIp: string }[];
  readonly group: SecurityGroup;
  readonly privateDns: boolean;
}

/** An interface endpoint that works, with an interface in each of the subnets. */
export function addInterfaceEndpoint(draft: Draft, vpc: Vpc, parts: InterfaceEndpointParts): VpcEndpoint {
  const base = standing(draft, vpc, parts);
  const interfaces = parts.subnets.map(({ subnet, privateIp }) =>
    addInterface(draft, subnet, {
      name: parts.name,
      privateIp,
      interfaceType: 'vpc_endpoint',
      description: `VPC Endpoint Interface ${base.id}`,
      attachedTo: base.id,
      requesterId: 'amazon-aws',
      groups: [parts.group.id],
    }),
  );
  const endpoint: VpcEndpoint = {
    ...base,
    type: 'Interface',
    subnetIds: parts.subnets.map(({ subnet }) => subnet.id),
    groupIds: [parts.group.id],
    privateDnsEnabled: parts.privateDns,
    privateDnsOnlyForInboundResolverEndpoint: parts.service === 's3' ? false : null,
    networkInterfaceIds: interfaces.map(({ id }) => id),
  };
  draft.world.ec2.vpcEndpoints[endpoint.id] = endpoint;
  return endpoint;
}

/** A transit gateway of another account, with the VPCs attached to it. */
export function addTransitGateway(draft: Draft, name: string, ownerId: string, vpcs: readonly Vpc[]): TransitGateway {
  const { ec2 } = draft.world;
  const gateway: TransitGateway = {
    ...within(draft, { ownerId, region: draft.region }, 'tgw', name),
    description: name,
    state: 'available',
  };
  ec2.transitGateways[gateway.id] = gateway;
  for (const vpc of vpcs) {
    const attachment = within(draft, vpc, 'tgw-attach', `${name}/${vpc.id}`);
    ec2.transitGatewayAttachments[attachment.id] = { ...attachment, transitGatewayId: gateway.id, vpcId: vpc.id, state: 'available' };
  }
  return gateway;
}

function standing(draft: Draft, vpc: Vpc, parts: EndpointParts): VpcEndpoint {
  return {
    ...within(draft, vpc, 'vpce', parts.name, parts.tags),
    vpcId: vpc.id,
    serviceName: `com.amazonaws.${vpc.region}.${parts.service}`,
    type: 'Gateway',
    policyDocument: parts.policy ?? fullEndpointPolicy,
    routeTableIds: [],
    subnetIds: [],
    groupIds: [],
    privateDnsEnabled: false,
    privateDnsOnlyForInboundResolverEndpoint: null,
    ipAddressType: 'ipv4',
    networkInterfaceIds: [],
    requesterManaged: false,
    createdAt: daysAgo(draft, 300),
    settlesAt: daysAgo(draft, 300),
    failure: null,
    deleteRequestedAt: null,
    deletedAt: null,
  };
}
