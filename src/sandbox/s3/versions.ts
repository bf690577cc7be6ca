// An object's versions: which one a request means, and what putting and deleting do to them.
import { AwsError, type Call } from '../types.ts';
import { regionOf } from './operation.ts';
import type { BucketState, ObjectVersion } from './state.ts';

/** The version that a request means: the newest, or the one named; undefined where there is none. */
export function versionOf(bucket: BucketState, key: string, versionId: string | undefined): ObjectVersion | undefined {
  const versions = Object.hasOwn(bucket.objects, key) ? bucket.objects[key] : undefined;
  return versionId === undefined ? versions?.at(-1) : versions?.find((version) => version.versionId === versionId);
}

/** Puts a version; without versioning, or with it suspended, the `null` version is replaced. Answers its id where versioned. */
export function putVersion(bucket: BucketState, key: string, version: ObjectVersion, call: Call): ObjectVersion {
  const placed = { ...version, versionId: bucket.versioning === 'Enabled' ? newVersionId(call) : 'null' };
  const kept = versionsOf(bucket, key).filter((other) => other.versionId !== placed.versionId);
  bucket.objects[key] = [...kept, placed];
  return placed;
}

export interface Removal {
  readonly deleteMarker: boolean;
  readonly versionId: string | null;
}

/** Removes the version named, or the object: in a versioned bucket a delete marker is put. Nothing there is success. */
export function removeVersion(bucket: BucketState, key: string, versionId: string | undefined, call: Call): Removal {
  const versions = versionsOf(bucket, key);
  if (versionId !== undefined) {
    const removed = versions.find((version) => version.versionId === versionId);
    keep(
      bucket,
      key,
      versions.filter((version) => version !== removed),
    );
    return { deleteMarker: removed?.deleteMarker ?? false, versionId };
  }
  if (bucket.versioning === null) {
    delete bucket.objects[key];
    return { deleteMarker: false, versionId: null };
  }
  const marker = putVersion(bucket, key, { ...emptyVersion, deleteMarker: true, lastModified: call.now }, call);
  return { deleteMarker: true, versionId: marker.versionId };
}

/** The keys in the bucket in S3's order, by UTF-8 bytes. */
export const keysOf = (bucket: BucketState): readonly string[] =>
  Object.keys(bucket.objects).sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));

/** The NoSuchVersion error. */
export const noSuchVersion = (bucket: BucketState, key: string, versionId: string): AwsError =>
  new AwsError('NoSuchVersion', 'The specified version does not exist.', 404, { Key: key, VersionId: versionId, ...regionOf(bucket) });

const emptyVersion: ObjectVersion = {
  versionId: 'null',
  deleteMarker: false,
  body: '',
  size: 0,
  etag: '',
  contentType: '',
  metadata: {},
  lastModified: 0,
};

const versionsOf = (bucket: BucketState, key: string): readonly ObjectVersion[] =>
  Object.hasOwn(bucket.objects, key) ? (bucket.objects[key] ?? []) : [];

function keep(bucket: BucketState, key: string, versions: readonly ObjectVersion[]): void {
  if (versions.length === 0) delete bucket.objects[key];
  else bucket.objects[key] = [...versions];
}

const newVersionId = (call: Call): string => Buffer.from(call.id('version')).toString('base64url').slice(0, 32);
