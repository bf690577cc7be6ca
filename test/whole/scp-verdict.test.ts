// The SCP and its verdict: an operator who takes time over the second target, and one who would lose S3 under it.
import { DetachPolicyCommand } from '@aws-sdk/client-organizations';
import { describe, expect, test } from 'vitest';
import { WholeRun } from '../support/whole-run.ts';
import { changedSince, codesOf, killAfter, operationsOf, operatorCan, records } from './support.ts';

const accept = ['QP413'] as const;

const scpOf = ({ sandbox }: WholeRun) => {
  const { organization } = sandbox.world().organizations;
  const policy = Object.values(organization?.policies ?? {}).find(({ name }) => name === 'QuiltDataPerimeter');
  return {
    policy,
    attachedTo: organization?.attachments.filter(({ policyId }) => policyId === policy?.id).map(({ targetId }) => targetId) ?? [],
  };
};

test('an operator who thinks for ten minutes over the second target goes on, and S3 is asked again first', async () => {
  const run = await WholeRun.on('greenfield');
  const { target } = run.sandbox.world().hints;
  const { organization } = run.sandbox.world().organizations;
  const second = Object.values(organization?.units ?? {})[0]?.id ?? '';
  run.answer = (id) => {
    if (id === `scp/${second}`) run.sandbox.clock.advance(600_000);
    return true;
  };
  const summary = await run.apply({ accept, targets: [target, second] });
  expect(summary.stoppedBy).toBeNull();
  expect(run.questions).toContain(`scp/${second}`);
  expect(scpOf(run).attachedTo).toContain(second);
  const proofs = run.journal.split('\n').filter((line) => line.includes('"type":"probe"') && line.includes('"stage":"scp-wide"'));
  expect(proofs).toHaveLength(2);
});

describe('an operator who would lose S3 under the SCP', () => {
  const network = ['discover', 'endpoints', 'nat'] as const;
  const scp = ['discover', 'endpoints', 'nat', 'scp'] as const;
  const elsewhere = '203.0.113.99';
  const ignore = [...records, 'accessKeys'];

  /** Applied up to the network, by an operator from there. */
  const from = async (publicIp: string | null) => {
    const run = await WholeRun.on('greenfield');
    await run.apply({ accept }, network);
    const move = (to: string) => {
      const { accessKeys, identities } = run.sandbox.world();
      const id = identities.operator ?? '';
      const key = accessKeys[id];
      if (key !== undefined) accessKeys[id] = { ...key, network: { publicIp: to } };
    };
    if (publicIp !== null) move(publicIp);
    return { run, move };
  };

  test('stops at the verdict with QP302, and no SCP is left', async () => {
    const { run } = await from(elsewhere);
    const before = run.sandbox.snapshot();
    const summary = await run.apply({ accept }, scp);
    expect(summary.stoppedBy).toMatchObject({ code: 'QP302', exitCode: 3 });
    expect(operationsOf(run.sandbox.writes())).toContain('AttachPolicy');
    expect(scpOf(run)).toEqual({ policy: undefined, attachedTo: [] });
    expect(await changedSince(run, before, ignore)).toBe('');
    expect(summary.steps.find(({ id }) => id === 'scp')?.made.map(({ change }) => change.key)).toEqual(['scp/policy-type']);
    expect((await run.rollBack()).kept).toEqual([]);
  });

  test('stops where the wide version is what it loses S3 under, and no SCP is left', async () => {
    const { run, move } = await from(null);
    const before = run.sandbox.snapshot();
    afterCall(run, 'UpdatePolicy', 3, () => move(elsewhere));
    const summary = await run.apply({ accept }, scp);
    expect(summary.stoppedBy).toMatchObject({ code: 'QP302' });
    expect(scpOf(run).policy).toBeUndefined();
    expect(await changedSince(run, before, ignore)).toBe('');
    expect(summary.stoppedBy?.remedy).toContain('trust your address');

    move('198.51.100.10');
    expect((await run.apply({ accept }, scp)).stoppedBy).toBeNull();
    expect(scpOf(run).attachedTo).toHaveLength(1);
  });

  test('keeps what somebody attached elsewhere meanwhile, and says so', async () => {
    const { run } = await from(elsewhere);
    const { organization } = run.sandbox.world().organizations;
    const unit = Object.values(organization?.units ?? {})[0]?.id ?? '';
    afterCall(run, 'AttachPolicy', 1, () => {
      const { policy } = scpOf(run);
      organization?.attachments.push({ ...attachmentOf(organization.attachments, policy?.id), targetId: unit });
    });
    const summary = await run.apply({ accept }, scp);
    expect(summary.stoppedBy).toMatchObject({ code: 'QP302' });
    expect(scpOf(run).attachedTo).toEqual([unit]);
    expect(codesOf(summary)).toContain('QP703');
  });

  test('does not come under a wide SCP that was attached to nothing, neither by a failed verdict nor after a kill', async () => {
    const { run, move } = await from(null);
    expect((await run.apply({ accept }, scp)).stoppedBy).toBeNull();
    const { aws } = run.sandbox;
    const { policy, attachedTo } = scpOf(run);
    const [PolicyId, [TargetId]] = [policy?.id ?? '', attachedTo];
    await aws.organizations.send(new DetachPolicyCommand({ PolicyId, TargetId }));
    await run.sandbox.clock.sleep(600_000);
    move(elsewhere);
    const stopped = await run.apply({ accept: [...accept, 'QP703'] }, scp);
    expect(stopped.stoppedBy).toMatchObject({ code: 'QP302' });
    expect(scpOf(run)).toMatchObject({ policy: { content: policy?.content }, attachedTo: [] });

    const revive = killAfter(run, { operation: 'AttachPolicy' });
    await expect(run.apply({ accept: [...accept, 'QP703'] }, scp)).rejects.toThrow();
    expect(revive()).toBe(true);
    const again = await run.apply({ accept: [...accept, 'QP703'] }, scp);
    expect(again.stoppedBy).toMatchObject({ code: 'QP302' });
    await run.sandbox.clock.sleep(4_000_000);
    expect(operatorCan(run, 's3:GetObject', 'any')).toBe(true);
  });
});

const attachmentOf = <T extends { readonly policyId: string }>(all: readonly T[], id: string | undefined): T => {
  const found = all.find(({ policyId }) => policyId === id);
  if (found === undefined) throw new Error('the SCP is attached to nothing');
  return found;
};

/** Does something once, right after the `nth` call (from 1) of an operation was answered. */
function afterCall({ sandbox }: WholeRun, operation: string, nth: number, act: () => void): void {
  const { requestHandler } = sandbox;
  const handle = requestHandler.handle;
  const already = sandbox.sandbox.calls().length;
  let done = false;
  requestHandler.handle = async (request, options) => {
    const answer = await handle.call(requestHandler, request, options);
    const struck = sandbox.writes(already).filter((call) => call.result === 'OK' && call.operation === operation);
    if (!done && struck.length >= nth) {
      done = true;
      act();
    }
    return answer;
  };
}
