// The exit certificate over whole runs: before the bucket policy and the SCP, anew in each run, and QP310 where it falls short.
import { expect, test } from 'vitest';
import type { StepId } from '../../src/engine/types.ts';
import { accounts } from '../../src/sandbox/scenarios/company.ts';
import type { World } from '../../src/sandbox/world.ts';
import { WholeRun } from '../support/whole-run.ts';
import { changedSince, killAfter, operationsOf, records } from './support.ts';

const accept = ['QP413'] as const;
const steps: readonly StepId[] = ['discover', 'bucket-policy', 'scp'];

const certificatesOf = ({ events }: WholeRun) => events.flatMap((event) => (event.type === 'certificate' ? [event] : []));

const untagged = (world: World): void => {
  const role = world.iam.accounts[accounts.quilt]?.roles.BreakGlass;
  if (role) role.tags = {};
};

const journaled = ({ journal }: WholeRun) =>
  [...journal.matchAll(/"type":"(certificate|begun)".*?"key":"([^"]+)"/g)].map(([, type, key]) => `${type} ${key}`);

test('each Deny has its certificate before it: the trial on the bucket, the wide SCP, each further target', async () => {
  const run = await WholeRun.on('greenfield');
  const { organization } = run.sandbox.world().organizations;
  const [unit = ''] = Object.values(organization?.units ?? {}).flatMap(({ id, name }) => (name === 'Sandbox' ? [id] : []));
  expect((await run.apply({ accept, targets: [accounts.quilt, unit] }, steps)).stoppedBy).toBeNull();
  const told = certificatesOf(run);
  expect(told.map(({ step, independent }) => [step, independent])).toEqual([
    ['bucket-policy', 2],
    ['scp', 2],
    ['scp', 2],
  ]);
  const lines = journaled(run);
  for (const { key } of told) expect(lines.indexOf(`certificate ${key}`)).toBe(lines.indexOf(`begun ${key}`) - 1);
  expect(told[1]?.ways.map(({ kind, state }) => [kind, state])).toEqual([
    ['organization', 'exercised'],
    ['operator', 'exercised'],
    ['exempt-role', 'exercised'],
    ['root-password', 'claimed'],
  ]);
  expect(run.journal).not.toMatch(/ASIA|secretAccessKey|sessionToken/i);
});

test('a target that is added later has its certificate under the SCP that stands', async () => {
  const run = await WholeRun.on('greenfield');
  const { organization } = run.sandbox.world().organizations;
  const [unit = ''] = Object.values(organization?.units ?? {}).flatMap(({ id, name }) => (name === 'Sandbox' ? [id] : []));
  expect((await run.apply({ accept }, steps)).stoppedBy).toBeNull();
  run.events = [];
  const later = await run.apply({ accept, targets: [accounts.quilt, unit] }, steps);
  expect(later.stoppedBy).toBeNull();
  expect(certificatesOf(run)).toMatchObject([
    {
      step: 'scp',
      independent: 2,
      ways: [
        { kind: 'organization', state: 'claimed' },
        { kind: 'operator', state: 'exercised' },
        { kind: 'exempt-role', state: 'exercised' },
        { kind: 'root-password', state: 'claimed' },
      ],
    },
  ]);
});

test('without a second way the SCP is stopped before it is widened, and the narrow one is taken off', async () => {
  const run = await WholeRun.on('greenfield');
  expect((await run.apply({ accept }, ['discover', 'bucket-policy'])).stoppedBy).toBeNull();
  await run.sandbox.clock.sleep(3_600_000);
  const before = run.sandbox.snapshot();
  // Operator and organization's side from one profile are one way; so is the role, which they assume.
  const aws = { ...run.sandbox.aws, bases: { quilt: 'profile a', organization: 'profile a' } };
  const one = new WholeRun({ ...run.sandbox, aws, context: { ...run.sandbox.context, aws } }, run.disk);
  const summary = await one.apply({ accept }, steps);
  expect(summary.stoppedBy).toMatchObject({ code: 'QP310', exitCode: 3 });
  expect(summary.stoppedBy?.remedy).toContain('--org-profile');
  expect(certificatesOf(one)).toMatchObject([{ step: 'scp', independent: 1 }]);
  expect(await changedSince(one, before, records)).toBe('');
  expect(operationsOf(one.sandbox.writes())).toContain('DetachPolicy');
});

test('a run that is killed between a certificate and its Deny leaves no word for the next one: all is exercised anew', async () => {
  const run = await WholeRun.on('greenfield');
  const revive = killAfter(run, { operation: 'PutBucketPolicy', nth: 2 });
  await expect(run.apply({ accept }, steps)).rejects.toThrow();
  expect(revive()).toBe(true);
  expect(certificatesOf(run)).toMatchObject([{ independent: 2 }]);
  await run.sandbox.sandbox.change(untagged);
  expect((await run.apply({ accept }, steps)).stoppedBy?.code).toBe('QP310');
  expect(certificatesOf(run)).toMatchObject([{ independent: 2 }, { independent: 1 }]);
});
