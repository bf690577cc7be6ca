// The grid as it is told, in a plan and by `assess --network`.
import { describe, expect, test } from 'vitest';
import { networkNotes } from '../../../src/steps/network-grid/notes.ts';
import { networkReport } from '../../../src/steps/network-grid/report.ts';
import { outsideFindings } from '../../../src/steps/outside/findings.ts';
import { plainPaint } from '../../../src/ui/paint.ts';
import { renderNetwork } from '../../../src/ui/render-network.ts';
import { aLandscape, anInput, someChoices } from '../../support/landscape.ts';
import { type PlanOn, planOn } from '../../support/plan-on.ts';

const withChanges = ({ input, plan }: PlanOn) => ({
  ...input,
  networkChanges: plan.steps.filter(({ id }) => id === 'endpoints' || id === 'nat').flatMap((step) => step.plan.changes),
});
const scpNotes = ({ plan }: PlanOn) => plan.steps.find(({ id }) => id === 'scp')?.plan.notes.filter((note) => note.startsWith('Network:'));

describe('in a plan', () => {
  test('greenfield: one line says that nothing is denied, with the endpoint that the same plan makes', async () => {
    expect(scpNotes(await planOn('greenfield'))).toEqual([
      'Network: nothing is denied from 15 places to 6 buckets; of 4 it cannot be told (assess --network).',
    ]);
  });

  test('greenfield without the endpoints step: S3 leaves by the NAT gateway that the plan makes, which nobody can trust yet', async () => {
    const planned = await planOn('greenfield', undefined, { steps: ['discover', 'nat', 'scp'] });
    expect(scpNotes(planned)).toEqual([
      'Network: nothing is denied from 15 places to 6 buckets; of 7 it cannot be told (assess --network).',
    ]);
  });

  test('brownfield: the bucket in another Region and clients over IPv6 are denied, each told once with its remedy', async () => {
    const planned = await planOn('brownfield');
    const notes = scpNotes(planned)?.join('\n') ?? '';
    expect(notes.replaceAll(/(nat|eigw)-\w{17}/g, '$1-1')).toBe(
      [
        'Network: from 3 of 15 places to 7 buckets something will be denied (assess --network):',
        '  · quilt-private-a, quilt-private-b, quilt-private-c to quilt-archive-444455556666: NAT gateway nat-1, 192.0.2.10',
        '    → --trusted-cidr 192.0.2.10/32, or move the bucket',
        '  · quilt-private-a, quilt-private-b, quilt-private-c over IPv6 to all 7 buckets: eigw-1, IPv6 of 2600:1f18:1234:5600::/56',
        "    → let these clients ask for S3's IPv4 names, or --trusted-cidr 2600:1f18:1234:5600::/56",
      ].join('\n'),
    );
  });

  test('brownfield with the NAT gateway and the IPv6 range trusted: nothing is denied', async () => {
    const trustedCidrs = ['198.51.100.0/24', '192.0.2.10/32', '2600:1f18:1234:5600::/56'];
    expect(scpNotes(await planOn('brownfield', undefined, { trustedCidrs }))).toEqual([
      'Network: nothing is denied from 15 places to 7 buckets; of 4 it cannot be told (assess --network).',
    ]);
  });

  test('nothing is said where no target of the SCP holds the account', () => {
    expect(networkNotes(anInput(aLandscape(), someChoices({ targets: ['ou-other'] })))).toEqual([]);
  });
});

describe('as a page', () => {
  const page = { paint: plainPaint, width: 80, verbose: false, plain: false };

  test('brownfield: every line fits, each group of buckets has a letter, and denials come first', async () => {
    const input = withChanges(await planOn('brownfield', undefined, { operatorIp: '203.0.113.50' }));
    const text = renderNetwork(networkReport(input), outsideFindings(input), page);
    const subnets = /SubnetIds=/;
    expect(text.split('\n').filter((line) => line.length > 80 && !subnets.test(line))).toEqual([]);
    expect(text).toContain('A  us-east-1, 6 buckets: quilt-analytics-444455556666,');
    expect(text).toContain('B  eu-west-1, 1 bucket: quilt-archive-444455556666');
    expect(text).toMatch(/^A {2}B$/m);
    expect(text).toMatch(
      /^✓ {2}✗ {2}quilt-private-a, quilt-private-b \(vpc-\w+\)\n {6}A S3 gateway endpoint vpce-\w+\n {6}B NAT gateway nat-\w+, 192\.0\.2\.10$/m,
    );
    expect(text).toMatch(/^✓ {2}✗ {2}quilt-private-c .*\n {6}A S3 gateway endpoint vpce-\w+ \(planned\)$/m);
    expect(text).toMatch(/^✗ {2}✗ {2}you \(.*PlatformAdmin/m);
    expect(text).toMatch(/^✓ {2}· {2}vpn-private-a, vpn-private-b/m);
    expect(text).toMatch(/^· {2}· {2}quilt-intra-a, /m);
    expect(text).toContain('From 4 of 15 places something will be denied; of 3 it cannot be told.');
    expect(text).toMatch(/Outside any VPC[\s\S]*QP409 \(warning\)[\s\S]*nightly-report/);
    const marks = text.split('\n').flatMap((line) => (/^([✓✗?·]) {2}[✓✗?·] /.test(line) ? [line.slice(0, 4)] : []));
    const rank = (mark: string) => (mark.includes('✗') ? 0 : mark.includes('?') ? 1 : mark.includes('✓') ? 2 : 3);
    expect(marks.map(rank)).toEqual([...marks.map(rank)].sort());
  });

  test('of many rows that are well, only the first are shown, and how many places are left; all with --verbose', () => {
    const [row] = networkReport(anInput()).rows;
    if (row === undefined) throw new Error('a grid without rows');
    const well = row.to.map((cell) => ({ ...cell, verdict: 'passes' as const, remedies: [] }));
    const bad = row.to.map((cell) => ({ ...cell, verdict: 'denied' as const, remedies: ['trust it'] }));
    const rowsOf = (to: typeof row.to, name: string, count: number) =>
      Array.from({ length: count }, (_each, index) => ({
        ...row,
        from: { ...row.from, ids: [`${name}-${index}`], names: [`${name}-${index}`] },
        to,
      }));
    const report = {
      rows: [...rowsOf(bad, 'bad', 30), ...rowsOf(well, 'well', 50)],
      places: 80,
      denied: 30,
      untold: 0,
      buckets: 3,
      binds: true,
    };
    const text = renderNetwork(report, [], page);
    expect(text.match(/bad-\d+/g)).toHaveLength(30);
    expect(text).not.toContain('well-');
    expect(text).toContain('50 more places pass or have no way to S3 (--verbose shows them).');
    expect(renderNetwork(report, [], { ...page, verbose: true }).match(/well-\d+/g)).toHaveLength(50);
  });

  test('it says so where the SCP binds nobody of the account', () => {
    const report = networkReport(anInput(aLandscape(), someChoices({ targets: ['ou-other'] })));
    expect(renderNetwork(report, [], page)).toContain('No target of the SCP holds this account: it denies nothing here.');
  });
});

test('the report is data: places, keys that S3 will see, and what is not known', () => {
  const report = networkReport(anInput(aLandscape(), someChoices({ operatorIp: '203.0.113.50', trustedVpcs: ['vpc-far'] })));
  expect([report.places, report.denied, report.untold, report.buckets]).toEqual([11, 1, 4, 3]);
  const rowOf = (kind: string) => report.rows.find(({ from }) => from.kind === kind);
  expect(rowOf('operator')?.to[0]).toMatchObject({
    region: 'us-east-1',
    verdict: 'denied',
    ways: [{ way: '203.0.113.50', planned: false, context: { 'aws:SourceIp': '203.0.113.50' }, unknown: [] }],
  });
  expect(rowOf('operator')?.to[0]?.remedies[0]).toContain('--trusted-cidr 203.0.113.50/32');
  expect(rowOf('vpc')).toMatchObject({ from: { ids: ['vpc-far'] }, to: [{ verdict: 'unknown', remedies: [] }] });
  expect(report.rows.find(({ from }) => from.ids.includes('subnet-public-a'))?.to[0]?.ways[0]).toMatchObject({
    context: {},
    unknown: ['aws:SourceIp'],
  });
});
