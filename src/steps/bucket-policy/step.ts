// Step 4: the perimeter on one clean bucket. It is proven first, since a Deny on s3:* also denies taking it off again: S3
// answers by live probes whether this operator would still be let in, and the way back is gone once before it is needed.
import { isAwsError } from '../../aws/aws-error.ts';
import type { BucketPlace } from '../../aws/bucket.ts';
import { findBucketPolicy, putBucketPolicy, removeBucketPolicy } from '../../aws/bucket-policy.ts';
import { waitUntil } from '../../aws/wait.ts';
import type { Applied, Change, Inspection, Made, Step, Verdict } from '../../engine/types.ts';
import { changedMeanwhile } from '../../errors.ts';
import { versionsOf } from '../../findings.ts';
import type { Json } from '../../ports.ts';
import { reporting } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import { adding, exerciseRoles, exerciseRoot, told } from '../exercise.ts';
import { text } from '../fields.ts';
import type { PerimeterInput } from '../landscape.ts';
import { oursIn, samePerimeter, strangersTrial } from '../our-statements.ts';
import { baseline, fullVerdict, inForce, judge, type Probe, probeIn } from '../probing.ts';
import { readTestBucket } from '../read-buckets.ts';
import { samePolicy, sameStatements } from '../same-policy.ts';
import { bucketGuards } from './guarded.ts';
import { inspectPolicy } from './inspect-policy.ts';
import { lockedOut } from './locked-out.ts';
import { policyIn, restoredPolicy, sameOthers } from './others.ts';
import { planBucketPolicy } from './plan.ts';

export const bucketPolicyStep: Step<PerimeterInput, StepContext> = {
  id: 'bucket-policy',
  title: 'Put the perimeter on the test bucket',
  guards: bucketGuards,

  async look(input, ctx) {
    const { landscape, choices } = input;
    const buckets = { ...landscape.buckets, ...(await readTestBucket(landscape.survey, choices, ctx)) };
    const next = { ...input, landscape: { ...landscape, buckets } };
    return { plan: planBucketPolicy(next, ctx.clock.now()), next };
  },

  async apply({ change }: Applied, ctx: StepContext): Promise<Made> {
    const place = placeIn(change.after);
    await refuseIfChanged(change, place, ctx);
    await putBucketPolicy(place, text(change.after, 'policy'), ctx);
    return { id: place.name, fields: {} };
  },

  async wait(): Promise<void> {},

  async precheck(change: Change, ctx: StepContext): Promise<Verdict> {
    const probe = probeIn(change.after, ctx);
    return probe === null ? { passed: true } : baseline(probe, ctx);
  },

  async prove({ change }: Applied, ctx: StepContext): Promise<Verdict> {
    const probe = probeIn(change.after, ctx);
    if (probe === null) return { passed: true };
    const manner =
      change.proof === 'bucket-verdict' ? fullVerdict.bucket : inForce('bucket', change.proof === 'bucket-lifted' ? 'allowed' : 'denied');
    return withWays(change, probe, await judge(change.key, probe, manner, ctx), ctx);
  },

  async inspect({ change }: Applied, ctx: StepContext): Promise<Inspection> {
    const there = await standing(placeIn(change.after), ctx);
    return there === undefined ? { state: 'gone' } : inspectPolicy(change, there);
  },

  async undo(applied: Applied, ctx: StepContext, seen?: Json): Promise<void> {
    const { change } = applied;
    if (change.undoes !== undefined) return;
    const place = placeIn(change.after);
    try {
      const there = await findBucketPolicy(place, ctx);
      if (seen !== undefined && !sameStatements(oursIn(there), oursIn(policyIn(seen)))) {
        throw changedMeanwhile(
          `undoing the policy of bucket (${place.name}): somebody changed this tool's statements just now`,
          'run rollback again: it looks at what is there now',
          versionsOf({ policy: there }, { policy: policyIn(seen) }),
        );
      }
      const restored = restoredPolicy(change, there);
      if (restored === null) await removeBucketPolicy(place, ctx);
      else await putBucketPolicy(place, restored, ctx);
      await waitUntil(
        {
          what: `restoring the policy of bucket (${place.name})`,
          timeoutSeconds: 120,
          everySeconds: 2,
          waited: reporting(applied, ctx),
        },
        async () => (samePolicy(await findBucketPolicy(place, ctx), restored) ? true : undefined),
        ctx,
      );
    } catch (error) {
      if (!isAwsError(error, 'NoSuchBucket')) throw lockedOut(error, place);
    }
  },
};

/** The verdict with what was found of the ways back: the operator's own needs both proofs, the others S3 under the probe. */
async function withWays({ proof, ways = [] }: Change, probe: Probe, verdict: Verdict, ctx: StepContext): Promise<Verdict> {
  switch (proof) {
    case 'bucket-verdict':
      return adding(verdict, [
        ...told(verdict, ways, 'operator', 'S3 let it pass under the probe'),
        ...(await exerciseRoles(ways, probe, 'denied', ctx)),
        ...(await exerciseRoot(ways, probe, ctx)),
      ]);
    case 'bucket-lifted':
      return adding(verdict, told(verdict, ways, 'operator', 'its undo was rehearsed by the very call that rollback uses'));
    default:
      return verdict;
  }
}

/** The bucket's policy, null where it has none, undefined where the bucket is gone. */
async function standing(place: BucketPlace, ctx: StepContext): Promise<string | null | undefined> {
  try {
    return await findBucketPolicy(place, ctx);
  } catch (error) {
    if (isAwsError(error, 'NoSuchBucket')) return undefined;
    throw lockedOut(error, place);
  }
}

/**
 * S3 has no conditional write (C7): right before our version is put, what is there must be what the plan was made from, or what
 * an earlier stage of this journal's runs put. What others do between this read and the call is lost.
 */
async function refuseIfChanged(change: Change, place: BucketPlace, ctx: StepContext): Promise<void> {
  const there = await findBucketPolicy(place, ctx);
  const [before, after, now] = [policyIn(change.before), policyIn(change.after), ctx.clock.now()];
  const until = strangersTrial(there, [ctx.run.id, ...(ctx.run.earlier ?? [])], now);
  const versions = versionsOf({ policy: there }, { policy: before });
  if (until !== null) {
    throw changedMeanwhile(
      `putting the policy of bucket (${place.name}): the trial of a run that this journal does not know stands there until ${until}`,
      `let that run end, or wait until ${until}, then run again`,
      versions,
    );
  }
  if (sameOthers(there, before) && (samePerimeter(there, before, now) || samePerimeter(there, after, now))) return;
  throw changedMeanwhile(
    `putting the policy of bucket (${place.name}): somebody changed it since it was planned`,
    'run again: the plan is made from what is there now',
    versions,
  );
}

const placeIn = (after: Json): BucketPlace => ({ name: text(after, 'bucket'), owner: text(after, 'owner'), region: text(after, 'region') });
