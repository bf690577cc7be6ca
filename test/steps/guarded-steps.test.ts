// The steps that can lock somebody out, on the sandbox: who would be locked out is told before, and nothing is left behind.
import { TagRoleCommand } from '@aws-sdk/client-iam';
import { AttachPolicyCommand, UpdatePolicyCommand } from '@aws-sdk/client-organizations';
import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { World } from '../../src/sandbox/world.ts';
import { WholeRun } from '../support/whole-run.ts';

const accept = ['QP413'] as const;
const bucketOf = (world: World) => world.s3.buckets[world.hints.testBucket];

describe.each(['locked-out', 'flapping'])('in scenario %s', (scenario) => {
  test('the probe stops the run, the policy is as it was, and no trace of it is left', async () => {
    const run = await WholeRun.on(scenario);
    const before = structuredClone(bucketOf(run.sandbox.world()));
    const summary = await run.apply({ accept });
    expect(summary.stoppedBy?.code).toBe('QP302');
    expect(summary.stoppedBy?.exitCode).toBe(3);
    await run.sandbox.clock.sleep(300_000);
    expect(bucketOf(run.sandbox.world())?.policy).toEqual(before?.policy);
    expect(run.sandbox.world().organizations.organization?.policies).not.toHaveProperty('QuiltDataPerimeter');
  });
});

describe('the remedies for QP302 in scenario locked-out', () => {
  test('trusting the address lets the run go on', async () => {
    const run = await WholeRun.on('locked-out');
    await run.apply({ accept });
    const { trustedCidrs } = run.sandbox.world().hints;
    expect((await run.apply({ accept, trustedCidrs: [...trustedCidrs, '203.0.113.50/32'] })).stoppedBy).toBeNull();
  });
  test('the command that it prints tags the operator', async () => {
    const run = await WholeRun.on('locked-out');
    const { stoppedBy } = await run.apply({ accept });
    const command = /aws iam tag-role --role-name (\S+) --tags Key=(\S+),Value=(\S+?)\)/.exec(stoppedBy?.remedy ?? '');
    const [, RoleName, Key, Value] = command ?? [];
    await run.sandbox.aws.iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key, Value }] }));
    // The break-glass role passes by that tag too: the two are one way back.
    expect((await run.apply({ accept })).stoppedBy).toMatchObject({ code: 'QP310', exitCode: 3 });
    expect((await run.apply({ accept: [...accept, 'QP310'] })).stoppedBy).toBeNull();
  });
});

test('without probes nothing temporary is put, and both policies stand', async () => {
  const run = await WholeRun.on('greenfield');
  const summary = await run.apply({ accept, skipProbes: true });
  expect(summary.stoppedBy).toBeNull();
  expect(run.events.filter(({ type }) => type === 'probe')).toEqual([]);
  const puts = run.sandbox.writes().filter(({ operation }) => operation === 'PutBucketPolicy');
  expect(puts).toHaveLength(1);
  expect((await run.rollBack()).kept).toEqual([]);
});

test('a target that does not bind this account stops the SCP with QP302, and accepting it goes on without a probe', async () => {
  const run = await WholeRun.on('greenfield');
  const { hints, organizations } = run.sandbox.world();
  const other = Object.keys(organizations.organization?.accounts ?? {}).find(
    (id) => id !== hints.target && id !== organizations.organization?.managementAccountId,
  );
  const targets = [other ?? ''];
  expect((await run.apply({ accept, targets })).stoppedBy?.code).toBe('QP302');
  expect((await run.apply({ accept: [...accept, 'QP302'], targets })).stoppedBy?.code).toBe('QP310');
  expect((await run.apply({ accept: [...accept, 'QP302', 'QP310'], targets })).stoppedBy).toBeNull();
});

test('widening what is trusted keeps the perimeter in force meanwhile, and rollback still restores everything', async () => {
  const run = await WholeRun.on('greenfield');
  await run.apply({ accept });
  const since = run.sandbox.writes().at(-1)?.seq ?? 0;
  const { trustedCidrs } = run.sandbox.world().hints;
  const wider = { accept, trustedCidrs: [...trustedCidrs, '192.0.2.0/24'] };
  expect((await run.apply(wider)).stoppedBy).toBeNull();
  expect(run.sandbox.writes(since).length).toBeGreaterThan(0);
  const back = await run.rollBack();
  expect(back.kept).toEqual([]);
  const { organization } = run.sandbox.world().organizations;
  expect(Object.values(organization?.policies ?? {}).map(({ name }) => name)).not.toContain('QuiltDataPerimeter');
  expect(bucketOf(run.sandbox.world())?.policy).toBeNull();
});

describe('a colleague', () => {
  test("who edits the test bucket's policy after apply is not overwritten by rollback", async () => {
    const run = await WholeRun.on('greenfield');
    await run.apply({ accept });
    const Bucket = run.sandbox.world().hints.testBucket;
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Sid: 'Mine', Effect: 'Deny', Principal: '*', Action: 's3:DeleteBucket', Resource: `arn:aws:s3:::${Bucket}` }],
    });
    await run.sandbox.aws.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    const back = await run.rollBack();
    expect(back.outcome).toBe('done');
    expect(back.noticed).toMatchObject([{ code: 'QP703', severity: 'warning', subjects: [`bucket-policy/${Bucket}/statement`, Bucket] }]);
    expect(JSON.stringify(bucketOf(run.sandbox.world())?.policy)).toContain('Mine');
  });
  test('who attaches our SCP elsewhere keeps it, but harmless', async () => {
    const run = await WholeRun.on('greenfield');
    await run.apply({ accept });
    const policy = ourPolicy(run.sandbox.world());
    const organizations = (await run.sandbox.clientsAs('management')).organizations;
    const root = run.sandbox.world().organizations.organization?.root.id;
    await organizations.send(new AttachPolicyCommand({ PolicyId: policy?.id, TargetId: root }));
    const back = await run.rollBack();
    expect(back.kept.map(({ applied }) => applied.change.key)).toContain('scp/QuiltDataPerimeter/policy');
    expect(ourPolicy(run.sandbox.world())?.content).toContain('QuiltPerimeterLifted');
    expect(ourPolicy(run.sandbox.world())?.content).not.toContain('QuiltPerimeterNetwork');
  });
  test('who edits our SCP is not overwritten', async () => {
    const run = await WholeRun.on('greenfield');
    await run.apply({ accept });
    const organizations = (await run.sandbox.clientsAs('management')).organizations;
    const Content = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Sid: 'Theirs', Effect: 'Deny', Action: 'iam:CreateUser', Resource: '*' }],
    });
    await organizations.send(new UpdatePolicyCommand({ PolicyId: ourPolicy(run.sandbox.world())?.id, Content }));
    expect((await run.apply({ accept })).stoppedBy).not.toBeNull();
    const back = await run.rollBack();
    expect(back.outcome).toBe('stopped');
    expect(ourPolicy(run.sandbox.world())?.content).toBe(Content);
  });
});

const ourPolicy = (world: World) =>
  Object.values(world.organizations.organization?.policies ?? {}).find(({ name }) => name === 'QuiltDataPerimeter');

describe('an update of the stack that fails', () => {
  const failing = (status: 'UPDATE_ROLLBACK_COMPLETE' | 'UPDATE_ROLLBACK_FAILED') =>
    WholeRun.on('greenfield', {
      mutate: (world) =>
        world.faults.push({
          type: 'async',
          failure: { kind: 'stack-update', status, logicalId: 'Registry', reason: 'the task never became healthy' },
          remaining: 1,
        }),
    });
  test('and is rolled back says which resource failed first and why, and the next run goes on', async () => {
    const run = await failing('UPDATE_ROLLBACK_COMPLETE');
    await expect(run.apply({ accept })).rejects.toThrow(/UPDATE_ROLLBACK_COMPLETE: Registry .*the task never became healthy/);
    expect((await run.apply({ accept })).stoppedBy).toBeNull();
  });
  test('and cannot be rolled back stops with the command that goes on', async () => {
    const run = await failing('UPDATE_ROLLBACK_FAILED');
    const { stoppedBy } = await run.apply({ accept });
    expect(stoppedBy?.exitCode).toBe(3);
    expect(stoppedBy?.remedy).toContain('aws cloudformation continue-update-rollback --stack-name quilt-prod');
    expect((await run.apply({ accept })).stoppedBy?.code).toBe('QP502');
  });
  test('while it is put back can be tried again by the next rollback', async () => {
    const run = await WholeRun.on('greenfield');
    const before = run.sandbox.snapshot();
    expect((await run.apply({ accept })).stoppedBy).toBeNull();
    await run.sandbox.sandbox.change(({ faults }) => {
      const failure = { kind: 'stack-update', status: 'UPDATE_ROLLBACK_COMPLETE', logicalId: 'Registry', reason: 'no capacity' } as const;
      faults.push({ type: 'async', failure, remaining: 1 });
    });
    await expect(run.rollBack()).rejects.toThrow(/UPDATE_ROLLBACK_COMPLETE: Registry .*no capacity/);
    expect(await run.rollBack()).toMatchObject({ outcome: 'done', kept: [] });
    const parameters = ({ cloudformation }: Pick<World, 'cloudformation'>) =>
      Object.values(cloudformation.stacks).map(({ content }) => content.parameters);
    expect(parameters(run.sandbox.world())).toEqual(parameters(before));
  });
});
