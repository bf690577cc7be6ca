// What the embedded S3 remembers: buckets, their objects, and which policies its front ends still answer by. Plain
// JSON data; scenarios build it with `newBucket` and `newObject`.
import { createHash } from 'node:crypto';

export interface PublicAccessBlock {
  BlockPublicAcls: boolean;
  IgnorePublicAcls: boolean;
  BlockPublicPolicy: boolean;
  RestrictPublicBuckets: boolean;
}

/** One version of an object. `body` is base64. A delete marker has no bytes. */
export interface ObjectVersion {
  /** `null` (the text) where the bucket is not versioned. */
  versionId: string;
  deleteMarker: boolean;
  body: string;
  size: number;
  /** With its quotation marks. */
  etag: string;
  contentType: string;
  metadata: { [name: string]: string };
  /** Simulated milliseconds since the epoch. */
  lastModified: number;
}

/** A policy that was replaced lately. Front ends that are late still answer by it; see propagation.ts. */
export interface ReplacedPolicy {
  /** The policy as it was put, or null for none. */
  text: string | null;
  /** When it was replaced, simulated milliseconds since the epoch. */
  until: number;
}

export interface BucketState {
  name: string;
  accountId: string;
  region: string;
  /** Simulated milliseconds since the epoch. */
  createdAt: number;
  /** As PutBucketPolicy gave it, byte for byte; null for none. */
  policy: string | null;
  /** Oldest first; what is over is dropped at the next change. */
  replacedPolicies: ReplacedPolicy[];
  publicAccessBlock: PublicAccessBlock | null;
  tags: { [key: string]: string };
  versioning: 'Enabled' | 'Suspended' | null;
  /** By key; the newest version last. A key without versions does not stand here. */
  objects: { [key: string]: ObjectVersion[] };
}

export interface AccessPointState {
  name: string;
  accountId: string;
  region: string;
  bucket: string;
  /** Null where its network origin is the Internet. */
  vpcId: string | null;
}

export interface MultiRegionAccessPointState {
  name: string;
  accountId: string;
  alias: string;
  regions: { bucket: string; bucketAccountId: string; region: string }[];
}

export interface S3State {
  /** By name: bucket names are unique in the partition. */
  buckets: { [name: string]: BucketState };
  /** By account id. */
  accountPublicAccessBlocks: { [accountId: string]: PublicAccessBlock };
  accessPoints: AccessPointState[];
  multiRegionAccessPoints: MultiRegionAccessPointState[];
}

/** What every new bucket has had since April 2023. */
export const blockAllPublicAccess: PublicAccessBlock = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

export const emptyS3 = (): S3State => ({ buckets: {}, accountPublicAccessBlocks: {}, accessPoints: [], multiRegionAccessPoints: [] });

/** An empty bucket without a policy. `createdAt` in simulated milliseconds since the epoch. */
export const newBucket = (
  of: Pick<BucketState, 'name' | 'accountId' | 'region' | 'createdAt'> &
    Partial<Pick<BucketState, 'policy' | 'publicAccessBlock' | 'tags' | 'versioning' | 'objects'>>,
): BucketState => ({
  policy: null,
  replacedPolicies: [],
  publicAccessBlock: { ...blockAllPublicAccess },
  tags: {},
  versioning: null,
  objects: {},
  ...of,
});

/** One version of an object from its bytes or text. `lastModified` in simulated milliseconds since the epoch. */
export const newObject = (
  content: string | Uint8Array,
  lastModified: number,
  of: Partial<Pick<ObjectVersion, 'versionId' | 'contentType' | 'metadata'>> = {},
): ObjectVersion => {
  const bytes = Buffer.from(content);
  return {
    versionId: 'null',
    deleteMarker: false,
    body: bytes.toString('base64'),
    size: bytes.length,
    etag: `"${createHash('md5').update(bytes).digest('hex')}"`,
    contentType: 'binary/octet-stream',
    metadata: {},
    lastModified,
    ...of,
  };
};

/** The state without what only time will undo: for comparing worlds. */
export const settledS3 = (state: S3State): S3State => ({
  ...state,
  buckets: Object.fromEntries(Object.entries(state.buckets).map(([name, bucket]) => [name, { ...bucket, replacedPolicies: [] }])),
});
