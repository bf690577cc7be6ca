// How CloudTrail names the calls that it writes down: which are data events, under which name, and about what.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
import type { Json } from '../../ports.ts';
import type { World } from '../world.ts';

/** What a call is to CloudTrail. */
export interface Event {
  readonly source: 's3.amazonaws.com' | 'sts.amazonaws.com';
  readonly name: string;
  readonly category: 'Management' | 'Data';
  readonly requestParameters: { readonly [name: string]: Json };
  readonly responseElements: Json;
  readonly resources: readonly { readonly [name: string]: Json }[];
  /** Whose thing it is about; null: nobody's, or nothing that exists. */
  readonly ownerAccountId: string | null;
  /** What selectors of data events look at. */
  readonly resourceArn: string | null;
}

type Input = Readonly<Record<string, unknown>>;

/** The event of a call; null for calls that the sandbox's trails leave out. `output` null: the call failed. */
export function eventOf(world: World, service: string, operation: string, input: Input, output: unknown): Event | null {
  if (service === 's3') return s3Event(world, operation, input);
  return service === 'sts' && operation === 'AssumeRole' ? assumeRoleEvent(input, output) : null;
}

const dataEvents = new Set([
  ...['CopyObject', 'DeleteObject', 'DeleteObjects', 'GetObject', 'HeadObject', 'PutObject'],
  ...['HeadBucket', 'ListObjects', 'ListObjectVersions', 'ListParts', 'ListMultipartUploads'],
]);

const names: Readonly<Record<string, string>> = {
  ListObjectsV2: 'ListObjects',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
  DeletePublicAccessBlock: 'DeleteBucketPublicAccessBlock',
};

function s3Event(world: World, operation: string, input: Input): Event {
  const name = names[operation] ?? operation;
  const bucket = textOf(input.Bucket);
  const key = textOf(input.Key);
  const found = bucket !== null && Object.hasOwn(world.s3.buckets, bucket) ? world.s3.buckets[bucket] : undefined;
  const isData = dataEvents.has(name);
  const arn = bucket === null ? null : `arn:aws:s3:::${bucket}`;
  const object =
    !isData || arn === null ? [] : [{ type: 'AWS::S3::Object', ...(key === null ? { ARNPrefix: `${arn}/` } : { ARN: `${arn}/${key}` }) }];
  return {
    source: 's3.amazonaws.com',
    name,
    category: isData ? 'Data' : 'Management',
    requestParameters: {
      ...(bucket === null ? {} : { bucketName: bucket, Host: `${bucket}.s3.${found?.region ?? world.hints.region}.amazonaws.com` }),
      ...(key === null ? {} : { key }),
      ...(operation === 'ListObjectsV2' ? { 'list-type': '2', prefix: textOf(input.Prefix) ?? '' } : {}),
      ...(textOf(input.CopySource) === null ? {} : { 'x-amz-copy-source': textOf(input.CopySource) }),
    },
    responseElements: null,
    resources:
      arn === null
        ? []
        : [...object, { ...(found === undefined ? {} : { accountId: found.accountId }), type: 'AWS::S3::Bucket', ARN: arn }],
    ownerAccountId: found?.accountId ?? null,
    resourceArn: arn === null ? null : `${arn}/${key ?? ''}`,
  };
}

// Session tags stand in the request. Of the credentials that are handed out the access key id alone is written down.
function assumeRoleEvent(input: Input, output: unknown): Event {
  const roleArn = textOf(input.RoleArn) ?? '';
  const owner = /^arn:[^:]+:iam::(\d{12}):/.exec(roleArn)?.[1] ?? null;
  const tags = Array.isArray(input.Tags) ? input.Tags.flatMap(tagOf) : [];
  return {
    source: 'sts.amazonaws.com',
    name: 'AssumeRole',
    category: 'Management',
    requestParameters: {
      roleArn,
      roleSessionName: textOf(input.RoleSessionName) ?? '',
      ...(typeof input.DurationSeconds === 'number' ? { durationSeconds: input.DurationSeconds } : {}),
      ...(tags.length === 0 ? {} : { tags }),
    },
    responseElements: handedOut(output),
    resources: [{ ...(owner === null ? {} : { accountId: owner }), type: 'AWS::IAM::Role', ARN: roleArn }],
    ownerAccountId: owner,
    resourceArn: null,
  };
}

function handedOut(output: unknown): Json {
  const credentials = fieldOf(output, 'Credentials');
  const user = fieldOf(output, 'AssumedRoleUser');
  const accessKeyId = textOf(fieldOf(credentials, 'AccessKeyId'));
  if (accessKeyId === null) return null;
  return {
    credentials: { accessKeyId },
    assumedRoleUser: { assumedRoleId: textOf(fieldOf(user, 'AssumedRoleId')), arn: textOf(fieldOf(user, 'Arn')) },
  };
}

function tagOf(tag: unknown): readonly { readonly key: string; readonly value: string }[] {
  const key = textOf(fieldOf(tag, 'Key'));
  return key === null ? [] : [{ key, value: textOf(fieldOf(tag, 'Value')) ?? '' }];
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
