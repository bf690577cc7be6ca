import { describe, expect, test } from 'vitest';
import type { FindingCode } from '../../../src/findings.ts';
import { known, unknown } from '../../../src/ports.ts';
import type { Choices } from '../../../src/steps/choices.ts';
import { endpointsFindings } from '../../../src/steps/endpoints/findings/all.ts';
import {
  aBucket,
  aGroup,
  aLandscape,
  aNatGateway,
  aNetwork,
  anEndpoint,
  aRoute,
  aSubnet,
  aTable,
  aVpc,
  localRoute,
  someChoices,
  vpcId,
  withTables,
} from '../../support/landscape.ts';

type Changes = Parameters<typeof aLandscape>[0];

/** What the endpoints step says of this code, as `severity subjects`. */
const found = (code: FindingCode, changes: Changes = {}, choices: Partial<Choices> = {}) =>
  endpointsFindings(aLandscape(changes), someChoices(choices)).filter((finding) => finding.code === code);
const severities = (code: FindingCode, changes: Changes = {}, choices: Partial<Choices> = {}) =>
  found(code, changes, choices).map(({ severity }) => severity);

const apiService = 'com.amazonaws.us-east-1.execute-api';
const privateTables = ['rtb-private-a', 'rtb-private-b', 'rtb-private-c'];
const anApi = (over = {}) =>
  anEndpoint('vpce-api', { type: 'Interface', serviceName: apiService, privateDns: true, securityGroupIds: ['sg-api'], ...over });
const anS3 = (over = {}) => anEndpoint('vpce-s3', { routeTableIds: privateTables, ...over });
const partlyOnS3 = anS3({ routeTableIds: ['rtb-private-a'] });
const refused = unknown('ec2:DescribeNetworkInterfaces', 'you may not');
const anInterface = (id: string, subnetId: string, type = 'interface') => ({
  id,
  subnetId,
  vpcId,
  type,
  requesterManaged: false,
  description: '',
  securityGroupIds: [],
});
const https = (cidr: string) => ({
  protocol: 'tcp',
  fromPort: 443,
  toPort: 443,
  cidrs: [cidr],
  ipv6Cidrs: [],
  groupIds: [],
  prefixListIds: [],
});

test('a greenfield VPC raises only what its plan brings about: nothing that stops', () => {
  expect(endpointsFindings(aLandscape(), someChoices()).map(({ code, severity }) => `${code} ${severity}`)).toEqual([
    'QP102 warning',
    'QP105 warning',
  ]);
});

test('QP101: DNS attributes that are off are told, where private DNS is wanted', () => {
  expect(found('QP101', { network: { dnsHostnames: false } })[0]).toMatchObject({ severity: 'info', subjects: [vpcId] });
  expect(found('QP101', { network: { dnsHostnames: false } })[0]?.detail).toContain('enableDnsHostnames');
  expect(found('QP101', { network: { dnsHostnames: false } }, { privateDns: false })).toEqual([]);
});

describe('QP102: public API Gateway URLs', () => {
  test("are an error where interfaces stand in subnets that are not the stack's", () => {
    const networkInterfaces = known([anInterface('eni-1', 'subnet-intra-a')]);
    expect(found('QP102', { network: { networkInterfaces } })[0]).toMatchObject({ severity: 'error', subjects: [vpcId, 'subnet-intra-a'] });
  });

  test("are a warning where only the stack's, NAT gateways' and endpoints' interfaces are there", () => {
    const networkInterfaces = known([
      anInterface('eni-1', 'subnet-private-a'),
      anInterface('eni-2', 'subnet-public-a', 'nat_gateway'),
      anInterface('eni-3', 'subnet-intra-a', 'vpc_endpoint'),
      anInterface('eni-nat', 'subnet-public-a'),
    ]);
    expect(severities('QP102', { network: { networkInterfaces, natGateways: [aNatGateway('nat-1')] } })).toEqual(['warning']);
  });

  test('are unknown where interfaces cannot be read, and no matter where private DNS is on already or not wanted', () => {
    expect(severities('QP102', { network: { networkInterfaces: refused } })).toEqual(['unknown']);
    expect(found('QP102', { network: { endpoints: [anApi()] } })).toEqual([]);
    expect(found('QP102', {}, { privateDns: false })).toEqual([]);
  });
});

describe('QP103: the private DNS name', () => {
  const zone = (name: string, owner: string) => ({ network: { hostedZones: known([{ id: 'Z1', name, owner }]) } });

  test('is claimed by a private hosted zone of that name', () => {
    expect(found('QP103', zone('execute-api.us-east-1.amazonaws.com', '111122223333'))[0]).toMatchObject({
      severity: 'error',
      subjects: ['Z1', vpcId],
    });
  });

  test('is claimed by another endpoint of the service that cannot be reused', () => {
    expect(found('QP103', { network: { endpoints: [anApi({ state: 'pendingacceptance' })] } })[0]?.subjects).toContain('vpce-api');
  });

  test('is not claimed by other names, by zones of AWS services, or by the endpoint that is reused', () => {
    expect(found('QP103', zone('example.com', '111122223333'))).toEqual([]);
    expect(found('QP103', zone('execute-api.us-east-1.amazonaws.com', 'vpce.amazonaws.com'))).toEqual([]);
    expect(found('QP103', { network: { endpoints: [anApi()] } })).toEqual([]);
  });

  test('is unknown where zones cannot be listed', () => {
    expect(severities('QP103', { network: { hostedZones: unknown('route53:ListHostedZonesByVPC', 'no') } })).toEqual(['unknown']);
  });
});

test('QP104: subnets in no supported zone are an error, some that are in one are not', () => {
  const only = (...zones: string[]) => ({ network: { apiService: { ...aNetwork().apiService, zones } } });
  expect(found('QP104', only('us-east-1f'))[0]).toMatchObject({ severity: 'error' });
  expect(found('QP104', only('us-east-1f'))[0]?.subjects).toContain('subnet-private-a');
  expect(found('QP104', only('us-east-1a'))).toEqual([]);
});

test('QP105: tables put on an S3 endpoint drop connections; none put on, none dropped', () => {
  expect(found('QP105')[0]?.subjects).toEqual(expect.arrayContaining(['rtb-private-a', 'subnet-private-a']));
  expect(found('QP105', { network: { endpoints: [anS3()] } })).toEqual([]);
});

describe('QP106: a bucket in another Region', () => {
  const elsewhere = (name: string) => ({ buckets: { inScope: [aBucket(name, { region: known('eu-west-1') })] } });
  const nat = {
    natGateways: [aNatGateway('nat-1')],
    routeTables: aNetwork().routeTables.map((table) =>
      privateTables.includes(table.id) ? { ...table, routes: [localRoute, aRoute('0.0.0.0/0', 'nat-gateway', 'nat-1')] } : table,
    ),
  };

  test("is an error where it is the stack's, else a warning", () => {
    expect(severities('QP106', elsewhere('quilt-data'))).toEqual(['error']);
    expect(severities('QP106', elsewhere('quilt-other'))).toEqual(['warning']);
  });

  test('names the NAT gateway address to trust, and is over once that is trusted', () => {
    expect(found('QP106', { ...elsewhere('quilt-data'), network: nat })[0]?.remedy).toContain('--trusted-cidr 203.0.113.9/32');
    expect(found('QP106', { ...elsewhere('quilt-data'), network: nat }, { trustedCidrs: ['203.0.113.0/24'] })).toEqual([]);
  });

  test('is unknown where its Region is, and none in this Region', () => {
    const region = unknown('s3:GetBucketLocation', 'no');
    expect(severities('QP106', { buckets: { inScope: [aBucket('quilt-x', { region })] } })).toEqual(['unknown']);
    expect(found('QP106')).toEqual([]);
  });
});

test("QP107: static routes into S3's ranges bypass the endpoint; wider ones do not", () => {
  const routed = (destination: string) => ({
    network: {
      routeTables: withTables(aNetwork().routeTables, {
        'rtb-private-a': { routes: [localRoute, aRoute(destination, 'nat-gateway', 'nat-1')] },
      }),
    },
  });
  expect(found('QP107', routed('52.216.10.0/24'))[0]).toMatchObject({ severity: 'warning', subjects: ['rtb-private-a', 'nat-1'] });
  expect(severities('QP107', routed('52.216.0.0/15'))).toEqual(['warning']);
  expect(found('QP107', routed('0.0.0.0/0'))).toEqual([]);
  expect(severities('QP107', { network: { s3PrefixListCidrs: unknown('ec2:GetManagedPrefixListEntries', 'no') } })).toEqual(['unknown']);
});

describe("QP108: the reused endpoint's group", () => {
  const withGroup = (...cidrs: string[]) => ({
    network: {
      endpoints: [anApi()],
      securityGroups: [aGroup('sg-api', { ingress: cidrs.map(https) })],
      vpc: aVpc({ cidrs: ['10.0.0.0/16', '10.9.0.0/16'] }),
    },
  });

  test('lacks ranges of the VPC or of clients, and the missing rules are named', () => {
    const [finding] = found('QP108', withGroup('10.0.0.0/16'), { clientCidrs: ['192.168.0.0/16'] });
    expect(finding).toMatchObject({ severity: 'warning', subjects: ['vpce-api', 'sg-api'] });
    expect(finding?.remedy).toContain('--cidr 10.9.0.0/16');
    expect(finding?.remedy).toContain('--cidr 192.168.0.0/16');
  });

  test('is enough where its rules cover them together', () => {
    expect(found('QP108', withGroup('10.0.0.0/17', '10.0.128.0/17', '10.9.0.0/16'))).toEqual([]);
  });

  test('is unknown where it cannot be read', () => {
    expect(severities('QP108', { network: { endpoints: [anApi()] } })).toEqual(['unknown']);
  });
});

test('QP109: a VPC of another account is an error while something has to be made in it', () => {
  const vpc = aVpc({ ownerId: '444455556666' });
  expect(found('QP109', { network: { vpc } })[0]).toMatchObject({ severity: 'error', subjects: [vpcId, '444455556666'] });
  expect(found('QP109', { network: { vpc, endpoints: [anApi(), anS3()] } })).toEqual([]);
  expect(found('QP109')).toEqual([]);
});

test('QP110: IPv6 egress without a trusted IPv6 range is a warning', () => {
  const subnets = aNetwork().subnets.map((subnet) =>
    subnet.id === 'subnet-private-a' ? { ...subnet, ipv6Cidrs: ['2001:db8:0:1::/64'] } : subnet,
  );
  const routeTables = withTables(aNetwork().routeTables, {
    'rtb-private-a': { routes: [localRoute, aRoute('::/0', 'egress-only-internet-gateway', 'eigw-1')] },
  });
  expect(found('QP110', { network: { subnets, routeTables } })[0]).toMatchObject({ severity: 'warning', subjects: ['subnet-private-a'] });
  expect(found('QP110', { network: { subnets, routeTables } }, { trustedCidrs: ['2001:db8::/32'] })).toEqual([]);
  expect(found('QP110', { network: { subnets } })).toEqual([]);
});

describe('QP111: a policy that relies on the address', () => {
  const policy = (statement: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'ByIp', Action: 's3:*', Resource: '*', Principal: '*', ...statement }] });
  const allow = policy({ Effect: 'Allow', Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } });
  const deny = policy({ Effect: 'Deny', Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } });
  const spared = policy({
    Effect: 'Deny',
    Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' }, StringNotEquals: { 'aws:SourceVpc': vpcId } },
  });
  const bucket = (text: string) => ({ buckets: { inScope: [aBucket('quilt-data', { policy: known(text) })] } });

  test.each([
    ['an Allow by IpAddress', allow],
    ['a Deny by NotIpAddress', deny],
  ])('is an error: %s', (_, text) => {
    expect(found('QP111', bucket(text))[0]).toMatchObject({ severity: 'error', subjects: ['quilt-data'] });
    expect(found('QP111', bucket(text))[0]?.detail).toContain("policies of other accounts' buckets cannot be read");
  });

  test("is found in the stack's roles too", () => {
    const stackRolePolicies = known([{ role: 'quilt-role', name: 'inline', document: deny }]);
    expect(found('QP111', { operator: { stackRolePolicies } })[0]?.subjects).toEqual(['quilt-role', 'inline']);
  });

  test('is none where the VPC is spared already, or where no table is put on the endpoint', () => {
    expect(found('QP111', bucket(spared))).toEqual([]);
    expect(found('QP111', { ...bucket(allow), network: { endpoints: [anS3()] } })).toEqual([]);
  });

  test('is unknown where a policy cannot be read', () => {
    const inScope = [aBucket('quilt-data', { policy: unknown('s3:GetBucketPolicy', 'no') })];
    expect(found('QP111', { buckets: { inScope } })[0]).toMatchObject({ severity: 'unknown', subjects: ['quilt-data'] });
  });
});

test('QP112: a quota that would be exceeded is an error where it was read, else a warning', () => {
  const quotas = (source: 'service-quotas' | 'default') => aNetwork().quotas.map((quota) => ({ ...quota, source }));
  expect(found('QP112', { network: { gatewayEndpointsInRegion: 20 } })[0]).toMatchObject({
    severity: 'error',
    subjects: ['vpc/L-1B52E74A', 'us-east-1'],
  });
  expect(severities('QP112', { network: { gatewayEndpointsInRegion: 20, quotas: quotas('default') } })).toEqual(['warning']);
  expect(found('QP112', { network: { gatewayEndpointsInRegion: 19 } })).toEqual([]);
  expect(found('QP112', { network: { gatewayEndpointsInRegion: 20, endpoints: [anS3()] } })).toEqual([]);
});

test('QP113: clients elsewhere need an S3 interface endpoint', () => {
  expect(found('QP113', {}, { clientCidrs: ['192.168.0.0/16'] })[0]).toMatchObject({ severity: 'warning', subjects: ['192.168.0.0/16'] });
  expect(severities('QP113', {}, { trustedVpcs: ['vpc-vpn'] })).toEqual(['warning']);
  const endpoints = [anEndpoint('vpce-1', { vpcId: 'vpc-vpn', type: 'Interface' })];
  expect(found('QP113', { survey: { endpoints } }, { trustedVpcs: ['vpc-vpn'] })).toEqual([]);
  expect(found('QP113')).toEqual([]);
});

describe("QP114: the reused endpoint's policy", () => {
  const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const everything = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
  const only = (resource: string[]) => ({ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: resource });
  const s3 = (text: string) => ({ network: { endpoints: [{ ...partlyOnS3, policy: text }] } });

  test('cuts off the buckets in scope, or the images of Amazon ECR', () => {
    expect(found('QP114', s3(policy(only(['arn:aws:s3:::other/*']))))[0]).toMatchObject({ severity: 'error', subjects: ['vpce-s3'] });
    const [finding] = found('QP114', s3(policy(only(['arn:aws:s3:::quilt*']))));
    expect(finding?.detail).toContain('prod-us-east-1-starport-layer-bucket');
    expect(finding?.detail).not.toContain('quilt-data');
  });

  test('is enough where it allows everything, or where no table is put on the endpoint', () => {
    expect(found('QP114', s3(policy(everything)))).toEqual([]);
    expect(found('QP114', { network: { endpoints: [anS3({ policy: policy(only(['arn:aws:s3:::other/*'])) })] } })).toEqual([]);
  });

  test('is unknown where it depends on what is not known', () => {
    const conditional = { ...everything, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-example' } } };
    expect(severities('QP114', s3(policy(conditional)))).toEqual(['unknown']);
  });

  test('cuts off everybody but root where a gateway endpoint names the account', () => {
    const account = { ...everything, Principal: { AWS: '111122223333' } };
    expect(severities('QP114', s3(policy(account)))).toEqual(['error']);
    const api = [anApi({ policy: policy(account), securityGroupIds: [] }), anS3()];
    expect(found('QP114', { network: { endpoints: api } })).toEqual([]);
  });

  test('cuts off the API', () => {
    const endpoints = (text: string) => ({ network: { endpoints: [anApi({ policy: text, securityGroupIds: [] }), anS3()] } });
    expect(severities('QP114', endpoints(policy(only(['*']))))).toEqual(['error']);
    expect(found('QP114', endpoints(policy(everything)))).toEqual([]);
  });
});

describe('QP115: a trusted VPC', () => {
  const vpn = aVpc({ id: 'vpc-vpn' });
  const subnet = aSubnet('subnet-vpn', { vpcId: 'vpc-vpn' });
  const table = aTable('rtb-vpn', { vpcId: 'vpc-vpn', main: true, routes: [aRoute('0.0.0.0/0', 'internet-gateway', 'igw-2')] });
  const survey = (endpoints: ReturnType<typeof anEndpoint>[]) => ({
    survey: { vpcs: [aVpc(), vpn], subnets: [subnet], routeTables: [table], endpoints },
  });
  const trusted = { trustedVpcs: ['vpc-vpn'] };

  test('without an S3 endpoint, or with subnets that go past it, is a warning', () => {
    expect(found('QP115', survey([]), trusted)[0]).toMatchObject({ severity: 'warning', subjects: ['vpc-vpn'] });
    expect(found('QP115', survey([anEndpoint('vpce-1', { vpcId: 'vpc-vpn' })]), trusted)[0]?.subjects).toEqual(['vpc-vpn', 'subnet-vpn']);
  });

  test('with one on its tables is none', () => {
    expect(found('QP115', survey([anEndpoint('vpce-1', { vpcId: 'vpc-vpn', routeTableIds: ['rtb-vpn'] })]), trusted)).toEqual([]);
  });

  test('that cannot be seen is unknown', () => {
    expect(severities('QP115', {}, trusted)).toEqual(['unknown']);
  });

  test("that is the stack's own is an error where the step cannot mend it", () => {
    expect(severities('QP115', { network: { vpc: aVpc({ ownerId: '444455556666' }) } })).toEqual(['error']);
    expect(found('QP115')).toEqual([]);
  });
});

describe('QP116: another tool', () => {
  const tagged = (tags: { [key: string]: string }) => ({
    network: { routeTables: withTables(aNetwork().routeTables, { 'rtb-private-a': { tags } }) },
  });

  test.each([
    [{ 'aws:cloudformation:stack-name': 'network' }, 'RouteTableIds'],
    [{ ManagedBy: 'Terraform' }, 'aws_vpc_endpoint_route_table_association'],
    [{ terraform: 'true' }, 'aws_vpc_endpoint_route_table_association'],
  ])('that owns a table to be changed is an error with the lines to add: %o', (tags, line) => {
    const [finding] = found('QP116', tagged(tags));
    expect(finding).toMatchObject({ severity: 'error', subjects: ['rtb-private-a'] });
    expect(finding?.remedy).toContain(line);
  });

  test('that owns the endpoint to be changed is an error', () => {
    expect(found('QP116', { network: { endpoints: [{ ...partlyOnS3, tags: { ManagedBy: 'terraform' } }] } })[0]?.subjects).toEqual([
      'vpce-s3',
    ]);
  });

  test('does not matter where nothing of its own is changed', () => {
    expect(found('QP116', tagged({ Team: 'data' }))).toEqual([]);
    expect(found('QP116', { network: { endpoints: [anApi(), anS3({ tags: { ManagedBy: 'terraform' } })] } })).toEqual([]);
  });
});

test('QP203: the S3 endpoint on a main table is an error where other subnets hang on it, else a warning', () => {
  const { routeTables, subnets } = aNetwork();
  const onMain = withTables(routeTables, { 'rtb-private-a': { subnetIds: [] } });
  expect(found('QP203', { network: { routeTables: onMain } })[0]).toMatchObject({ severity: 'error' });
  expect(found('QP203', { network: { routeTables: onMain } })[0]?.subjects).toContain('subnet-intra-a');
  expect(severities('QP203', { network: { routeTables: onMain, subnets: subnets.filter(({ id }) => !id.includes('intra')) } })).toEqual([
    'warning',
  ]);
  expect(found('QP203')).toEqual([]);
});
