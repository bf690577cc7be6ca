// The pictures of the network, before and after, of whole scenarios and of small landscapes.
import { describe, expect, test } from 'vitest';
import { networkPictures } from '../../src/commands/network-picture.ts';
import type { JournaledChange } from '../../src/journal/replay.ts';
import type { Json } from '../../src/ports.ts';
import { networkReport } from '../../src/steps/network-grid/report.ts';
import { drawNetwork } from '../../src/ui/diagram/draw.ts';
import { allNodes } from '../../src/ui/diagram/layout.ts';
import type { NetworkPicture } from '../../src/ui/diagram/types.ts';
import { type PlanOn, planOn } from '../support/plan-on.ts';
import { crossedOf, outsideOf, overlapsOf, segmentsOf, sizeOf, textsOf } from '../support/svg-geometry.ts';

const now = new Date('2026-06-01T12:00:00.000Z');

const withChanges = ({ input, plan }: PlanOn) => ({
  ...input,
  networkChanges: plan.steps.filter(({ id }) => id === 'endpoints' || id === 'nat').flatMap((step) => step.plan.changes),
});

const picturesOn = async (scenario: string, journaled: readonly JournaledChange[] = [], operatorIp = '203.0.113.50') =>
  networkPictures(withChanges(await planOn(scenario, undefined, { operatorIp })), journaled, now);

/** Of each flow: from, through and to by their titles, and the verdict. */
const told = (picture: NetworkPicture): readonly string[] => {
  const titles = new Map(allNodes(picture).map(({ id, title }) => [id, title]));
  return [...new Set(picture.flows.map(({ path, verdict }) => `${path.map((id) => titles.get(id)).join(' > ')}: ${verdict}`))].sort();
};

const newOnes = (picture: NetworkPicture): readonly string[] =>
  allNodes(picture)
    .filter(({ isNew }) => isNew)
    .map(({ kind }) => kind)
    .sort();

describe('greenfield', () => {
  test('before, everything that has a way passes; after, what comes from elsewhere is denied', async () => {
    const { before, after } = await picturesOn('greenfield');
    expect(before.flows.map(({ verdict }) => verdict)).not.toContain('denied');
    expect(told(before)).toContain('Any other network > 6 buckets in us-east-1: passes');
    expect(told(after)).toContain('Any other network > 6 buckets in us-east-1: denied');
    expect(told(after)).toContain('Trusted addresses > 6 buckets in us-east-1: passes');
    expect(told(after)).toContain('Exempt principals > 6 buckets in us-east-1: passes');
    expect(told(after)).toContain('quilt-private-a > S3 gateway endpoint > 6 buckets in us-east-1: passes');
    expect(told(before).filter((flow) => flow.startsWith('quilt-private-a'))).toEqual([]);
  });

  test('what the plan makes is there after only, and is marked', async () => {
    const { before, after } = await picturesOn('greenfield');
    expect(newOnes(before)).toEqual([]);
    expect(newOnes(after)).toEqual(['api-endpoint', 'nat-gateway', 's3-endpoint']);
    expect(allNodes(before).filter(({ kind }) => kind === 'nat-gateway' || kind === 'api-endpoint')).toEqual([]);
  });

  test('a subnet without a way says so', async () => {
    const { before, after } = await picturesOn('greenfield');
    const ofPrivate = (picture: NetworkPicture) => allNodes(picture).find(({ title }) => title === 'quilt-private-a')?.details;
    expect(ofPrivate(before)).toContain('no way to S3');
    expect(ofPrivate(after)).not.toContain('no way to S3');
  });
});

test('brownfield: buckets of another Region are a box of their own, denied by the NAT gateway that is not trusted', async () => {
  const { before, after } = await picturesOn('brownfield');
  expect(told(after)).toContain('quilt-private-a > NAT gateway > 1 bucket in eu-west-1: denied');
  expect(told(before)).toContain('quilt-private-a > NAT gateway > 1 bucket in eu-west-1: passes');
  expect(told(after)).toContain('Outside any VPC > 6 buckets in us-east-1: denied');
});

test.each(['greenfield', 'brownfield', 'large'])('%s: the flows of subnets say what the grid says', async (scenario) => {
  const input = withChanges(await planOn(scenario));
  const { after } = networkPictures(input, [], now);
  const ofGrid = new Set(
    networkReport(input)
      .rows.filter(({ from }) => from.kind === 'subnet')
      .flatMap(({ to }) => to.flatMap(({ ways }) => ways.map(({ verdict }) => verdict))),
  );
  const subnets = new Set(
    after.accounts.flatMap(({ vpcs }) => vpcs.flatMap(({ zones }) => zones.flatMap((zone) => zone.subnets))).map(({ id }) => id),
  );
  const ofPicture = new Set(after.flows.filter(({ path }) => subnets.has(path[0])).map(({ verdict }) => verdict));
  ofGrid.delete('no-way');
  expect(ofPicture).toEqual(ofGrid);
});

test.each(['greenfield', 'brownfield', 'large'])('%s: no text stands on another, and each picture stays small', async (scenario) => {
  const pictures = await picturesOn(scenario);
  for (const picture of [pictures.before, pictures.after]) {
    const { svg } = await drawNetwork(picture, { idPrefix: 'network' });
    const texts = textsOf(svg);
    const drawn = allNodes(picture).map(({ title }) => title);
    expect([...overlapsOf(texts), ...outsideOf(texts, sizeOf(svg))]).toEqual([]);
    expect(crossedOf(texts, segmentsOf(svg)).filter((text) => drawn.includes(text))).toEqual([]);
    expect(svg.length).toBeLessThan(60_000);
    expect(sizeOf(svg)[0]).toBeLessThan(1500);
  }
});

test('large with every VPC trusted: those beyond a few are one, with a box for each kind of way, and nothing overlaps', async () => {
  const planned = withChanges(await planOn('large'));
  const ids = planned.landscape.survey.vpcs.map(({ id }) => id);
  const input = { ...planned, choices: { ...planned.choices, trustedVpcs: ids } };
  const { after } = networkPictures(input, [], now);
  const vpcs = after.accounts.flatMap((account) => account.vpcs);
  expect(vpcs.map(({ title }) => title)).toContain(`${ids.length - 4} more trusted VPCs`);
  expect(vpcs).toHaveLength(5);
  expect(vpcs.map(({ title }) => title)).toContainEqual(expect.stringMatching(/^vpn \(/));
  const [quilt] = vpcs;
  expect(quilt?.id).toBe(input.choices.vpc);
  expect(allNodes(after).length).toBeLessThan(40);
  expect(after.notes[0]).toMatch(/^4,?\d{3} subnets are drawn as \d+ boxes/);
  const { svg } = await drawNetwork(after, { idPrefix: 'network' });
  const texts = textsOf(svg);
  expect([...overlapsOf(texts), ...outsideOf(texts, sizeOf(svg))]).toEqual([]);
}, 60_000);

test('once everything was made, the picture before is what it was, and what was made is marked after', async () => {
  const planned = withChanges(await planOn('brownfield'));
  const { network } = planned.landscape;
  const [endpoint] = network.endpoints.filter(({ type }) => type === 'Gateway');
  const [table] = endpoint?.routeTableIds ?? [];
  const journaled = [
    made('endpoints', 'endpoints/v/s3/t', 'rtb', { kind: 's3-route-table', endpointId: endpoint?.id ?? '', routeTableId: table ?? '' }),
    made('nat', 'nat/v/gateway/a', network.natGateways[0]?.id ?? '', { kind: 'nat-gateway' }),
  ];
  const { before, after } = networkPictures(planned, journaled, now);
  const ways = (picture: NetworkPicture) => told(picture).filter((flow) => flow.startsWith('quilt-private-a > '));
  expect(ways(after).some((flow) => flow.includes('NAT gateway'))).toBe(true);
  expect(ways(before).some((flow) => flow.includes('NAT gateway'))).toBe(false);
  expect(ways(after).some((flow) => flow.includes('S3 gateway endpoint'))).toBe(true);
  expect(ways(before).some((flow) => flow.includes('S3 gateway endpoint'))).toBe(false);
  expect(newOnes(after)).toContain('nat-gateway');
});

const made = (step: JournaledChange['step'], key: string, id: string, after: Json): JournaledChange => ({
  step,
  key,
  generation: 1,
  token: 'token',
  change: {
    key,
    action: 'create',
    target: { accountId: '1', region: null, type: 'T', name: 'n' },
    summary: '',
    reason: '',
    before: null,
    after,
    risk: 'additive',
    confirm: 'c',
    needs: [],
    seconds: null,
    usdPerMonth: null,
  },
  run: 'r',
  begunAt: '2026-06-01T00:00:00Z',
  changedAt: '2026-06-01T00:00:00Z',
  state: 'done',
  made: { id, fields: {} },
  supersededBy: null,
});
