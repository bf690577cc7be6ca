// Which objects of a bucket are logs of the days asked for. CloudTrail's layout (F18) is walked from folder to folder, so that other
// days, Regions and accounts are not even listed; what has not that layout is listed as a plain folder.
import pLimit from 'p-limit';
import type { AwsContext } from '../aws/context.ts';
import { type LogBucket, type LogObject, listFolders, listObjects } from '../aws/log-bucket.ts';
import { passedOver } from './files.ts';
import type { TrailWindow } from './types.ts';

export interface Listing {
  readonly bucket: LogBucket;
  /** Empty, or with a slash at its end, or a single key. */
  readonly prefix: string;
}

export interface Asked {
  readonly window: TrailWindow;
  readonly regions: readonly string[] | null;
  readonly accounts: readonly string[] | null;
}

export interface Listed {
  /** How many keys there were at all. */
  readonly keys: number;
  readonly skipped: { readonly [reason: string]: number };
  /** Whether it has CloudTrail's layout: then no keys in the days asked for is an answer. */
  readonly layout: boolean;
}

/** Listings that run at a time; S3 takes thousands a second. */
const atATime = 8;
const oneDay = 86_400_000;

/**
 * Gives `found` each log of a listing, in no order; waits while `found` does, so that no more is listed than is read.
 * @throws PerimeterError where the bucket may not be listed; the signal's reason when it is aborted
 */
export async function listTrail(
  { bucket, prefix }: Listing,
  asked: Asked,
  found: (object: LogObject) => Promise<void>,
  ctx: AwsContext,
): Promise<Listed> {
  const limit = pLimit(atATime);
  const skipped: Record<string, number> = {};
  const last = dayOf((asked.window.before ?? ctx.clock.now().getTime() + oneDay) - 1) + oneDay;
  let [keys, layout] = [0, false];

  const take = async (objects: readonly LogObject[]): Promise<void> => {
    for (const object of objects) {
      keys++;
      const reason = passedOver(object.key, asked.window);
      if (reason === null) await found(object);
      else skipped[reason] = (skipped[reason] ?? 0) + 1;
    }
  };

  /** A page and what is wanted of it, taken before the next one is asked for: few pages are held at a time. */
  const page = (under: string, after: string | null, wanted: (key: string) => boolean = () => true) =>
    limit(async () => {
      const { objects, last: isLast } = await listObjects(bucket, under, after, ctx);
      const mine = objects.filter(({ key }) => wanted(key));
      await take(mine);
      // Keys come in order: one that is not wanted is behind all that are.
      return { end: isLast || mine.length < objects.length, reached: objects.at(-1)?.key ?? null };
    });

  /** All keys under a prefix behind `after`. */
  const all = async (under: string, after: string | null): Promise<void> => {
    for (let from = after; ; ) {
      const { end, reached } = await page(under, from);
      if (end) return;
      from = reached;
    }
  };

  /** The days asked for of one account and Region: one page where they fit in it, else the days side by side. */
  const days = async (region: string): Promise<void> => {
    const { since } = asked.window;
    const from = since === null ? null : `${region}${pathOfDay(dayOf(since))}`;
    const { end, reached } = await page(region, from, (key) => (dayIn(key, region) ?? 0) <= last);
    if (end || reached === null) return;
    const day = dayIn(reached, region);
    if (day === null) return await all(region, reached);
    const listings = [all(`${region}${pathOfDay(day)}`, reached)];
    for (let next = day + oneDay; next <= last; next += oneDay) listings.push(all(`${region}${pathOfDay(next)}`, null));
    await Promise.all(listings);
  };

  const walk = async (under: string): Promise<void> => {
    const level = levelOf(under);
    layout ||= level !== 'above';
    const folders = (): Promise<readonly string[]> => limit(() => listFolders(bucket, under, ctx));
    switch (level) {
      case 'above': {
        const logs = `${under}AWSLogs/`;
        return (await folders()).includes(logs) ? await walk(logs) : await all(under, null);
      }
      case 'accounts': {
        const inside = (await folders()).filter((folder) => isAsked(asked.accounts, lastPart(folder)) || /\/o-[^/]+\/$/.test(folder));
        await Promise.all(inside.filter((folder) => levelOf(folder) !== 'other').map(walk));
        return;
      }
      case 'account':
        return await walk(`${under}CloudTrail/`);
      case 'regions':
        await Promise.all((await folders()).filter((folder) => isAsked(asked.regions, lastPart(folder))).map(walk));
        return;
      case 'region':
        return await days(under);
      case 'other':
        return await all(under, null);
      default:
        return level satisfies never;
    }
  };

  await walk(prefix);
  return { keys, skipped, layout };
}

/** Where in CloudTrail's layout a prefix stands; `above`: before it, if it has it at all; `other`: below its folders, or beside them. */
function levelOf(prefix: string): 'above' | 'accounts' | 'account' | 'regions' | 'region' | 'other' {
  const [, inside] = /(?:^|\/)AWSLogs\/(.*)$/.exec(prefix) ?? [];
  if (inside === undefined) return prefix === '' || prefix.endsWith('/') ? 'above' : 'other';
  const below = inside.replace(/^o-[^/]+\//, '');
  if (below === '') return 'accounts';
  if (/^\d{12}\/$/.test(below)) return 'account';
  if (/^\d{12}\/CloudTrail\/$/.test(below)) return 'regions';
  return /^\d{12}\/CloudTrail\/[^/]+\/$/.test(below) ? 'region' : 'other';
}

const lastPart = (folder: string): string => folder.split('/').at(-2) ?? '';
const isAsked = (asked: readonly string[] | null, name: string): boolean => asked === null || asked.includes(name);

const dayOf = (time: number): number => Math.floor(time / oneDay) * oneDay;
const pathOfDay = (time: number): string => `${new Date(time).toISOString().slice(0, 10).replaceAll('-', '/')}/`;

/** The day that a key of a Region's folder lies under; null: under none. */
function dayIn(key: string, region: string): number | null {
  const [, year, month, date] = /^(\d{4})\/(\d{2})\/(\d{2})\//.exec(key.slice(region.length)) ?? [];
  return year === undefined ? null : Date.UTC(Number(year), Number(month) - 1, Number(date));
}
