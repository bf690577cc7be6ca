// Calls to EC2: a write is asked for every resource that it touches, and for tags on what it makes.
import type { ResourceType } from '@aws-sdk/client-ec2';
import type { ContextValues } from '../../policy/context.ts';
import { tableOfId } from '../ec2/ids.ts';
import { resourceTypes } from '../ec2/tags.ts';
import type { Call } from '../types.ts';
import type { World } from '../world.ts';
import { type Demand, onAnything, requestTags, resourceTags } from './demand.ts';

interface Specification {
  readonly ResourceType?: string | undefined;
  readonly Tags?: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined;
}

/** The members of inputs that name resources or what is made. */
interface Input {
  readonly VpcId?: string;
  readonly VpcEndpointId?: string;
  readonly VpcEndpointIds?: readonly string[];
  readonly ServiceName?: string;
  readonly PrivateDnsEnabled?: boolean;
  readonly RouteTableId?: string;
  readonly RouteTableIds?: readonly string[];
  readonly AddRouteTableIds?: readonly string[];
  readonly RemoveRouteTableIds?: readonly string[];
  readonly SubnetId?: string;
  readonly SubnetIds?: readonly string[];
  readonly AddSubnetIds?: readonly string[];
  readonly RemoveSubnetIds?: readonly string[];
  readonly GroupId?: string;
  readonly SecurityGroupIds?: readonly string[];
  readonly AddSecurityGroupIds?: readonly string[];
  readonly RemoveSecurityGroupIds?: readonly string[];
  readonly AllocationId?: string;
  readonly SecondaryAllocationIds?: readonly string[];
  readonly NatGatewayId?: string;
  readonly PrefixListId?: string;
  readonly Resources?: readonly string[];
  readonly Tags?: Specification['Tags'];
  readonly TagSpecifications?: readonly Specification[];
}

// What each operation touches. `makes` is of the type that its tags are for; other operations know no resources here.
const touched: { readonly [operation: string]: readonly (keyof Input)[] } = {
  DescribeVpcAttribute: ['VpcId'],
  GetManagedPrefixListEntries: ['PrefixListId'],
  CreateVpcEndpoint: ['VpcId', 'RouteTableIds', 'SubnetIds', 'SecurityGroupIds'],
  ModifyVpcEndpoint: [
    'VpcEndpointId',
    'AddRouteTableIds',
    'RemoveRouteTableIds',
    'AddSubnetIds',
    'RemoveSubnetIds',
    'AddSecurityGroupIds',
    'RemoveSecurityGroupIds',
  ],
  DeleteVpcEndpoints: ['VpcEndpointIds'],
  CreateSecurityGroup: ['VpcId'],
  AuthorizeSecurityGroupIngress: ['GroupId'],
  RevokeSecurityGroupIngress: ['GroupId'],
  DeleteSecurityGroup: ['GroupId'],
  AllocateAddress: [],
  ReleaseAddress: ['AllocationId'],
  CreateNatGateway: ['SubnetId', 'AllocationId', 'SecondaryAllocationIds'],
  DeleteNatGateway: ['NatGatewayId'],
  CreateRoute: ['RouteTableId'],
  ReplaceRoute: ['RouteTableId'],
  DeleteRoute: ['RouteTableId'],
  ModifyVpcAttribute: ['VpcId'],
  CreateTags: ['Resources'],
  DeleteTags: ['Resources'],
};

const makes: { readonly [operation: string]: ResourceType } = {
  CreateVpcEndpoint: 'vpc-endpoint',
  CreateSecurityGroup: 'security-group',
  AuthorizeSecurityGroupIngress: 'security-group-rule',
  AllocateAddress: 'elastic-ip',
  CreateNatGateway: 'natgateway',
};

/**
 * What a call to EC2 needs. Naming tags at creation needs `ec2:CreateTags` too, and private DNS
 * `route53:AssociateVPCWithHostedZone` (A36).
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export function ec2Demands(world: World, operation: string, input: Input, call: Call): readonly Demand[] {
  const action = `ec2:${operation}`;
  const members = touched[operation];
  if (members === undefined) return [onAnything(action)];
  const ids = members.flatMap((member) => idsOf(input[member]));
  const tagging = operation === 'CreateTags' ? requestTags(input.Tags ?? []) : {};
  return [
    ...ids.map((id) => {
      const { resource, context } = existing(world, id, call);
      return { action, resource, context: { ...context, ...tagging } };
    }),
    ...madeBy(operation, input, call),
    ...(input.PrivateDnsEnabled === true ? hostedZones(world, input, call) : []),
  ];
}

const idsOf = (value: Input[keyof Input]): readonly string[] =>
  typeof value === 'string' ? [value] : Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];

function madeBy(operation: string, input: Input, call: Call): readonly Demand[] {
  const type = makes[operation];
  if (type === undefined) return [];
  const tags = (input.TagSpecifications ?? []).flatMap(({ Tags }) => Tags ?? []);
  const resource = arnOf(call, type, '*');
  const context = { ...requestTags(tags), ...serviceKeys(input.ServiceName) };
  const made = { action: `ec2:${operation}`, resource, context };
  const tagged = { action: 'ec2:CreateTags', resource, context: { ...context, 'ec2:CreateAction': operation } };
  return tags.length === 0 ? [made] : [made, tagged];
}

/** The zone of the service's names is AWS's own, so its id is nobody's to know. */
function hostedZones(world: World, { VpcId, VpcEndpointId }: Input, call: Call): readonly Demand[] {
  const vpcId = VpcId ?? (VpcEndpointId === undefined ? undefined : world.ec2.vpcEndpoints[VpcEndpointId]?.vpcId);
  const action = 'route53:AssociateVPCWithHostedZone';
  const zone = { action, resource: 'arn:aws:route53:::hostedzone/*', context: {} };
  return vpcId === undefined ? [zone] : [zone, { action, resource: arnOf(call, 'vpc', vpcId), context: {} }];
}

const serviceKeys = (service: string | undefined): ContextValues =>
  service === undefined ? {} : { 'ec2:VpceServiceName': service, 'ec2:VpceServiceOwner': 'amazon' };

const arnOf = ({ region, caller }: Call, type: ResourceType | '*', id: string, owner = caller.accountId): string =>
  `arn:aws:ec2:${region}:${owner}:${type}/${id}`;

/** A resource by its id, with the keys that tell of it; one that is not there has none. */
function existing(world: World, id: string, call: Call): Pick<Demand, 'resource' | 'context'> {
  const table = tableOfId(id);
  const item = table === null ? undefined : world.ec2[table][id];
  const type = table === null ? '*' : resourceTypes[table];
  if (item === undefined) return { resource: arnOf(call, type, id), context: {} };
  const vpcId = 'vpcId' in item && typeof item.vpcId === 'string' && hasVpcKey.includes(type) ? item.vpcId : null;
  return {
    resource: arnOf(call, type, id, item.ownerId),
    context: {
      ...resourceTags(item.tags),
      ...('serviceName' in item && typeof item.serviceName === 'string' ? serviceKeys(item.serviceName) : {}),
      ...(vpcId === null ? {} : { 'ec2:Vpc': arnOf(call, 'vpc', vpcId, item.ownerId) }),
    },
  };
}

// Endpoints and NAT gateways have no such key.
const hasVpcKey: readonly string[] = ['subnet', 'route-table', 'security-group'];
