// The IAM action of a call to S3: most actions are called as the operation is, and those that are not stand here.

/**
 * The action, such as `s3:ListBucket`, of an operation's name, which is also its event's name in CloudTrail. A name that is not
 * listed is the action's own.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
export const s3ActionOf = (operation: string): string => `s3:${actions[operation] ?? operation}`;

const actions: { readonly [operation: string]: string } = {
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
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
  DeletePublicAccessBlock: 'PutBucketPublicAccessBlock',
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
