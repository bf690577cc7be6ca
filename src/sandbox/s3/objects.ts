// Objects: put, read, copied and deleted. A missing key is told only to those who may list (K8).
import type {
  CopyObjectCommandInput,
  CopyObjectCommandOutput,
  DeleteObjectCommandInput,
  DeleteObjectCommandOutput,
  DeleteObjectsCommandInput,
  DeleteObjectsCommandOutput,
  GetObjectCommandInput,
  GetObjectCommandOutput,
  HeadObjectCommandInput,
  HeadObjectCommandOutput,
  PutObjectCommandInput,
  PutObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { AwsError, type Call } from '../types.ts';
import { crc32Of } from '../wire/checksum.ts';
import type { World } from '../world.ts';
import { type BucketInput, type Gate, gateTo, read, regionOf, write } from './operation.ts';
import { rangeOf } from './range.ts';
import { accessDenied } from './refusal.ts';
import { type BucketState, newObject, type ObjectVersion } from './state.ts';
import { noSuchVersion, putVersion, removeVersion, versionOf } from './versions.ts';

type Answer<O> = Omit<O, '$metadata'>;

/** As the wire hands bodies over and takes them: bytes. */
type Bytes<T> = Omit<T, 'Body'> & { readonly Body?: Uint8Array | string | undefined };

interface ObjectInput extends BucketInput {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
}

export const objects = {
  PutObject: write((world, input: Bytes<PutObjectCommandInput>, call): Answer<PutObjectCommandOutput> => {
    const gate = gateTo(world, input, call);
    const key = keyOf(input);
    gate.demand('s3:PutObject', key);
    const present = versionOf(gate.bucket, key, undefined);
    if (input.IfNoneMatch === '*' && present !== undefined && !present.deleteMarker) {
      throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412, {
        Condition: 'If-None-Match',
      });
    }
    const version = newObject(input.Body ?? '', call.now, {
      ...(input.ContentType === undefined ? {} : { contentType: input.ContentType }),
      metadata: { ...input.Metadata },
    });
    const placed = putVersion(gate.bucket, key, version, call);
    return { ETag: placed.etag, ServerSideEncryption: 'AES256', ...checksumOf(placed), ...versionFields(gate.bucket, placed) };
  }),

  GetObject: read((world, input: GetObjectCommandInput, call): Answer<Bytes<GetObjectCommandOutput>> => {
    const { bucket, version } = readVersion(world, input, call);
    if (input.IfMatch !== undefined && input.IfMatch !== version.etag) {
      throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412, {
        Condition: 'If-Match',
      });
    }
    const body = Buffer.from(version.body, 'base64');
    const range = rangeOf(input.Range, version.size);
    if (range !== null) {
      const Body = body.subarray(range.first, range.last + 1);
      const ContentRange = `bytes ${range.first}-${range.last}/${version.size}`;
      return { ...headersOf(bucket, version), ContentLength: Body.length, ContentRange, Body };
    }
    return { ...headersOf(bucket, version), ...(input.ChecksumMode === 'ENABLED' ? checksumOf(version) : {}), Body: body };
  }),

  HeadObject: read((world, input: HeadObjectCommandInput, call): Answer<HeadObjectCommandOutput> => {
    const { bucket, version } = readVersion(world, input, call);
    return { ...headersOf(bucket, version), ...(input.ChecksumMode === 'ENABLED' ? checksumOf(version) : {}) };
  }),

  DeleteObject: write((world, input: DeleteObjectCommandInput, call): Answer<DeleteObjectCommandOutput> => {
    const gate = gateTo(world, input, call);
    const key = keyOf(input);
    gate.demand(input.VersionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion', key);
    const { deleteMarker, versionId } = removeVersion(gate.bucket, key, input.VersionId, call);
    return { ...(deleteMarker ? { DeleteMarker: true } : {}), ...(versionId === null ? {} : { VersionId: versionId }) };
  }),

  /** Decided key by key: the answer is 200 and lists what was refused. */
  DeleteObjects: write((world, input: DeleteObjectsCommandInput, call): Answer<DeleteObjectsCommandOutput> => {
    const gate = gateTo(world, input, call);
    const listed = input.Delete?.Objects ?? [];
    if (listed.length === 0 || listed.length > 1000)
      throw new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
    const results = listed.map(({ Key = '', VersionId }) => {
      const named = { Key, ...(VersionId === undefined ? {} : { VersionId }) };
      if (!gate.allows(VersionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion', Key)) {
        return { error: { ...named, Code: 'AccessDenied', Message: 'Access Denied' } };
      }
      const { deleteMarker, versionId } = removeVersion(gate.bucket, Key, VersionId, call);
      const marker = deleteMarker ? { DeleteMarker: true, ...(versionId === null ? {} : { DeleteMarkerVersionId: versionId }) } : {};
      return { deleted: { ...named, ...marker } };
    });
    const Errors = results.flatMap((result) => ('error' in result ? [result.error] : []));
    const Deleted = input.Delete?.Quiet === true ? [] : results.flatMap((result) => ('deleted' in result ? [result.deleted] : []));
    return { ...(Deleted.length === 0 ? {} : { Deleted }), ...(Errors.length === 0 ? {} : { Errors }) };
  }),

  CopyObject: write((world, input: CopyObjectCommandInput, call): Answer<CopyObjectCommandOutput> => {
    const from = {
      ...copySourceOf(input.CopySource ?? ''),
      ...(input.ExpectedSourceBucketOwner === undefined ? {} : { ExpectedBucketOwner: input.ExpectedSourceBucketOwner }),
    };
    const { version: source } = readVersion(world, from, call);
    const gate = gateTo(world, input, call);
    const key = keyOf(input);
    gate.demand('s3:PutObject', key);
    const replaced =
      input.MetadataDirective === 'REPLACE'
        ? { metadata: { ...input.Metadata }, contentType: input.ContentType ?? source.contentType }
        : {};
    const placed = putVersion(gate.bucket, key, { ...source, ...replaced, lastModified: call.now }, call);
    return {
      CopyObjectResult: { ETag: placed.etag, LastModified: new Date(call.now) },
      ...(source.versionId === 'null' ? {} : { CopySourceVersionId: source.versionId }),
      ...versionFields(gate.bucket, placed),
    };
  }),
};

/** The version that a request may read. Throws AccessDenied, NoSuchKey, NoSuchVersion and MethodNotAllowed as S3 does. */
function readVersion(world: World, input: ObjectInput, call: Call): { readonly bucket: BucketState; readonly version: ObjectVersion } {
  const gate = gateTo(world, input, call, false);
  const key = keyOf(input);
  gate.demand(input.VersionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', key);
  const version = versionOf(gate.bucket, key, input.VersionId);
  if (version === undefined) throw missing(gate, key, input.VersionId);
  if (!version.deleteMarker) return { bucket: gate.bucket, version };
  const fields = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.versionId, ...regionOf(gate.bucket) };
  if (input.VersionId === undefined) throw noSuchKey(key, fields);
  throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405, fields);
}

function missing(gate: Gate, key: string, versionId: string | undefined): AwsError {
  if (!gate.allows('s3:ListBucket')) return accessDenied(regionOf(gate.bucket));
  return versionId === undefined ? noSuchKey(key, regionOf(gate.bucket)) : noSuchVersion(gate.bucket, key, versionId);
}

/** `BUCKET/KEY[?versionId=ID]`, percent-encoded. Throws InvalidArgument where it is not. */
function copySourceOf(source: string): ObjectInput {
  const [, Bucket, key, VersionId] = /^\/?([^/]+)\/([^?]+)(?:\?versionId=(.+))?$/.exec(source) ?? [];
  try {
    if (Bucket !== undefined && key !== undefined) return { Bucket, Key: decodeURIComponent(key), VersionId };
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  throw new AwsError('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
}

const noSuchKey = (key: string, fields: { readonly [name: string]: string }): AwsError =>
  new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key, ...fields });

const keyOf = (input: { readonly Key?: string | undefined }): string => input.Key ?? '';

function headersOf(bucket: BucketState, version: ObjectVersion): Answer<HeadObjectCommandOutput> {
  return {
    AcceptRanges: 'bytes',
    ContentLength: version.size,
    ContentType: version.contentType,
    ETag: version.etag,
    LastModified: new Date(version.lastModified),
    Metadata: { ...version.metadata },
    ServerSideEncryption: 'AES256',
    ...versionFields(bucket, version),
  };
}

const checksumOf = (version: ObjectVersion): { readonly ChecksumCRC32: string; readonly ChecksumType: 'FULL_OBJECT' } => ({
  ChecksumCRC32: crc32Of(Buffer.from(version.body, 'base64')),
  ChecksumType: 'FULL_OBJECT',
});

const versionFields = (bucket: BucketState, version: ObjectVersion): { readonly VersionId?: string } =>
  bucket.versioning === null ? {} : { VersionId: version.versionId };
