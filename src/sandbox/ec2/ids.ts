// The forms of EC2's ids and the errors for those that are malformed or lead nowhere (EC2 API error codes).
import { AwsError } from '../types.ts';
import type { TableName } from './state.ts';

interface IdKind {
  readonly prefix: string;
  readonly notFound: string;
  readonly malformed: string;
  /** As the message calls it. */
  readonly noun: string;
}

const kinds: { readonly [table in TableName]: IdKind } = {
  vpcs: { prefix: 'vpc', notFound: 'InvalidVpcID.NotFound', malformed: 'InvalidVpcID.Malformed', noun: 'vpc ID' },
  subnets: { prefix: 'subnet', notFound: 'InvalidSubnetID.NotFound', malformed: 'InvalidSubnetID.Malformed', noun: 'subnet ID' },
  routeTables: {
    prefix: 'rtb',
    notFound: 'InvalidRouteTableID.NotFound',
    malformed: 'InvalidRouteTableId.Malformed',
    noun: 'routeTable ID',
  },
  internetGateways: {
    prefix: 'igw',
    notFound: 'InvalidInternetGatewayID.NotFound',
    malformed: 'InvalidInternetGatewayId.Malformed',
    noun: 'internetGateway ID',
  },
  egressOnlyInternetGateways: {
    prefix: 'eigw',
    notFound: 'InvalidEgressOnlyInternetGatewayId.NotFound',
    malformed: 'InvalidEgressOnlyInternetGatewayId.Malformed',
    noun: 'egressOnlyInternetGateway ID',
  },
  natGateways: { prefix: 'nat', notFound: 'NatGatewayNotFound', malformed: 'NatGatewayMalformed', noun: 'Nat Gateway' },
  addresses: {
    prefix: 'eipalloc',
    notFound: 'InvalidAllocationID.NotFound',
    malformed: 'InvalidAllocationID.Malformed',
    noun: 'allocation ID',
  },
  vpcEndpoints: {
    prefix: 'vpce',
    notFound: 'InvalidVpcEndpointId.NotFound',
    malformed: 'InvalidVpcEndpointId.Malformed',
    noun: 'Vpc Endpoint Id',
  },
  securityGroups: { prefix: 'sg', notFound: 'InvalidGroup.NotFound', malformed: 'InvalidGroupId.Malformed', noun: 'security group' },
  networkInterfaces: {
    prefix: 'eni',
    notFound: 'InvalidNetworkInterfaceID.NotFound',
    malformed: 'InvalidNetworkInterfaceId.Malformed',
    noun: 'networkInterface ID',
  },
  prefixLists: {
    prefix: 'pl',
    notFound: 'InvalidPrefixListID.NotFound',
    malformed: 'InvalidPrefixListId.Malformed',
    noun: 'prefix list ID',
  },
  transitGateways: {
    prefix: 'tgw',
    notFound: 'InvalidTransitGatewayID.NotFound',
    malformed: 'InvalidTransitGatewayID.Malformed',
    noun: 'transitGateway ID',
  },
  transitGatewayAttachments: {
    prefix: 'tgw-attach',
    notFound: 'InvalidTransitGatewayAttachmentID.NotFound',
    malformed: 'InvalidTransitGatewayAttachmentID.Malformed',
    noun: 'transitGatewayAttachment ID',
  },
  peeringConnections: {
    prefix: 'pcx',
    notFound: 'InvalidVpcPeeringConnectionID.NotFound',
    malformed: 'InvalidVpcPeeringConnectionId.Malformed',
    noun: 'vpcPeeringConnection ID',
  },
};

/** Is this an id of the table's form: its prefix and 8 or 17 hexadecimal digits. */
export function wellFormed(table: TableName, id: string): boolean {
  const { prefix } = kinds[table];
  return id.startsWith(`${prefix}-`) && /^([0-9a-f]{8}|[0-9a-f]{17})$/.test(id.slice(prefix.length + 1));
}

/** The error for an id of the wrong form. */
export function malformed(table: TableName, id: string): AwsError {
  const { prefix, malformed: code, noun } = kinds[table];
  if (table === 'natGateways') return new AwsError(code, `${noun} ID ${id} is malformed`);
  return new AwsError(code, `Invalid id: "${id}" (expecting "${prefix}-...")`);
}

/** The error for an id that leads nowhere, or to what the caller may not see. */
export function notFound(table: TableName, id: string): AwsError {
  const { notFound: code, noun } = kinds[table];
  if (table === 'natGateways') return new AwsError(code, `${noun} ${id} was not found`);
  return new AwsError(code, `The ${noun} '${id}' does not exist`);
}

/** The table that an id belongs to by its prefix, or null. */
export function tableOfId(id: string): TableName | null {
  for (const table of Object.keys(kinds) as TableName[]) if (wellFormed(table, id)) return table;
  return null;
}
