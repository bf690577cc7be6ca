// The sandbox really locks out: without the probe the operator loses the bucket for good, and what a killed run left of its
// probe or trial stops denying by itself.
import { GetBucketPolicyCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { Statement } from '../../src/policy/document.ts';
import { WholeRun } from '../support/whole-run.ts';
import { changedSince, killAfter, operatorCan, records, testBucketPolicy } from './support.ts';

const accept = ['QP413'] as const;

const statementsOf = (policy: string | null): readonly Statement[] => (policy === null ? [] : JSON.parse(policy).Statement);

const readsPolicy = async ({ sandbox }: WholeRun): Promise<string> => {
  try {
    await sandbox.aws.s3.send(new GetBucketPolicyCommand({ Bucket: sandbox.world().hints.testBucket }));
    return 'allowed';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
};

test('with --skip-probes --accept QP301,QP302 an operator from elsewhere loses the test bucket, and only the fail-safe entry is let in', async () => {
  const run = await WholeRun.on('locked-out');
  const before = run.sandbox.snapshot();
  const steps = ['discover', 'endpoints', 'nat', 'bucket-policy'] as const;
  const summary = await run.apply({ accept: ['QP301', 'QP302'], operatorIp: '203.0.113.50', skipProbes: true }, steps);
  expect(summary.stoppedBy).toBeNull();
  await run.sandbox.clock.sleep(3_600_000);
  for (const action of ['s3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'])
    expect(operatorCan(run, action), action).toBe(false);
  expect(await readsPolicy(run)).toBe('AccessDenied');
  const { hints } = run.sandbox.world();
  const breakGlass = {
    principal: 'breakGlass',
    from: '203.0.113.50',
    action: 's3:DeleteBucketPolicy',
    resource: `arn:aws:s3:::${hints.testBucket}`,
  };
  expect(run.sandbox.control.can(breakGlass).allowed).toBe(true);
  const remedy = expect.stringMatching(/trusted network.*exempt tag.*root user of account 444455556666/);
  await expect(run.rollBack()).rejects.toMatchObject({ kind: 'failed', exitCode: 1, code: 'LOCKED_OUT', remedy });

  await run.sandbox.sandbox.change(({ identities }) => {
    identities.operator = identities.breakGlass ?? '';
  });
  const aws = await run.sandbox.clientsAs('operator');
  const followed = new WholeRun({ ...run.sandbox, aws, context: { ...run.sandbox.context, aws } }, run.disk);
  expect((await followed.rollBack()).kept).toEqual([]);
  expect(await changedSince(followed, before, [...records, 'identities'])).toBe('');
});

test('with the SCP too, all buckets in scope are lost', async () => {
  const run = await WholeRun.on('locked-out');
  const summary = await run.apply({ accept: ['QP301', 'QP302', 'QP413'], skipProbes: true });
  expect(summary.stoppedBy).toBeNull();
  await run.sandbox.clock.sleep(3_600_000);
  const { buckets } = run.sandbox.world().s3;
  const lost = Object.keys(buckets).filter(
    (name) =>
      !run.sandbox.control.can({ principal: 'operator', from: '', action: 's3:GetObject', resource: `arn:aws:s3:::${name}/x` }).allowed,
  );
  expect(lost.sort()).toEqual(
    Object.keys(buckets)
      .filter((name) => name.startsWith('quilt'))
      .sort(),
  );
});

describe('a run that is killed in the middle of its probe', () => {
  test.each([
    ['probe', 1],
    ['trial', 2],
  ] as const)('leaves a %s on the bucket that denies until its date and not after, and can be rolled back then', async (which, nth) => {
    const run = await WholeRun.on('locked-out');
    const before = run.sandbox.snapshot();
    const revive = killAfter(run, { operation: 'PutBucketPolicy', nth });
    await expect(run.apply({ accept: ['QP302', 'QP310'] })).rejects.toThrow();
    expect(revive()).toBe(true);

    const left = testBucketPolicy(run);
    const dates = datesOf(left, run);
    // The probe denies nothing but two keys; the trial is the whole perimeter.
    const isDenied = () =>
      which === 'probe' ? !operatorCan(run, 's3:GetObject', sentinelIn(left)) : !operatorCan(run, 's3:DeleteBucketPolicy');
    await run.sandbox.clock.sleep(300_000);
    expect(isDenied()).toBe(true);
    expect(await readsPolicy(run)).toBe(which === 'probe' ? 'allowed' : 'AccessDenied');

    await sleepUntil(run, Math.max(...dates));
    expect(testBucketPolicy(run)).toBe(left);
    expect(isDenied()).toBe(false);
    expect(await readsPolicy(run)).toBe('allowed');
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  });

  test('leaves an SCP that denies until its date and not after; the next apply goes on from there', async () => {
    const run = await WholeRun.on('greenfield');
    const before = run.sandbox.snapshot();
    const revive = killAfter(run, { operation: 'AttachPolicy' });
    await expect(run.apply({ accept })).rejects.toThrow();
    expect(revive()).toBe(true);

    const { organization } = run.sandbox.world().organizations;
    const left = Object.values(organization?.policies ?? {}).find(({ name }) => name === 'QuiltDataPerimeter')?.content ?? null;
    const dates = datesOf(left, run);
    const key = keyIn(left, 'QuiltPerimeterProbeControl');
    await run.sandbox.clock.sleep(300_000);
    expect(operatorCan(run, 's3:GetObject', key)).toBe(false);
    expect(operatorCan(run, 's3:DeleteBucketPolicy')).toBe(true);
    await sleepUntil(run, Math.max(...dates));
    expect(operatorCan(run, 's3:GetObject', key)).toBe(true);

    expect((await run.apply({ accept })).outcome).toBe('done');
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  });

  test('leaves an SCP whose sentinel shuts out an operator from elsewhere only until its date', async () => {
    const run = await WholeRun.on('locked-out');
    const revive = killAfter(run, { operation: 'AttachPolicy' });
    await expect(run.apply({ accept }, ['discover', 'endpoints', 'nat', 'scp'])).rejects.toThrow();
    expect(revive()).toBe(true);
    const { organization } = run.sandbox.world().organizations;
    const left = Object.values(organization?.policies ?? {}).find(({ name }) => name === 'QuiltDataPerimeter')?.content ?? null;
    await run.sandbox.clock.sleep(300_000);
    expect(operatorCan(run, 's3:GetObject', sentinelIn(left))).toBe(false);
    await sleepUntil(run, Math.max(...datesOf(left, run)));
    expect(operatorCan(run, 's3:GetObject', sentinelIn(left))).toBe(true);
  });
});

/** The dates after which its denies end, in milliseconds since 1970: each has one, within the hour. */
function datesOf(policy: string | null, { sandbox }: WholeRun): readonly number[] {
  const now = sandbox.clock.now().getTime();
  const dates = statementsOf(policy).map(({ Condition }) => Date.parse(String(Condition?.DateLessThan?.['aws:CurrentTime'])));
  expect(dates.length).toBeGreaterThan(1);
  for (const date of dates) {
    expect(date).toBeGreaterThan(now);
    expect(date).toBeLessThanOrEqual(now + 3_600_000);
  }
  return dates;
}

const sleepUntil = ({ sandbox: { clock } }: WholeRun, moment: number): Promise<void> => clock.sleep(moment + 1 - clock.now().getTime());

const keyIn = (policy: string | null, sid: string): string =>
  String(statementsOf(policy).find(({ Sid }) => Sid === sid)?.Resource).replace(/^.*:::[^/]+\//, '');

const sentinelIn = (policy: string | null): string => keyIn(policy, 'QuiltPerimeterProbeSentinel');
