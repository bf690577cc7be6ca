// What a landscape is made of. Plain data: no ids, no dates, nothing that refers to a world.

export type Egress =
  | 'none'
  | 'internet'
  | 'nat'
  | 'nat-pending'
  | 'nat-failed'
  | 'nat-deleting'
  | 'nat-private'
  | 'transit-gateway'
  | 'appliance'
  | 'instance'
  | 'core-network'
  | 'peering'
  | 'virtual-private-gateway'
  | 'firewall'
  | 'local-gateway'
  | 'egress-only'
  | 'detached-internet-gateway'
  | 'dead-transit-gateway'
  | 'prefix-list'
  | 'halves'
  | 'half';

export type Owner = 'nobody' | 'terraform' | 'cloudformation';
export type BlockMode = 'off' | 'block-ingress' | 'block-bidirectional';

export interface TableParts {
  readonly egress: Egress;
  readonly ipv6Egress: boolean;
  /** A static route to a range of S3's. */
  readonly routesAroundS3: boolean;
  /** A virtual private gateway propagates a route into it. */
  readonly propagates: boolean;
  readonly owner: Owner;
}

export interface SubnetParts {
  /** Of the Region's zones, from 0. */
  readonly zone: number;
  /** Of `Landscape.tables`, wrapping around; `main`: no association. */
  readonly table: number | 'main';
  /** `stack`: in its parameter Subnets; `user`: in UserSubnets, which takes those where there is none. */
  readonly use: 'stack' | 'user' | 'public' | 'other';
  readonly hasInterfaces: boolean;
  readonly isFull: boolean;
}

export interface GatewayEndpoint {
  readonly service: 's3' | 'dynamodb';
  readonly tables: 'all' | 'some' | 'none';
  readonly policy: 'full' | 'narrow' | 'deny' | 'broken';
  readonly state: 'available' | 'pending' | 'failed' | 'deleting';
  readonly vpc: 'ours' | 'vpn';
  readonly owner: Owner;
}

export interface InterfaceEndpoint {
  readonly service: 'execute-api' | 's3' | 'sts';
  readonly state: GatewayEndpoint['state'];
  readonly privateDns: boolean;
  /** Whom its security group lets in on TCP 443. */
  readonly admits: 'vpc' | 'nobody' | 'elsewhere';
  readonly policy: GatewayEndpoint['policy'];
  readonly owner: Owner;
}

export interface AccountParts {
  /** Where the operator's requests come from. */
  readonly operatorFrom: 'trusted' | 'untrusted' | 'vpn' | 'flapping' | 'stack-subnet';
  readonly operatorTag: 'none' | 'role' | 'session';
  readonly operatorIs: 'role' | 'user' | 'identity-center';
  readonly breakGlass: boolean;
  /** Reads that are refused to whoever asks, on either side. */
  readonly refused: readonly string[];
}

export interface BucketParts {
  readonly policy: 'none' | 'tls' | 'partner' | 'public' | 'allow-list' | 'perimeter-like' | 'our-sid' | 'big' | 'denies-operator';
  readonly objects: 'none' | 'one' | 'delete-marker';
  readonly versioning: 'never' | 'Enabled' | 'Suspended';
  readonly region: 'here' | 'elsewhere';
  readonly blocksPublicPolicy: boolean;
  /** The name does not match the pattern. */
  readonly isOutsidePattern: boolean;
  readonly isOfAnotherAccount: boolean;
  readonly others: readonly ('elsewhere' | 'allow-list' | 'cross-account' | 'not-quilts')[];
}

export interface StackParts {
  readonly status: string;
  readonly parameter: 'ApiGatewayVPCEndpointId' | 'ApiGatewayVPCEndpoint' | 'none';
  readonly value: 'empty' | 'another-endpoint';
  readonly otherChangeSets: number;
  readonly policy: 'none' | 'allows' | 'denies-api' | 'denies-all';
  readonly isNested: boolean;
  readonly functionsOutside: boolean;
  readonly transform: boolean;
  readonly owner: Owner;
}

export interface OrganizationParts {
  readonly is: 'all-features' | 'billing-only' | 'absent';
  /** How deep the tree goes, and where in it Quilt's account stands: 0 is the root. */
  readonly depth: number;
  readonly quiltAt: number;
  readonly quiltIsManagement: boolean;
  readonly policyType: 'off' | 'on' | 'pending';
  /** SCPs of others on each target, besides AWS's. */
  readonly attached: number;
  readonly ourName: 'free' | 'taken' | 'taken-attached';
  readonly controlTower: boolean;
}

export interface ChoiceParts {
  readonly targets: readonly ('account' | 'unit' | 'root' | 'other-account' | 'unknown')[];
  readonly nat: 'auto' | 'single' | 'per-zone' | 'none';
  readonly privateDns: boolean;
  readonly vpcKey: 'id' | 'arn';
  readonly protectExemptTag: boolean;
  readonly accessPoints: boolean;
  readonly resourceAccounts: boolean;
  readonly trustedVpcs: boolean;
  readonly operatorIp: 'not-given' | 'given';
  readonly skipProbes: boolean;
  readonly skip: readonly ('endpoints' | 'nat' | 'bucket-policy' | 'scp' | 'stack-parameter')[];
  /** Whether QP301 and QP302 are accepted too: then a lock-out is the operator's own. */
  readonly isReckless: boolean;
}

export interface Landscape {
  /** Of the sandbox's ids and delays. */
  readonly seed: number;
  readonly vpc: {
    readonly dnsSupport: boolean;
    readonly dnsHostnames: boolean;
    readonly secondaryCidr: boolean;
    readonly ipv6: boolean;
    readonly blockPublicAccess: BlockMode | null;
    readonly accountBlocksPublicAccess: BlockMode;
    readonly isShared: boolean;
  };
  readonly mainTable: TableParts;
  readonly tables: readonly TableParts[];
  /** Where none is the stack's, the first one is. */
  readonly subnets: readonly SubnetParts[];
  /** One public subnet besides, with a table of its own. */
  readonly publicSubnet: boolean;
  readonly zonesWithoutService: readonly number[];
  readonly gatewayEndpoints: readonly GatewayEndpoint[];
  readonly interfaceEndpoints: readonly InterfaceEndpoint[];
  readonly hostedZone: 'none' | 'execute-api' | 's3' | 'other';
  readonly quotaIsReached: 'none' | 'addresses' | 'nat-gateways' | 'gateway-endpoints' | 'interface-endpoints';
  readonly account: AccountParts;
  readonly buckets: BucketParts;
  readonly stack: StackParts;
  readonly organization: OrganizationParts;
  readonly choices: ChoiceParts;
  /** How many findings that stop it are accepted, one after the other. */
  readonly acceptances: number;
}
