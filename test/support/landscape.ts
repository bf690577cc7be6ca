// A small greenfield landscape as data, for planners and findings: one VPC with public, private and intra subnets in three
// zones, no endpoints, no NAT gateway, the stack `quilt-prod`, three buckets and a small organization. Tests name only what
// differs.
import type { Trail } from '../../src/aws/trail.ts';
import type {
  Bucket,
  Identity,
  NatGateway,
  Route,
  RouteTable,
  RouteTargetKind,
  SecurityGroup,
  Stack,
  Subnet,
  Vpc,
  VpcEndpoint,
} from '../../src/aws/types.ts';
import { known } from '../../src/ports.ts';
import type { Choices } from '../../src/steps/choices.ts';
import type {
  BucketsSeen,
  Landscape,
  Network,
  OperatorSeen,
  OrganizationSeen,
  OutsideSeen,
  PerimeterInput,
  StackSeen,
  Survey,
} from '../../src/steps/landscape.ts';

export const region = 'us-east-1';
export const accountId = '111122223333';
export const managementAccountId = '999900001111';
export const vpcId = 'vpc-0a1b';
export const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'] as const;
export const s3PrefixListId = 'pl-63a5400a';

export const aVpc = (over: Partial<Vpc> = {}): Vpc => ({
  id: vpcId,
  name: 'quilt',
  ownerId: accountId,
  isDefault: false,
  cidrs: ['10.0.0.0/16'],
  ipv6Cidrs: [],
  blockPublicAccess: 'off',
  tags: {},
  ...over,
});

export const aSubnet = (id: string, over: Partial<Subnet> = {}): Subnet => ({
  id,
  name: null,
  vpcId,
  ownerId: accountId,
  cidr: '10.0.0.0/24',
  ipv6Cidrs: [],
  zone: 'us-east-1a',
  zoneId: 'use1-az1',
  availableAddresses: 200,
  blockPublicAccess: 'off',
  tags: {},
  ...over,
});

export const aRoute = (destination: string, kind: RouteTargetKind, id: string, state = 'active'): Route => ({
  destination,
  kind: destination.startsWith('pl-') ? 'prefix-list' : destination.includes(':') ? 'ipv6' : 'ipv4',
  target: { kind, id },
  state,
});

export const localRoute = aRoute('10.0.0.0/16', 'local', 'local');

export const aTable = (id: string, over: Partial<RouteTable> = {}): RouteTable => ({
  id,
  name: null,
  vpcId,
  main: false,
  subnetIds: [],
  routes: [localRoute],
  tags: {},
  ...over,
});

export const anEndpoint = (id: string, over: Partial<VpcEndpoint> = {}): VpcEndpoint => ({
  id,
  vpcId,
  ownerId: accountId,
  serviceName: `com.amazonaws.${region}.s3`,
  type: 'Gateway',
  state: 'available',
  lastError: null,
  routeTableIds: [],
  subnetIds: [],
  securityGroupIds: [],
  networkInterfaceIds: [],
  privateDns: false,
  privateDnsForInboundOnly: false,
  policy: null,
  tags: {},
  ...over,
});

export const aNatGateway = (id: string, over: Partial<NatGateway> = {}): NatGateway => ({
  id,
  vpcId,
  subnetId: 'subnet-public-a',
  state: 'available',
  failureCode: null,
  failureMessage: null,
  addresses: [{ allocationId: 'eipalloc-1', publicIp: '203.0.113.9', networkInterfaceId: 'eni-nat' }],
  tags: {},
  ...over,
});

export const aGroup = (id: string, over: Partial<SecurityGroup> = {}): SecurityGroup => ({
  id,
  name: id,
  vpcId,
  description: '',
  ingress: [],
  egress: [],
  tags: {},
  ...over,
});

export const aBucket = (name: string, over: Partial<Bucket> = {}): Bucket => ({
  name,
  region: known(region),
  policy: known(null),
  policyIsPublic: known(false),
  blockPublicPolicy: known(true),
  tags: known({}),
  ...over,
});

export const aStack = (over: Partial<Stack> = {}): Stack => ({
  id: `arn:aws:cloudformation:${region}:${accountId}:stack/quilt-prod/0001`,
  name: 'quilt-prod',
  status: 'UPDATE_COMPLETE',
  parameters: [
    { key: 'ApiGatewayVPCEndpointId', value: '', noEcho: false, type: 'String' },
    { key: 'VPC', value: vpcId, noEcho: false, type: 'AWS::EC2::VPC::Id' },
    { key: 'Subnets', value: zones.map((zone) => `subnet-private-${zone.at(-1)}`).join(','), noEcho: false, type: 'CommaDelimitedList' },
    { key: 'AdminPassword', value: null, noEcho: true, type: 'String' },
  ],
  outputs: {},
  capabilities: ['CAPABILITY_NAMED_IAM'],
  roleArn: null,
  parentId: null,
  rootId: null,
  tags: {},
  ...over,
});

const identity = (account: string, name: string): Identity => ({
  accountId: account,
  arn: `arn:aws:sts::${account}:assumed-role/${name}/session`,
  roleArn: `arn:aws:iam::${account}:role/${name}`,
  partition: 'aws',
  region,
  source: 'test',
  base: `test, ${name}`,
});

/** The Quilt VPC: `subnet-{public,private,intra}-{a,b,c}` on tables `rtb-public`, `rtb-private-{a,b,c}`, `rtb-main` (intra). */
export function aNetwork(over: Partial<Network> = {}): Network {
  const subnets = zones.flatMap((zone, index) => {
    const letter = zone.at(-1);
    const at = { zone, zoneId: `use1-az${index + 1}` };
    return [
      aSubnet(`subnet-public-${letter}`, { ...at, cidr: `10.0.${index}.0/24` }),
      aSubnet(`subnet-private-${letter}`, { ...at, cidr: `10.0.${index + 10}.0/24` }),
      aSubnet(`subnet-intra-${letter}`, { ...at, cidr: `10.0.${index + 20}.0/24` }),
    ];
  });
  return {
    vpc: aVpc(),
    dnsSupport: true,
    dnsHostnames: true,
    subnets,
    routeTables: [
      aTable('rtb-main', { main: true }),
      aTable('rtb-public', {
        subnetIds: zones.map((zone) => `subnet-public-${zone.at(-1)}`),
        routes: [localRoute, aRoute('0.0.0.0/0', 'internet-gateway', 'igw-1')],
      }),
      ...zones.map((zone) => aTable(`rtb-private-${zone.at(-1)}`, { subnetIds: [`subnet-private-${zone.at(-1)}`] })),
    ],
    endpoints: [],
    natGateways: [],
    internetGateways: [{ id: 'igw-1', vpcIds: [vpcId] }],
    addresses: [],
    securityGroups: [aGroup('sg-default', { name: 'default' })],
    networkInterfaces: known([]),
    s3PrefixListId,
    s3PrefixListCidrs: known(['52.216.0.0/15', '3.5.0.0/19']),
    apiService: {
      serviceName: `com.amazonaws.${region}.execute-api`,
      types: ['Interface'],
      zones: [...zones],
      privateDnsNames: [`execute-api.${region}.amazonaws.com`, `*.execute-api.${region}.amazonaws.com`],
    },
    hostedZones: known([]),
    quotas: [
      { code: 'vpc/L-1B52E74A', name: 'gateway VPC endpoints in the Region', value: 20, source: 'service-quotas' },
      { code: 'vpc/L-29B6F2EB', name: 'interface VPC endpoints in the VPC', value: 50, source: 'service-quotas' },
      { code: 'ec2/L-0263D0A3', name: 'Elastic IPs in the Region', value: 5, source: 'service-quotas' },
      { code: 'vpc/L-FE5A380F', name: 'NAT gateways in the Availability Zone', value: 5, source: 'service-quotas' },
    ],
    gatewayEndpointsInRegion: 0,
    ...over,
  };
}

export function someChoices(over: Partial<Choices> = {}): Choices {
  const subnets = zones.map((zone) => `subnet-private-${zone.at(-1)}`);
  return {
    stack: 'quilt-prod',
    parameter: 'ApiGatewayVPCEndpointId',
    vpc: vpcId,
    subnets,
    endpointSubnets: subnets,
    privateDns: true,
    nat: 'auto',
    buckets: ['quilt*'],
    trustedVpcs: [],
    trustedCidrs: ['198.51.100.0/24'],
    clientCidrs: [],
    exemptTag: 'NetworkRestrictedExempt',
    policyName: 'QuiltDataPerimeter',
    vpcKey: 'id',
    resourceAccounts: [],
    accessPoints: false,
    protectExemptTag: false,
    tagAdministrator: null,
    testBucket: 'quilt-test',
    targets: [accountId],
    operatorIp: null,
    accept: [],
    skipProbes: false,
    confirmWithin: null,
    steps: [],
    ...over,
  };
}

export const someBuckets = (over: Partial<BucketsSeen> = {}): BucketsSeen => ({
  inScope: [aBucket('quilt-data'), aBucket('quilt-logs'), aBucket('quilt-test')],
  test: aBucket('quilt-test'),
  testIsOurs: true,
  testIsEmpty: known(true),
  accountBlockPublicPolicy: known(true),
  ...over,
});

export function anOrganization(over: Partial<OrganizationSeen> = {}): OrganizationSeen {
  const arn = (kind: string, id: string) => `arn:aws:organizations::${managementAccountId}:${kind}/o-example/${id}`;
  const root = { id: 'r-ex01', arn: arn('root', 'r-ex01'), name: 'Root', type: 'ROOT' as const };
  const unit = { id: 'ou-ex01-workload', arn: arn('ou', 'ou-ex01-workload'), name: 'Workloads', type: 'ORGANIZATIONAL_UNIT' as const };
  const account = { id: accountId, arn: arn('account', accountId), name: 'quilt', type: 'ACCOUNT' as const };
  const full = {
    id: 'p-FullAWSAccess',
    arn: 'arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess',
    name: 'FullAWSAccess',
    description: '',
    awsManaged: true,
  };
  return {
    info: { id: 'o-example', managementAccountId, featureSet: 'ALL' },
    root,
    policyType: 'ENABLED',
    ancestors: [root, unit, account].map((target) => ({ target, policies: known([full]) })),
    targets: [{ target: account, path: [root.id, unit.id, account.id], policies: [full] }],
    policy: null,
    authority: 'management',
    managers: [],
    ...over,
  };
}

export const aStackSeen = (over: Partial<StackSeen> = {}): StackSeen => ({
  stack: aStack(),
  resources: known([
    { logicalId: 'Data', physicalId: 'quilt-data', type: 'AWS::S3::Bucket' },
    { logicalId: 'Logs', physicalId: 'quilt-logs', type: 'AWS::S3::Bucket' },
  ]),
  changeSets: known([]),
  templateParameters: aStack().parameters.map(({ key, noEcho, type }) => ({ key, noEcho, type })),
  capabilities: ['CAPABILITY_NAMED_IAM'],
  transforms: [],
  template: known('{"Resources":{}}'),
  stackPolicy: known(null),
  ...over,
});

export const anOperator = (over: Partial<OperatorSeen> = {}): OperatorSeen => ({
  tags: known({}),
  roles: known([
    {
      name: 'BreakGlass',
      arn: `arn:aws:iam::${accountId}:role/BreakGlass`,
      path: '/',
      tags: known({ NetworkRestrictedExempt: 'true' }),
    },
  ]),
  stackRolePolicies: known([]),
  ...over,
});

/** The survey of a Region that holds this network's VPC and what `over` adds. */
export const aSurvey = (network: Network, over: Partial<Survey> = {}): Survey => ({
  quilt: identity(accountId, 'PlatformAdmin'),
  organizationSide: known(identity(managementAccountId, 'OrganizationAdmin')),
  vpcs: [network.vpc],
  subnets: network.subnets,
  routeTables: network.routeTables,
  endpoints: network.endpoints,
  natGateways: network.natGateways,
  internetGateways: network.internetGateways,
  stacks: [aStack()],
  buckets: known([
    { name: 'quilt-data', region },
    { name: 'quilt-logs', region },
    { name: 'quilt-test', region },
  ]),
  organization: known({ id: 'o-example', managementAccountId, featureSet: 'ALL' }),
  ...over,
});

/** A trail that logs every call to S3 objects. */
const allObjects: Trail = {
  name: 'all',
  arn: `arn:aws:cloudtrail:${region}:${accountId}:trail/all`,
  homeRegion: region,
  multiRegion: true,
  ofOrganization: false,
  bucket: 'corp-cloudtrail',
  prefix: null,
  logging: known(true),
  selectors: known({ basic: [{ DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] }] }], advanced: [] }),
};

interface LandscapeChanges {
  readonly network?: Partial<Network>;
  readonly survey?: Partial<Survey>;
  readonly buckets?: Partial<BucketsSeen>;
  readonly organization?: Landscape['organization'];
  readonly stack?: Partial<StackSeen>;
  readonly operator?: Partial<OperatorSeen>;
  readonly trails?: Landscape['trails'];
  readonly outside?: Partial<OutsideSeen>;
}

/** The greenfield landscape with these parts changed. */
export function aLandscape(changes: LandscapeChanges = {}): Landscape {
  const network = aNetwork(changes.network);
  return {
    survey: aSurvey(network, changes.survey),
    network,
    buckets: someBuckets(changes.buckets),
    organization: changes.organization ?? known(anOrganization()),
    stack: aStackSeen(changes.stack),
    operator: anOperator(changes.operator),
    trails: changes.trails ?? known([allObjects]),
    outside: { functions: known([]), canaries: known([]), roles: known([]), ...changes.outside },
  };
}

/** What flows through the pipeline, at its beginning. */
export const anInput = (landscape: Landscape = aLandscape(), choices: Choices = someChoices()): PerimeterInput => ({
  choices,
  landscape,
  apiGatewayEndpoint: null,
  networkChanges: [],
  replay: null,
  canaries: null,
});

/** The tables of `tables`, with `changes` applied to those of these ids. */
export const withTables = (tables: readonly RouteTable[], changes: { readonly [id: string]: Partial<RouteTable> }): readonly RouteTable[] =>
  tables.map((table) => ({ ...table, ...changes[table.id] }));
