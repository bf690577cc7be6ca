// A bucket that logs lie in, maybe another account's and in another Region: its folders, its keys and their bytes.
import { addAbortSignal, Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, type ListObjectsV2CommandInput, type S3Client } from '@aws-sdk/client-s3';
import { badInput, failed } from '../errors.ts';
import { answerOf, isAwsError, reasonOf } from './aws-error.ts';
import type { AwsContext } from './context.ts';
import { explainError } from './explain-error.ts';
import { allPages } from './pages.ts';
import { isRefused } from './refused.ts';
import { told } from './told.ts';

export interface LogObject {
  readonly bucket: LogBucket;
  readonly key: string;
  /** Bytes as stored. */
  readonly size: number;
  readonly etag: string;
}

export interface LogBucket {
  readonly name: string;
  readonly client: S3Client;
}

/**
 * The bucket with a client for its Region, which S3 tells whatever the permissions (C10). Lists one key of the prefix.
 * @throws PerimeterError `NO_SUCH_SOURCE` (exit 2) where there is no such bucket, `ACCESS_DENIED` (exit 1) where it may not be listed
 */
export async function openLogBucket(name: string, prefix: string, ctx: AwsContext): Promise<LogBucket> {
  const look = async (client: S3Client): Promise<LogBucket> => {
    await client.send(new ListObjectsV2Command({ Bucket: name, Prefix: prefix, MaxKeys: 1 }), { abortSignal: ctx.signal });
    return { name, client };
  };
  try {
    return await look(ctx.aws.s3);
  } catch (error) {
    const region = answerOf(error).header('x-amz-bucket-region');
    if (region === null || region === ctx.aws.region) throw explained(error, name, prefix);
    try {
      return await look(ctx.aws.s3In(region));
    } catch (inRegion) {
      throw explained(inRegion, name, prefix);
    }
  }
}

/** The folders right under a prefix, each with the prefix before it and a slash at its end. Throws as `openLogBucket`. */
export async function listFolders(bucket: LogBucket, prefix: string, ctx: AwsContext): Promise<readonly string[]> {
  const folders = await allPages(
    'ListObjectsV2',
    async (token) => {
      const page = await listPage(
        bucket,
        { Prefix: prefix, Delimiter: '/', ...(token === undefined ? {} : { ContinuationToken: token }) },
        ctx,
      );
      return { items: page.CommonPrefixes ?? [], next: page.NextContinuationToken };
    },
    ctx,
  );
  return folders.map(({ Prefix }) => told(Prefix, 'ListObjectsV2', 'Prefix'));
}

export interface ObjectPage {
  readonly objects: readonly LogObject[];
  readonly last: boolean;
}

/**
 * Up to 1,000 objects under a prefix, in the order of their keys.
 * @param after the key to go on behind; null: from the first. So a listing goes on from its last key whatever became of it
 */
export async function listObjects(bucket: LogBucket, prefix: string, after: string | null, ctx: AwsContext): Promise<ObjectPage> {
  const page = await listPage(bucket, { Prefix: prefix, ...(after === null ? {} : { StartAfter: after }) }, ctx);
  const objects = (page.Contents ?? []).map(({ Key, Size, ETag }) => ({
    bucket,
    key: told(Key, 'ListObjectsV2', 'Key'),
    size: told(Size, 'ListObjectsV2', 'Size'),
    etag: told(ETag, 'ListObjectsV2', 'ETag'),
  }));
  const last = page.IsTruncated !== true;
  if (!last && objects.length === 0) {
    throw failed('PAGES', `listing trail (${urlOf(bucket.name, prefix)}): S3 answered an empty page that is not the last`, 'run again');
  }
  return { objects, last };
}

async function listPage(bucket: LogBucket, input: Omit<ListObjectsV2CommandInput, 'Bucket'>, ctx: AwsContext) {
  ctx.signal.throwIfAborted();
  try {
    return await bucket.client.send(new ListObjectsV2Command({ Bucket: bucket.name, ...input }), { abortSignal: ctx.signal });
  } catch (error) {
    throw explained(error, bucket.name, input.Prefix ?? '');
  }
}

/** How often a body that breaks off is gone on with, from where it was. */
const mostBreaks = 5;

/**
 * An object's bytes. A body that breaks off is gone on with from there.
 * @throws what S3 refuses; `Error` named `Cut` where it broke off again and again, `Changed` where it is not what was listed
 */
export async function readObject({ bucket, key, size, etag }: LogObject, ctx: AwsContext): Promise<Uint8Array> {
  const bytes = Buffer.alloc(size);
  let at = 0;
  for (let breaks = 0; ; breaks++) {
    ctx.signal.throwIfAborted();
    const range = at === 0 ? {} : { Range: `bytes=${at}-` };
    const { Body } = await bucket.client.send(new GetObjectCommand({ Bucket: bucket.name, Key: key, IfMatch: etag, ...range }), {
      abortSignal: ctx.signal,
    });
    try {
      if (Body instanceof Readable) {
        for await (const chunk of addAbortSignal(ctx.signal, Body) as AsyncIterable<Uint8Array>) {
          if (at + chunk.length > size) throw named('Changed', 'it is longer than it was when it was listed');
          bytes.set(chunk, at);
          at += chunk.length;
        }
      }
    } catch (error) {
      ctx.signal.throwIfAborted();
      if (isAwsError(error, 'Changed')) throw error;
      if (breaks >= mostBreaks) throw named('Cut', `it broke off ${breaks + 1} times (${reasonOf(error)})`);
      await ctx.clock.sleep(200 * 2 ** breaks, ctx.signal);
      continue;
    }
    if (at === size) return bytes;
    if (breaks >= mostBreaks) throw named('Cut', `it ended ${breaks + 1} times before its end`);
  }
}

/** A place in a bucket as people write it. */
export const urlOf = (bucket: string, key: string): string => `s3://${bucket}/${key}`;

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

function explained(error: unknown, name: string, prefix: string): unknown {
  const doing = `listing trail (${urlOf(name, prefix)})`;
  if (isAwsError(error, 'NoSuchBucket')) {
    return badInput(
      'NO_SUCH_SOURCE',
      `${doing}: there is no such bucket`,
      'name the bucket that the trail writes to: s3://BUCKET/PREFIX',
      error,
    );
  }
  if (isRefused(error)) {
    const text = `${doing}: ${reasonOf(error)}`;
    return failed(
      'ACCESS_DENIED',
      text,
      `allow s3:ListBucket on ${name} and s3:GetObject on its objects, in the bucket's policy too if it is another account's`,
      error,
    );
  }
  return explainError(error, doing);
}
