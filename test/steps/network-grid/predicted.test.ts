// The grid is worked out from what AWS lists; the sandbox finds its way to S3 by a model of its own. For each scenario, each
// subnet of the trusted VPCs and each bucket in scope: what the grid predicts before the run is what is observed after it.
import { describe, expect, test } from 'vitest';
import { type PathToS3, pathToS3 } from '../../../src/sandbox/ec2/reach.ts';
import type { World } from '../../../src/sandbox/world.ts';
import type { PerimeterInput } from '../../../src/steps/landscape.ts';
import { type Cell, type NetworkGrid, networkGrid } from '../../../src/steps/network-grid/grid.ts';
import type { Way } from '../../../src/steps/network-grid/way.ts';
import { planAgain } from '../../support/plan-on.ts';
import { scenarioInput, WholeRun } from '../../support/whole-run.ts';

/** Whether what was observed is what one of these ways says. */
const agrees = (ways: readonly Way[], observed: PathToS3): boolean =>
  ways.some((way) => {
    switch (way.via) {
      case 'endpoint':
        return (
          observed.via === 'endpoint' &&
          observed.endpointType.toLowerCase() === way.type &&
          observed.vpcId === way.vpcId &&
          observed.vpcArn === way.vpcArn &&
          (way.id ?? observed.endpointId) === observed.endpointId
        );
      case 'nat-gateway':
        return observed.via === 'internet' && (way.address ?? observed.publicIp) === observed.publicIp;
      case 'own-address':
        return observed.via === 'internet' || (observed.via === 'none' && /no public address/.test(observed.reason));
      case 'none':
        return observed.via === 'none';
      case 'unknown':
      case 'ipv6':
      case 'address':
      case 'aws-network':
        return false;
      default:
        return way satisfies never;
    }
  });

interface Compared {
  readonly differences: readonly string[];
  /** Pairs of subnet and bucket that were compared, and those of which the grid says that it cannot tell. */
  readonly compared: number;
  readonly untold: readonly string[];
  readonly verdicts: ReadonlyMap<string, Cell['verdict']>;
}

const ipv4CellsOf = (grid: NetworkGrid) =>
  grid.rows
    .filter(({ family }) => family === 'ipv4')
    .flatMap(({ places, cells }) =>
      places.flatMap((place) =>
        place.type === 'subnet'
          ? grid.columns.flatMap(({ buckets }, index) => buckets.map((bucket) => ({ subnet: place, bucket, cell: cells[index] })))
          : [],
      ),
    );

function compare(grid: NetworkGrid, world: World, now: number): Compared {
  const differences: string[] = [];
  const untold: string[] = [];
  const verdicts = new Map<string, Cell['verdict']>();
  const cells = ipv4CellsOf(grid);
  for (const { subnet, bucket, cell } of cells) {
    const region = world.s3.buckets[bucket]?.region ?? '';
    const observed = pathToS3(world, { vpcId: subnet.vpcId, subnetId: subnet.id }, region, now);
    const ways = cell?.ways.map(({ way }) => way) ?? [];
    verdicts.set(`${subnet.id} ${bucket}`, cell?.verdict ?? 'unknown');
    if (ways.some(({ via }) => via === 'unknown')) untold.push(`${subnet.name} ${region}`);
    else if (!agrees(ways, observed))
      differences.push(`${subnet.name} → ${bucket}: predicted ${JSON.stringify(ways)}, observed ${JSON.stringify(observed)}`);
  }
  return { differences, untold: [...new Set(untold)].sort(), compared: cells.length, verdicts };
}

const subnetsOf = ({ landscape, choices }: PerimeterInput): number =>
  landscape.survey.subnets.filter(({ vpcId }) => [choices.vpc, ...choices.trustedVpcs].includes(vpcId)).length;

const rows = [
  { scenario: 'greenfield', accept: ['QP413'], verdicts: ['no-way', 'passes', 'unknown'] },
  { scenario: 'brownfield', accept: ['QP106', 'QP110', 'QP111', 'QP413'], verdicts: ['denied', 'no-way', 'passes', 'unknown'] },
  { scenario: 'vpn', accept: ['QP413'], verdicts: ['no-way', 'passes', 'unknown'] },
  { scenario: 'transit', accept: ['QP413'], verdicts: ['no-way', 'passes', 'unknown'] },
  { scenario: 'terraform-owned', accept: ['QP116', 'QP413'], verdicts: ['no-way', 'passes'] },
] as const;

describe.each(rows)('in scenario $scenario', ({ scenario, accept, verdicts }) => {
  test('the grid of the plan, the grid afterwards and what the sandbox does agree for every subnet and bucket', async () => {
    const run = await WholeRun.on(scenario);
    const now = () => run.sandbox.clock.now().getTime();
    const before = await scenarioInput(run.sandbox);
    const present = compare(networkGrid(before), run.sandbox.world(), now());
    expect(present.differences).toEqual([]);
    expect(present.compared).toBe(subnetsOf(before) * before.landscape.buckets.inScope.length);

    const planned = await planAgain(run.sandbox);
    const predicted = networkGrid({ ...planned.input, networkChanges: planned.plan.steps.flatMap(({ plan }) => plan.changes) });
    expect((await run.apply({ accept })).stoppedBy).toBeNull();
    await run.sandbox.clock.sleep(3_600_000);
    const world = run.sandbox.world();
    const after = compare(predicted, world, now());
    expect(after.differences).toEqual([]);
    expect(after.untold).toEqual([]);
    const again = compare(networkGrid(await scenarioInput(run.sandbox)), world, now());
    expect(again.differences).toEqual([]);
    for (const [pair, verdict] of again.verdicts) {
      const [subnet = '', bucket = ''] = pair.split(' ');
      const answer = run.sandbox.control.can({
        principal: 'quiltLambda',
        from: subnet,
        action: 's3:GetObject',
        resource: `arn:aws:s3:::${bucket}/key`,
      });
      if (verdict === 'passes') expect(answer, `${pair}: ${answer.why}`).toMatchObject({ allowed: true });
      if (verdict === 'denied') expect(answer.why, pair).toMatch(/explicit deny in a service control policy/);
      if (verdict === 'no-way') expect(answer.allowed, pair).toBe(false);
    }
    expect([...new Set(again.verdicts.values())].sort()).toEqual(verdicts);
  });
});
