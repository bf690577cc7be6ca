// Where a trail that is still being written lies: which logs are there now, and their bytes. Nothing is remembered here.
import type { AwsContext } from '../aws/context.ts';
import { urlOf } from '../aws/log-bucket.ts';
import { badInput, shown } from '../errors.ts';
import { findLogFiles } from './files.ts';
import { fetchLog, openListings } from './s3.ts';
import { listTrail } from './s3-listing.ts';
import type { TrailWindow } from './types.ts';
import type { LogContent } from './unpack.ts';

/** A log as it lies there now. */
export interface FoundLog {
  /** For people: its path, or `s3://…`. */
  readonly file: string;
  /** What it is known by: logs of one name that CloudTrail gives once are one log. */
  readonly id: string;
  /** Changes when the log is written again. */
  readonly stamp: string;
  /** Its content; or why it cannot be read, as the rest of a sentence. Throws what concerns all logs. */
  content(): Promise<LogContent | string>;
}

export interface ListedLogs {
  readonly logs: readonly FoundLog[];
  /** What could not be listed. */
  readonly errors: readonly { readonly file: string; readonly reason: string }[];
}

/** A trail that can be looked at again and again. */
export interface FollowedSource {
  /** The logs of these days. Throws what concerns all of them; the signal's reason when it is aborted. */
  list(window: TrailWindow): Promise<ListedLogs>;
}

/**
 * The sources that somebody named, folders and files together and buckets together.
 * @param regions whose records are read from S3; null: all
 * @throws PerimeterError (exit 2) for a source that does not exist or cannot be followed
 */
export async function openSources(
  sources: readonly string[],
  regions: readonly string[] | null,
  ctx: AwsContext,
): Promise<readonly FollowedSource[]> {
  const schemeOf = (source: string): string | undefined => /^([a-z0-9]+):\/\//i.exec(source)?.[1]?.toLowerCase();
  const odd = sources.find((source) => !['s3', undefined].includes(schemeOf(source)));
  if (odd !== undefined) {
    throw badInput(
      'SOURCE',
      `following the trail (${shown(odd)}): such a source cannot be followed`,
      'name the folder that logs arrive in, or s3://BUCKET/PREFIX',
    );
  }
  const files = sources.filter((source) => schemeOf(source) === undefined);
  const urls = sources.filter((source) => schemeOf(source) === 's3');
  if (files.length > 0) await findLogFiles(files, { since: null, before: null });
  return [...(files.length === 0 ? [] : [followedFiles(files)]), ...(urls.length === 0 ? [] : [await followedBuckets(urls, regions, ctx)])];
}

const nameOf = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;

/** CloudTrail never gives two log files one name. */
const idOf = (path: string): string => (/_CloudTrail_.*_\d{8}T\d{4}Z_\w{16}\.json/.test(nameOf(path)) ? nameOf(path) : path);

const followedFiles = (paths: readonly string[]): FollowedSource => ({
  async list(window) {
    const { files, errors } = await findLogFiles(paths, window);
    const logs = files.map(
      ({ path, size }): FoundLog => ({ file: path, id: idOf(path), stamp: `${size}`, content: async () => ({ path }) }),
    );
    return { logs, errors };
  },
});

async function followedBuckets(urls: readonly string[], regions: readonly string[] | null, ctx: AwsContext): Promise<FollowedSource> {
  const listings = await openListings(urls, ctx);
  return {
    async list(window) {
      const logs: FoundLog[] = [];
      const found = async (object: Parameters<Parameters<typeof listTrail>[2]>[0]): Promise<void> => {
        const content = async (): Promise<LogContent | string> => {
          const bytes = await fetchLog(object, ctx);
          return typeof bytes === 'string' ? bytes : { bytes };
        };
        logs.push({ file: urlOf(object.bucket.name, object.key), id: idOf(object.key), stamp: object.etag, content });
      };
      await Promise.all(listings.map((listing) => listTrail(listing, { window, regions, accounts: null }, found, ctx)));
      return { logs, errors: [] };
    },
  };
}
