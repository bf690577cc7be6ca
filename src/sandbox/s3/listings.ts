// What is in a bucket, in pages: keys in S3's order, rolled up at a delimiter.
import type {
  ListMultipartUploadsCommandInput,
  ListMultipartUploadsCommandOutput,
  ListObjectsCommandInput,
  ListObjectsCommandOutput,
  ListObjectsV2CommandInput,
  ListObjectsV2CommandOutput,
  ListObjectVersionsCommandInput,
  ListObjectVersionsCommandOutput,
} from '@aws-sdk/client-s3';
import { fromToken, invalidArgument, ownerId, toToken } from './buckets.ts';
import { openBucket, read } from './operation.ts';
import type { BucketState, ObjectVersion } from './state.ts';
import { keysOf } from './versions.ts';

type Answer<O> = Omit<O, '$metadata'>;

export const listings = {
  ListObjectsV2: read((world, input: ListObjectsV2CommandInput, call): Answer<ListObjectsV2CommandOutput> => {
    const bucket = openBucket(world, input, call, 's3:ListBucket');
    const after = input.ContinuationToken === undefined ? (input.StartAfter ?? '') : fromToken(input.ContinuationToken);
    const page = pageOf(currentEntries(bucket), input, after);
    return {
      ...shared(bucket, input, page),
      ...(input.StartAfter === undefined ? {} : { StartAfter: input.StartAfter }),
      ...(input.ContinuationToken === undefined ? {} : { ContinuationToken: input.ContinuationToken }),
      ...(page.next === null ? {} : { NextContinuationToken: toToken(page.next) }),
      KeyCount: page.entries.length + page.prefixes.length,
      ...(page.entries.length === 0 ? {} : { Contents: page.entries.map(contentOf(input)) }),
    };
  }),

  ListObjects: read((world, input: ListObjectsCommandInput, call): Answer<ListObjectsCommandOutput> => {
    const bucket = openBucket(world, input, call, 's3:ListBucket');
    const page = pageOf(currentEntries(bucket), input, input.Marker ?? '');
    const Owner = { ID: ownerId(bucket.accountId) };
    return {
      ...shared(bucket, input, page),
      Marker: input.Marker ?? '',
      ...(page.next === null ? {} : { NextMarker: shown(input, page.next) }),
      ...(page.entries.length === 0 ? {} : { Contents: page.entries.map((entry) => ({ ...contentOf(input)(entry), Owner })) }),
    };
  }),

  ListObjectVersions: read((world, input: ListObjectVersionsCommandInput, call): Answer<ListObjectVersionsCommandOutput> => {
    const bucket = openBucket(world, input, call, 's3:ListBucketVersions');
    const page = pageOf(allEntries(bucket), input, input.KeyMarker ?? '', input.VersionIdMarker);
    const Owner = { ID: ownerId(bucket.accountId) };
    const described = page.entries.map((entry) => ({
      deleteMarker: entry.version.deleteMarker,
      shape: {
        Key: shown(input, entry.key),
        VersionId: entry.version.versionId,
        IsLatest: entry.latest,
        LastModified: new Date(entry.version.lastModified),
        Owner,
      },
      size: { ETag: entry.version.etag, Size: entry.version.size, StorageClass: 'STANDARD' as const },
    }));
    const last = page.entries.at(-1);
    return {
      ...shared(bucket, input, page),
      KeyMarker: input.KeyMarker ?? '',
      VersionIdMarker: input.VersionIdMarker ?? '',
      ...(page.next === null ? {} : { NextKeyMarker: shown(input, page.next) }),
      ...(page.next === null || last?.key !== page.next ? {} : { NextVersionIdMarker: last.version.versionId }),
      Versions: described.filter((one) => !one.deleteMarker).map(({ shape, size }) => ({ ...shape, ...size })),
      DeleteMarkers: described.filter((one) => one.deleteMarker).map(({ shape }) => shape),
    };
  }),

  /** The sandbox takes no multipart uploads. */
  ListMultipartUploads: read((world, input: ListMultipartUploadsCommandInput, call): Answer<ListMultipartUploadsCommandOutput> => {
    const bucket = openBucket(world, input, call, 's3:ListBucketMultipartUploads');
    return { Bucket: bucket.name, KeyMarker: '', UploadIdMarker: '', MaxUploads: input.MaxUploads ?? 1000, IsTruncated: false };
  }),
};

interface Entry {
  readonly key: string;
  readonly version: ObjectVersion;
  readonly latest: boolean;
}

interface ListInput {
  readonly Prefix?: string | undefined;
  readonly Delimiter?: string | undefined;
  readonly MaxKeys?: number | undefined;
  readonly EncodingType?: 'url' | undefined;
}

interface Page {
  readonly entries: readonly Entry[];
  readonly prefixes: readonly string[];
  /** The key or common prefix after which the next page begins; null on the last page. */
  readonly next: string | null;
}

const currentEntries = (bucket: BucketState): readonly Entry[] =>
  keysOf(bucket).flatMap((key) => {
    const version = bucket.objects[key]?.at(-1);
    return version === undefined || version.deleteMarker ? [] : [{ key, version, latest: true }];
  });

/** Every version, the newest of each key first. */
const allEntries = (bucket: BucketState): readonly Entry[] =>
  keysOf(bucket).flatMap((key) =>
    (bucket.objects[key] ?? []).toReversed().map((version, index) => ({ key, version, latest: index === 0 })),
  );

function pageOf(all: readonly Entry[], input: ListInput, after: string, afterVersion?: string): Page {
  const most = Math.min(input.MaxKeys ?? 1000, 1000);
  if (most < 0) throw invalidArgument('max-keys', String(most));
  const { Prefix: prefix = '', Delimiter: delimiter = '' } = input;
  const entries: Entry[] = [];
  const prefixes: string[] = [];
  let last: string | null = null;
  for (const entry of startingAfter(all, after, afterVersion)) {
    if (!entry.key.startsWith(prefix)) continue;
    const cut = delimiter === '' ? -1 : entry.key.indexOf(delimiter, prefix.length);
    const rolled = cut < 0 ? null : entry.key.slice(0, cut + delimiter.length);
    if (rolled !== null && (rolled === prefixes.at(-1) || rolled === after)) continue;
    if (entries.length + prefixes.length === most) return { entries, prefixes, next: most === 0 ? null : last };
    if (rolled === null) entries.push(entry);
    else prefixes.push(rolled);
    last = rolled ?? entry.key;
  }
  return { entries, prefixes, next: null };
}

function startingAfter(all: readonly Entry[], after: string, version: string | undefined): readonly Entry[] {
  const at =
    version === undefined || version === '' ? -1 : all.findIndex((entry) => entry.key === after && entry.version.versionId === version);
  if (at >= 0) return all.slice(at + 1);
  const marker = Buffer.from(after);
  return after === '' ? all : all.filter((entry) => Buffer.compare(Buffer.from(entry.key), marker) > 0);
}

const shown = (input: ListInput, key: string): string =>
  input.EncodingType === 'url' ? encodeURIComponent(key).replaceAll('%2F', '/') : key;

const shared = (bucket: BucketState, input: ListInput, page: Page) => ({
  Name: bucket.name,
  Prefix: shown(input, input.Prefix ?? ''),
  ...(input.Delimiter === undefined ? {} : { Delimiter: shown(input, input.Delimiter) }),
  MaxKeys: input.MaxKeys ?? 1000,
  ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
  IsTruncated: page.next !== null,
  ...(page.prefixes.length === 0 ? {} : { CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: shown(input, prefix) })) }),
});

const contentOf =
  (input: ListInput) =>
  ({ key, version }: Entry) => ({
    Key: shown(input, key),
    LastModified: new Date(version.lastModified),
    ETag: version.etag,
    Size: version.size,
    StorageClass: 'STANDARD' as const,
  });
