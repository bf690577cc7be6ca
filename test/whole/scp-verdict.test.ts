// The SCP and its verdict: an operator who takes time over the second target, and one who would lose S3 under it.
import { expect, test } from 'vitest';
import { WholeRun } from '../support/whole-run.ts';

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
