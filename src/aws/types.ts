// The AWS nouns as the rest of the program sees them: plain readonly data, names as in AWS's API, nothing optional.
import type { Known } from '../ports.ts';

export type Tags = { readonly [key: string]: string };

export interface Identity {
  readonly accountId: string;
  /** As GetCallerIdentity answers it. */
  readonly arn: string;
  /** The role's ARN with its path where it is an assumed role and IAM tells it, else null. */
  readonly roleArn: string | null;
  readonly partition: string;
  readonly region: string;
  /** Where the credentials come from, in words: `profile quilt-prod`, `environment`, `sandbox`. */
  readonly source: string;
  /** The source without the role on top. */
  readonly base: string;
}

export interface Vpc {
  readonly id: string;
  readonly name: string | null;
  readonly ownerId: string;
  readonly isDefault: boolean;
  /** All associated IPv4 CIDRs, the primary one first. */
  readonly cidrs: readonly string[];
  readonly ipv6Cidrs: readonly string[];
  /** `off`, `block-bidirectional`, `block-ingress` (BlockPublicAccessStates.InternetGatewayBlockMode); `unknown` where not told. */
  readonly blockPublicAccess: string;
  readonly tags: Tags;
}

export interface Subnet {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string;
  readonly ownerId: string;
  readonly cidr: string;
  readonly ipv6Cidrs: readonly string[];
  readonly zone: string;
  readonly zoneId: string;
  readonly availableAddresses: number;
  readonly blockPublicAccess: string;
  readonly tags: Tags;
}

export type RouteTargetKind =
  | 'local'
  | 'internet-gateway'
  | 'virtual-private-gateway'
  | 'vpc-endpoint'
  | 'nat-gateway'
  | 'transit-gateway'
  | 'vpc-peering-connection'
  | 'network-interface'
  | 'instance'
  | 'core-network'
  | 'local-gateway'
  | 'carrier-gateway'
  | 'egress-only-internet-gateway'
  | 'other';

export interface Route {
  /** IPv4 CIDR, IPv6 CIDR or prefix list id. */
  readonly destination: string;
  readonly kind: 'ipv4' | 'ipv6' | 'prefix-list';
  readonly target: { readonly kind: RouteTargetKind; readonly id: string };
  /** `active`, `blackhole` or `filtered`. */
  readonly state: string;
}

export interface RouteTable {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string;
  readonly main: boolean;
  /** Explicit associations only; a subnet in none of these is on the main table (B3). */
  readonly subnetIds: readonly string[];
  readonly routes: readonly Route[];
  readonly tags: Tags;
}

export interface VpcEndpoint {
  readonly id: string;
  readonly vpcId: string;
  readonly ownerId: string;
  readonly serviceName: string;
  readonly type: 'Gateway' | 'Interface' | 'other';
  /** Lower case: `available`, `pending`, `deleting`, `deleted`, `failed`, … (A6). */
  readonly state: string;
  readonly lastError: string | null;
  readonly routeTableIds: readonly string[];
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly networkInterfaceIds: readonly string[];
  readonly privateDns: boolean;
  /** Its private DNS answers only to who asks from outside the VPC, by an inbound resolver; the VPC itself goes by its gateway endpoint (A28). */
  readonly privateDnsForInboundOnly: boolean;
  /** As AWS returns it; null where it returned none. */
  readonly policy: string | null;
  readonly tags: Tags;
}

export interface NatGateway {
  readonly id: string;
  readonly vpcId: string;
  /** Null for a regional one (B16). */
  readonly subnetId: string | null;
  /** `pending`, `failed`, `available`, `deleting`, `deleted`. */
  readonly state: string;
  readonly failureCode: string | null;
  readonly failureMessage: string | null;
  readonly addresses: readonly {
    readonly allocationId: string | null;
    readonly publicIp: string | null;
    readonly networkInterfaceId: string | null;
  }[];
  readonly tags: Tags;
}

export interface InternetGateway {
  readonly id: string;
  readonly vpcIds: readonly string[];
}

/** An Elastic IP. */
export interface Address {
  readonly allocationId: string;
  readonly publicIp: string;
  readonly associationId: string | null;
  readonly tags: Tags;
}

export interface SecurityGroupRule {
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidrs: readonly string[];
  readonly ipv6Cidrs: readonly string[];
  readonly groupIds: readonly string[];
  readonly prefixListIds: readonly string[];
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string;
  readonly description: string;
  readonly ingress: readonly SecurityGroupRule[];
  readonly egress: readonly SecurityGroupRule[];
  readonly tags: Tags;
}

export interface NetworkInterface {
  readonly id: string;
  readonly subnetId: string;
  readonly vpcId: string;
  /** `interface`, `nat_gateway`, `vpc_endpoint`, `lambda`, … */
  readonly type: string;
  readonly requesterManaged: boolean;
  readonly description: string;
  readonly securityGroupIds: readonly string[];
}

export interface EndpointService {
  readonly serviceName: string;
  readonly types: readonly string[];
  readonly zones: readonly string[];
  readonly privateDnsNames: readonly string[];
}

export interface HostedZone {
  readonly id: string;
  /** Without the trailing dot. */
  readonly name: string;
  readonly owner: string;
}

export interface Quota {
  readonly code: string;
  readonly name: string;
  readonly value: number;
  readonly source: 'service-quotas' | 'default';
}

export interface BucketSummary {
  readonly name: string;
  readonly region: string | null;
}

export interface Bucket {
  readonly name: string;
  readonly region: Known<string>;
  readonly policy: Known<string | null>;
  readonly policyIsPublic: Known<boolean>;
  readonly blockPublicPolicy: Known<boolean>;
  readonly tags: Known<Tags>;
}

export interface StackParameter {
  readonly key: string;
  /** Null where NoEcho: masked values are never read further. */
  readonly value: string | null;
  readonly noEcho: boolean;
  readonly type: string;
}

export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly parameters: readonly StackParameter[];
  readonly outputs: { readonly [key: string]: string };
  readonly capabilities: readonly string[];
  readonly roleArn: string | null;
  readonly parentId: string | null;
  readonly rootId: string | null;
  readonly tags: Tags;
}

export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

export interface ChangeSetSummary {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly executionStatus: string;
}

export interface OrganizationInfo {
  readonly id: string;
  readonly managementAccountId: string;
  /** `ALL` or `CONSOLIDATED_BILLING`. */
  readonly featureSet: string;
}

export interface OrganizationTarget {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly type: 'ROOT' | 'ORGANIZATIONAL_UNIT' | 'ACCOUNT';
}

export interface OrganizationPolicy {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly description: string;
  readonly awsManaged: boolean;
}

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly path: string;
  readonly tags: Known<Tags>;
}

export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** Null: it runs on AWS's own network. */
  readonly vpcId: string | null;
}

export interface Canary {
  readonly name: string;
  readonly roleArn: string;
  /** Null: it runs on AWS's own network. */
  readonly vpcId: string | null;
  /** The ARN of the function that it runs as, which is listed among the functions too; null where it was never started. */
  readonly functionArn: string | null;
  /** Such as `rate(5 minutes)`; null where AWS tells none. */
  readonly schedule: string | null;
  /** `RUNNING` while it runs by its schedule; `READY`, `STOPPED`, `ERROR`, …; `unknown` where AWS tells none. */
  readonly state: string;
}

export interface CanaryRun {
  /** `unknown`: over, and AWS could not tell how. */
  readonly state: 'under-way' | 'passed' | 'failed' | 'unknown';
  /** ISO time; its precision is AWS's, a second or better. */
  readonly startedAt: string;
  /** Why it failed, in AWS's words; null where it did not or nothing is told. */
  readonly why: string | null;
}

/** A role with all that IAM says of what it may do and who may take it. */
export interface AccountRole {
  readonly name: string;
  readonly arn: string;
  readonly path: string;
  readonly tags: Tags;
  /** The text of its trust policy. */
  readonly trust: string;
  /** The texts of its inline and attached policies. */
  readonly policies: readonly string[];
  /** The text of its permissions boundary; null where it has none. */
  readonly boundary: string | null;
  /** ARNs of policies, its boundary among them, whose texts IAM did not tell. */
  readonly untold: readonly string[];
}
