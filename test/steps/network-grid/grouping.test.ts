// Rows and columns are joined where they are alike: what the grid says of a subnet and a bucket is what is found for these two
// alone, and each pair stands in it once.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Route, Subnet } from '../../../src/aws/types.ts';
import { known, unknown } from '../../../src/ports.ts';
import type { PerimeterInput } from '../../../src/steps/landscape.ts';
import { type NetworkGrid, networkGrid } from '../../../src/steps/network-grid/grid.ts';
import { perimeterSay, somebody } from '../../../src/steps/network-grid/verdict.ts';
import { trustedVpcs } from '../../../src/steps/network-grid/vpc-seen.ts';
import { ipv6WaysFrom, waysFrom } from '../../../src/steps/network-grid/ways.ts';
import {
  aBucket,
  aLandscape,
  aNatGateway,
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
import { startSandbox } from '../../support/sandbox.ts';
import { scenarioInput } from '../../support/whole-run.ts';

const routes: fc.Arbitrary<Route> = fc.constantFrom(
  aRoute('0.0.0.0/0', 'nat-gateway', 'nat-1'),
  aRoute('0.0.0.0/0', 'nat-gateway', 'nat-2'),
  aRoute('0.0.0.0/0', 'internet-gateway', 'igw-1'),
  aRoute('0.0.0.0/0', 'transit-gateway', 'tgw-1', 'blackhole'),
  aRoute('52.216.0.0/15', 'nat-gateway', 'nat-1'),
  aRoute('::/0', 'egress-only-internet-gateway', 'eigw-1'),
  aRoute(s3PrefixListId, 'vpc-endpoint', 'vpce-1'),
);
const vpcs = [vpcId, 'vpc-other', 'vpc-untrusted'];

const inputs: fc.Arbitrary<PerimeterInput> = fc
  .record({
    tables: fc.array(fc.record({ vpc: fc.constantFrom(...vpcs), routes: fc.uniqueArray(routes, { selector: (r) => r.destination }) }), {
      minLength: 1,
      maxLength: 6,
    }),
    subnets: fc.array(fc.record({ table: fc.nat(5), ipv6: fc.boolean(), blocked: fc.boolean() }), { maxLength: 12 }),
    endpoints: fc.array(fc.record({ table: fc.nat(5), byName: fc.boolean() }), { maxLength: 3 }),
    regions: fc.array(fc.constantFrom('us-east-1', 'eu-west-1', null), { maxLength: 5 }),
    trusted: fc.subarray(['203.0.113.9/32', '203.0.113.0/24', '2600:1f18::/32']),
    read: fc.boolean(),
    operatorIp: fc.constantFrom(null, '203.0.113.9', '2600:1f18::1'),
  })
  .map(({ tables, subnets, endpoints, regions, trusted, read, operatorIp }) => {
    const tableAt = (index: number) => tables[index % tables.length] ?? tables[0];
    const vpcAt = (index: number) => tableAt(index)?.vpc ?? vpcId;
    const made: readonly Subnet[] = subnets.map(({ table, ipv6, blocked }, index) =>
      aSubnet(`subnet-${index}`, {
        vpcId: vpcAt(table),
        ipv6Cidrs: ipv6 ? [`2600:1f18:0:${index % 3}::/64`] : [],
        blockPublicAccess: blocked ? 'block-bidirectional' : 'off',
      }),
    );
    const routeTables = tables.map((table, index) =>
      aTable(`rtb-${index}`, {
        vpcId: table.vpc,
        main: tables.findIndex(({ vpc }) => vpc === table.vpc) === index,
        subnetIds: made.filter((_subnet, at) => (subnets[at]?.table ?? 0) % tables.length === index).map(({ id }) => id),
        routes: [localRoute, ...table.routes],
      }),
    );
    const standing = endpoints.map(({ table, byName }, index) =>
      anEndpoint(`vpce-${index}`, {
        vpcId: vpcAt(table),
        ...(byName ? { type: 'Interface', privateDns: true } : { routeTableIds: [`rtb-${table % tables.length}`] }),
      }),
    );
    const natGateways = [aNatGateway('nat-1', { subnetId: made[0]?.id ?? null }), aNatGateway('nat-2', { vpcId: 'vpc-other' })];
    const all = { subnets: made, routeTables, endpoints: standing, natGateways };
    const own = <T extends { readonly vpcId: string }>(things: readonly T[]) => things.filter((thing) => thing.vpcId === vpcId);
    const buckets = regions.map((region, index) =>
      aBucket(`quilt-${index}`, { region: region === null ? unknown('s3:ListBucket', 'untold') : known(region) }),
    );
    const landscape = aLandscape({
      network: { subnets: own(made), routeTables: own(routeTables), endpoints: own(standing), natGateways: own(natGateways) },
      survey: { vpcs: [aVpc(), aVpc({ id: 'vpc-untrusted' }), ...(read ? [aVpc({ id: 'vpc-other' })] : [])], ...all },
      buckets: { inScope: buckets },
    });
    return anInput(landscape, someChoices({ trustedVpcs: ['vpc-other'], trustedCidrs: trusted, operatorIp }));
  });

const bucketsOf = ({ landscape: { buckets } }: PerimeterInput) =>
  buckets.inScope.some(({ name }) => name === buckets.test.name) ? buckets.inScope : [...buckets.inScope, buckets.test];

/** Every pair of the grid with its ways and verdicts. */
const pairsOf = (grid: NetworkGrid) =>
  grid.rows.flatMap(({ places, family, cells }) =>
    places.flatMap(({ type, id }) =>
      type === 'subnet'
        ? grid.columns.flatMap(({ buckets }, index) => buckets.map((bucket) => [`${id} ${family} ${bucket}`, cells[index]?.ways] as const))
        : [],
    ),
  );

test('the grid says of each subnet and bucket what is found for these two alone', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const say = perimeterSay(input);
      const expected = trustedVpcs(input).seen.flatMap((vpc) =>
        vpc.subnets.flatMap((subnet) =>
          bucketsOf(input).flatMap((bucket) => {
            const region = bucket.region.known ? bucket.region.value : null;
            const ipv6 = ipv6WaysFrom(subnet, vpc);
            const told = (ways: typeof ipv6) => ways.map((way) => ({ way, ...say(way, somebody(input), bucket) }));
            return [
              [`${subnet.id} ipv4 ${bucket.name}`, told(waysFrom(subnet, region, vpc))] as const,
              ...(ipv6.length === 0 ? [] : [[`${subnet.id} ipv6 ${bucket.name}`, told(ipv6)] as const]),
            ];
          }),
        ),
      );
      const pairs = pairsOf(networkGrid(input));
      expect(pairs.length).toBe(expected.length);
      expect(Object.fromEntries(pairs)).toEqual(Object.fromEntries(expected));
    }),
    { numRuns: 300 },
  );
});

test('no two rows and no two columns of one Region say the same, and each trusted VPC stands in a row', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const { rows, columns } = networkGrid(input);
      const texts = rows.map(({ family, cells }) => JSON.stringify([family, cells]));
      expect(new Set(texts).size).toBe(texts.length);
      const ofColumns = columns.map(({ region }, index) => JSON.stringify([region, rows.map(({ cells }) => cells[index])]));
      expect(new Set(ofColumns).size).toBe(ofColumns.length);
      const places = rows.flatMap((row) => row.places);
      const { seen, unread } = trustedVpcs(input);
      const wanted = [
        ...seen.flatMap(({ subnets }) => subnets.map(({ id }) => id)),
        ...unread.map((vpc) => vpc.vpcId),
        input.landscape.survey.quilt.arn,
      ];
      expect([...new Set(places.map(({ id }) => id))].sort()).toEqual([...new Set(wanted)].sort());
    }),
    { numRuns: 200 },
  );
});

test('in the large scenario, all VPCs trusted, 4,000 subnets and all buckets in scope come down to a few rows and columns', async () => {
  const sandbox = await startSandbox({ scenario: 'large' });
  const input = await scenarioInput(sandbox);
  const ids = input.landscape.survey.vpcs.map(({ id }) => id);
  const grid = networkGrid({ ...input, choices: { ...input.choices, trustedVpcs: ids } });
  expect(grid.rows.flatMap(({ places }) => places).filter(({ type }) => type === 'subnet')).toHaveLength(4000);
  expect(grid.columns.flatMap(({ buckets }) => buckets)).toHaveLength(input.landscape.buckets.inScope.length);
  expect(grid.rows.length).toBeLessThan(10);
  expect(grid.columns).toHaveLength(1);
});
