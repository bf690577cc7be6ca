// EC2's part of the world. Every resource stands as it really is; what Describe may still show of an earlier moment is
// in `lags`. States that pass with time (pending, deleting) are told by timestamps, in simulated ms since the epoch.

export interface Tags {
  [key: string]: string;
}

/** What all resources have: the account and Region they lie in, and their tags. */
export interface Resource {
  readonly id: string;
  readonly ownerId: string;
  readonly region: string;
  tags: Tags;
}

/** An asynchronous failure: what the resource shows once it has failed. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

export type InternetGatewayBlockMode = 'off' | 'block-bidirectional' | 'block-ingress';

export interface Vpc extends Resource {
  isDefault: boolean;
  /** The first one is the primary CIDR. */
  cidrs: { readonly associationId: string; readonly cidr: string; state: 'associated' | 'disassociated' }[];
  ipv6Cidrs: { readonly associationId: string; readonly cidr: string; state: 'associated' | 'disassociated' }[];
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
  /** An exclusion from (or a mode other than) the account's Block Public Access; null: the account's mode holds. */
  blockPublicAccess: InternetGatewayBlockMode | null;
  readonly defaultSecurityGroupId: string;
}

export interface Subnet extends Resource {
  readonly vpcId: string;
  readonly cidr: string;
  readonly ipv6Cidr: string | null;
  /** `us-east-1a`. */
  readonly zone: string;
  mapPublicIpOnLaunch: boolean;
  /** Accounts that the subnet is shared with (RAM); they see the subnet, its VPC and its route table. */
  sharedWith: string[];
  /** Addresses taken by things that are not modelled (instances); interfaces are counted by themselves. */
  usedAddresses: number;
}

/** Where a route leads: the field of the API's Route and its id. */
export interface RouteTarget {
  readonly kind:
    | 'GatewayId'
    | 'NatGatewayId'
    | 'TransitGatewayId'
    | 'NetworkInterfaceId'
    | 'InstanceId'
    | 'VpcPeeringConnectionId'
    | 'EgressOnlyInternetGatewayId'
    | 'CarrierGatewayId'
    | 'LocalGatewayId'
    | 'CoreNetworkArn'
    | 'OdbNetworkArn';
  /** `local` for the VPC's own routes (GatewayId). */
  readonly id: string;
}

export interface Route {
  /** An IPv4 or IPv6 range, or a prefix list `pl-…`. */
  readonly destination: string;
  target: RouteTarget;
  readonly origin: 'CreateRouteTable' | 'CreateRoute' | 'EnableVgwRoutePropagation';
  /** Set by a scenario where the target is none that the sandbox models; else the state follows from the target. */
  state?: 'blackhole';
}

export interface RouteTableAssociation {
  readonly id: string;
  /** Null for the main association and for a gateway's. */
  readonly subnetId: string | null;
  readonly gatewayId: string | null;
  readonly main: boolean;
}

export interface RouteTable extends Resource {
  readonly vpcId: string;
  associations: RouteTableAssociation[];
  /** The local routes included; endpoint routes (`pl-…` → `vpce-…`) too. */
  routes: Route[];
  /** Virtual private gateways that propagate routes. */
  propagating: string[];
}

export interface InternetGateway extends Resource {
  vpcId: string | null;
}

export interface EgressOnlyInternetGateway extends Resource {
  readonly vpcId: string;
}

export interface NatGateway extends Resource {
  readonly vpcId: string;
  /** Null for a regional NAT gateway. */
  readonly subnetId: string | null;
  readonly connectivity: 'public' | 'private';
  readonly mode: 'zonal' | 'regional';
  readonly addresses: {
    readonly allocationId: string | null;
    readonly publicIp: string | null;
    readonly privateIp: string | null;
    readonly networkInterfaceId: string | null;
  }[];
  readonly createdAt: number;
  /** When it leaves `pending`: to `available`, or to `failed` where `failure` is set. */
  readonly settlesAt: number;
  readonly failure: Failure | null;
  /** `deleting` from the one to the other, then `deleted`, then gone from the answers an hour later. */
  deleteRequestedAt: number | null;
  deletedAt: number | null;
}

/** An Elastic IP; its id is the allocation id. What it is associated with follows from NAT gateways and interfaces. */
export interface Address extends Resource {
  readonly publicIp: string;
  /** Association with something that is not a NAT gateway: an interface's id. */
  networkInterfaceId: string | null;
}

export interface VpcEndpoint extends Resource {
  readonly vpcId: string;
  readonly serviceName: string;
  readonly type: 'Interface' | 'Gateway' | 'GatewayLoadBalancer';
  /** As text, as it was sent or the default policy. */
  policyDocument: string;
  routeTableIds: string[];
  subnetIds: string[];
  groupIds: string[];
  privateDnsEnabled: boolean;
  privateDnsOnlyForInboundResolverEndpoint: boolean | null;
  readonly ipAddressType: 'ipv4' | 'dualstack' | 'ipv6';
  networkInterfaceIds: string[];
  readonly requesterManaged: boolean;
  readonly createdAt: number;
  /** When it leaves `pending`: to `available`, or to `failed` where `failure` is set. */
  readonly settlesAt: number;
  readonly failure: Failure | null;
  /** `deleting` from the one to the other; then gone, and its private DNS names are free. */
  deleteRequestedAt: number | null;
  deletedAt: number | null;
}

export interface SecurityGroupRule {
  readonly id: string;
  readonly egress: boolean;
  /** `tcp`, `udp`, `icmp`, a number, or `-1` for all. */
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly source:
    | { readonly type: 'cidrIpv4'; readonly value: string }
    | { readonly type: 'cidrIpv6'; readonly value: string }
    | { readonly type: 'prefixList'; readonly value: string }
    | { readonly type: 'group'; readonly value: string };
  readonly description: string | null;
  tags: Tags;
}

export interface SecurityGroup extends Resource {
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
  rules: SecurityGroupRule[];
}

export interface NetworkInterface extends Resource {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly privateIp: string;
  readonly publicIp: string | null;
  /** As the API names it: `interface`, `vpc_endpoint`, `nat_gateway`, `lambda`, … */
  readonly interfaceType: string;
  readonly description: string;
  /** The service that made it for the owner, or null for the owner's own. */
  readonly requesterId: string | null;
  groupIds: string[];
  /** What it hangs on: the endpoint or NAT gateway, or a scenario's instance or function; null: `available`. */
  readonly attachedTo: string | null;
  /** When it vanishes; null while what it hangs on stands. */
  goneAt: number | null;
}

/** A customer-managed prefix list; AWS's own are known by Region, see regions.ts. */
export interface PrefixList extends Resource {
  readonly name: string;
  readonly family: 'IPv4' | 'IPv6';
  entries: { readonly cidr: string; readonly description: string | null }[];
}

export interface TransitGateway extends Resource {
  readonly description: string;
  readonly state: 'available' | 'deleted';
}

export interface TransitGatewayAttachment extends Resource {
  readonly transitGatewayId: string;
  readonly vpcId: string;
  readonly state: 'available' | 'deleted';
}

export interface PeeringConnection extends Resource {
  readonly requester: { readonly vpcId: string; readonly ownerId: string; readonly region: string; readonly cidr: string };
  readonly accepter: { readonly vpcId: string; readonly ownerId: string; readonly region: string; readonly cidr: string };
  readonly state: 'active' | 'deleted' | 'pending-acceptance';
}

type Table<T> = { [id: string]: T };

export interface Ec2State {
  vpcs: Table<Vpc>;
  subnets: Table<Subnet>;
  routeTables: Table<RouteTable>;
  internetGateways: Table<InternetGateway>;
  egressOnlyInternetGateways: Table<EgressOnlyInternetGateway>;
  natGateways: Table<NatGateway>;
  addresses: Table<Address>;
  vpcEndpoints: Table<VpcEndpoint>;
  securityGroups: Table<SecurityGroup>;
  networkInterfaces: Table<NetworkInterface>;
  prefixLists: Table<PrefixList>;
  transitGateways: Table<TransitGateway>;
  transitGatewayAttachments: Table<TransitGatewayAttachment>;
  peeringConnections: Table<PeeringConnection>;
  /** Zones of an endpoint service where it is not in all of the Region's: service name → zones (`us-east-1a`). */
  serviceZones: { [serviceName: string]: string[] };
  /** `ACCOUNT/REGION` → mode of VPC Block Public Access; absent: off. */
  blockPublicAccess: { [accountAndRegion: string]: InternetGatewayBlockMode };
  /** `ACCOUNT/REGION/OPERATION/TOKEN` → the request that came with the token, and what it made, as it was made. */
  clientTokens: { [key: string]: { readonly request: string; readonly made: Resource } };
  /** Resource id → what Describe shows until then: the resource as it was, or null where it did not show yet. */
  lags: { [id: string]: Lag };
}

export interface Lag {
  readonly table: TableName;
  readonly until: number;
  readonly was: unknown;
}

/** The tables of resources, by name. */
export type Tables = Omit<Ec2State, 'serviceZones' | 'blockPublicAccess' | 'clientTokens' | 'lags'>;
export type TableName = keyof Tables;
/** The resource that a table holds: `Item<'vpcs'>` is `Vpc`. */
export type Item<N extends TableName> = Tables[N][string];

/** EC2 with nothing in it. */
export function emptyEc2State(): Ec2State {
  return {
    vpcs: {},
    subnets: {},
    routeTables: {},
    internetGateways: {},
    egressOnlyInternetGateways: {},
    natGateways: {},
    addresses: {},
    vpcEndpoints: {},
    securityGroups: {},
    networkInterfaces: {},
    prefixLists: {},
    transitGateways: {},
    transitGatewayAttachments: {},
    peeringConnections: {},
    serviceZones: {},
    blockPublicAccess: {},
    clientTokens: {},
    lags: {},
  };
}
