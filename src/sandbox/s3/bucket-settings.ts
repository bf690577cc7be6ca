// A bucket's smaller settings: Block Public Access, tags, versioning, and what every bucket answers alike.
import type {
  GetBucketAclCommandOutput,
  GetBucketEncryptionCommandOutput,
  GetBucketOwnershipControlsCommandOutput,
  GetBucketTaggingCommandOutput,
  GetBucketVersioningCommandOutput,
  GetPublicAccessBlockCommandOutput,
  PublicAccessBlockConfiguration,
  PutBucketTaggingCommandInput,
  PutBucketVersioningCommandInput,
  PutPublicAccessBlockCommandInput,
} from '@aws-sdk/client-s3';
import { AwsError } from '../types.ts';
import { ownerId } from './buckets.ts';
import { type BucketInput, openBucket, read, regionOf, write } from './operation.ts';
import type { PublicAccessBlock } from './state.ts';

type Answer<O> = Omit<O, '$metadata'>;

export const bucketSettings = {
  GetPublicAccessBlock: read((world, input: BucketInput, call): Answer<GetPublicAccessBlockCommandOutput> => {
    const bucket = openBucket(world, input, call, 's3:GetBucketPublicAccessBlock');
    if (bucket.publicAccessBlock !== null) return { PublicAccessBlockConfiguration: { ...bucket.publicAccessBlock } };
    throw noPublicAccessBlock({ BucketName: bucket.name, ...regionOf(bucket) });
  }),

  PutPublicAccessBlock: write((world, input: PutPublicAccessBlockCommandInput, call): Record<string, never> => {
    openBucket(world, input, call, 's3:PutBucketPublicAccessBlock').publicAccessBlock = blockOf(input.PublicAccessBlockConfiguration);
    return {};
  }),

  DeletePublicAccessBlock: write((world, input: BucketInput, call): Record<string, never> => {
    openBucket(world, input, call, 's3:PutBucketPublicAccessBlock').publicAccessBlock = null;
    return {};
  }),

  GetBucketTagging: read((world, input: BucketInput, call): Answer<GetBucketTaggingCommandOutput> => {
    const bucket = openBucket(world, input, call, 's3:GetBucketTagging');
    const tags = Object.entries(bucket.tags);
    if (tags.length === 0) {
      throw new AwsError('NoSuchTagSet', 'The TagSet does not exist', 404, { BucketName: bucket.name, ...regionOf(bucket) });
    }
    return { TagSet: tags.map(([Key, Value]) => ({ Key, Value })) };
  }),

  PutBucketTagging: write((world, input: PutBucketTaggingCommandInput, call): Record<string, never> => {
    const bucket = openBucket(world, input, call, 's3:PutBucketTagging');
    bucket.tags = Object.fromEntries((input.Tagging?.TagSet ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? '']));
    return {};
  }),

  DeleteBucketTagging: write((world, input: BucketInput, call): Record<string, never> => {
    openBucket(world, input, call, 's3:PutBucketTagging').tags = {};
    return {};
  }),

  GetBucketVersioning: read((world, input: BucketInput, call): Answer<GetBucketVersioningCommandOutput> => {
    const { versioning } = openBucket(world, input, call, 's3:GetBucketVersioning');
    return versioning === null ? {} : { Status: versioning };
  }),

  PutBucketVersioning: write((world, input: PutBucketVersioningCommandInput, call): Record<string, never> => {
    const bucket = openBucket(world, input, call, 's3:PutBucketVersioning');
    const status = input.VersioningConfiguration?.Status;
    if (status !== 'Enabled' && status !== 'Suspended') {
      throw new AwsError('IllegalVersioningConfigurationException', 'The Versioning element must be specified', 400);
    }
    bucket.versioning = status;
    return {};
  }),

  GetBucketAcl: read((world, input: BucketInput, call): Answer<GetBucketAclCommandOutput> => {
    const { accountId } = openBucket(world, input, call, 's3:GetBucketAcl');
    const owner = { ID: ownerId(accountId) };
    return { Owner: owner, Grants: [{ Grantee: { Type: 'CanonicalUser', ...owner }, Permission: 'FULL_CONTROL' }] };
  }),

  GetBucketOwnershipControls: read((world, input: BucketInput, call): Answer<GetBucketOwnershipControlsCommandOutput> => {
    openBucket(world, input, call, 's3:GetBucketOwnershipControls');
    return { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } };
  }),

  GetBucketEncryption: read((world, input: BucketInput, call): Answer<GetBucketEncryptionCommandOutput> => {
    openBucket(world, input, call, 's3:GetEncryptionConfiguration');
    const byDefault = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const }, BucketKeyEnabled: false };
    return { ServerSideEncryptionConfiguration: { Rules: [byDefault] } };
  }),
};

/** NoSuchPublicAccessBlockConfiguration (404), of a bucket or an account. */
export const noPublicAccessBlock = (fields: { readonly [name: string]: string } = {}): AwsError =>
  new AwsError('NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found', 404, fields);

/** A configuration as it was sent: what is not said is off. */
export const blockOf = (sent: PublicAccessBlockConfiguration | undefined): PublicAccessBlock => ({
  BlockPublicAcls: sent?.BlockPublicAcls ?? false,
  IgnorePublicAcls: sent?.IgnorePublicAcls ?? false,
  BlockPublicPolicy: sent?.BlockPublicPolicy ?? false,
  RestrictPublicBuckets: sent?.RestrictPublicBuckets ?? false,
});
