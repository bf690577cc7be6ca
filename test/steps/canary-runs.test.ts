// What runs of Quilt's canaries say of whether it works, and how they are found.
import { describe, expect, test } from 'vitest';
import type { CanaryRun } from '../../src/aws/types.ts';
import { known, unknown } from '../../src/ports.ts';
import { type CanaryVerdict, canariesSay, readCanaryRuns, type SeenCanary } from '../../src/steps/canary-runs.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';

const change = '2026-06-01T12:10:00.000Z';
const run = (state: CanaryRun['state'], startedAt = '2026-06-01T12:15:00.000Z'): CanaryRun => ({ state, startedAt, why: null });

const canary = (over: Partial<SeenCanary> = {}): SeenCanary => ({
  name: 'search',
  roleArn: 'arn:aws:iam::444455556666:role/canary',
  vpcId: 'vpc-quilt',
  schedule: 'rate(5 minutes)',
  state: 'RUNNING',
  since: run('passed'),
  underWay: false,
  before: null,
  ...over,
});

const told = (verdict: CanaryVerdict): string =>
  [verdict.says, ...(verdict.says === 'works' ? [] : verdict.says === 'fails' ? verdict.against : verdict.missing)].join(': ');

describe('what they say', () => {
  const outside = canary({ name: 'outside', vpcId: null });
  const open = { since: null };
  test.each<[string, readonly SeenCanary[], string]>([
    ['all passed: it works', [canary(), canary({ name: 'push' })], 'works'],
    [
      'one that failed before and fails still is no reason',
      [canary(), canary({ name: 'push', since: run('failed'), before: 'failed' })],
      'works',
    ],
    ['one outside any VPC that passed is no evidence', [outside], 'nothing: canary outside runs outside any VPC'],
    ['beside one that passed inside it does not matter', [canary(), outside], 'works'],
    [
      'one in a VPC that is not trusted is no evidence',
      [canary({ vpcId: 'vpc-other' })],
      'nothing: canary search runs in vpc-other, which is not trusted',
    ],
    ['one in a trusted VPC is', [canary({ vpcId: 'vpc-vpn' })], 'works'],
    [
      'one that has not run leaves it open',
      [canary(), canary({ name: 'push', ...open })],
      'nothing: canary push has not run since 2026-06-01T12:10:00.000Z (schedule: rate(5 minutes))',
    ],
    [
      'several of one schedule are told together',
      [canary({ name: 'a', ...open }), canary({ name: 'b', ...open })],
      'nothing: canaries a, b have not run since 2026-06-01T12:10:00.000Z (schedule: rate(5 minutes))',
    ],
    ['so does a run under way', [canary({ ...open, underWay: true })], 'nothing: a run of canary search is under way'],
    ['one that is stopped is not waited for', [canary(), canary({ name: 'push', ...open, state: 'STOPPED' })], 'works'],
    ['stopped ones alone say nothing', [canary({ state: 'STOPPED' })], 'nothing: canary search does not run (STOPPED)'],
    [
      'all that failed before and since say nothing',
      [canary({ since: run('failed'), before: 'failed' })],
      'nothing: canary search did not pass, before or since',
    ],
    ['a run without a result says nothing', [canary({ since: run('unknown') })], 'nothing: canary search did not pass, before or since'],
    [
      'one that passed before and fails now speaks against it, whatever the others say',
      [canary(), canary({ name: 'push', since: { ...run('failed'), why: 'Access Denied' }, before: 'passed' })],
      'fails: canary push failed its run of 2026-06-01T12:15:00.000Z (Access Denied), and passed before',
    ],
    [
      'so does one of which nobody knows how it was before',
      [canary({ since: run('failed') })],
      'fails: canary search failed its run of 2026-06-01T12:15:00.000Z',
    ],
    [
      'so does one outside any VPC',
      [canary(), { ...outside, since: run('failed'), before: 'passed' }],
      'fails: canary outside failed its run of 2026-06-01T12:15:00.000Z, and passed before; canary outside runs outside any VPC',
    ],
    ['a stack without canaries says nothing', [], 'nothing: the stack has no canary'],
  ])('%s', (_what, canaries, says) => {
    expect(told(canariesSay({ since: change, canaries }, ['vpc-quilt', 'vpc-vpn']))).toBe(says);
  });

  test('where nothing says when the policy was put, no run counts', () => {
    expect(told(canariesSay({ since: null, canaries: [canary()] }, ['vpc-quilt']))).toContain('does not say since when');
  });
});

describe('how they are read', () => {
  const resources = known(
    ['search', 'package-push'].map((name) => ({ logicalId: name, physicalId: `quilt-prod-${name}`, type: 'AWS::Synthetics::Canary' })),
  );
  const at = (time: string): string => `2026-06-01T${time}.000Z`;

  const ran = async (minutes: number): Promise<TestSandbox> => {
    const sandbox = await startSandbox({ scenario: 'terraform-owned' });
    sandbox.clock.advance(minutes * 60_000);
    return sandbox;
  };
  const read = async (sandbox: TestSandbox, since: string | null): Promise<readonly SeenCanary[]> => {
    const evidence = await readCanaryRuns(resources, since, sandbox.context);
    if (!evidence.known) throw new Error(evidence.why);
    return evidence.value.canaries;
  };

  test('canaries that are not of the stack are left out', async () => {
    const sandbox = await ran(61);
    expect((await read(sandbox, at('12:30:00'))).map(({ name }) => name)).toEqual(['quilt-prod-package-push', 'quilt-prod-search']);
  });

  test('a run that began after the change counts; one that began before it, or with it, does not', async () => {
    const sandbox = await ran(61);
    expect((await read(sandbox, at('12:59:59')))[0]).toMatchObject({ since: { state: 'passed', startedAt: at('13:00:00') } });
    expect((await read(sandbox, at('13:00:00')))[0]).toMatchObject({ since: null, before: 'passed', underWay: false });
    expect((await read(sandbox, at('13:00:30')))[0]).toMatchObject({ since: null });
    expect((await read(sandbox, null))[0]).toMatchObject({ since: null, before: null });
  });

  test('while a run is under way the one before it counts, as far as it began after the change', async () => {
    const sandbox = await ran(120);
    expect((await read(sandbox, at('12:30:00')))[0]).toMatchObject({
      since: { state: 'passed', startedAt: at('13:00:00') },
      underWay: true,
    });
    expect((await read(sandbox, at('13:30:00')))[0]).toMatchObject({ since: null, underWay: true, before: 'passed' });
  });

  test('of one that failed it is read how it was before', async () => {
    const sandbox = await ran(61);
    await sandbox.sandbox.change((world) => {
      delete world.s3.buckets[world.hints.testBucket];
    });
    sandbox.clock.advance(60 * 60_000);
    expect((await read(sandbox, at('13:30:00')))[0]).toMatchObject({ since: { state: 'failed' }, before: 'passed' });
    sandbox.clock.advance(60 * 60_000);
    expect((await read(sandbox, at('14:30:00')))[0]).toMatchObject({ since: { state: 'failed' }, before: 'failed' });
  });

  test('those of a nested stack are found', async () => {
    const sandbox = await ran(61);
    const { name } = Object.values(sandbox.world().cloudformation.stacks)[0] ?? { name: '' };
    const nested = known([{ logicalId: 'Nested', physicalId: name, type: 'AWS::CloudFormation::Stack' }]);
    const evidence = await readCanaryRuns(nested, at('12:30:00'), sandbox.context);
    expect(evidence).toMatchObject({ known: true, value: { canaries: { length: 4 } } });
  });

  test('what may not be read is unknown, with the permission', async () => {
    expect(await readCanaryRuns(unknown('cloudformation:ListStackResources', 'no'), null, (await ran(1)).context)).toMatchObject({
      known: false,
      action: 'cloudformation:ListStackResources',
    });
    for (const action of ['synthetics:DescribeCanaries', 'synthetics:DescribeCanariesLastRun', 'synthetics:GetCanaryRuns']) {
      const sandbox = await ran(120);
      const { identities, iam } = sandbox.world();
      iam.deniedActions = { [identities.operator ?? '']: [action] };
      expect(await readCanaryRuns(resources, at('12:30:00'), sandbox.context)).toMatchObject({ known: false, action });
    }
  });

  test('a stack without canaries asks Synthetics nothing', async () => {
    const sandbox = await ran(1);
    expect(await readCanaryRuns(known([]), null, sandbox.context)).toEqual(known({ since: null, canaries: [] }));
    expect(sandbox.sandbox.calls().filter(({ service }) => service === 'synthetics')).toEqual([]);
  });
});
