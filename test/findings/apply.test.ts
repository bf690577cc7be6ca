// Findings that show only while something is carried out, or against what was: the probe's, the change set's, the journal's.
import { describe, expect, test } from 'vitest';
import type { Finding, FindingCode } from '../../src/findings.ts';
import type { World } from '../../src/sandbox/world.ts';
import { deny } from '../support/finding-cases.ts';
import { planAgain } from '../support/plan-on.ts';
import { type QuiltWorld, quiltWorld } from '../support/quilt-world.ts';
import { WholeRun } from '../support/whole-run.ts';

const runOn = (scenario: string, build: (quilt: QuiltWorld) => void = () => undefined) =>
  WholeRun.on(scenario, { mutate: (world: World) => build(quiltWorld(world)) });

/** What the run told of this code. */
const told = ({ events }: WholeRun, code: FindingCode): readonly Finding[] =>
  events.flatMap((event) => (event.type === 'finding' && event.finding.code === code ? [event.finding] : []));

const accept = ['QP413'] as const;

describe('QP302', () => {
  test.each([
    ['S3 refuses the operator under the conditions', 'locked-out', undefined, /refused this operator/, /--trusted-cidr ADDRESS\/32/],
    ['the baseline is refused', 'greenfield', ['s3:GetObject'], /baseline was refused/, /allow s3:GetObject and s3:ListBucket on quilt-/],
    ['the address alternates', 'flapping', undefined, /quilt-perimeter-test/, /--trusted-cidr|from one address/],
  ])('stops the run where %s, and nothing stays on the bucket', async (_, scenario, denied, detail, remedy) => {
    const run = await runOn(scenario, ({ world }) => deny(world, denied ?? []));
    const { stoppedBy } = await run.apply({ accept });
    const { testBucket } = quiltWorld(run.sandbox.world());
    expect(stoppedBy).toMatchObject({ code: 'QP302', exitCode: 3 });
    const [found] = told(run, 'QP302');
    expect(found).toMatchObject({ severity: 'error', subjects: [testBucket.name] });
    expect(found?.detail).toMatch(detail);
    expect(found?.remedy).toMatch(remedy);
    expect(testBucket.policy).toBeNull();
  });

  test('is not raised where the operator comes from a trusted address', async () => {
    const run = await runOn('greenfield');
    expect((await run.apply({ accept }, ['discover', 'bucket-policy'])).stoppedBy).toBeNull();
    expect(told(run, 'QP302')).toEqual([]);
  });
});

describe('QP311, QP413', () => {
  test('are not raised once the perimeter stands on the bucket and the organization', async () => {
    const run = await runOn('greenfield');
    expect((await run.apply({ accept })).stoppedBy).toBeNull();
    const { of } = await planAgain(run.sandbox);
    expect([...of('QP311'), ...of('QP413')]).toEqual([]);
  });
});

/** The queue's name depends on the endpoint's id, so setting it replaces the queue. */
const replacing = ({ template }: QuiltWorld): void =>
  template(({ Resources }) => {
    Object.assign(Resources?.PackagerQueue?.Properties ?? {}, {
      QueueName: { 'Fn::Join': ['', ['queue-', { Ref: 'ApiGatewayVPCEndpointId' }]] },
    });
  });

describe('QP504', () => {
  test('stops the run where the change set replaces a resource, and the change set is deleted', async () => {
    const run = await runOn('greenfield', replacing);
    const { stoppedBy } = await run.apply({ accept });
    expect(stoppedBy).toMatchObject({ code: 'QP504', exitCode: 3 });
    expect(stoppedBy?.message).toMatch(/PackagerQueue \(AWS::SQS::Queue\) is replaced/);
    expect(stoppedBy?.remedy).toContain('--accept QP504');
    expect(quiltWorld(run.sandbox.world()).stack.changeSets).toEqual([]);
  });

  test('is in the plan of a change set that stands; not where it only sets the parameter', async () => {
    const severities = async (build?: (quilt: QuiltWorld) => void) => {
      const run = await runOn('greenfield', build);
      run.answer = (id) => id !== 'stack-parameter/execute';
      await run.apply({ accept: [...accept, 'QP504'] });
      const { of } = await planAgain(run.sandbox);
      return of('QP504').map(({ severity, detail, subjects, remedy }) => ({ severity, detail, subjects, remedy }));
    };
    expect(await severities(replacing)).toEqual([
      {
        severity: 'error',
        detail: expect.stringContaining('PackagerQueue (AWS::SQS::Queue) is replaced'),
        subjects: [expect.stringMatching(/^quilt-perimeter-vpce-/)],
        remedy: expect.stringContaining('--accept QP504'),
      },
    ]);
    expect(await severities()).toEqual([]);
  });
});
