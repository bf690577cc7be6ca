// Canaries of the sandbox run by its clock, and read S3 as their role from their subnets, under what stands when a run starts.
import { DeleteBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { listCanaries, readLastRuns, readRuns } from '../../../src/aws/canary.ts';
import { canonicalWorld } from '../../../src/sandbox/world-view.ts';
import { startSandbox, type TestSandbox } from '../../support/sandbox.ts';

const minutes = (many: number): number => many * 60_000;
const search = 'quilt-prod-search';

/** A network from which S3 is reached from the beginning. */
const connected = (): Promise<TestSandbox> => startSandbox({ scenario: 'terraform-owned' });

const runOf = async ({ context }: TestSandbox, name = search) => (await readLastRuns([name], context)).get(name);

async function deny({ aws, world }: TestSandbox, principal: string): Promise<void> {
  const Bucket = world().hints.testBucket;
  const statement = { Effect: 'Deny', Principal: { AWS: principal }, Action: 's3:ListBucket', Resource: `arn:aws:s3:::${Bucket}` };
  await aws.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) }));
}

const canaryRole = 'arn:aws:iam::444455556666:role/quilt-prod-CanaryRole';

describe('runs', () => {
  test('there are none before the first is due, then one each hour, under way for half a minute', async () => {
    const sandbox = await connected();
    expect(await runOf(sandbox)).toBeUndefined();
    sandbox.clock.advance(minutes(60));
    expect(await runOf(sandbox)).toEqual({ state: 'under-way', startedAt: '2026-06-01T13:00:00.000Z', why: null });
    sandbox.clock.advance(30_000);
    expect(await runOf(sandbox)).toMatchObject({ state: 'passed', startedAt: '2026-06-01T13:00:00.000Z' });
    sandbox.clock.advance(minutes(120));
    const runs = await readRuns(search, sandbox.context);
    expect(runs.map(({ startedAt }) => startedAt.slice(11, 16))).toEqual(['15:00', '14:00', '13:00']);
  });

  test('in scenario canaries they come every five minutes, and no more than the last eight are kept', async () => {
    const sandbox = await startSandbox({ scenario: 'canaries' });
    sandbox.clock.advance(minutes(24 * 60) + 40_000);
    const runs = await readRuns(search, sandbox.context);
    expect(runs.map(({ startedAt }) => startedAt.slice(11, 16)).slice(0, 3)).toEqual(['12:00', '11:55', '11:50']);
    expect(runs).toHaveLength(8);
    expect((await listCanaries(sandbox.context)).map(({ schedule, state }) => [schedule, state])).toContainEqual([
      'rate(5 minutes)',
      'RUNNING',
    ]);
  });

  test('one that is stopped does not run any more and says so', async () => {
    const sandbox = await startSandbox({ scenario: 'terraform-owned', mutate: (world) => world.synthetics?.stopped.push(search) });
    sandbox.clock.advance(minutes(61));
    expect(await runOf(sandbox)).toBeUndefined();
    expect(await runOf(sandbox, 'quilt-prod-package-push')).toMatchObject({ state: 'passed' });
    expect((await listCanaries(sandbox.context)).find(({ name }) => name === search)?.state).toBe('STOPPED');
  });

  test('one that is not there has no runs', async () => {
    const sandbox = await connected();
    expect(await readRuns('no-such-canary', sandbox.context)).toEqual([]);
  });
});

describe('what a run finds', () => {
  test('without a way to S3 it fails and says why', async () => {
    const sandbox = await startSandbox();
    sandbox.clock.advance(minutes(61));
    expect(await runOf(sandbox)).toMatchObject({ state: 'failed', why: expect.stringContaining('timed out') });
  });

  test('a policy that denies its role fails the runs that start under it, those alone', async () => {
    const sandbox = await connected();
    await deny(sandbox, canaryRole);
    sandbox.clock.advance(minutes(61));
    expect(await runOf(sandbox)).toMatchObject({ state: 'failed', why: expect.stringContaining('explicit deny') });
    await sandbox.aws.s3.send(new DeleteBucketPolicyCommand({ Bucket: sandbox.world().hints.testBucket }));
    sandbox.clock.advance(minutes(60));
    const states = (await readRuns(search, sandbox.context)).map(({ state }) => state);
    expect(states).toEqual(['passed', 'failed']);
  });

  test('a run that was due before a change is judged by what stood before it, however late it is asked for', async () => {
    const sandbox = await connected();
    sandbox.clock.advance(minutes(61));
    await deny(sandbox, canaryRole);
    expect(await runOf(sandbox)).toMatchObject({ state: 'passed' });
    sandbox.clock.advance(minutes(61));
    await sandbox.sandbox.change((world) => {
      const bucket = world.s3.buckets[world.hints.testBucket];
      if (bucket) bucket.policy = null;
    });
    expect(await runOf(sandbox)).toMatchObject({ state: 'failed' });
  });

  test("somebody else's deny does not touch it", async () => {
    const sandbox = await connected();
    await deny(sandbox, 'arn:aws:iam::444455556666:role/DataScientist');
    sandbox.clock.advance(minutes(61));
    expect(await runOf(sandbox)).toMatchObject({ state: 'passed' });
  });

  test('a bucket that it reads and that is gone fails it', async () => {
    const sandbox = await startSandbox({
      scenario: 'terraform-owned',
      mutate: (world) => {
        delete world.s3.buckets['quilt-raw-data-444455556666'];
      },
    });
    sandbox.clock.advance(minutes(61));
    expect(await runOf(sandbox)).toMatchObject({ state: 'failed', why: expect.stringContaining('NoSuchBucket') });
  });
});

test('more than five names are asked for five at a time', async () => {
  const one = { accountId: '444455556666', region: 'us-east-1', roleArn: canaryRole, vpc: null };
  const names = Array.from({ length: 12 }, (_each, index) => `canary-${index}`);
  const sandbox = await startSandbox({
    mutate: (world) => {
      world.lambda = { functions: [], canaries: names.map((name) => ({ ...one, name, schedule: 'rate(10 minutes)' })) };
    },
  });
  sandbox.clock.advance(minutes(11));
  const runs = await readLastRuns(names, sandbox.context);
  expect([...runs.keys()].sort()).toEqual([...names].sort());
  expect(runs.get('canary-3')).toMatchObject({ state: 'passed' });
  expect(sandbox.sandbox.calls().filter(({ operation }) => operation === 'DescribeCanariesLastRun')).toHaveLength(3);
});

test('worlds that differ in runs alone are the same world', async () => {
  const [early, late] = [await connected(), await connected()];
  late.clock.advance(minutes(61));
  await runOf(late);
  const now = late.clock.now().getTime();
  expect(late.world().synthetics?.runs).not.toEqual({});
  expect(canonicalWorld(late.world(), now)).toEqual(canonicalWorld(early.world(), now));
});
