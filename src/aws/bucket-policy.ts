// A bucket's policy: read, put and removed as text, byte for byte. PutBucketPolicy replaces the whole policy and S3 offers no
// condition on it (C7), so callers merge what they read and compare before they undo. A write under way is never aborted.
import { DeleteBucketPolicyCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { isAwsError } from './aws-error.ts';
import { type BucketPlace, s3For } from './bucket.ts';
import type { AwsContext } from './context.ts';
import { told } from './told.ts';

/** The bucket's policy as S3 stores it, null where it has none. */
export async function findBucketPolicy(bucket: BucketPlace, ctx: AwsContext): Promise<string | null> {
  try {
    const answer = await s3For(bucket, ctx).send(new GetBucketPolicyCommand({ Bucket: bucket.name, ExpectedBucketOwner: bucket.owner }), {
      abortSignal: ctx.signal,
    });
    // An empty answer is no policy to be merged with: none there is an error of its own.
    return told(answer.Policy, 'GetBucketPolicy', 'policy');
  } catch (error) {
    if (isAwsError(error, 'NoSuchBucketPolicy')) return null;
    throw error;
  }
}

/** Puts this text as the bucket's policy. ConfirmRemoveSelfBucketAccess is never sent: S3's own guard stays on (C4). */
export async function putBucketPolicy(bucket: BucketPlace, policy: string, ctx: AwsContext): Promise<void> {
  await s3For(bucket, ctx).send(new PutBucketPolicyCommand({ Bucket: bucket.name, ExpectedBucketOwner: bucket.owner, Policy: policy }));
}

/** Removes the bucket's policy; none there is success. */
export async function removeBucketPolicy(bucket: BucketPlace, ctx: AwsContext): Promise<void> {
  try {
    await s3For(bucket, ctx).send(new DeleteBucketPolicyCommand({ Bucket: bucket.name, ExpectedBucketOwner: bucket.owner }));
  } catch (error) {
    if (!isAwsError(error, 'NoSuchBucketPolicy')) throw error;
  }
}
