// Buckets: listing them, and reading what decides whether a perimeter can be put on one. Every call on a bucket names the
// account that must own it, so that a bucket of the same name in another account is never read or changed.
import {
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { answerOf, isAwsError } from './aws-error.ts';
import type { AwsContext } from './context.ts';
import { allPages } from './pages.ts';
import { told } from './told.ts';
import type { BucketSummary, Tags } from './types.ts';

/** A bucket, the account that must own it, and the Region it lies in. */
export interface BucketPlace {
  readonly name: string;
  readonly owner: string;
  readonly region: string;
}

/** The S3 client for the bucket's Region. */
export const s3For = (bucket: BucketPlace, { aws }: AwsContext): S3Client =>
  bucket.region === aws.region ? aws.s3 : aws.s3In(bucket.region);

/** All general purpose buckets of the Quilt account. MaxBuckets is always sent: without it large accounts are refused (C11). */
export async function listBuckets(ctx: AwsContext): Promise<readonly BucketSummary[]> {
  const read = async (token: string | undefined) => {
    const page = await ctx.aws.s3.send(new ListBucketsCommand({ MaxBuckets: 1000, ...(token ? { ContinuationToken: token } : {}) }), {
      abortSignal: ctx.signal,
    });
    return { items: page.Buckets, next: page.ContinuationToken };
  };
  const buckets = await allPages('ListBuckets', read, ctx);
  return buckets.map(({ Name, BucketRegion }) => ({ name: told(Name, 'ListBuckets', 'Name'), region: BucketRegion ?? null }));
}

/** What HeadBucket tells. `not-ours`: refused, which is what another account's bucket answers to ExpectedBucketOwner. */
export interface BucketHead {
  readonly state: 'ours' | 'not-ours' | 'gone';
  /** S3 tells the Region whatever the permissions (C10); null where the answer did not carry it. */
  readonly region: string | null;
}

/** Whether the bucket is there, the owner's, and in which Region. Throws what S3 refuses otherwise. */
export async function findBucket(name: string, owner: string, ctx: AwsContext): Promise<BucketHead> {
  try {
    const head = await ctx.aws.s3.send(new HeadBucketCommand({ Bucket: name, ExpectedBucketOwner: owner }), { abortSignal: ctx.signal });
    return { state: 'ours', region: head.BucketRegion ?? ctx.aws.region };
  } catch (error) {
    const answer = answerOf(error);
    const region = answer.header('x-amz-bucket-region');
    if (answer.status === 404) return { state: 'gone', region: null };
    if (answer.status === 403) return { state: 'not-ours', region };
    // A bucket elsewhere answers 301 or 400 here; its own Region's endpoint tells whose it is.
    if ((answer.status === 301 || answer.status === 400) && region && region !== ctx.aws.region) {
      return headIn(region, name, owner, ctx);
    }
    throw error;
  }
}

async function headIn(region: string, name: string, owner: string, ctx: AwsContext): Promise<BucketHead> {
  try {
    await ctx.aws.s3In(region).send(new HeadBucketCommand({ Bucket: name, ExpectedBucketOwner: owner }), { abortSignal: ctx.signal });
    return { state: 'ours', region };
  } catch (error) {
    if (answerOf(error).status === 403) return { state: 'not-ours', region };
    throw error;
  }
}

/** Whether the bucket's own policy is public in S3's sense (C9); a bucket without a policy is not. */
export async function isBucketPolicyPublic(bucket: BucketPlace, ctx: AwsContext): Promise<boolean> {
  try {
    const answer = await s3For(bucket, ctx).send(
      new GetBucketPolicyStatusCommand({ Bucket: bucket.name, ExpectedBucketOwner: bucket.owner }),
      { abortSignal: ctx.signal },
    );
    return told(answer.PolicyStatus?.IsPublic, 'GetBucketPolicyStatus', 'IsPublic');
  } catch (error) {
    if (isAwsError(error, 'NoSuchBucketPolicy')) return false;
    throw error;
  }
}

/** Whether the bucket's Block Public Access refuses public policies (C8). */
export async function blocksPublicPolicy(bucket: BucketPlace, ctx: AwsContext): Promise<boolean> {
  try {
    const answer = await s3For(bucket, ctx).send(
      new GetPublicAccessBlockCommand({ Bucket: bucket.name, ExpectedBucketOwner: bucket.owner }),
      { abortSignal: ctx.signal },
    );
    return told(answer.PublicAccessBlockConfiguration?.BlockPublicPolicy, 'GetPublicAccessBlock', 'BlockPublicPolicy');
  } catch (error) {
    if (isAwsError(error, 'NoSuchPublicAccessBlockConfiguration')) return false;
    throw error;
  }
}

/** The bucket's tags; none where it was never tagged. */
export async function readBucketTags(bucket: BucketPlace, ctx: AwsContext): Promise<Tags> {
  try {
    const answer = await s3For(bucket, ctx).send(new GetBucketTaggingCommand({ Bucket: bucket.name, ExpectedBucketOwner: bucket.owner }), {
      abortSignal: ctx.signal,
    });
    return Object.fromEntries(
      told(answer.TagSet, 'GetBucketTagging', 'TagSet').flatMap((tag) => (tag.Key === undefined ? [] : [[tag.Key, tag.Value ?? '']])),
    );
  } catch (error) {
    if (isAwsError(error, 'NoSuchTagSet')) return {};
    throw error;
  }
}

/** True where the bucket holds no object, no older version and no delete marker. */
export async function isBucketEmpty(bucket: BucketPlace, ctx: AwsContext): Promise<boolean> {
  const page = await s3For(bucket, ctx).send(
    new ListObjectVersionsCommand({ Bucket: bucket.name, ExpectedBucketOwner: bucket.owner, MaxKeys: 1 }),
    { abortSignal: ctx.signal },
  );
  return !told(page.IsTruncated, 'ListObjectVersions', 'IsTruncated') && !page.Versions?.length && !page.DeleteMarkers?.length;
}
