// EC2's networking as the perimeter needs it. Every operation of the table takes and answers the SDK's shapes; what the
// model leaves out (instances, network ACLs, regional NAT gateways) is refused, never pretended.
import type { ServiceModel } from '../types.ts';
import type { World } from '../world.ts';
import { allocateAddress, describeAddresses, releaseAddress } from './addresses.ts';
import { describeVpcBlockPublicAccessOptions } from './block-public-access.ts';
import { createVpcEndpoint } from './create-vpc-endpoint.ts';
import { describeVpcEndpointServices } from './endpoint-services.ts';
import {
  attachInternetGateway,
  createInternetGateway,
  deleteInternetGateway,
  describeEgressOnlyInternetGateways,
  describeInternetGateways,
  detachInternetGateway,
} from './internet-gateways.ts';
import { modifyVpcEndpoint } from './modify-vpc-endpoint.ts';
import { createNatGateway, deleteNatGateway, describeNatGateways } from './nat-gateways.ts';
import { createNetworkInterface, deleteNetworkInterface, describeNetworkInterfaces } from './network-interfaces.ts';
import { describeVpcPeeringConnections } from './peering-connections.ts';
import { describeManagedPrefixLists, describePrefixLists, getManagedPrefixListEntries } from './prefix-lists.ts';
import {
  associateRouteTable,
  createRouteTable,
  deleteRouteTable,
  describeRouteTables,
  disassociateRouteTable,
  replaceRouteTableAssociation,
} from './route-tables.ts';
import { createRoute, deleteRoute, replaceRoute } from './routes.ts';
import {
  authorizeSecurityGroupEgress,
  authorizeSecurityGroupIngress,
  describeSecurityGroupRules,
  revokeSecurityGroupEgress,
  revokeSecurityGroupIngress,
} from './security-group-rules.ts';
import { createSecurityGroup, deleteSecurityGroup, describeSecurityGroups } from './security-groups.ts';
import { createSubnet, deleteSubnet, describeSubnets, modifySubnetAttribute } from './subnets.ts';
import { createTags, deleteTags, describeTags } from './tags.ts';
import { describeTransitGatewayAttachments, describeTransitGateways } from './transit-gateways.ts';
import { deleteVpcEndpoints, describeVpcEndpoints } from './vpc-endpoints.ts';
import { createVpc, deleteVpc, describeVpcAttribute, describeVpcs, modifyVpcAttribute } from './vpcs.ts';
import { describeAvailabilityZones, describeRegions } from './zones.ts';

export const ec2Model: ServiceModel<World> = {
  service: 'ec2',
  operations: {
    AllocateAddress: allocateAddress,
    AssociateRouteTable: associateRouteTable,
    AttachInternetGateway: attachInternetGateway,
    AuthorizeSecurityGroupEgress: authorizeSecurityGroupEgress,
    AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
    CreateInternetGateway: createInternetGateway,
    CreateNatGateway: createNatGateway,
    CreateNetworkInterface: createNetworkInterface,
    CreateRoute: createRoute,
    CreateRouteTable: createRouteTable,
    CreateSecurityGroup: createSecurityGroup,
    CreateSubnet: createSubnet,
    CreateTags: createTags,
    CreateVpc: createVpc,
    CreateVpcEndpoint: createVpcEndpoint,
    DeleteInternetGateway: deleteInternetGateway,
    DeleteNatGateway: deleteNatGateway,
    DeleteNetworkInterface: deleteNetworkInterface,
    DeleteRoute: deleteRoute,
    DeleteRouteTable: deleteRouteTable,
    DeleteSecurityGroup: deleteSecurityGroup,
    DeleteSubnet: deleteSubnet,
    DeleteTags: deleteTags,
    DeleteVpc: deleteVpc,
    DeleteVpcEndpoints: deleteVpcEndpoints,
    DescribeAddresses: describeAddresses,
    DescribeAvailabilityZones: describeAvailabilityZones,
    DescribeEgressOnlyInternetGateways: describeEgressOnlyInternetGateways,
    DescribeInternetGateways: describeInternetGateways,
    DescribeManagedPrefixLists: describeManagedPrefixLists,
    DescribeNatGateways: describeNatGateways,
    DescribeNetworkInterfaces: describeNetworkInterfaces,
    DescribePrefixLists: describePrefixLists,
    DescribeRegions: describeRegions,
    DescribeRouteTables: describeRouteTables,
    DescribeSecurityGroupRules: describeSecurityGroupRules,
    DescribeSecurityGroups: describeSecurityGroups,
    DescribeSubnets: describeSubnets,
    DescribeTags: describeTags,
    DescribeTransitGatewayAttachments: describeTransitGatewayAttachments,
    DescribeTransitGateways: describeTransitGateways,
    DescribeVpcAttribute: describeVpcAttribute,
    DescribeVpcBlockPublicAccessOptions: describeVpcBlockPublicAccessOptions,
    DescribeVpcEndpointServices: describeVpcEndpointServices,
    DescribeVpcEndpoints: describeVpcEndpoints,
    DescribeVpcPeeringConnections: describeVpcPeeringConnections,
    DescribeVpcs: describeVpcs,
    DetachInternetGateway: detachInternetGateway,
    DisassociateRouteTable: disassociateRouteTable,
    GetManagedPrefixListEntries: getManagedPrefixListEntries,
    ModifySubnetAttribute: modifySubnetAttribute,
    ModifyVpcAttribute: modifyVpcAttribute,
    ModifyVpcEndpoint: modifyVpcEndpoint,
    ReleaseAddress: releaseAddress,
    ReplaceRoute: replaceRoute,
    ReplaceRouteTableAssociation: replaceRouteTableAssociation,
    RevokeSecurityGroupEgress: revokeSecurityGroupEgress,
    RevokeSecurityGroupIngress: revokeSecurityGroupIngress,
  },
};
