// Each scenario ends as its row in docs/sandbox.md says: done and put back, or stopped by the finding that it is about, with
// a remedy that works when followed.
import { TagRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { stepIds } from '../../src/engine/types.ts';
import type { FindingCode } from '../../src/findings.ts';
import { WholeRun } from '../support/whole-run.ts';
import { changedSince, codesOf, operationsOf, operatorCan, records, statesOf, testBucketPolicy } from './support.ts';

const allDone = Object.fromEntries(stepIds.map((id) => [id, 'done']));
const untilBucketPolicy = ['discover', 'endpoints', 'nat', 'bucket-policy'] as const;
const elsewhere = '203.0.113.50';

interface Row {
  readonly scenario: string;
  readonly accept: readonly FindingCode[];
}

const endDone: readonly Row[] = [
  { scenario: 'greenfield', accept: ['QP413'] },
  { scenario: 'brownfield', accept: ['QP106', 'QP110', 'QP111', 'QP413'] },
  { scenario: 'vpn', accept: ['QP413'] },
  { scenario: 'transit', accept: ['QP413'] },
  { scenario: 'terraform-owned', accept: ['QP116', 'QP413'] },
];

describe.each(endDone)('in scenario $scenario, with $accept accepted', ({ scenario, accept }) => {
  test('the six steps are done, status agrees, a second apply writes nothing, and rollback restores everything', async () => {
    const run = await WholeRun.on(scenario);
    const before = run.sandbox.snapshot();
    const summary = await run.apply({ accept });
    expect(summary.stoppedBy).toBeNull();
    expect(statesOf(summary)).toEqual(allDone);
    expect((await run.status({ accept })).map(({ id, state }) => [id, state])).toEqual(stepIds.map((id) => [id, 'done']));

    const writes = run.sandbox.writes().length;
    run.questions = [];
    const again = await run.apply({ accept });
    expect([again.outcome, statesOf(again)]).toEqual(['done', allDone]);
    expect(operationsOf(run.sandbox.writes().slice(writes))).toEqual([]);
    expect(run.questions).toEqual([]);

    const back = await run.rollBack();
    expect([back.outcome, back.kept]).toEqual(['done', []]);
    expect(await changedSince(run, before)).toBe('');
  });

  test('after rollback --to bucket-policy the world is as it was after that step, and the rest can be put back later', async () => {
    const run = await WholeRun.on(scenario);
    const before = run.sandbox.snapshot();
    expect((await run.apply({ accept }, untilBucketPolicy)).outcome).toBe('done');
    await run.sandbox.clock.sleep(3_600_000);
    const then = run.sandbox.snapshot();
    expect((await run.apply({ accept })).outcome).toBe('done');
    expect((await run.rollBack([], 'bucket-policy')).kept).toEqual([]);
    expect(await changedSince(run, then)).toBe('');
    const states = (await run.status({ accept })).map(({ id, state }) => [id, state]);
    expect(states).toEqual(stepIds.map((id) => [id, id === 'scp' || id === 'stack-parameter' ? 'pending' : 'done']));
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  });
});

test('greenfield: everybody on trusted networks keeps their access, strangers and outsiders lose it, Quilt goes on', async () => {
  const run = await WholeRun.on('greenfield');
  await run.apply({ accept: ['QP413'] });
  await run.sandbox.clock.sleep(3_600_000);
  const { hints } = run.sandbox.world();
  const reads = (principal: string, from: string, bucket: string) =>
    run.sandbox.control.can({ principal, from, action: 's3:GetObject', resource: `arn:aws:s3:::${bucket}/results/plate-1.csv` }).allowed;
  const data = 'quilt-raw-data-444455556666';
  expect(reads('operator', '', data)).toBe(true);
  expect(reads('operator', elsewhere, data)).toBe(false);
  expect(reads('breakGlass', elsewhere, data)).toBe(true);
  expect(reads('vpnUser', '', data)).toBe(true);
  expect(reads('vpnUser', elsewhere, data)).toBe(false);
  expect(reads('quiltLambda', '', data)).toBe(true);
  expect(reads('operator', elsewhere, hints.testBucket)).toBe(false);
  expect(reads('operator', elsewhere, 'corp-cloudtrail-444455556666')).toBe(true);
});

test('transit: no NAT gateway is made', async () => {
  const run = await WholeRun.on('transit');
  await run.apply({ accept: ['QP413'] });
  expect(operationsOf(run.sandbox.writes())).not.toContain('CreateNatGateway');
  expect(operationsOf(run.sandbox.writes())).not.toContain('AllocateAddress');
});

test('brownfield: QP106 and QP110 are told, QP111 stops before anything is changed', async () => {
  const run = await WholeRun.on('brownfield');
  const summary = await run.apply({ accept: ['QP413'] });
  expect(codesOf(summary)).toEqual(expect.arrayContaining(['QP106', 'QP110', 'QP111']));
  expect(summary.stoppedBy).toMatchObject({ code: 'QP111', exitCode: 3 });
  expect(operationsOf(run.sandbox.writes())).toEqual([]);
});

test('single-account: QP405 says what to do instead, and that works', async () => {
  const run = await WholeRun.on('single-account');
  const before = run.sandbox.snapshot();
  const summary = await run.apply({ accept: ['QP413'] });
  expect(summary.stoppedBy).toMatchObject({ code: 'QP405', exitCode: 3 });
  expect(summary.stoppedBy?.remedy).toMatch(/--skip scp.*bucket policy on each bucket.*member account/);
  expect(statesOf(summary)).toMatchObject({ 'bucket-policy': 'done', scp: 'blocked', 'stack-parameter': 'pending' });
  expect(await changedSince(run, before, [...records, 'ec2', 's3', 'cloudformation'])).toBe('');

  const without = await run.apply(
    { accept: ['QP413'] },
    stepIds.filter((id) => id !== 'scp'),
  );
  expect([without.outcome, statesOf(without)]).toEqual(['done', { ...allDone, scp: 'skipped' }]);
  expect((await run.rollBack()).kept).toEqual([]);
  expect(await changedSince(run, before)).toBe('');
});

test('terraform-owned: QP116 stops before anything is changed and gives the lines to add; QP505 gives the variable', async () => {
  const run = await WholeRun.on('terraform-owned');
  const summary = await run.apply({ accept: ['QP413'] });
  expect(summary.stoppedBy).toMatchObject({ code: 'QP116', exitCode: 3 });
  const { ec2, hints } = run.sandbox.world();
  const endpoint = Object.values(ec2.vpcEndpoints).find(({ vpcId }) => vpcId === hints.vpc)?.id;
  const [table = ''] = summary.stoppedBy?.detail.match(/rtb-\w+/) ?? [];
  expect(summary.stoppedBy?.remedy).toBe(
    [
      'add there, or accept QP116:',
      `resource "aws_vpc_endpoint_route_table_association" "quilt_s3_${table.replace('-', '_')}" {`,
      `  route_table_id  = "${table}"`,
      `  vpc_endpoint_id = "${endpoint}"`,
      '}',
    ].join('\n'),
  );
  expect(operationsOf(run.sandbox.writes())).toEqual([]);

  const accepted = await run.apply({ accept: ['QP116', 'QP413'] });
  const told = accepted.steps.flatMap(({ findings }) => findings).find(({ code }) => code === 'QP505');
  expect(told?.remedy).toContain('ApiGatewayVPCEndpoint');
  expect(accepted.outcome).toBe('done');
});

describe('locked-out', () => {
  async function stoppedAtProbe() {
    const run = await WholeRun.on('locked-out');
    expect((await run.apply({}, ['discover', 'endpoints', 'nat'])).outcome).toBe('done');
    await run.sandbox.clock.sleep(3_600_000);
    const before = run.sandbox.snapshot();
    const summary = await run.apply({ accept: ['QP413'] });
    return { run, before, summary };
  }

  test('the probe stops it with QP302, and nothing is left behind', async () => {
    const { run, before, summary } = await stoppedAtProbe();
    expect(summary.stoppedBy).toMatchObject({ code: 'QP302', exitCode: 3, summary: expect.stringContaining('(QP302)') });
    expect(statesOf(summary)).toMatchObject({ 'bucket-policy': 'pending', scp: 'pending', 'stack-parameter': 'pending' });
    expect(testBucketPolicy(run)).toBeNull();
    expect(operatorCan(run, 's3:DeleteBucketPolicy')).toBe(true);
    expect(await changedSince(run, before, ['clock', 'sequence'])).toBe('');
    expect((await run.rollBack()).outcome).toBe('done');
  });

  const follow: { readonly [remedy: string]: (run: WholeRun, remedy: string) => Promise<WholeRun> } = {
    async 'the role is tagged and signed in to again'(run, remedy) {
      const [, role = '', key = '', value = ''] = /aws iam tag-role --role-name (\S+) --tags Key=(\w+),Value=(\w+)/.exec(remedy) ?? [];
      const { iam, sts } = run.sandbox.aws;
      await iam.send(new TagRoleCommand({ RoleName: role, Tags: [{ Key: key, Value: value }] }));
      const roleArn = `arn:aws:iam::444455556666:role/${role}`;
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'again' }));
      await run.sandbox.sandbox.change((world) => {
        world.identities.operator = Credentials?.AccessKeyId ?? '';
      });
      return signedInAgain(run);
    },
    async 'it comes from inside a trusted VPC'(run, remedy) {
      expect(remedy).toContain('run from inside a trusted VPC');
      await run.sandbox.sandbox.change(({ accessKeys, identities, hints }) => {
        const key = accessKeys[identities.operator ?? ''];
        if (key) Object.assign(key, { network: { vpcId: hints.trustedVpcs[0], subnetId: null } });
      });
      return run;
    },
  };

  /** The same folder with clients that ask for credentials anew. */
  async function signedInAgain({ sandbox, disk }: WholeRun): Promise<WholeRun> {
    const aws = await sandbox.clientsAs('operator');
    return new WholeRun({ ...sandbox, aws, context: { ...sandbox.context, aws } }, disk);
  }

  test.each(Object.entries(follow))('it goes through where, as the remedy says, %s', async (_what, followed) => {
    const { run, summary } = await stoppedAtProbe();
    const next = await followed(run, summary.stoppedBy?.remedy ?? '');
    // Whoever passes by the exempt tag shares it with the break-glass role: the two are one way back.
    expect(statesOf(await next.apply({ accept: ['QP413', 'QP310'] }))).toEqual(allDone);
    expect(operatorCan(next, 's3:DeleteBucketPolicy')).toBe(true);
    expect((await next.rollBack()).kept).toEqual([]);
  });

  test('it goes through where, as the remedy says, its address is trusted', async () => {
    const { run, summary } = await stoppedAtProbe();
    expect(summary.stoppedBy?.remedy).toContain('--trusted-cidr ADDRESS/32');
    const trustedCidrs = [...run.sandbox.world().hints.trustedCidrs, `${elsewhere}/32`];
    expect(statesOf(await run.apply({ accept: ['QP413'], trustedCidrs }))).toEqual(allDone);
    expect(operatorCan(run, 's3:DeleteBucketPolicy')).toBe(true);
    expect((await run.rollBack()).kept).toEqual([]);
  });

  test('where its address is given, QP301 stops it before the bucket is touched, with the flag to use', async () => {
    const run = await WholeRun.on('locked-out');
    const summary = await run.apply({ accept: ['QP413'], operatorIp: elsewhere });
    expect(summary.stoppedBy).toMatchObject({ code: 'QP301', exitCode: 3 });
    expect(summary.stoppedBy?.remedy).toContain(`--trusted-cidr ${elsewhere}/32`);
    expect(operationsOf(run.sandbox.writes())).not.toContain('PutBucketPolicy');
  });
});

test('flapping: a mix of answers is QP302, and nothing is left behind', async () => {
  const run = await WholeRun.on('flapping');
  expect((await run.apply({}, ['discover', 'endpoints', 'nat'])).outcome).toBe('done');
  await run.sandbox.clock.sleep(3_600_000);
  const before = run.sandbox.snapshot();
  const summary = await run.apply({ accept: ['QP413'] });
  expect(summary.stoppedBy).toMatchObject({ code: 'QP302', exitCode: 3 });
  expect(testBucketPolicy(run)).toBeNull();
  expect(await changedSince(run, before, ['clock', 'sequence'])).toBe('');
  expect((await run.rollBack()).kept).toEqual([]);
});
