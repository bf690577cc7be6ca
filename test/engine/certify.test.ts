// The exit certificate in a run: made before what may lock out, from what this run exercised, and QP310 without two ways.
import { expect, test } from 'vitest';
import type { Change, RunEvent, Verdict, WayBack } from '../../src/engine/types.ts';
import { Toy } from './toy-run.ts';
import { bucketChanges, change, toyStep } from './toy-world.ts';

const operator: WayBack = {
  kind: 'operator',
  principal: 'arn:aws:iam::111122223333:role/Admin',
  network: 'here',
  call: 's3:DeleteBucketPolicy',
  passesBy: ['network'],
  credentials: 'profile a',
  state: 'claimed',
  how: 'not tried yet',
};
const role: WayBack = {
  ...operator,
  kind: 'exempt-role',
  principal: 'arn:aws:iam::111122223333:role/BreakGlass',
  passesBy: ['tag'],
  credentials: 'profile b',
};
const password: WayBack = {
  ...operator,
  kind: 'root-password',
  principal: 'arn:aws:iam::111122223333:root',
  passesBy: [],
  credentials: '',
};
const exercised = (way: WayBack, how: string): WayBack => ({ ...way, state: 'exercised', how });

const ways = [operator, role, password];
const certified = { remedy: 'see to a second way back' };
const changes: readonly Change[] = bucketChanges.map((change) =>
  change.key === 'bucket-policy/control' || change.key === 'bucket-policy/full' ? { ...change, ways, certified } : change,
);

type Found = { readonly [key: string]: readonly WayBack[] };

/** A run of the bucket policy in which the proofs of these changes find these ways back. */
function toyThatFinds(found: Found, planned = changes): Toy {
  const toy = new Toy();
  const prove = async ({ change }: { readonly change: Change }): Promise<Verdict> => {
    const seen = found[change.key];
    return { passed: true, ...(seen === undefined ? {} : { ways: seen }) };
  };
  toy.phases = [{ steps: [toyStep(toy.world, { id: 'bucket-policy', changes: planned, prove })] }];
  return toy;
}

const both: Found = {
  'bucket-policy/trial': [exercised(operator, 'let in'), exercised(role, 'assumed')],
  'bucket-policy/rehearsal': [exercised(operator, 'undone')],
};
const onlyOperator: Found = { ...both, 'bucket-policy/trial': [exercised(operator, 'let in'), { ...role, how: 'not assumable' }] };

const certificatesOf = ({ events }: Toy) =>
  events.filter((event): event is RunEvent & { readonly type: 'certificate' } => event.type === 'certificate');

const findingsOf = ({ events }: Toy) => events.flatMap((event) => (event.type === 'finding' ? [event.finding] : []));

test('a certificate is told and journaled once, before what denies is begun, and lists every way', async () => {
  const toy = toyThatFinds(both);
  const summary = await toy.apply();
  expect(summary.outcome).toBe('done');
  const expected = {
    key: 'bucket-policy/control',
    independent: 2,
    ways: [exercised(operator, 'let in; undone'), exercised(role, 'assumed'), password],
  };
  expect(certificatesOf(toy)).toEqual([{ type: 'certificate', step: 'bucket-policy', ...expected }]);
  expect(summary.steps.flatMap(({ certificates }) => certificates)).toEqual([expected]);
  expect(toy.journal.filter((line) => line.startsWith('certificate'))).toEqual(['certificate bucket-policy/control']);
  expect(toy.journal.indexOf('certificate bucket-policy/control')).toBe(toy.journal.indexOf('begun bucket-policy/control') - 1);
  expect(findingsOf(toy)).toEqual([]);
  expect((await toy.apply()).outcome).toBe('done');
});

test('fewer than two independent ways stop the run with QP310 before anything denies, and leave nothing behind', async () => {
  const toy = toyThatFinds(onlyOperator);
  const { outcome, stoppedBy } = await toy.apply();
  expect([outcome, stoppedBy?.code, stoppedBy?.exitCode]).toEqual(['stopped', 'QP310', 3]);
  expect(stoppedBy?.summary).toContain('1 of 2');
  expect(stoppedBy?.remedy).toBe('see to a second way back; or pass --accept QP310');
  expect(findingsOf(toy)).toMatchObject([{ code: 'QP310', severity: 'error', accepted: false }]);
  expect(findingsOf(toy)[0]?.detail).toMatch(/exercised: operator .*only claimed: exempt role .*not assumable/);
  expect(toy.world.policies.get('bucket')).toBe('old');
  expect(toy.journal).not.toContain('begun bucket-policy/control');
});

test('accepted, QP310 is told and the run goes on', async () => {
  const toy = toyThatFinds(onlyOperator);
  expect((await toy.apply({ accept: ['QP310'] })).outcome).toBe('done');
  expect(findingsOf(toy)).toMatchObject([{ code: 'QP310', severity: 'error', accepted: true }]);
  expect(certificatesOf(toy)).toMatchObject([{ independent: 1 }]);
});

test('with --skip-probes nothing is exercised: the certificate says so and QP310 is a warning', async () => {
  const toy = toyThatFinds(both);
  expect((await toy.apply({ skipProbes: true })).outcome).toBe('done');
  expect(certificatesOf(toy)).toEqual([{ type: 'certificate', step: 'bucket-policy', key: 'bucket-policy/full', ways, independent: 0 }]);
  expect(findingsOf(toy)).toMatchObject([{ code: 'QP310', severity: 'warning' }]);
});

test('a way that a failed but accepted proof speaks of is only claimed', async () => {
  const toy = new Toy();
  const prove = async ({ change }: { readonly change: Change }): Promise<Verdict> =>
    change.key === 'bucket-policy/trial'
      ? {
          passed: false,
          code: 'QP302',
          detail: 'refused',
          remedy: 'none',
          ways: [{ ...operator, how: 'refused' }, exercised(role, 'assumed')],
        }
      : { passed: true, ...(change.key === 'bucket-policy/rehearsal' ? { ways: [exercised(operator, 'undone')] } : {}) };
  toy.phases = [{ steps: [toyStep(toy.world, { id: 'bucket-policy', changes, prove })] }];
  const summary = await toy.apply({ accept: ['QP302'] });
  expect(summary.stoppedBy?.code).toBe('QP310');
  expect(certificatesOf(toy)).toMatchObject([{ independent: 1, ways: [{ how: 'refused' }, { how: 'assumed' }, {}] }]);
});

test('a run after one that broke off exercises them anew: what stands in the journal counts for nothing', async () => {
  const toy = toyThatFinds(both);
  toy.world.onWrite = (when) => {
    if (when === 'before' && toy.journal.includes('begun bucket-policy/full')) throw new Error('broken off');
  };
  await expect(toy.apply()).rejects.toThrow();
  expect(certificatesOf(toy)).toMatchObject([{ independent: 2 }]);

  toy.world.onWrite = () => undefined;
  toy.phases = [{ steps: [toyStep(toy.world, { id: 'bucket-policy', changes, prove: async () => ({ passed: true }) })] }];
  expect((await toy.apply()).stoppedBy?.code).toBe('QP310');
  expect(certificatesOf(toy)).toMatchObject([{ independent: 2 }, { independent: 0 }]);
});

test('what was made only to be proven is undone where QP310 stops what it was made for', async () => {
  const narrow = change('scp/narrow', { type: 'policy', name: 'table', after: 'narrow', proof: 'scp-verdict', undoIfUnproven: true });
  const wide = change('scp/wide', {
    type: 'policy',
    name: 'parameter',
    after: 'wide',
    needs: ['scp/narrow'],
    undoIfUnproven: true,
    ways,
    certified,
  });
  const toy = new Toy();
  toy.phases = [{ steps: [toyStep(toy.world, { id: 'scp', changes: [narrow, wide] })] }];
  const before = toy.world.picture();
  expect((await toy.apply()).stoppedBy?.code).toBe('QP310');
  expect(toy.world.picture()).toEqual(before);
});
