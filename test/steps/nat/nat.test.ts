import { describe, expect, test } from 'vitest';
import { markTags } from '../../../src/aws/tags.ts';
import type { FindingCode } from '../../../src/findings.ts';
import type { Choices } from '../../../src/steps/choices.ts';
import type { Network } from '../../../src/steps/landscape.ts';
import { markFor } from '../../../src/steps/mark.ts';
import { natFindings } from '../../../src/steps/nat/findings/all.ts';
import { natKeys } from '../../../src/steps/nat/keys.ts';
import { isListed } from '../../../src/steps/nat/listings.ts';
import { planNatStep } from '../../../src/steps/nat/plan.ts';
import {
  aLandscape,
  aNatGateway,
  aNetwork,
  aRoute,
  aSurvey,
  aVpc,
  localRoute,
  someChoices,
  vpcId,
  withTables,
} from '../../support/landscape.ts';

const keys = natKeys(vpcId);
const planOf = (network: Partial<Network> = {}, choices: Partial<Choices> = {}) =>
  planNatStep(aLandscape({ network }), someChoices(choices));
const keysOf = (network: Partial<Network> = {}, choices: Partial<Choices> = {}) => planOf(network, choices).changes.map(({ key }) => key);
const found = (code: FindingCode, network: Partial<Network> = {}, choices: Partial<Choices> = {}) =>
  natFindings(aLandscape({ network }), someChoices(choices)).filter((finding) => finding.code === code);
const privateTables = ['rtb-private-a', 'rtb-private-b', 'rtb-private-c'];
const routes = privateTables.map(keys.route);
const leading = (kind: Parameters<typeof aRoute>[1], id: string, state = 'active', of = privateTables): Partial<Network> => ({
  routeTables: withTables(
    aNetwork().routeTables,
    Object.fromEntries(of.map((table) => [table, { routes: [localRoute, aRoute('0.0.0.0/0', kind, id, state)] }])),
  ),
});
const ours = (zone: string) => markTags(markFor(keys.gateway(zone), aLandscape(), someChoices()), 'name');

describe('the plan', () => {
  test('without egress makes one NAT gateway in a public subnet and a default route on each table', () => {
    expect(keysOf()).toEqual([keys.address('us-east-1a'), keys.gateway('us-east-1a'), ...routes]);
    const gateway = planOf().changes[1];
    expect(gateway).toMatchObject({
      risk: 'additive',
      after: { subnetId: 'subnet-public-a', allocationId: { ref: keys.address('us-east-1a'), field: 'id' } },
    });
    expect(planOf().changes[2]?.after).toMatchObject({
      routeTableId: 'rtb-private-a',
      destination: '0.0.0.0/0',
      natGatewayId: { ref: keys.gateway('us-east-1a'), field: 'id' },
    });
  });

  test.each(['nat-gateway', 'transit-gateway', 'network-interface', 'vpc-endpoint', 'core-network'] as const)(
    'is empty where every table leads to a %s',
    (kind) => {
      const plan = planOf(leading(kind, 'target-1'));
      expect(plan.changes).toEqual([]);
      expect(plan.confirmations).toEqual([]);
      for (const nat of ['single', 'per-zone'] as const) expect(keysOf(leading(kind, 'target-1'), { nat })).toEqual([]);
    },
  );

  test('per zone makes one for each zone, each with its own route', () => {
    const plan = planOf({}, { nat: 'per-zone' });
    expect(plan.changes.filter(({ key }) => key.includes('/gateway/')).map(({ key }) => key)).toEqual(
      ['us-east-1a', 'us-east-1b', 'us-east-1c'].map(keys.gateway),
    );
    expect(plan.changes.find(({ key }) => key === keys.route('rtb-private-c'))?.after).toMatchObject({
      natGatewayId: { ref: keys.gateway('us-east-1c'), field: 'id' },
    });
  });

  test('`none` makes none and says what is lacking', () => {
    expect(keysOf({}, { nat: 'none' })).toEqual([]);
    expect(planOf({}, { nat: 'none' }).notes.join()).toContain('rtb-private-a');
  });

  test('says what one NAT gateway means when its zone fails and what one per zone costs', () => {
    expect(planOf().notes.join()).toMatch(/when zone us-east-1a fails.*98\.55 USD/);
    expect(planOf({}, { nat: 'per-zone' }).notes.join()).not.toContain('fails');
  });

  test('never replaces a default route, a dead one neither', () => {
    expect(keysOf(leading('nat-gateway', 'nat-gone', 'blackhole'))).toEqual([]);
    expect(keysOf(leading('internet-gateway', 'igw-1'))).toEqual([]);
    expect(keysOf(leading('nat-gateway', 'nat-gone', 'blackhole', ['rtb-private-a']))).toEqual([
      keys.address('us-east-1b'),
      keys.gateway('us-east-1b'),
      ...routes.slice(1),
    ]);
  });

  test("leads what is lacking to the NAT gateway that the stack's other tables use", () => {
    const network = { ...leading('nat-gateway', 'nat-1', 'active', ['rtb-private-a']), natGateways: [aNatGateway('nat-1')] };
    expect(keysOf(network)).toEqual(routes.slice(1));
    expect(planOf(network).changes[0]?.after).toMatchObject({ natGatewayId: 'nat-1' });
  });

  test('does not take up a NAT gateway that nobody of the stack uses, but does one of ours', () => {
    expect(keysOf({ natGateways: [aNatGateway('nat-other')] })).toContain(keys.gateway('us-east-1a'));
    const made = { natGateways: [aNatGateway('nat-1', { tags: ours('us-east-1a') })] };
    expect(keysOf(made)).toEqual(routes);
    expect(planOf(made).changes[0]?.needs).toEqual([keys.gateway('us-east-1a')]);
  });

  test.each(['pending', 'failed', 'deleting'])('plans ours again while it is %s', (state) => {
    expect(keysOf({ natGateways: [aNatGateway('nat-1', { state, tags: ours('us-east-1a') })] })).toContain(keys.gateway('us-east-1a'));
  });

  test('counts a main table once, and gives it one route', () => {
    const routeTables = withTables(aNetwork().routeTables, Object.fromEntries(privateTables.map((id) => [id, { subnetIds: [] }])));
    expect(keysOf({ routeTables }).filter((key) => key.includes('/route/'))).toEqual([keys.route('rtb-main')]);
  });

  test('knows the price in us-east-1 only', () => {
    expect(planOf().changes[1]?.usdPerMonth).toBe(32.85);
    const quilt = { ...aSurvey(aNetwork()).quilt, region: 'eu-west-1' };
    expect(planNatStep(aLandscape({ survey: { quilt } }), someChoices()).changes[1]?.usdPerMonth).toBeNull();
  });
});

describe('findings', () => {
  test('QP112: addresses and NAT gateways against their quotas', () => {
    const addresses = [1, 2, 3, 4, 5].map((n) => ({
      allocationId: `eipalloc-${n}`,
      publicIp: `203.0.113.${n}`,
      associationId: null,
      tags: {},
    }));
    expect(found('QP112', { addresses })[0]).toMatchObject({ severity: 'error', subjects: ['ec2/L-0263D0A3', 'us-east-1'] });
    expect(found('QP112', { addresses: addresses.slice(1) })).toEqual([]);
    expect(
      found('QP112', { addresses, quotas: aNetwork().quotas.map((quota) => ({ ...quota, source: 'default' as const })) })[0]?.severity,
    ).toBe('warning');
    const natGateways = [1, 2, 3, 4, 5].map((n) => aNatGateway(`nat-${n}`));
    expect(found('QP112', { natGateways })[0]).toMatchObject({ severity: 'error', subjects: ['vpc/L-FE5A380F', 'us-east-1a'] });
    expect(found('QP112', { natGateways: natGateways.map((gateway) => ({ ...gateway, state: 'failed' })) })).toEqual([]);
  });

  test('QP116: a table of Terraform that gets a default route', () => {
    const routeTables = withTables(aNetwork().routeTables, { 'rtb-private-b': { tags: { 'managed-by': 'terraform' } } });
    expect(found('QP116', { routeTables })[0]).toMatchObject({ severity: 'error', subjects: ['rtb-private-b'] });
    expect(found('QP116', { routeTables })[0]?.remedy).toContain('aws_route');
    expect(found('QP116', { routeTables }, { nat: 'none' })).toEqual([]);
  });

  test('QP201: no public subnet for a NAT gateway that is needed', () => {
    const routeTables = aNetwork().routeTables.filter(({ id }) => id !== 'rtb-public');
    expect(found('QP201', { routeTables })[0]).toMatchObject({ severity: 'error' });
    expect(found('QP201', { routeTables }, { nat: 'none' })).toEqual([]);
    expect(found('QP201')).toEqual([]);
  });

  test('QP202: a default route that is a blackhole names what it pointed at', () => {
    expect(found('QP202', leading('transit-gateway', 'tgw-1', 'blackhole', ['rtb-private-a']))[0]).toMatchObject({
      severity: 'error',
      subjects: ['rtb-private-a', 'tgw-1'],
    });
    expect(found('QP202', leading('transit-gateway', 'tgw-1'))).toEqual([]);
  });

  test('QP203: the default route on a main table is an error where other subnets hang on it, else a warning', () => {
    const routeTables = withTables(aNetwork().routeTables, { 'rtb-private-a': { subnetIds: [] } });
    expect(found('QP203', { routeTables })[0]).toMatchObject({ severity: 'error' });
    const subnets = aNetwork().subnets.filter(({ id }) => !id.includes('intra'));
    expect(found('QP203', { routeTables, subnets })[0]).toMatchObject({ severity: 'warning' });
    expect(found('QP203')).toEqual([]);
  });

  test('QP204: intra subnets are left alone, and said so', () => {
    expect(found('QP204')[0]).toMatchObject({ severity: 'info', subjects: ['subnet-intra-a', 'subnet-intra-b', 'subnet-intra-c'] });
    expect(found('QP204', { subnets: aNetwork().subnets.filter(({ id }) => !id.includes('intra')) })).toEqual([]);
  });

  test('QP205: "private" subnets that route to an Internet gateway', () => {
    expect(found('QP205', {}, { subnets: ['subnet-public-a'] })[0]).toMatchObject({
      severity: 'error',
      subjects: ['subnet-public-a', 'rtb-public'],
    });
    expect(found('QP205')).toEqual([]);
  });

  test('QP206: Block Public Access in both directions, where egress goes by the Internet gateway', () => {
    const blocked = (mode: string) => ({
      vpc: aVpc({ blockPublicAccess: mode }),
      subnets: aNetwork().subnets.map((subnet) => ({ ...subnet, blockPublicAccess: mode })),
    });
    expect(found('QP206', blocked('block-bidirectional'))[0]).toMatchObject({ severity: 'error', subjects: [vpcId, 'subnet-public-a'] });
    expect(found('QP206', blocked('block-ingress'))).toEqual([]);
    expect(found('QP206', { ...blocked('block-bidirectional'), ...leading('transit-gateway', 'tgw-1') })).toEqual([]);
    const standing = { ...blocked('block-bidirectional'), ...leading('nat-gateway', 'nat-1'), natGateways: [aNatGateway('nat-1')] };
    expect(found('QP206', standing)[0]).toMatchObject({ severity: 'error' });
  });
});

test('an address counts as listed where it stands alone or as /32, not within another', () => {
  expect(isListed('203.0.113.9', '{"aws:SourceIp":["203.0.113.9"]}')).toBe(true);
  expect(isListed('203.0.113.9', '{"aws:SourceIp":["203.0.113.9/32"]}')).toBe(true);
  expect(isListed('203.0.113.9', '{"aws:SourceIp":["203.0.113.90/32","203.0.113.0/24"]}')).toBe(false);
});
