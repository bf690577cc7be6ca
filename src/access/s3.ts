// A trail as CloudTrail keeps it in S3: listed and read at the same time, each a little ahead of the other, so that neither the keys
// nor the logs are ever all in memory.
import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { AwsContext } from '../aws/context.ts';
import { explainError } from '../aws/explain-error.ts';
import { type LogObject, openLogBucket, readObject, urlOf } from '../aws/log-bucket.ts';
import { badInput, shown } from '../errors.ts';
import { Queue, Room } from './flow.ts';
import { merge } from './merge.ts';
import { openReaders, type Readers } from './readers.ts';
import type { Remote } from './remote.ts';
import { type Listed, type Listing, listTrail } from './s3-listing.ts';
import type { ReadOptions, TrailReading } from './types.ts';

/** Objects that are listed and not yet read, at most. */
const mostAhead = 2_000;
/** Bytes of objects that are held at a time, and of one object at most: no log of CloudTrail's is as large. */
const mostHeld = 128 * 1024 * 1024;
const mostInOne = 512 * 1024 * 1024;

/**
 * Reads trails at `s3://BUCKET/PREFIX`: those of the accounts, Regions and days asked for where it has CloudTrail's layout, else
 * every log under it. An object that cannot be read is told in `errors`.
 * @throws PerimeterError (exit 2) for a form that is none, a bucket that does not exist, a prefix under which there is nothing;
 *   (exit 1) where it may not be listed, or AWS cannot be reached any more; the signal's reason when it is aborted
 */
export async function readS3(urls: readonly string[], options: ReadOptions, remote: Remote): Promise<TrailReading> {
  const failure = new AbortController();
  const ctx: AwsContext = { ...remote.ctx, signal: AbortSignal.any([options.signal, failure.signal]) };
  // Each call in flight listens to it.
  setMaxListeners(0, ctx.signal);
  const listings = await openListings(urls, ctx);
  const readers = openReaders(options.window, options.workers, null);
  const reading = new Reading(options, readers, ctx, listings.length > 1);
  try {
    const end = (error: unknown): never => {
      failure.abort(error);
      throw error;
    };
    const [listed] = await Promise.all([reading.list(listings, remote).catch(end), reading.readAll().catch(end)]);
    options.signal.throwIfAborted();
    return reading.result(listed, merge(await readers.finish()));
  } finally {
    await readers.close();
  }
}

/** What `s3://BUCKET/PREFIX` names, without those that lie inside another. Throws as `readS3` does. */
export const openListings = (urls: readonly string[], ctx: AwsContext): Promise<readonly Listing[]> =>
  Promise.all(
    distinct(urls.map(partsOf)).map(async ({ bucket, prefix }) => ({ bucket: await openLogBucket(bucket, prefix, ctx), prefix })),
  );

/**
 * A log's bytes; or why this one cannot be read, as the rest of a sentence.
 * @throws what concerns all logs: PerimeterError where credentials, the network or S3's patience are at an end; the signal's reason
 */
export async function fetchLog(object: LogObject, ctx: AwsContext): Promise<Uint8Array | string> {
  const file = urlOf(object.bucket.name, object.key);
  if (object.size > mostInOne) return tooLarge(object);
  try {
    return await readObject(object, ctx);
  } catch (error) {
    ctx.signal.throwIfAborted();
    const explained = explainError(error, `reading log (${file})`);
    if (['CREDENTIALS', 'UNREACHABLE', 'THROTTLED', 'INTERRUPTED'].includes(explained.code)) throw explained;
    return reasonFor(error);
  }
}

class Reading {
  readonly #options: ReadOptions;
  readonly #readers: Readers;
  readonly #ctx: AwsContext;
  readonly #queue = new Queue<LogObject>(mostAhead);
  readonly #room = new Room(mostHeld);
  /** Names of logs of several listings, which may have copies of one; null of one, which has not. */
  readonly #names: Set<string> | null;
  readonly #errors: { readonly file: string; readonly reason: string }[] = [];
  readonly #done = { files: 0, events: 0, bytes: 0 };
  readonly #skipped: Record<string, number> = {};
  #filesInAll: number | null = null;
  #found = 0;
  #hash = 0n;

  constructor(options: ReadOptions, readers: Readers, ctx: AwsContext, several: boolean) {
    this.#options = options;
    this.#readers = readers;
    this.#ctx = ctx;
    this.#names = several ? new Set() : null;
  }

  /** Lists into the queue, and closes it whatever happens. */
  async list(listings: readonly Listing[], { regions, accounts }: Remote): Promise<readonly Listed[]> {
    const asked = { window: this.#options.window, regions, accounts };
    try {
      const listed = await Promise.all(
        listings.map(async (listing) => {
          const one = await listTrail(listing, asked, (object) => this.#add(object), this.#ctx);
          if (one.keys === 0 && !one.layout) throw nothingUnder(listing);
          return one;
        }),
      );
      this.#filesInAll = this.#found;
      return listed;
    } finally {
      this.#queue.close();
    }
  }

  async #add(object: LogObject): Promise<void> {
    const name = object.key.split('/').at(-1) ?? '';
    if (this.#names?.has(name)) {
      this.#skipped['the same log file again'] = (this.#skipped['the same log file again'] ?? 0) + 1;
      return;
    }
    this.#names?.add(name);
    this.#found++;
    await this.#queue.add(object);
  }

  /** Reads what comes out of the queue, some at a time: while one is fetched another is unpacked. */
  async readAll(): Promise<void> {
    const readOn = async (): Promise<void> => {
      for (let object = await this.#queue.next(); object !== undefined; object = await this.#queue.next()) {
        this.#ctx.signal.throwIfAborted();
        await this.#read(object);
      }
    };
    await Promise.all(Array.from({ length: this.#options.workers * 4 + 8 }, readOn));
  }

  async #read(object: LogObject): Promise<void> {
    const file = urlOf(object.bucket.name, object.key);
    if (object.size > mostInOne) {
      this.#errors.push({ file, reason: tooLarge(object) });
      return;
    }
    await this.#room.hold(object.size, async () => {
      const content = await fetchLog(object, this.#ctx);
      if (typeof content === 'string') {
        this.#errors.push({ file, reason: content });
        return;
      }
      const { broken, bytes, sha256, events } = await this.#readers.read({ bytes: content });
      if (broken !== null) this.#errors.push({ file, reason: broken });
      this.#hash += BigInt(`0x${createHash('sha256').update(`${object.key} ${bytes} ${sha256}`).digest('hex')}`);
      this.#done.events += events;
      this.#done.bytes += bytes;
    });
    this.#done.files++;
    this.#options.progress({ ...this.#done, filesInAll: this.#filesInAll });
  }

  result(listed: readonly Listed[], merged: ReturnType<typeof merge>): TrailReading {
    const skipped = { ...this.#skipped };
    for (const each of [merged.skipped, ...listed.map((one) => one.skipped)]) {
      for (const [reason, many] of Object.entries(each)) skipped[reason] = (skipped[reason] ?? 0) + many;
    }
    return {
      ...merged,
      source: { kind: 's3', hash: hashOf(this.#hash) },
      files: this.#done.files,
      skipped,
      errors: this.#errors.sort((a, b) => (a.file < b.file ? -1 : 1)),
      cost: null,
    };
  }
}

const tooLarge = ({ size }: LogObject): string => `it has ${size} bytes, which no log of CloudTrail's has`;

/** The sum of the objects' own hashes, which is the same in any order and takes no room; hashed once more for its length. */
const hashOf = (sum: bigint): string => createHash('sha256').update(sum.toString(16)).digest('hex');

function reasonFor(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  if (name === 'Cut' || name === 'Changed') return error instanceof Error ? error.message : name;
  if (name === 'PreconditionFailed') return 'it changed after it was listed';
  if (name === 'InvalidObjectState') return 'it is archived: restore it first';
  return `it cannot be read (${name === '' ? 'unknown' : name})`;
}

interface Parts {
  readonly bucket: string;
  readonly prefix: string;
}

function partsOf(url: string): Parts {
  const [, bucket, path = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/is.exec(url) ?? [];
  if (bucket === undefined) {
    throw badInput(
      'SOURCE',
      `reading the trail (${shown(url)}): it is not of the form s3://BUCKET/PREFIX`,
      'name the bucket that the trail writes to, such as s3://company-trail/AWSLogs',
    );
  }
  const prefix = path.replace(/^\/+/, '');
  const whole = prefix === '' || prefix.endsWith('/') || /\.json(\.gz)?$/.test(prefix);
  return { bucket, prefix: whole ? prefix : `${prefix}/` };
}

/** Without those that lie inside another. */
const distinct = (all: readonly Parts[]): readonly Parts[] =>
  all.filter(
    (one, index) =>
      !all.some(
        (other, at) =>
          at !== index && other.bucket === one.bucket && one.prefix.startsWith(other.prefix) && (one.prefix !== other.prefix || at < index),
      ),
  );

const nothingUnder = ({ bucket, prefix }: Listing) =>
  badInput(
    'NO_SUCH_SOURCE',
    `reading the trail (${shown(urlOf(bucket.name, prefix))}): there is nothing under it`,
    'name the prefix before AWSLogs/ where the trail writes to, or the bucket alone',
  );
