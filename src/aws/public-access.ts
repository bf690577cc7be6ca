// Block Public Access as it bears on requests: RestrictPublicBuckets, of the bucket or of its account (C8).
import { GetPublicAccessBlockCommand as GetOfBucket } from '@aws-sdk/client-s3';
import { GetPublicAccessBlockCommand as GetOfAccount } from '@aws-sdk/client-s3-control';
import { isAwsError } from './aws-error.ts';
import { type BucketPlace, s3For } from './bucket.ts';
import type { AwsContext } from './context.ts';
import { told } from './told.ts';

/** Whether a bucket with a public policy answers only to its own account and to AWS's services. */
export async function restrictsPublicBuckets(bucket: BucketPlace, ctx: AwsContext): Promise<boolean> {
  const options = { abortSignal: ctx.signal };
  const ofBucket = () => s3For(bucket, ctx).send(new GetOfBucket({ Bucket: bucket.name, ExpectedBucketOwner: bucket.owner }), options);
  const ofAccount = () => ctx.aws.s3Control.send(new GetOfAccount({ AccountId: bucket.owner }), options);
  return (await restricts(ofBucket)) || (await restricts(ofAccount));
}

interface Answer {
  readonly PublicAccessBlockConfiguration?: { readonly RestrictPublicBuckets?: boolean | undefined } | undefined;
}

async function restricts(read: () => Promise<Answer>): Promise<boolean> {
  try {
    const { PublicAccessBlockConfiguration } = await read();
    return told(PublicAccessBlockConfiguration?.RestrictPublicBuckets, 'GetPublicAccessBlock', 'RestrictPublicBuckets');
  } catch (error) {
    if (isAwsError(error, 'NoSuchPublicAccessBlockConfiguration')) return false;
    throw error;
  }
}
