// The plans of both policies under --confirm-within, and while what it put on stands.
import { describe, expect, test } from 'vitest';
import type { Change, StepPlan } from '../../src/engine/types.ts';
import { known } from '../../src/ports.ts';
import { planBucketPolicy } from '../../src/steps/bucket-policy/plan.ts';
import type { Choices } from '../../src/steps/choices.ts';
import { span } from '../../src/steps/guard.ts';
import { policyDescription } from '../../src/steps/perimeter-spec.ts';
import { planScp } from '../../src/steps/scp/plan.ts';
import { aBucket, accountId, aLandscape, anInput, anOrganization, someChoices } from '../support/landscape.ts';

const now = new Date('2026-06-01T12:00:00Z');
const until = '2026-06-01T12:15:00Z';
const names = ({ changes }: StepPlan) => changes.map(({ key }) => key.split('/').at(-1));
const sent = (change: Change | undefined, field: 'policy' | 'content'): string => {
  const after = (change?.after ?? {}) as { readonly [name: string]: string };
  return (after[field] ?? '').replaceAll('{{run.confirmBy}}', until).replaceAll('{{run.id}}', 'run1');
};

test.each([
  [300, '5 minutes'],
  [3600, '1 hour'],
  [5460, '1 hour 31 minutes'],
  [43_200, '12 hours'],
])('%d seconds are %s', (seconds, words) => {
  expect(span(seconds)).toBe(words);
});

describe('the bucket policy', () => {
  const input = (policy: string | null, choices: Partial<Choices> = {}) => {
    const bucket = aBucket('quilt-test', { policy: known(policy) });
    return anInput(aLandscape({ buckets: { test: bucket, inScope: [bucket] } }), someChoices({ confirmWithin: 900, ...choices }));
  };
  const plan = planBucketPolicy(input(null), now);
  const guarded = sent(plan.changes[2], 'policy');

  test('is probed, rehearsed, put under a date, and kept only where it is confirmed', () => {
    expect(names(plan)).toEqual(['probe', 'rehearsal', 'guarded', 'statement']);
    expect(plan.changes[2]).toMatchObject({ guard: { seconds: 900, until: null }, proof: 'bucket-in-force', undoIfUnproven: true });
    expect(plan.changes[2]).not.toHaveProperty('temporary');
    expect(plan.changes[3]).toMatchObject({
      confirms: { key: 'bucket-policy/quilt-test/guarded', isWanted: true },
      before: plan.changes[2]?.before,
    });
    expect(plan.confirmations.map(({ id }) => id)).toEqual(['bucket-policy', 'bucket-policy/keep']);
    expect(plan.confirmations[0]?.text).toContain('for 15 minutes');
    const unguarded = planBucketPolicy(input(null, { confirmWithin: null }), now);
    expect(sent(plan.changes[3], 'policy')).toBe(sent(unguarded.changes[3], 'policy'));
    for (const { Condition } of JSON.parse(guarded).Statement) expect(Condition.DateLessThan).toEqual({ 'aws:CurrentTime': until });
  });

  test('waits to be confirmed until its time is over, whatever this run wants, and is put on anew then', () => {
    const one = planBucketPolicy(input(guarded, { confirmWithin: null }), now);
    expect(names(one)).toEqual(['statement']);
    expect(one.changes[0]?.confirms).toEqual({ key: 'bucket-policy/quilt-test/guarded', until, isWanted: true });
    const other = planBucketPolicy(input(guarded, { trustedCidrs: ['192.0.2.0/24'] }), now);
    expect(other.changes[0]?.confirms?.isWanted).toBe(false);
    const over = planBucketPolicy(input(guarded), new Date(until));
    expect(names(over)).toEqual(['probe', 'rehearsal', 'guarded', 'statement']);
    expect(over.changes[0]?.before).toEqual({ policy: null });
  });

  test('says where it replaces a perimeter that does not come back', () => {
    const standing = sent(plan.changes[3], 'policy');
    const replacing = planBucketPolicy(input(standing, { trustedCidrs: ['192.0.2.0/24'] }), now);
    expect(replacing.confirmations[0]?.text).toContain('in place of the one that stands there, which does not come back then');
    expect(replacing.notes.join(' ')).toContain('if this one is not confirmed, nothing is denied');
  });
});

describe('the SCP', () => {
  const account = { id: accountId, arn: '', name: 'quilt', type: 'ACCOUNT' as const };
  const root = anOrganization().root;
  const target = (of: typeof account | typeof root) => ({ target: of, path: [root.id, of.id], policies: [] });
  const input = (content: string | null, choices: Partial<Choices> = {}, targets = [target(account)]) => {
    const policy =
      content === null
        ? null
        : {
            policy: { id: 'p-ours', arn: '', name: 'QuiltDataPerimeter', description: policyDescription(anInput()), awsManaged: false },
            content,
            attachedTo: [account],
            tags: known({}),
          };
    return anInput(
      aLandscape({ organization: known(anOrganization({ policy, targets })) }),
      someChoices({ confirmWithin: 900, ...choices }),
    );
  };
  const plan = planScp(input(null), now);
  const guarded = sent(
    plan.changes.find(({ guard }) => guard !== undefined),
    'content',
  );

  test('is widened under a date, attached to the further targets, and kept only where it is confirmed', () => {
    expect(names(plan)).toEqual(['policy', accountId, 'rehearsal', 'rehearsal-back', 'guarded', 'content']);
    const further = planScp(input(null, { targets: [accountId, root.id] }, [target(account), target(root)]), now);
    expect(names(further).slice(-3)).toEqual(['guarded', root.id, 'content']);
    expect(further.changes.at(-1)?.needs).toContain(`scp/QuiltDataPerimeter/attach/${root.id}`);
    const unguarded = planScp(input(null, { confirmWithin: null }), now);
    expect(sent(plan.changes.at(-1), 'content')).toBe(sent(unguarded.changes.at(-1), 'content'));
  });

  test('waits to be confirmed until its time is over, without the findings of what is still to be put on', () => {
    const waiting = planScp(input(guarded, { confirmWithin: null }), now);
    expect(names(waiting)).toEqual(['content']);
    expect(waiting.changes[0]?.confirms).toEqual({ key: 'scp/QuiltDataPerimeter/guarded', until, isWanted: true });
    expect(waiting.findings.map(({ code }) => code)).not.toContain('QP413');
    expect(planScp(input(guarded, { trustedCidrs: ['192.0.2.0/24'] }), now).changes[0]?.confirms?.isWanted).toBe(false);
  });

  test('is put on anew once its time is over, and what has ended is no part of what is put', () => {
    const over = planScp(input(guarded), new Date(until));
    expect(names(over)).toEqual(['probe', 'rehearsal', 'rehearsal-back', 'guarded', 'content']);
    expect(sent(over.changes[0], 'content')).not.toContain(until);
  });
});
