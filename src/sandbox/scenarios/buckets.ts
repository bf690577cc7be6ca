// Builders for buckets with something in them.
import { type BucketState, newBucket, newObject } from '../s3/state.ts';
import { type Draft, daysAgo } from './draft.ts';

export interface BucketParts {
  readonly name: string;
  readonly accountId: string;
  readonly region?: string;
  /** Key → content. */
  readonly objects?: { readonly [key: string]: string };
  /** The policy as data; null or absent for none. */
  readonly policy?: object | null;
  readonly versioning?: BucketState['versioning'];
  readonly tags?: { [key: string]: string };
}

/** A bucket; all public access is blocked, as AWS does since 2023. */
export function addBucket(draft: Draft, parts: BucketParts): BucketState {
  const at = daysAgo(draft, 30);
  const bucket = newBucket({
    name: parts.name,
    accountId: parts.accountId,
    region: parts.region ?? draft.region,
    createdAt: daysAgo(draft, 500),
    policy: parts.policy ? JSON.stringify(parts.policy) : null,
    tags: parts.tags ?? {},
    versioning: parts.versioning ?? null,
    objects: Object.fromEntries(Object.entries(parts.objects ?? {}).map(([key, content]) => [key, [newObject(content, at)]])),
  });
  draft.world.s3.buckets[bucket.name] = bucket;
  return bucket;
}

/** A policy that refuses unencrypted connections: what many buckets have. */
export const tlsOnly = (bucket: string): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'AllowSSLRequestsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
});

/** A policy that lets a partner read from its office addresses only: an allow-list that an endpoint defeats (QP111). */
export const officeOnly = (bucket: string, partnerAccountId: string, cidrs: readonly string[]): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'PartnerReadsFromItsOffice',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${partnerAccountId}:root` },
      Action: ['s3:GetObject', 's3:ListBucket'],
      Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      Condition: { IpAddress: { 'aws:SourceIp': cidrs } },
    },
  ],
});
