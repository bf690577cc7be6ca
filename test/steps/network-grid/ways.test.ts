// From routes to what S3 sees and what the perimeter says: each row with the fact that it stands on.
import { describe, expect, test } from 'vitest';
import type { Route, RouteTable, VpcEndpoint } from '../../../src/aws/types.ts';
import type { Change } from '../../../src/engine/types.ts';
import { known, unknown } from '../../../src/ports.ts';
import type { Choices } from '../../../src/steps/choices.ts';
import type { Network } from '../../../src/steps/landscape.ts';
import { networkGrid } from '../../../src/steps/network-grid/grid.ts';
import { wayInWords } from '../../../src/steps/network-grid/way.ts';
import {
  aBucket,
  accountId,
  aLandscape,
  aNatGateway,
  aNetwork,
  anEndpoint,
  anInput,
  aRoute,
  aSubnet,
  aTable,
  aVpc,
  localRoute,
  s3PrefixListId,
  someChoices,
  vpcId,
} from '../../support/landscape.ts';

const quiltVpcArn = `arn:aws:ec2:us-east-1:${accountId}:vpc/${vpcId}`;
const interfaceEndpoint = (over: Partial<VpcEndpoint> = {}) => anEndpoint('vpce-if', { type: 'Interface', privateDns: true, ...over });
const natRoute = aRoute('0.0.0.0/0', 'nat-gateway', 'nat-1');
const endpointRoute = aRoute(s3PrefixListId, 'vpc-endpoint', 'vpce-gw');
const publicNat = [aNatGateway('nat-1')];

interface Given {
  readonly routes?: readonly Route[];
  readonly network?: Partial<Network>;
  readonly choices?: Partial<Choices>;
  readonly changes?: readonly Change[];
  /** Of the bucket; default us-east-1. */
  readonly region?: 'us-east-1' | 'eu-west-1' | null;
  readonly ipv6?: boolean;
}

/** The cell of subnet-private-a, whose table `rtb-private-a` has these routes besides the local one. */
function cellOf({ routes = [], network = {}, choices = {}, changes = [], region = 'us-east-1', ipv6 = false }: Given) {
  const base = aNetwork();
  const routeTables: readonly RouteTable[] = (network.routeTables ?? base.routeTables).map((table) =>
    table.id === 'rtb-private-a' ? { ...table, routes: [localRoute, ...routes] } : table,
  );
  const bucket = aBucket('quilt-one', { region: region === null ? unknown('s3:ListBucket', 'untold') : known(region) });
  const landscape = aLandscape({ network: { ...network, routeTables }, buckets: { inScope: [bucket] } });
  const grid = networkGrid({ ...anInput(landscape, someChoices(choices)), networkChanges: changes });
  const column = grid.columns.findIndex(({ buckets }) => buckets.includes('quilt-one'));
  const row = grid.rows.find(
    ({ places, family }) => (family === 'ipv6') === ipv6 && places.some(({ type, id }) => type === 'subnet' && id === 'subnet-private-a'),
  );
  const cell = row?.cells[column];
  return (
    cell && {
      verdict: cell.verdict,
      ways: cell.ways.map(({ way }) => wayInWords(way)),
      keys: cell.ways.map(({ keys }) => ({ ...keys.context, ...Object.fromEntries(keys.unknown.map((key) => [key, '?'])) })),
    }
  );
}

const throughGateway = { 'aws:SourceVpc': vpcId, 'aws:SourceVpcArn': quiltVpcArn, 'aws:SourceVpce': 'vpce-gw' };
const gateway = anEndpoint('vpce-gw', { routeTableIds: ['rtb-private-a'] });
const change = (key: string, after: Change['after']): Change => ({
  key,
  action: 'create',
  target: { accountId, region: 'us-east-1', type: 'AWS::EC2::Thing', name: key },
  summary: key,
  reason: 'test',
  before: null,
  after,
  risk: 'additive',
  confirm: 'x',
  needs: [],
  seconds: null,
  usdPerMonth: null,
});

interface Row {
  readonly given: Given;
  readonly ways: readonly string[];
  readonly keys: readonly object[];
  readonly verdict: string;
}

const noKeys = [{}];
const byNat = { ways: ['NAT gateway nat-1, 203.0.113.9'], keys: [{ 'aws:SourceIp': '203.0.113.9' }], verdict: 'denied' };
const hidden = (id: string): Row['ways'] => [`cannot be told: what lies behind ${id} does not show`];
const allOpen = [{ 'aws:SourceIp': '?', 'aws:SourceVpc': '?', 'aws:SourceVpcArn': '?', 'aws:SourceVpce': '?' }];
const ownAddress = { ways: ["igw-1, each client's own public address"], keys: [{ 'aws:SourceIp': '?' }] };
const blocked = (mode: string) => ({ ...aNetwork().vpc, blockPublicAccess: mode });
const unsaid = aNetwork().subnets.map((subnet) => ({ ...subnet, blockPublicAccess: 'unknown' }));
const dualStack = aNetwork().subnets.map((subnet) => ({ ...subnet, ipv6Cidrs: ['2600:1f18:1:1::/64'] }));
const outByIpv6 = [endpointRoute, aRoute('::/0', 'egress-only-internet-gateway', 'eigw-1')];
const byIpv6 = { ways: ['eigw-1, IPv6 of 2600:1f18:1:1::/64'], keys: [{ 'aws:SourceIp': '2600:1f18:1:1::' }] };
const natOnTable = (id: string, routes: readonly Route[]) =>
  aNetwork().routeTables.map((each) => (each.id === id ? { ...each, routes: [localRoute, ...routes] } : each));

const table: { readonly [fact: string]: Row } = {
  'E6: through a gateway endpoint S3 sees the VPC, and no address': {
    given: { routes: [endpointRoute], network: { endpoints: [gateway] } },
    ways: ['S3 gateway endpoint vpce-gw'],
    keys: [throughGateway],
    verdict: 'passes',
  },
  'A20: the endpoint counts where its own list names the table and the route does not show yet': {
    given: { network: { endpoints: [gateway] } },
    ways: ['S3 gateway endpoint vpce-gw'],
    keys: [throughGateway],
    verdict: 'passes',
  },
  'E9: by its ARN the VPC passes too': {
    given: { network: { endpoints: [gateway] }, choices: { vpcKey: 'arn' } },
    ways: ['S3 gateway endpoint vpce-gw'],
    keys: [throughGateway],
    verdict: 'passes',
  },
  'A24: the prefix list beats a default route to a NAT gateway': {
    given: { routes: [natRoute, endpointRoute], network: { endpoints: [gateway], natGateways: publicNat } },
    ways: ['S3 gateway endpoint vpce-gw'],
    keys: [throughGateway],
    verdict: 'passes',
  },
  'A24: a static route as wide as a range of S3 wins over the endpoint for that range': {
    given: {
      routes: [aRoute('52.216.0.0/15', 'nat-gateway', 'nat-1'), endpointRoute],
      network: { endpoints: [gateway], natGateways: publicNat },
    },
    ways: ['NAT gateway nat-1, 203.0.113.9', 'S3 gateway endpoint vpce-gw'],
    keys: [{ 'aws:SourceIp': '203.0.113.9' }, throughGateway],
    verdict: 'denied',
  },
  'A24: a static route that is more specific wins too': {
    given: { routes: [aRoute('3.5.1.0/24', 'transit-gateway', 'tgw-1'), endpointRoute], network: { endpoints: [gateway] } },
    ways: [...hidden('tgw-1'), 'S3 gateway endpoint vpce-gw'],
    keys: [...allOpen, throughGateway],
    verdict: 'unknown',
  },
  'A24: a static route that is wider than a range of S3 loses to the endpoint': {
    given: {
      routes: [aRoute('52.0.0.0/8', 'nat-gateway', 'nat-1'), endpointRoute],
      network: { endpoints: [gateway], natGateways: publicNat },
    },
    ways: ['S3 gateway endpoint vpce-gw'],
    keys: [throughGateway],
    verdict: 'passes',
  },
  'A24: without an endpoint, routes may lead parts of S3 different ways': {
    given: {
      routes: [natRoute, aRoute('52.0.0.0/8', 'transit-gateway', 'tgw-1')],
      network: { natGateways: publicNat },
    },
    ways: [...hidden('tgw-1'), 'NAT gateway nat-1, 203.0.113.9'],
    keys: [...allOpen, { 'aws:SourceIp': '203.0.113.9' }],
    verdict: 'denied',
  },
  'A25: the endpoint serves its own Region only; other Regions are reached by the default route': {
    given: { routes: [natRoute, endpointRoute], network: { endpoints: [gateway], natGateways: publicNat }, region: 'eu-west-1' },
    ...byNat,
  },
  'E7: a trusted NAT address passes': {
    given: { routes: [natRoute], network: { natGateways: publicNat }, choices: { trustedCidrs: ['203.0.113.9/32'] } },
    ...byNat,
    verdict: 'passes',
  },
  'B1: a NAT gateway with two addresses may come from either': {
    given: {
      routes: [natRoute],
      network: {
        natGateways: [
          aNatGateway('nat-1', {
            addresses: ['203.0.113.9', '203.0.113.10'].map((publicIp) => ({ allocationId: null, publicIp, networkInterfaceId: null })),
          }),
        ],
      },
      choices: { trustedCidrs: ['203.0.113.9/32'] },
    },
    ways: ['NAT gateway nat-1, 203.0.113.9', 'NAT gateway nat-1, 203.0.113.10'],
    keys: [{ 'aws:SourceIp': '203.0.113.9' }, { 'aws:SourceIp': '203.0.113.10' }],
    verdict: 'denied',
  },
  'B16: a regional NAT gateway takes addresses that nobody has listed': {
    given: {
      routes: [natRoute],
      network: { natGateways: [aNatGateway('nat-1', { subnetId: null })] },
      choices: { trustedCidrs: ['203.0.113.9/32'] },
    },
    ways: ['NAT gateway nat-1, 203.0.113.9', 'NAT gateway nat-1, an address not known yet'],
    keys: [{ 'aws:SourceIp': '203.0.113.9' }, { 'aws:SourceIp': '?' }],
    verdict: 'unknown',
  },
  'B7: behind a private NAT gateway nothing shows': {
    given: { routes: [natRoute], network: { natGateways: [aNatGateway('nat-1', { addresses: [] })] } },
    ways: ['cannot be told: nat-1 has no public address, and what lies behind it does not show'],
    keys: allOpen,
    verdict: 'unknown',
  },
  'B6: a route to a NAT gateway that is gone leads nowhere': {
    given: { routes: [natRoute] },
    ways: ['no way: nat-1 is not available'],
    keys: noKeys,
    verdict: 'no-way',
  },
  'B1: a NAT gateway in a subnet without a route to the Internet leads nowhere': {
    given: { routes: [natRoute], network: { natGateways: [aNatGateway('nat-1', { subnetId: 'subnet-intra-a' })] } },
    ways: ["no way: the NAT gateway's subnet subnet-intra-a has no route to the Internet"],
    keys: noKeys,
    verdict: 'no-way',
  },
  "A24: what leaves a NAT gateway follows its own subnet's table into the endpoint": {
    given: {
      routes: [natRoute],
      network: { natGateways: publicNat, endpoints: [anEndpoint('vpce-gw', { routeTableIds: ['rtb-public'] })] },
    },
    ways: ['S3 gateway endpoint vpce-gw'],
    keys: [throughGateway],
    verdict: 'passes',
  },
  'B2: through an Internet gateway each client has its own address': {
    given: { routes: [aRoute('0.0.0.0/0', 'internet-gateway', 'igw-1')] },
    ...ownAddress,
    verdict: 'unknown',
  },
  'B2: where no address is trusted, none of them passes': {
    given: { routes: [aRoute('0.0.0.0/0', 'internet-gateway', 'igw-1')], choices: { trustedCidrs: [] } },
    ...ownAddress,
    verdict: 'denied',
  },
  'B5: a blackhole leads nowhere': {
    given: { routes: [aRoute('0.0.0.0/0', 'nat-gateway', 'nat-1', 'blackhole')], network: { natGateways: publicNat } },
    ways: ['no way: 0.0.0.0/0 leads into a blackhole (nat-1)'],
    keys: noKeys,
    verdict: 'no-way',
  },
  'B5: two halves are a default route': {
    given: {
      routes: [aRoute('0.0.0.0/1', 'nat-gateway', 'nat-1'), aRoute('128.0.0.0/1', 'nat-gateway', 'nat-1')],
      network: { natGateways: publicNat },
      region: 'eu-west-1',
    },
    ...byNat,
  },
  'B3: no route is no way': { given: {}, ways: ['no way: no route to S3'], keys: noKeys, verdict: 'no-way' },
  ...Object.fromEntries(
    (
      [
        ['transit-gateway', 'tgw-1'],
        ['vpc-peering-connection', 'pcx-1'],
        ['network-interface', 'eni-1'],
        ['instance', 'i-1'],
        ['virtual-private-gateway', 'vgw-1'],
        ['vpc-endpoint', 'vpce-firewall'],
        ['core-network', 'arn:core'],
        ['carrier-gateway', 'cagw-1'],
        ['local-gateway', 'lgw-1'],
      ] as const
    ).map(([kind, id]): [string, Row] => [
      `B5: what lies behind a ${kind} cannot be told`,
      { given: { routes: [aRoute('0.0.0.0/0', kind, id)] }, ways: hidden(id), keys: allOpen, verdict: 'unknown' },
    ]),
  ),
  'A11: an interface endpoint with private DNS answers before any route': {
    given: { routes: [natRoute, endpointRoute], network: { endpoints: [gateway, interfaceEndpoint()], natGateways: publicNat } },
    ways: ['S3 interface endpoint vpce-if'],
    keys: [{ ...throughGateway, 'aws:SourceVpce': 'vpce-if' }],
    verdict: 'passes',
  },
  'A11: without DNS host names its private DNS does not answer': {
    given: { routes: [endpointRoute], network: { endpoints: [gateway, interfaceEndpoint()], dnsHostnames: false } },
    ways: ['S3 gateway endpoint vpce-gw'],
    keys: [throughGateway],
    verdict: 'passes',
  },
  'A28: for the inbound resolver only, the VPC itself goes by the gateway endpoint': {
    given: {
      routes: [endpointRoute],
      network: { endpoints: [gateway, interfaceEndpoint({ privateDnsForInboundOnly: true })] },
    },
    ways: ['S3 gateway endpoint vpce-gw'],
    keys: [throughGateway],
    verdict: 'passes',
  },
  'A25: an interface endpoint serves its own Region only': {
    given: { routes: [natRoute], network: { endpoints: [interfaceEndpoint()], natGateways: publicNat }, region: 'eu-west-1' },
    ...byNat,
  },
  'A11: an interface endpoint without private DNS is not on the way': {
    given: { routes: [natRoute], network: { endpoints: [interfaceEndpoint({ privateDns: false })], natGateways: publicNat } },
    ...byNat,
  },
  "A12: a private hosted zone for S3's name may lead anywhere": {
    given: {
      routes: [endpointRoute],
      network: { endpoints: [gateway], hostedZones: known([{ id: 'Z1', name: 's3.us-east-1.amazonaws.com', owner: accountId }]) },
    },
    ways: [`cannot be told: private hosted zone s3.us-east-1.amazonaws.com (Z1) answers for S3 in ${vpcId}`],
    keys: allOpen,
    verdict: 'unknown',
  },
  'A25: with DNS resolution off the way cannot be told': {
    given: { routes: [endpointRoute], network: { endpoints: [gateway], dnsSupport: false } },
    ways: [`cannot be told: DNS resolution is off in ${vpcId}, so its clients find S3 by other means`],
    keys: allOpen,
    verdict: 'unknown',
  },
  'C10: where S3 does not tell the Region, the way cannot be told': {
    given: { routes: [endpointRoute], network: { endpoints: [gateway] }, region: null },
    ways: ["cannot be told: S3 does not tell the bucket's Region"],
    keys: allOpen,
    verdict: 'unknown',
  },
  'B19: Block Public Access in both directions closes the NAT gateway': {
    given: { routes: [natRoute], network: { natGateways: publicNat, vpc: blocked('block-bidirectional'), subnets: unsaid } },
    ways: [`no way: Block Public Access of ${vpcId} closes its Internet gateway`],
    keys: noKeys,
    verdict: 'no-way',
  },
  'B19: Block Public Access inwards leaves the NAT gateway open': {
    given: { routes: [natRoute], network: { natGateways: publicNat, vpc: blocked('block-ingress'), subnets: unsaid } },
    ...byNat,
  },
  'B19: Block Public Access inwards closes the Internet gateway to instances': {
    given: {
      routes: [aRoute('0.0.0.0/0', 'internet-gateway', 'igw-1')],
      network: { vpc: blocked('block-ingress'), subnets: unsaid },
    },
    ways: [`no way: Block Public Access of ${vpcId} closes igw-1`],
    keys: noKeys,
    verdict: 'no-way',
  },
  'A25: over IPv6 the endpoint is not on the way': {
    given: { routes: outByIpv6, network: { endpoints: [gateway], subnets: dualStack }, ipv6: true },
    ...byIpv6,
    verdict: 'denied',
  },
  'E7: an IPv6 range that is trusted whole passes': {
    given: {
      routes: outByIpv6,
      network: { endpoints: [gateway], subnets: dualStack },
      choices: { trustedCidrs: ['2600:1f18:1::/56'] },
      ipv6: true,
    },
    ...byIpv6,
    verdict: 'passes',
  },
  'E7: an IPv6 range that is trusted in part depends on the client': {
    given: {
      routes: outByIpv6,
      network: { endpoints: [gateway], subnets: dualStack },
      choices: { trustedCidrs: ['2600:1f18:1:1::8/128'] },
      ipv6: true,
    },
    ways: byIpv6.ways,
    keys: [{ 'aws:SourceIp': '?' }],
    verdict: 'unknown',
  },
  'A1: a table that the plan puts on the endpoint it makes passes': {
    given: {
      changes: [
        change('endpoints/x/s3', {
          kind: 's3-endpoint',
          vpcId,
          serviceName: 'com.amazonaws.us-east-1.s3',
          routeTableIds: ['rtb-private-a'],
        }),
      ],
    },
    ways: ['S3 gateway endpoint (planned)'],
    keys: [{ ...throughGateway, 'aws:SourceVpce': '?' }],
    verdict: 'passes',
  },
  'A21: a table that the plan adds to an endpoint that stands passes': {
    given: {
      network: { endpoints: [anEndpoint('vpce-gw', { routeTableIds: ['rtb-private-b'] })] },
      changes: [change('endpoints/x/s3/rtb', { kind: 's3-route-table', endpointId: 'vpce-gw', routeTableId: 'rtb-private-a' })],
    },
    ways: ['S3 gateway endpoint vpce-gw (planned)'],
    keys: [throughGateway],
    verdict: 'passes',
  },
  'B12: the address of a NAT gateway that the plan makes is not known yet': {
    given: {
      changes: [
        change('nat/x/gateway', { kind: 'nat-gateway', subnetId: 'subnet-public-a', allocationId: 'x', tags: {} }),
        change('nat/x/route', {
          kind: 'nat-route',
          routeTableId: 'rtb-private-a',
          destination: '0.0.0.0/0',
          natGatewayId: { ref: 'nat/x/gateway', field: 'id' },
        }),
      ],
      region: 'eu-west-1',
    },
    ways: ['NAT gateway (planned), an address not known yet'],
    keys: [{ 'aws:SourceIp': '?' }],
    verdict: 'unknown',
  },
  'B14: a default route that the plan adds to a NAT gateway that stands leads there': {
    given: {
      network: { natGateways: publicNat, routeTables: natOnTable('rtb-private-b', [natRoute]) },
      changes: [
        change('nat/x/route', { kind: 'nat-route', routeTableId: 'rtb-private-a', destination: '0.0.0.0/0', natGatewayId: 'nat-1' }),
      ],
    },
    ways: ['NAT gateway nat-1 (planned), 203.0.113.9'],
    keys: byNat.keys,
    verdict: 'denied',
  },
  'A26: where S3 tells no ranges, the default route says where its addresses lie': {
    given: {
      routes: [natRoute],
      network: { natGateways: publicNat, s3PrefixListCidrs: unknown('ec2:GetManagedPrefixListEntries', 'refused') },
    },
    ...byNat,
  },
};

test.each(Object.entries(table))('%s', (_fact, { given, ways, keys, verdict }) => {
  expect(cellOf(given)).toEqual({ verdict, ways, keys });
});

test('B3: a subnet without an association follows the main table', () => {
  const subnets = [...aNetwork().subnets, aSubnet('subnet-loose')];
  const landscape = aLandscape({ network: { subnets, endpoints: [anEndpoint('vpce-main', { routeTableIds: ['rtb-main'] })] } });
  const row = networkGrid(anInput(landscape)).rows.find(({ places }) => places.some(({ id }) => id === 'subnet-loose'));
  expect(row?.cells.map(({ verdict }) => verdict)).toEqual(['passes']);
});

describe('the other rows', () => {
  const rowOf = (id: string, given: Parameters<typeof aLandscape>[0], choices: Partial<Choices> = {}) => {
    const grid = networkGrid(anInput(aLandscape(given), someChoices(choices)));
    const row = grid.rows.find(({ places }) => places.some((place) => place.id === id));
    return row?.cells.map(({ verdict, ways }) => [verdict, ...ways.map(({ way }) => wayInWords(way))]);
  };

  test('a trusted VPC of another account or Region is unknown, never left out', () => {
    expect(rowOf('vpc-far', {}, { trustedVpcs: ['vpc-far'] })).toEqual([
      ['unknown', 'cannot be told: vpc-far is in another account or Region'],
    ]);
  });

  test('a VPC that is shared from another account is unknown: its endpoints show to its owner only', () => {
    const shared = aVpc({ id: 'vpc-shared', ownerId: '222222222222' });
    const survey = { vpcs: [aVpc(), shared], subnets: [aSubnet('subnet-shared', { vpcId: 'vpc-shared' })] };
    expect(rowOf('vpc-shared', { survey }, { trustedVpcs: ['vpc-shared'] })).toEqual([
      ['unknown', 'cannot be told: vpc-shared belongs to account 222222222222, which alone sees its endpoints'],
    ]);
  });

  test("another trusted VPC's subnets stand in the grid with their own endpoints", () => {
    const survey = {
      vpcs: [aVpc(), aVpc({ id: 'vpc-vpn' })],
      subnets: [...aNetwork().subnets, aSubnet('subnet-vpn', { vpcId: 'vpc-vpn' })],
      routeTables: [aTable('rtb-vpn', { vpcId: 'vpc-vpn', main: true })],
      endpoints: [interfaceEndpoint({ vpcId: 'vpc-vpn' })],
    };
    expect(rowOf('subnet-vpn', { survey }, { trustedVpcs: ['vpc-vpn'] })).toEqual([['passes', 'S3 interface endpoint vpce-if']]);
  });

  const operator = `arn:aws:sts::${accountId}:assumed-role/PlatformAdmin/session`;
  test.each([
    ['unknown without its address', null, {}, 'unknown'],
    ['passes from a trusted range', '198.51.100.7', {}, 'passes'],
    ['is denied from elsewhere', '203.0.113.50', {}, 'denied'],
    ['passes from elsewhere with the exempt tag', '203.0.113.50', { NetworkRestrictedExempt: 'x' }, 'passes'],
  ] as const)('the operator %s', (_what, operatorIp, tags, verdict) => {
    expect(rowOf(operator, { operator: { tags: known(tags) } }, { operatorIp })?.map(([first]) => first)).toEqual([verdict]);
  });

  test('tags of the operator that IAM does not show may exempt it', () => {
    const given = { operator: { tags: unknown('iam:ListRoleTags', 'refused') } };
    expect(rowOf(operator, given, { operatorIp: '203.0.113.50' })?.map(([first]) => first)).toEqual(['unknown']);
  });

  test('K11: an SCP whose targets do not hold the account binds nobody here; the test bucket has its own policy', () => {
    const grid = networkGrid(anInput(aLandscape(), someChoices({ targets: ['ou-other'], operatorIp: '203.0.113.50' })));
    const row = grid.rows.find(({ places }) => places[0]?.type === 'operator');
    const verdicts = grid.columns.map(({ buckets }, index) => [buckets, row?.cells[index]?.verdict]);
    expect(verdicts).toEqual([
      [['quilt-data', 'quilt-logs'], 'passes'],
      [['quilt-test'], 'denied'],
    ]);
  });
});
