// What discover reads. The survey is Region-wide and cheap: enough to choose a stack, a VPC, a test bucket and a
// target from. The landscape is the survey and, for what was chosen, the details that findings and plans need.
import type { Trail } from '../aws/trail.ts';
import type {
  AccountRole,
  Address,
  Bucket,
  BucketSummary,
  Canary,
  ChangeSetSummary,
  EndpointService,
  HostedZone,
  Identity,
  InternetGateway,
  LambdaFunction,
  NatGateway,
  NetworkInterface,
  OrganizationInfo,
  OrganizationPolicy,
  OrganizationTarget,
  Quota,
  Role,
  RouteTable,
  SecurityGroup,
  Stack,
  StackResource,
  Subnet,
  Tags,
  Vpc,
  VpcEndpoint,
} from '../aws/types.ts';
import type { Change, Ref } from '../engine/types.ts';
import type { Known } from '../ports.ts';
import type { CanaryEvidence } from './canary-runs.ts';
import type { Choices } from './choices.ts';

export interface Survey {
  readonly quilt: Identity;
  readonly organizationSide: Known<Identity>;
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  readonly routeTables: readonly RouteTable[];
  readonly endpoints: readonly VpcEndpoint[];
  readonly natGateways: readonly NatGateway[];
  readonly internetGateways: readonly InternetGateway[];
  /** All stacks of the Region; those with an endpoint parameter are the candidates. */
  readonly stacks: readonly Stack[];
  readonly buckets: Known<readonly BucketSummary[]>;
  readonly organization: Known<OrganizationInfo>;
}

/** The stack's VPC in detail; read again by the endpoints and nat steps. */
export interface Network {
  readonly vpc: Vpc;
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  readonly subnets: readonly Subnet[];
  readonly routeTables: readonly RouteTable[];
  readonly endpoints: readonly VpcEndpoint[];
  readonly natGateways: readonly NatGateway[];
  readonly internetGateways: readonly InternetGateway[];
  readonly addresses: readonly Address[];
  readonly securityGroups: readonly SecurityGroup[];
  readonly networkInterfaces: Known<readonly NetworkInterface[]>;
  /** The Region's S3 prefix list id (`pl-…`). */
  readonly s3PrefixListId: string;
  readonly s3PrefixListCidrs: Known<readonly string[]>;
  /** `com.amazonaws.REGION.execute-api`. */
  readonly apiService: EndpointService;
  readonly hostedZones: Known<readonly HostedZone[]>;
  readonly quotas: readonly Quota[];
  /** Region-wide counts that the quotas bound. */
  readonly gatewayEndpointsInRegion: number;
}

export interface BucketsSeen {
  /** The buckets whose names match the pattern, with what could be read of them. */
  readonly inScope: readonly Bucket[];
  readonly test: Bucket;
  readonly testIsOurs: boolean;
  readonly testIsEmpty: Known<boolean>;
  readonly accountBlockPublicPolicy: Known<boolean>;
}

export interface AncestorLevel {
  readonly target: OrganizationTarget;
  readonly policies: Known<readonly OrganizationPolicy[]>;
}

export interface OrganizationSeen {
  readonly info: OrganizationInfo;
  readonly root: OrganizationTarget;
  /** Status of SERVICE_CONTROL_POLICY on the root: `ENABLED`, `PENDING_ENABLE`, `PENDING_DISABLE` or `none`. */
  readonly policyType: string;
  /** Root first, the Quilt account last. */
  readonly ancestors: readonly AncestorLevel[];
  /** The chosen targets in order, each with its ancestors' ids (root first, itself last) and directly attached SCPs. */
  readonly targets: readonly {
    readonly target: OrganizationTarget;
    readonly path: readonly string[];
    readonly policies: readonly OrganizationPolicy[];
  }[];
  /** The SCP of the chosen name, if there is one. */
  readonly policy: {
    readonly policy: OrganizationPolicy;
    readonly content: string;
    readonly attachedTo: readonly OrganizationTarget[];
    readonly tags: Known<Tags>;
  } | null;
  /** May these credentials write policies: management account, delegated administrator, or neither. */
  readonly authority: 'management' | 'delegated' | 'none';
  /** Names of SCP managers that seem to be at work here (Control Tower, Landing Zone Accelerator). */
  readonly managers: readonly string[];
}

export interface StackSeen {
  readonly stack: Stack;
  readonly resources: Known<readonly StackResource[]>;
  readonly changeSets: Known<readonly ChangeSetSummary[]>;
  /** From GetTemplateSummary. */
  readonly templateParameters: readonly { readonly key: string; readonly noEcho: boolean; readonly type: string }[];
  readonly capabilities: readonly string[];
  readonly transforms: readonly string[];
  /** The template's body as stored (GetTemplate, Original), parsed where it is JSON or YAML; for custom resources. */
  readonly template: Known<string>;
  readonly stackPolicy: Known<string | null>;
}

export interface OperatorSeen {
  /** Tags of the operator's role or user, as IAM tells them. */
  readonly tags: Known<Tags>;
  /** Roles of the Quilt account; those with the exempt tag are the fail-safe entry. */
  readonly roles: Known<readonly Role[]>;
  /** Inline and attached policies of the stack's roles, as text. */
  readonly stackRolePolicies: Known<readonly { readonly role: string; readonly name: string; readonly document: string }[]>;
}

/** What may reach S3 from AWS's own network, outside any VPC. */
export interface OutsideSeen {
  /** Of the Region, in VPCs too. */
  readonly functions: Known<readonly LambdaFunction[]>;
  readonly canaries: Known<readonly Canary[]>;
  readonly roles: Known<readonly AccountRole[]>;
}

export interface Landscape {
  readonly survey: Survey;
  readonly network: Network;
  readonly buckets: BucketsSeen;
  /** Unknown where the organization's side cannot be read. */
  readonly organization: Known<OrganizationSeen>;
  readonly stack: StackSeen;
  readonly operator: OperatorSeen;
  /** What CloudTrail writes down of the buckets' objects. */
  readonly trails: Known<readonly Trail[]>;
  readonly outside: OutsideSeen;
}

/** Calls that were recorded, and what the perimeter says of them: data that a command brings in. */
export interface ReplayedPath {
  /** ARN of the role or user. */
  readonly principal: string;
  readonly bucket: string;
  readonly events: number;
  readonly verdict: 'passes' | 'newly-denied' | 'unknown';
}

/** What flows through the pipeline. */
export interface PerimeterInput {
  readonly choices: Choices;
  readonly landscape: Landscape;
  /** Set by endpoints' result: the id, a ref to the change that will make it, or null before. */
  readonly apiGatewayEndpoint: string | Ref | null;
  /** Added to by endpoints and nat: what they are still to change in the VPC in this run. */
  readonly networkChanges: readonly Change[];
  /** A replay of recorded calls that was made in this run; null: none. */
  readonly replay: readonly ReplayedPath[] | null;
  /** Runs of Quilt's canaries since the bucket policy stands; null: nobody looked. */
  readonly canaries: Known<CanaryEvidence> | null;
}
