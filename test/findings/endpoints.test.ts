// QP1xx: what the endpoints run into.
import { addGatewayEndpoint, addInterfaceEndpoint } from '../../src/sandbox/scenarios/endpoints.ts';
import { addInterface, addNatGateway, addRoute, addSubnet, addVpc, toAll } from '../../src/sandbox/scenarios/network.ts';
import { findingCases, unread } from '../support/finding-cases.ts';
import { elsewhere, type QuiltWorld } from '../support/quilt-world.ts';

const ids = (things: readonly { readonly id: string }[]): readonly string[] => things.map(({ id }) => id);
const hostNamesOn = ({ vpc }: QuiltWorld) => {
  vpc.enableDnsHostnames = true;
};

/** An endpoint for API Gateway that somebody else made. */
const standingApi = (quilt: QuiltWorld, parts: { readonly group?: string; readonly policy?: string; readonly privateDns?: boolean } = {}) =>
  addInterfaceEndpoint(quilt.draft, quilt.vpc, {
    name: 'others-execute-api',
    service: 'execute-api',
    subnets: quilt.subnets('user').map((subnet, index) => ({ subnet, privateIp: `10.0.${56 + index}.50` })),
    group: quilt.group(parts.group ?? 'quilt-users'),
    privateDns: parts.privateDns ?? true,
    ...(parts.policy === undefined ? {} : { policy: parts.policy }),
  });

/** The VPC and all in it belong to another account, which shares its subnets. */
function sharedFromElsewhere({ world, vpc, accountId }: QuiltWorld): void {
  const { ec2 } = world;
  ec2.vpcs[vpc.id] = { ...vpc, ownerId: elsewhere };
  for (const subnet of Object.values(ec2.subnets).filter(({ vpcId }) => vpcId === vpc.id))
    ec2.subnets[subnet.id] = { ...subnet, ownerId: elsewhere, sharedWith: [accountId] };
  for (const table of Object.values(ec2.routeTables).filter(({ vpcId }) => vpcId === vpc.id))
    ec2.routeTables[table.id] = { ...table, ownerId: elsewhere };
}

const allowing = (actions: readonly string[], condition: object = {}): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: actions, Resource: '*', ...condition }],
  });

findingCases('QP101', {
  'is raised where host names are off and private DNS is wanted': {
    raises: ({ vpc }) => [
      { severity: 'info', subjects: [vpc.id], detail: 'enableDnsHostnames', remedy: 'a change of this step turns it on' },
    ],
  },
  'names both attributes where both are off': {
    build: ({ vpc }) => {
      vpc.enableDnsSupport = false;
    },
    raises: ({ vpc }) => [
      { severity: 'info', subjects: [vpc.id], detail: 'enableDnsSupport and enableDnsHostnames', remedy: 'rollback turns them off again' },
    ],
  },
  'is not raised where both are on': { build: hostNamesOn, raises: [] },
  'is not raised where private DNS is not wanted': { wanted: { privateDns: false }, raises: [] },
});

findingCases('QP102', {
  "is an error where interfaces stand in subnets that are not the stack's": {
    build: ({ draft, subnets }) => {
      const [subnet] = subnets('intra');
      if (subnet)
        addInterface(draft, subnet, {
          name: 'batch',
          privateIp: '10.0.52.9',
          interfaceType: 'interface',
          description: '',
          attachedTo: 'i-1',
        });
    },
    raises: ({ vpc, subnets }) => [
      {
        severity: 'error',
        subjects: [vpc.id, subnets('intra')[0]?.id ?? ''],
        detail: 'eni-',
        remedy: 'endpoints.apiGateway.privateDns: false',
      },
    ],
  },
  "is a warning where only the stack's interfaces, NAT gateways and endpoints are there": {
    build: ({ draft, subnets }) => {
      const [subnet] = subnets('public');
      if (subnet) addNatGateway(draft, subnet, { name: 'nat', publicIp: '192.0.2.10', privateIp: '10.0.48.10' });
    },
    raises: ({ vpc }) => [{ severity: 'warning', subjects: [vpc.id], remedy: '--private-dns off' }],
  },
  'is unknown where interfaces cannot be read': unread('ec2:DescribeNetworkInterfaces', ({ vpc }) => [vpc.id]),
  'is not raised where private DNS is not wanted': { wanted: { privateDns: false }, raises: [] },
  'is not raised where an endpoint with private DNS stands already': { build: (quilt) => void standingApi(quilt), raises: [] },
});

findingCases('QP103', {
  'is raised by a private hosted zone of that name': {
    build: ({ world, accountId, vpc, region }) => {
      world.route53.zones.ZCLAIM = {
        id: 'ZCLAIM',
        accountId,
        name: `execute-api.${region}.amazonaws.com.`,
        callerReference: 'x',
        comment: '',
        privateZone: true,
        vpcs: [{ vpcId: vpc.id, region }],
        owningService: null,
      };
    },
    raises: ({ vpc }) => [
      {
        severity: 'error',
        subjects: ['ZCLAIM', vpc.id],
        detail: 'execute-api.us-east-1.amazonaws.com',
        remedy: 'aws route53 disassociate-vpc-from-hosted-zone --hosted-zone-id ZCLAIM',
      },
    ],
  },
  'is not raised by a zone of another name': {
    build: ({ world, accountId, vpc, region }) => {
      world.route53.zones.ZOTHER = {
        id: 'ZOTHER',
        accountId,
        name: 'internal.example.com.',
        callerReference: 'x',
        comment: '',
        privateZone: true,
        vpcs: [{ vpcId: vpc.id, region }],
        owningService: null,
      };
    },
    raises: [],
  },
  'is not raised by the endpoint that is reused': { build: (quilt) => void standingApi(quilt), raises: [] },
  'is unknown where zones cannot be listed': unread('route53:ListHostedZonesByVPC', ({ vpc }) => [vpc.id]),
});

findingCases('QP104', {
  'is raised where no subnet is in a zone that the service supports': {
    build: ({ world, region }) => {
      world.ec2.serviceZones[`com.amazonaws.${region}.execute-api`] = [`${region}f`];
    },
    raises: ({ subnets }) => [
      { severity: 'error', subjects: ids(subnets('user')), detail: 'supports us-east-1f, not us-east-1a', remedy: '--subnet ID' },
    ],
  },
  'is raised where the subnet of a zone has no free address': {
    build: ({ subnets }) => {
      const [full] = subnets('user');
      if (full) full.usedAddresses = 251;
    },
    raises: ({ subnets }) => [
      { severity: 'error', subjects: ids(subnets('user').slice(0, 1)), detail: 'no address is free', remedy: '--subnet ID' },
    ],
  },
  'is not raised where one is': {
    build: ({ world, region }) => {
      world.ec2.serviceZones[`com.amazonaws.${region}.execute-api`] = [`${region}c`];
    },
    raises: [],
  },
});

findingCases('QP105', {
  'is raised for the tables that are put on the endpoint, with their subnets': {
    raises: ({ tables, subnets }) => [
      { severity: 'warning', subjects: [...ids(tables('private')), ...ids(subnets('private'))], remedy: 'quiet hour' },
    ],
  },
  'is not raised where all lead to one already': {
    build: ({ draft, vpc, tables }) => void addGatewayEndpoint(draft, vpc, { name: 's3', service: 's3', tables: tables('private') }),
    raises: [],
  },
});

const inIreland = ({ world, accountId }: QuiltWorld, name = 'quilt-raw-data') => {
  const bucket = `${name}-${accountId}`;
  const there = world.s3.buckets[bucket];
  if (there) world.s3.buckets[bucket] = { ...there, region: 'eu-west-1' };
};

findingCases('QP106', {
  "is an error for the stack's own bucket": {
    build: (quilt) => inIreland(quilt, 'quilt-service'),
    raises: ({ accountId }) => [
      { severity: 'error', subjects: [`quilt-service-${accountId}`], detail: 'eu-west-1', remedy: '--trusted-cidr' },
    ],
  },
  'is a warning for another bucket, and names the address of the NAT gateway': {
    scenario: 'brownfield',
    raises: ({ accountId }) => [
      { severity: 'warning', subjects: [`quilt-archive-${accountId}`], detail: 'eu-west-1', remedy: '--trusted-cidr 192.0.2.10/32' },
    ],
  },
  "is an error where nothing tells whether it is the stack's": {
    build: (quilt) => inIreland(quilt),
    denied: ['s3:GetBucketTagging', 'cloudformation:ListStackResources'],
    raises: ({ accountId }) => [
      { severity: 'error', subjects: [`quilt-raw-data-${accountId}`], detail: 'cannot be told', remedy: '--trusted-cidr' },
    ],
  },
  'is not raised where that address is trusted': { scenario: 'brownfield', wanted: { trustedCidrs: ['192.0.2.0/24'] }, raises: [] },
  'is not raised where all buckets are here': { raises: [] },
  'is unknown where buckets cannot be listed': unread('s3:ListAllMyBuckets', ['quilt*']),
});

findingCases('QP107', {
  "is raised by a static route into S3's ranges": {
    build: ({ tables }) => {
      const [table] = tables('private');
      if (table) addRoute(table, { destination: '52.216.4.0/24', target: { kind: 'TransitGatewayId', id: 'tgw-1' } });
    },
    raises: ({ tables }) => [
      {
        severity: 'warning',
        subjects: [tables('private')[0]?.id ?? '', 'tgw-1'],
        remedy: '--destination-cidr-block 52.216.4.0/24',
      },
    ],
  },
  'is not raised by other routes': {
    build: ({ tables }) => {
      for (const table of tables('private'))
        addRoute(table, { destination: '172.16.0.0/12', target: { kind: 'TransitGatewayId', id: 'tgw-1' } });
    },
    raises: [],
  },
});

findingCases('QP108', {
  'is raised where the group of the reused endpoint admits nothing, for every range': {
    build: (quilt) => void standingApi(quilt, { group: 'quilt-db-accessor' }),
    raises: ({ world, group }) => [
      {
        severity: 'warning',
        subjects: [
          ...ids(Object.values(world.ec2.vpcEndpoints).filter(({ tags }) => tags.Name === 'others-execute-api')),
          group('quilt-db-accessor').id,
        ],
        detail: '10.0.0.0/16, 10.20.0.0/16',
        remedy:
          /authorize-security-group-ingress --group-id sg-\w+ --protocol tcp --port 443 --cidr 10\.0\.0\.0\/16 && .*--cidr 10\.20\.0\.0\/16/,
      },
    ],
  },
  'is raised for a second CIDR of the VPC and for client CIDRs': {
    build: (quilt) => {
      standingApi(quilt);
      quilt.vpc.cidrs.push({ associationId: 'vpc-cidr-assoc-2', cidr: '100.64.0.0/16', state: 'associated' });
    },
    wanted: { clientCidrs: ['192.168.0.0/16'] },
    raises: ({ world, group }) => [
      {
        severity: 'warning',
        subjects: [
          ...ids(Object.values(world.ec2.vpcEndpoints).filter(({ tags }) => tags.Name === 'others-execute-api')),
          group('quilt-users').id,
        ],
        detail: '100.64.0.0/16, 192.168.0.0/16',
        remedy: '--cidr 192.168.0.0/16',
      },
    ],
  },
  'is not raised where all are admitted': { build: (quilt) => void standingApi(quilt), raises: [] },
  'is not raised where an endpoint is made': { raises: [] },
});

findingCases('QP109', {
  'is raised where the VPC is shared from another account': {
    build: sharedFromElsewhere,
    raises: ({ vpc }) => [
      { severity: 'error', subjects: [vpc.id, elsewhere], detail: elsewhere, remedy: `credentials of account ${elsewhere}` },
    ],
  },
  "is not raised where it is this account's": { raises: [] },
});

findingCases('QP110', {
  'is raised where subnets reach the Internet over IPv6': {
    scenario: 'brownfield',
    raises: ({ subnets }) => [
      { severity: 'warning', subjects: ids(subnets('private')), detail: 'eigw-', remedy: '--trusted-cidr 2600:1f18:1234:5600::/64' },
    ],
  },
  'is not raised where an IPv6 range is trusted': {
    scenario: 'brownfield',
    wanted: { trustedCidrs: ['198.51.100.0/24', '2600:1f18:1234:5600::/56'] },
    raises: [],
  },
  'is raised where the IPv6 range that is trusted is another': {
    scenario: 'brownfield',
    wanted: { trustedCidrs: ['198.51.100.0/24', '2600:1f18:1234:5600::/63'] },
    raises: ({ subnets }) => [
      { severity: 'warning', subjects: ids(subnets('private')).slice(2), remedy: /^--trusted-cidr 2600:1f18:1234:5602::\/64,/ },
    ],
  },
  'is not raised without IPv6': { raises: [] },
});

const byAddress = (bucket: string, statement: object): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'ByAddress', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*`, ...statement }],
  });

findingCases('QP111', {
  'is raised by an Allow by IpAddress of a bucket here': {
    scenario: 'brownfield',
    raises: ({ accountId }) => [
      {
        severity: 'error',
        subjects: [`quilt-curated-data-${accountId}`],
        detail: 'Allow by IpAddress',
        remedy: '"aws:SourceVpc"',
      },
    ],
  },
  'is raised by a Deny by NotIpAddress, and not where that Deny spares the VPC': {
    build: ({ bucket, vpc }) => {
      const [raw, curated] = [bucket('quilt-raw-data'), bucket('quilt-curated-data')];
      const condition = { NotIpAddress: { 'aws:SourceIp': '198.51.100.0/24' } };
      raw.policy = byAddress(raw.name, { Effect: 'Deny', Condition: condition });
      curated.policy = byAddress(curated.name, {
        Effect: 'Deny',
        Condition: { ...condition, StringNotEquals: { 'aws:SourceVpc': vpc.id } },
      });
    },
    raises: ({ bucket }) => [
      {
        severity: 'error',
        subjects: [bucket('quilt-raw-data').name],
        detail: 'Deny by NotIpAddress',
        remedy: '"StringNotEquals": {"aws:SourceVpc": "vpc-',
      },
    ],
  },
  "is raised by a policy of one of the stack's roles": {
    build: ({ iam }) => {
      const role = Object.values(iam.roles).find(({ name }) => name.includes('RegistryTaskRole'));
      if (role)
        role.inlinePolicies.Office = JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.10/32' } } }],
        });
    },
    raises: [
      { severity: 'error', subjects: ['quilt-prod-RegistryTaskRole', 'Office'], detail: 'policy Office of role', remedy: 'aws:SourceVpc' },
    ],
  },
  'is not raised by policies without addresses': { raises: [] },
  'is unknown for buckets whose policies cannot be read': unread('s3:GetBucketPolicy', ({ world, testBucket }) =>
    Object.keys(world.s3.buckets)
      .filter((name) => name.startsWith('quilt') && name !== testBucket.name)
      .concat(testBucket.name),
  ),
  "is unknown where the stack's resources cannot be listed": unread('cloudformation:ListStackResources', ({ stack }) => [stack.name]),
  "is unknown where policies of the stack's roles cannot be read": unread('iam:GetRolePolicy', ({ stack }) => [stack.name]),
  "is unknown where it is another of the roles' reads that is refused": unread('iam:ListAttachedRolePolicies', ({ stack }) => [stack.name]),
  'is unknown where buckets cannot be listed': unread('s3:ListAllMyBuckets', ['quilt*']),
});

const gatewaysElsewhere = (quilt: QuiltWorld, count: number) => {
  const vpc = addVpc(quilt.draft, { name: 'many', ownerId: quilt.accountId, cidr: '10.60.0.0/16' });
  for (let index = 0; index < count; index += 1)
    addGatewayEndpoint(quilt.draft, vpc, { name: `many-${index}`, service: 'dynamodb', tables: [] });
};
const quota = ({ world, accountId, region }: QuiltWorld, code: string, value: number) => {
  world.quotas.applied[`${accountId}/${region}/${code}`] = value;
};
const addressesTaken = ({ world, accountId, region }: QuiltWorld, count: number) => {
  for (let index = 0; index < count; index += 1) {
    const id = `eipalloc-0000000000000000${index}`;
    world.ec2.addresses[id] = { id, ownerId: accountId, region, tags: {}, publicIp: `192.0.2.${100 + index}`, networkInterfaceId: null };
  }
};

findingCases('QP112', {
  'is an error for gateway endpoints where the quota was read': {
    build: (quilt) => {
      gatewaysElsewhere(quilt, 3);
      quota(quilt, 'vpc/L-1B52E74A', 3);
    },
    raises: [
      {
        severity: 'error',
        subjects: ['vpc/L-1B52E74A', 'us-east-1'],
        detail: '3 there, 1 to be made, quota 3',
        remedy: 'aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-1B52E74A --desired-value 4',
      },
    ],
  },
  'is a warning for gateway endpoints where only the default is known': {
    build: (quilt) => gatewaysElsewhere(quilt, 20),
    denied: ['servicequotas:GetServiceQuota'],
    raises: [
      { severity: 'warning', subjects: ['vpc/L-1B52E74A', 'us-east-1'], detail: "AWS's default quota 20", remedy: '--desired-value 21' },
    ],
  },
  'is an error for interface endpoints of the VPC': {
    build: (quilt) => quota(quilt, 'vpc/L-29B6F2EB', 0),
    raises: ({ vpc }) => [{ severity: 'error', subjects: ['vpc/L-29B6F2EB', vpc.id], remedy: '--quota-code L-29B6F2EB --desired-value 1' }],
  },
  'is an error for Elastic IPs': {
    build: (quilt) => addressesTaken(quilt, 5),
    raises: [
      {
        severity: 'error',
        subjects: ['ec2/L-0263D0A3', 'us-east-1'],
        detail: '5 there',
        remedy: '--service-code ec2 --quota-code L-0263D0A3',
      },
    ],
  },
  'is a warning for Elastic IPs where only the default is known': {
    build: (quilt) => addressesTaken(quilt, 5),
    denied: ['servicequotas:GetServiceQuota'],
    raises: [{ severity: 'warning', subjects: ['ec2/L-0263D0A3', 'us-east-1'], remedy: '--desired-value 6' }],
  },
  'is an error for NAT gateways of the zone': {
    build: (quilt) => quota(quilt, 'vpc/L-FE5A380F', 0),
    raises: [{ severity: 'error', subjects: ['vpc/L-FE5A380F', 'us-east-1a'], remedy: '--quota-code L-FE5A380F' }],
  },
  'is not raised where there is room': { build: (quilt) => addressesTaken(quilt, 4), raises: [] },
});

const withoutEndpoints = ({ world, vpn }: QuiltWorld) => {
  for (const endpoint of Object.values(world.ec2.vpcEndpoints)) if (endpoint.vpcId === vpn.id) delete world.ec2.vpcEndpoints[endpoint.id];
};

findingCases('QP113', {
  'is raised for another trusted VPC where no S3 interface endpoint stands': {
    build: withoutEndpoints,
    raises: ({ vpn }) => [
      {
        severity: 'warning',
        subjects: [vpn.id, '10.20.0.0/16'],
        remedy: `aws ec2 create-vpc-endpoint --vpc-id ${vpn.id} --vpc-endpoint-type Interface`,
      },
    ],
  },
  'is raised for client CIDRs': {
    build: withoutEndpoints,
    wanted: { trustedVpcs: [], clientCidrs: ['192.168.0.0/16'] },
    raises: [{ severity: 'warning', subjects: ['192.168.0.0/16'], remedy: 'quilt-perimeter verify --dns' }],
  },
  'is not raised where one stands': { raises: [] },
  'is not raised where nobody else is trusted': { build: withoutEndpoints, wanted: { trustedVpcs: [] }, raises: [] },
});

const policyOf =
  (name: string, policy: string) =>
  ({ world }: QuiltWorld) => {
    for (const endpoint of Object.values(world.ec2.vpcEndpoints)) if (endpoint.tags.Name === name) endpoint.policyDocument = policy;
  };
const endpointsNamed = ({ world }: QuiltWorld, name: string) =>
  ids(Object.values(world.ec2.vpcEndpoints).filter(({ tags }) => tags.Name === name));

findingCases('QP114', {
  'is raised where the policy of the S3 endpoint does not allow the buckets': {
    scenario: 'brownfield',
    build: policyOf('quilt-s3', allowing(['s3:ListBucket'])),
    raises: (quilt) => [
      {
        severity: 'error',
        subjects: endpointsNamed(quilt, 'quilt-s3'),
        detail: `s3:GetObject on arn:aws:s3:::quilt-raw-data-${quilt.accountId}/key`,
        remedy: '"Effect":"Allow"',
      },
    ],
  },
  'is raised where the policy of the API Gateway endpoint does not allow the APIs': {
    build: (quilt) => void standingApi(quilt, { policy: allowing(['execute-api:ManageConnections']) }),
    raises: (quilt) => [
      {
        severity: 'error',
        subjects: endpointsNamed(quilt, 'others-execute-api'),
        detail: 'execute-api:Invoke',
        remedy: '"execute-api:Invoke"',
      },
    ],
  },
  'is unknown where that depends on who asks': {
    scenario: 'brownfield',
    build: policyOf('quilt-s3', allowing(['s3:*'], { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-other' } } })),
    raises: (quilt) => [
      { severity: 'unknown', subjects: endpointsNamed(quilt, 'quilt-s3'), detail: 'aws:PrincipalOrgID', remedy: 'check by hand' },
    ],
  },
  'is unknown where the policy cannot be understood': {
    scenario: 'brownfield',
    build: policyOf('quilt-s3', '{"Version":'),
    raises: (quilt) => [{ severity: 'unknown', subjects: endpointsNamed(quilt, 'quilt-s3'), remedy: 'check by hand' }],
  },
  'is unknown where it allows some buckets and buckets cannot be listed': {
    ...unread('s3:ListAllMyBuckets', ['quilt*']),
    scenario: 'brownfield',
    build: (quilt) => {
      const names = [quilt.testBucket.name, 'prod-us-east-1-starport-layer-bucket'];
      const Resource = names.flatMap((name) => [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`]);
      policyOf('quilt-s3', allowing(['s3:*'], { Resource }))(quilt);
    },
  },
  'is not raised by the policy that allows everything': { scenario: 'brownfield', raises: [] },
  'is not raised by it where buckets cannot be listed': { scenario: 'brownfield', denied: ['s3:ListAllMyBuckets'], raises: [] },
});

findingCases('QP115', {
  "is an error for the stack's VPC where the step cannot mend it": {
    build: sharedFromElsewhere,
    raises: ({ vpc, tables }) => [
      {
        severity: 'error',
        subjects: [vpc.id, ...ids(tables('private'))],
        remedy: "have the VPC's owner put an S3 gateway endpoint on rtb-",
      },
    ],
  },
  'is a warning for another trusted VPC without an S3 endpoint': {
    build: withoutEndpoints,
    raises: ({ vpn }) => [
      { severity: 'warning', subjects: [vpn.id], remedy: `aws ec2 create-vpc-endpoint --vpc-id ${vpn.id} --vpc-endpoint-type Gateway` },
    ],
  },
  'is a warning for another trusted VPC whose subnets have no route to its S3 endpoint': {
    build: (quilt) => {
      withoutEndpoints(quilt);
      const { world, draft, vpn } = quilt;
      const subnet = addSubnet(draft, vpn, { name: 'vpn-app', cidr: '10.20.9.0/24', zone: 'us-east-1a' });
      const tables = Object.values(world.ec2.routeTables).filter(({ vpcId }) => vpcId === vpn.id);
      const main = tables.find(({ associations }) => associations.some((each) => each.main));
      if (main) addRoute(main, toAll('TransitGatewayId', 'tgw-1'));
      addGatewayEndpoint(draft, vpn, { name: 'vpn-s3-gateway', service: 's3', tables: tables.filter((table) => table !== main) });
      subnet.tags.Purpose = 'app';
    },
    raises: (quilt) => [
      {
        severity: 'warning',
        subjects: [quilt.vpn.id, ...ids(Object.values(quilt.world.ec2.subnets).filter(({ tags }) => tags.Name === 'vpn-app'))],
        remedy: /aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-\w+ --add-route-table-ids rtb-\w+/,
      },
    ],
  },
  'is unknown for a trusted VPC of another account': {
    wanted: { trustedVpcs: ['vpc-0ffffffffffffffff'] },
    raises: [{ severity: 'unknown', subjects: ['vpc-0ffffffffffffffff'], detail: 'another account', remedy: 'ec2:DescribeVpcEndpoints' }],
  },
  'is unknown for a trusted VPC that is shared from another account': {
    build: ({ world, vpn, accountId }) => {
      const { ec2 } = world;
      ec2.vpcs[vpn.id] = { ...vpn, ownerId: elsewhere };
      for (const subnet of Object.values(ec2.subnets).filter(({ vpcId }) => vpcId === vpn.id))
        ec2.subnets[subnet.id] = { ...subnet, ownerId: elsewhere, sharedWith: [accountId] };
      for (const endpoint of Object.values(ec2.vpcEndpoints).filter(({ vpcId }) => vpcId === vpn.id))
        ec2.vpcEndpoints[endpoint.id] = { ...endpoint, ownerId: elsewhere };
    },
    raises: ({ vpn }) => [{ severity: 'unknown', subjects: [vpn.id], detail: 'another account', remedy: 'ec2:DescribeVpcEndpoints' }],
  },
  'is not raised where the step puts the endpoint there, and the VPN has one': { raises: [] },
});

const ownTags = (tags: { readonly [key: string]: string }) => (quilt: QuiltWorld) => {
  const [table] = quilt.tables('private');
  if (table) Object.assign(table.tags, tags);
};

findingCases('QP116', {
  'is raised where Terraform owns table and endpoint, with the lines to add there': {
    scenario: 'terraform-owned',
    raises: (quilt) => [
      {
        severity: 'error',
        subjects: [quilt.tables('private')[2]?.id ?? ''],
        detail: 'Terraform=true',
        remedy: 'resource "aws_vpc_endpoint_route_table_association"',
      },
      { severity: 'error', subjects: endpointsNamed(quilt, 'quilt-s3'), remedy: 'route_table_ids = ["rtb-' },
    ],
  },
  'is raised where CloudFormation owns the table, for the S3 endpoint and for the default route': {
    build: ownTags({ 'aws:cloudformation:stack-name': 'network' }),
    raises: ({ tables }) => [
      {
        severity: 'error',
        subjects: [tables('private')[0]?.id ?? ''],
        detail: 'aws:cloudformation:stack-name=network',
        remedy: 'RouteTableIds: [',
      },
      { severity: 'error', subjects: [tables('private')[0]?.id ?? ''], detail: 'the default route', remedy: 'AWS::EC2::Route' },
    ],
  },
  'is not raised where no tag says so': { build: ownTags({ ManagedBy: 'network-team', Terraform: 'false' }), raises: [] },
});
