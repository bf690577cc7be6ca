// The action and the resource of a recorded call, as policies name them.

/**
 * The IAM action of an event's name. Most names are the action's; those of S3 that differ are listed. A name that is not known
 * does no harm: the perimeter denies `s3:*`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
export const actionOf = (eventName: string | null): string => `s3:${actions[eventName ?? ''] ?? eventName ?? 'GetObject'}`;

const actions: { readonly [event: string]: string } = {
  HeadObject: 'GetObject',
  GetObjectAttributes: 'GetObject',
  SelectObjectContent: 'GetObject',
  GetObjectTorrent: 'GetObject',
  HeadBucket: 'ListBucket',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  ListParts: 'ListMultipartUploadParts',
  ListBuckets: 'ListAllMyBuckets',
  DeleteObjects: 'DeleteObject',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  PutBucketCors: 'PutBucketCORS',
  PutBucketLifecycle: 'PutLifecycleConfiguration',
  PutBucketEncryption: 'PutEncryptionConfiguration',
  PutBucketReplication: 'PutReplicationConfiguration',
};

/** The bucket's ARN, for calls about the bucket itself, else that of an object in it. */
export function resourceOf(bucket: string, eventName: string | null, partition: string): string {
  const arn = bucket.startsWith('arn:') ? bucket : `arn:${partition}:s3:::${bucket}`;
  return isAboutObject(eventName ?? '') ? `${arn}/*` : arn;
}

const isAboutObject = (event: string): boolean =>
  /Object/.test(event)
    ? !/^(ListObject|GetObjectLockConfiguration|PutObjectLockConfiguration)/.test(event)
    : /Part|MultipartUpload$/.test(event);
