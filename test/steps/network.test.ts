import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  classify,
  defaultEgress,
  effectiveTable,
  effectiveTables,
  ipv6Egress,
  oneSubnetPerZone,
  s3Route,
  subnetsOn,
} from '../../src/steps/network.ts';
import { aNatGateway, anEndpoint, aRoute, aSubnet, aTable, localRoute, s3PrefixListId } from '../support/landscape.ts';

const main = aTable('rtb-main', { main: true });

describe('the table that a subnet really uses', () => {
  test('is the one associated with it', () => {
    const own = aTable('rtb-own', { subnetIds: ['subnet-1'] });
    expect(effectiveTable(aSubnet('subnet-1'), [main, own])?.id).toBe('rtb-own');
  });

  test("is its VPC's main table where none is, never another VPC's", () => {
    const elsewhere = aTable('rtb-elsewhere', { vpcId: 'vpc-other', main: true });
    expect(effectiveTable(aSubnet('subnet-1'), [elsewhere, main])?.id).toBe('rtb-main');
    expect(effectiveTable(aSubnet('subnet-1'), [elsewhere])).toBeNull();
  });

  test('is one of the tables for every subnet, and every subnet is on exactly one', () => {
    const associations = fc.array(fc.option(fc.integer({ min: 0, max: 4 }), { nil: null }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(associations, (of) => {
        const subnets = of.map((_, index) => aSubnet(`subnet-${index}`));
        const explicit = [0, 1, 2, 3, 4].map((table) =>
          aTable(`rtb-${table}`, { subnetIds: of.flatMap((chosen, index) => (chosen === table ? [`subnet-${index}`] : [])) }),
        );
        const tables = [...explicit, main];
        of.forEach((chosen, index) => {
          expect(effectiveTable(aSubnet(`subnet-${index}`), tables)?.id).toBe(chosen === null ? 'rtb-main' : `rtb-${chosen}`);
        });
        const used = effectiveTables(subnets, tables);
        expect(new Set(used).size).toBe(used.length);
        expect(used.flatMap((table) => subnetsOn(table, subnets, tables)).length).toBe(subnets.length);
      }),
    );
  });
});

describe('the default egress of a table', () => {
  const egress = (...routes: Parameters<typeof aRoute>[]) =>
    defaultEgress(aTable('rtb-1', { routes: [localRoute, ...routes.map((route) => aRoute(...route))] }), [aNatGateway('nat-1')]);

  test.each([
    ['nat-gateway', 'nat-1'],
    ['transit-gateway', 'tgw-1'],
    ['virtual-private-gateway', 'vgw-1'],
    ['vpc-endpoint', 'vpce-1'],
    ['instance', 'i-1'],
    ['network-interface', 'eni-1'],
    ['vpc-peering-connection', 'pcx-1'],
    ['core-network', 'arn:aws:networkmanager::1:core-network/c'],
    ['local-gateway', 'lgw-1'],
    ['carrier-gateway', 'cagw-1'],
    ['other', 'odb-1'],
  ] as const)('works by %s', (kind, id) => {
    expect(egress(['0.0.0.0/0', kind, id])).toEqual({ kind: 'works', target: id });
  });

  test('is none without a default route, whatever else is routed, IPv6 too', () => {
    expect(egress(['172.16.0.0/12', 'transit-gateway', 'tgw-1'], ['::/0', 'egress-only-internet-gateway', 'eigw-1'])).toEqual({
      kind: 'none',
    });
  });

  test('is an Internet gateway, which is no egress for what has no public address', () => {
    expect(egress(['0.0.0.0/0', 'internet-gateway', 'igw-1'])).toEqual({ kind: 'internet-gateway', target: 'igw-1' });
  });

  test('is a blackhole where the route says so, or its NAT gateway failed or is going', () => {
    expect(egress(['0.0.0.0/0', 'nat-gateway', 'nat-9', 'blackhole'])).toEqual({ kind: 'blackhole', target: 'nat-9' });
    const table = aTable('rtb-1', { routes: [aRoute('0.0.0.0/0', 'nat-gateway', 'nat-1')] });
    for (const state of ['failed', 'deleting']) expect(defaultEgress(table, [aNatGateway('nat-1', { state })]).kind).toBe('blackhole');
    expect(defaultEgress(table, []).kind).toBe('works');
  });

  test('may be written as two halves', () => {
    expect(egress(['0.0.0.0/1', 'transit-gateway', 'tgw-1'], ['128.0.0.0/1', 'transit-gateway', 'tgw-1']).kind).toBe('works');
    expect(egress(['0.0.0.0/1', 'transit-gateway', 'tgw-1']).kind).toBe('none');
  });
});

test('a subnet is public by a direct route to an Internet gateway, intra without any Internet route, else private', () => {
  const of = (...routes: Parameters<typeof aRoute>[]) => classify(aTable('rtb-1', { routes: routes.map((route) => aRoute(...route)) }));
  expect(of(['0.0.0.0/0', 'internet-gateway', 'igw-1'])).toBe('public');
  expect(of(['0.0.0.0/0', 'nat-gateway', 'nat-1'])).toBe('private');
  expect(of()).toBe('intra');
  expect(classify(null)).toBe('intra');
});

test('IPv6 leaves by the active ::/0 route', () => {
  const of = (state: string) => ipv6Egress(aTable('rtb-1', { routes: [aRoute('::/0', 'egress-only-internet-gateway', 'eigw-1', state)] }));
  expect(of('active')).toBe('eigw-1');
  expect(of('blackhole')).toBeNull();
});

describe('the S3 route of a table', () => {
  const table = aTable('rtb-1');

  test("is told by the endpoint's list of tables, and by the prefix list route, whichever shows it", () => {
    expect(s3Route(table, [anEndpoint('vpce-1', { routeTableIds: ['rtb-1'] })], s3PrefixListId)).toBe('vpce-1');
    const routed = aTable('rtb-1', { routes: [aRoute(s3PrefixListId, 'vpc-endpoint', 'vpce-2')] });
    expect(s3Route(routed, [], s3PrefixListId)).toBe('vpce-2');
    expect(s3Route(table, [], s3PrefixListId)).toBeNull();
  });

  test('is not told by an endpoint that is going, of another service or of another VPC', () => {
    const over = [
      { state: 'deleting' },
      { state: 'deleted' },
      { serviceName: 'com.amazonaws.us-east-1.dynamodb' },
      { vpcId: 'vpc-other' },
      { type: 'Interface' as const },
    ];
    for (const each of over)
      expect(s3Route(table, [anEndpoint('vpce-1', { routeTableIds: ['rtb-1'], ...each })], s3PrefixListId)).toBeNull();
  });
});

test('one subnet is taken of each supported zone, one with free addresses first', () => {
  const subnets = [
    aSubnet('subnet-full', { zone: 'a', availableAddresses: 0 }),
    aSubnet('subnet-a', { zone: 'a' }),
    aSubnet('subnet-a2', { zone: 'a' }),
    aSubnet('subnet-b', { zone: 'b', availableAddresses: 0 }),
    aSubnet('subnet-c', { zone: 'c' }),
  ];
  expect(oneSubnetPerZone(subnets, ['a', 'b']).map(({ id }) => id)).toEqual(['subnet-a', 'subnet-b']);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(2))), fc.subarray(['a', 'b', 'c']), (of, zones) => {
      const some = of.map(([zone, availableAddresses], index) => aSubnet(`subnet-${index}`, { zone, availableAddresses }));
      const chosen = oneSubnetPerZone(some, zones).map(({ zone }) => zone);
      expect([...chosen].sort()).toEqual(zones.filter((zone) => some.some((subnet) => subnet.zone === zone)).sort());
    }),
  );
});
