import type { ModifyVpcEndpointCommandInput, ModifyVpcEndpointCommandOutput } from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import {
  addEndpointInterface,
  addEndpointRoute,
  checkedGroups,
  checkedSubnets,
  checkedTables,
  loseInterfaces,
  removeEndpointRoute,
} from './endpoint-parts.ts';
import { checkedPolicy, defaultEndpointPolicy } from './endpoint-policies.ts';
import { endpointState } from './endpoint-states.ts';
import { need, write } from './operation.ts';
import { refusePrivateDns } from './private-dns.ts';
import type { VpcEndpoint } from './state.ts';
import { change, findOwn } from './store.ts';
import { interfacesLinger } from './timing.ts';

type Edit = (endpoint: VpcEndpoint) => void;

function without(list: readonly string[], removed: readonly string[] | undefined): string[] {
  return list.filter((id) => !removed?.includes(id));
}

function placeOf(endpoint: VpcEndpoint) {
  return { vpcId: endpoint.vpcId, serviceName: endpoint.serviceName, region: endpoint.region };
}

// Checks come before the first effect, so that a refused request leaves all as it was.
function gatewayEdit(world: World, call: Call, endpoint: VpcEndpoint, input: ModifyVpcEndpointCommandInput): Edit {
  if (input.AddSubnetIds?.length || input.RemoveSubnetIds?.length)
    throw new AwsError('InvalidParameter', 'Subnets are only supported for Interface type VPC Endpoints.');
  if (input.AddSecurityGroupIds?.length || input.RemoveSecurityGroupIds?.length)
    throw new AwsError('InvalidParameter', 'Security groups are only supported for Interface type VPC Endpoints.');
  if (input.PrivateDnsEnabled) throw new AwsError('InvalidParameter', 'Private DNS is only supported for Interface type VPC Endpoints.');
  const wanted = (input.AddRouteTableIds ?? []).filter((id) => !endpoint.routeTableIds.includes(id));
  const added = checkedTables(world, call, wanted, placeOf(endpoint));
  for (const id of input.RemoveRouteTableIds ?? []) findOwn(world, call, 'routeTables', id);
  return (e) => {
    for (const id of input.RemoveRouteTableIds ?? []) removeEndpointRoute(world, call, id, e);
    for (const table of added) addEndpointRoute(world, call, table, e);
    e.routeTableIds = [...without(e.routeTableIds, input.RemoveRouteTableIds), ...added.map((table) => table.id)];
  };
}

function privateDnsEdit(world: World, call: Call, endpoint: VpcEndpoint, input: ModifyVpcEndpointCommandInput): Edit {
  const enabled = input.PrivateDnsEnabled ?? endpoint.privateDnsEnabled;
  const isS3 = endpoint.serviceName.endsWith('.s3');
  const asked = input.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint ?? endpoint.privateDnsOnlyForInboundResolverEndpoint;
  const inbound = isS3 && enabled ? (asked ?? true) : null;
  const vpc = findOwn(world, call, 'vpcs', endpoint.vpcId);
  const changes = enabled !== endpoint.privateDnsEnabled || inbound !== endpoint.privateDnsOnlyForInboundResolverEndpoint;
  if (enabled && changes)
    refusePrivateDns(
      world,
      { vpc, serviceName: endpoint.serviceName, endpointId: endpoint.id, onlyForInboundResolver: inbound === true },
      call.now,
    );
  return (e) => {
    e.privateDnsEnabled = enabled;
    e.privateDnsOnlyForInboundResolverEndpoint = inbound;
  };
}

function interfaceEdit(world: World, call: Call, endpoint: VpcEndpoint, input: ModifyVpcEndpointCommandInput): Edit {
  if (input.AddRouteTableIds?.length || input.RemoveRouteTableIds?.length)
    throw new AwsError('InvalidParameter', 'Route table IDs are only supported for Gateway type VPC Endpoint.');
  const kept = without(endpoint.subnetIds, input.RemoveSubnetIds);
  const wanted = (input.AddSubnetIds ?? []).filter((id) => !kept.includes(id));
  const subnets = checkedSubnets(world, call, wanted, kept, placeOf(endpoint));
  const groupIds = checkedGroups(
    world,
    call,
    [...without(endpoint.groupIds, input.RemoveSecurityGroupIds), ...(input.AddSecurityGroupIds ?? [])],
    placeOf(endpoint),
  );
  if (groupIds.length === 0) throw new AwsError('InvalidParameter', 'A VPC endpoint must have at least one security group.');
  const privateDns = privateDnsEdit(world, call, endpoint, input);
  return (e) => {
    privateDns(e);
    const lost = e.networkInterfaceIds.filter((id) => !kept.includes(world.ec2.networkInterfaces[id]?.subnetId ?? ''));
    loseInterfaces(world, lost, call.now + interfacesLinger);
    const made = subnets.map((subnet) => addEndpointInterface(world, call, subnet, e.id, groupIds));
    e.networkInterfaceIds = [...without(e.networkInterfaceIds, lost), ...made];
    e.subnetIds = [...kept, ...subnets.map((subnet) => subnet.id)];
    e.groupIds = groupIds;
    for (const id of e.networkInterfaceIds) {
      const eni = world.ec2.networkInterfaces[id];
      if (eni) eni.groupIds = [...groupIds];
    }
  };
}

// ModifyVpcEndpoint has no client token (A3); adding a table that the endpoint has already is no change.
export const modifyVpcEndpoint = write(
  (world: World, input: ModifyVpcEndpointCommandInput, call: Call): Omit<ModifyVpcEndpointCommandOutput, '$metadata'> => {
    const endpoint = findOwn(world, call, 'vpcEndpoints', need(input.VpcEndpointId, 'VpcEndpointId'));
    const { type } = endpoint;
    const state = endpointState(endpoint, call.now);
    const ready = state === 'available' || (state === 'pending' && type === 'Gateway');
    if (!ready || type === 'GatewayLoadBalancer')
      throw new AwsError('IncorrectState', `The VPC endpoint ${endpoint.id} is not in a state that can be modified: ${state}.`);
    if (input.ResetPolicy && input.PolicyDocument !== undefined)
      throw new AwsError('InvalidParameterCombination', 'ResetPolicy and PolicyDocument cannot be given together.');
    const policy = input.ResetPolicy
      ? defaultEndpointPolicy[type]
      : input.PolicyDocument === undefined
        ? endpoint.policyDocument
        : checkedPolicy(input.PolicyDocument);
    const edit = (type === 'Gateway' ? gatewayEdit : interfaceEdit)(world, call, endpoint, input);
    change(world, call, 'vpcEndpoints', endpoint, (e) => {
      edit(e);
      e.policyDocument = policy;
    });
    return { Return: true };
  },
);
