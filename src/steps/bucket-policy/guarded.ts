// The bucket policy that waits to be confirmed: found in what stands, made permanent, and put once more with a later date.
import type { Change, Guards, StepPlan } from '../../engine/types.ts';
import { parsePolicy, withoutOurs } from '../../policy/document.ts';
import { guardedControl, withGuard, withoutGuard } from '../../policy/guard.ts';
import { bucketStatements } from '../../policy/perimeter.ts';
import type { Json } from '../../ports.ts';
import { field, fieldsOf, text } from '../fields.ts';
import { confirmBy, guardInForce, withoutGuardedParts } from '../guard.ts';
import type { PerimeterInput } from '../landscape.ts';
import { perimeterSpec } from '../perimeter-spec.ts';
import { samePolicy } from '../same-policy.ts';
import { bucketPolicyFindings } from './findings.ts';
import { addressNote } from './operator-findings.ts';
import { mergedWith, restOf } from './others.ts';

type Guarded = Pick<Change, 'target' | 'before' | 'after'>;

/** The change that makes the guarded policy permanent. */
export function keeping(guarded: Guarded, until: string | null = null, isWanted = true): Change {
  const bucket = guarded.target.name;
  return {
    key: `bucket-policy/${bucket}/statement`,
    action: 'update',
    target: guarded.target,
    summary: `Keep the perimeter on bucket ${bucket} for good`,
    reason: 'until it is confirmed it stands under a date, at which AWS stops denying by itself',
    before: guarded.before,
    after: withPolicy(guarded.after, withoutGuard(text(guarded.after, 'policy'))),
    risk: 'access-affecting',
    confirm: keep,
    needs: [`bucket-policy/${bucket}/guarded`],
    seconds: 90,
    usdPerMonth: 0,
    confirms: { key: `bucket-policy/${bucket}/guarded`, until, isWanted },
  };
}

export const keep = 'bucket-policy/keep';

/** The question of `keeping`. */
export const keepQuestion = (bucket: string) => ({ id: keep, text: `Keep the perimeter on bucket ${bucket} for good?`, typed: [] });

export const bucketGuards: Guards = {
  keeping: ({ change }) => keeping(change),
  renewed({ change }) {
    const controlKey = `quilt-perimeter-probe/{{run.id}}/bucket/${guardedControl}`;
    const after = withPolicy(change.after, withGuard(text(change.after, 'policy'), { until: confirmBy, controlKey }));
    const probe = field(change.after, 'probe');
    return {
      ...withoutGuardedParts(change),
      after: probe === null ? after : { ...after, probe: { ...fieldsOf(probe), control: controlKey } },
      needs: [],
    };
  },
};

/** The plan where a guarded policy stands whose time is not over: to keep it, and nothing else. Null where none stands. */
export function planUnconfirmed(input: PerimeterInput, now: Date): StepPlan | null {
  const { choices, landscape } = input;
  const { policy, region } = landscape.buckets.test;
  const { quilt } = landscape.survey;
  if (!policy.known || policy.value === null) return null;
  const there = policy.value;
  const guard = guardInForce(there, now);
  const parsed = parsePolicy(there);
  if (guard === null || !parsed.ok) return null;
  const bucket = choices.testBucket;
  const present = restOf(parsed.document);
  const wanted = bucketStatements(perimeterSpec(input), bucket);
  const isWanted = samePolicy(withoutGuard(there), mergedWith(parsed.document, wanted));
  const where = region.known ? region.value : quilt.region;
  const target = { accountId: quilt.accountId, region: where, type: 'AWS::S3::BucketPolicy', name: bucket };
  const after = { bucket, owner: quilt.accountId, region: where, policy: there, probe: null };
  return {
    changes: [keeping({ target, before: { policy: present }, after }, guard.until, isWanted)],
    confirmations: [keepQuestion(bucket)],
    findings: bucketPolicyFindings(input, {
      present: { ...parsed.document, Statement: withoutOurs(parsed.document) },
      wanted,
      largest: null,
    }),
    notes: [
      `The perimeter stands on bucket ${bucket} until ${guard.until} and is not confirmed; AWS stops denying by itself then.`,
      ...(isWanted ? [] : ['It is not the perimeter that is wanted now.']),
      ...addressNote(input),
    ],
  };
}

const withPolicy = (after: Json, policy: string) => ({ ...fieldsOf(after), policy });
