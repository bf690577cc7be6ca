// Trails, and whether they log what is done with the objects of a bucket.
import {
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  type GetEventSelectorsCommandOutput,
  GetTrailStatusCommand,
  type Trail as TrailShape,
} from '@aws-sdk/client-cloudtrail';
import type { Known } from '../ports.ts';
import type { AwsContext } from './context.ts';
import { type LoggedData, loggedBy, type Selectors, together } from './event-selectors.ts';
import { readOrUnknown } from './refused.ts';
import { told } from './told.ts';

export interface Trail {
  readonly name: string;
  readonly arn: string;
  readonly homeRegion: string;
  readonly multiRegion: boolean;
  /** Of the organization: every account of it writes to this trail. */
  readonly ofOrganization: boolean;
  /** Where it writes to; the prefix is null where keys begin with `AWSLogs/`. */
  readonly bucket: string;
  readonly prefix: string | null;
  readonly logging: Known<boolean>;
  readonly selectors: Known<Selectors>;
}

/** The trails that the Quilt account sees, the organization's among them; unknown where they may not be listed. */
export const readTrails = (ctx: AwsContext): Promise<Known<readonly Trail[]>> =>
  readOrUnknown('cloudtrail:DescribeTrails', async () => {
    const client = await ctx.aws.cloudTrail(ctx.aws.region);
    // Not paged: an account has at most five trails in a Region.
    const { trailList } = await client.send(new DescribeTrailsCommand({ includeShadowTrails: true }), { abortSignal: ctx.signal });
    return await Promise.all(told(trailList, 'DescribeTrails', 'trailList').map((trail) => readTrail(trail, ctx)));
  });

async function readTrail(shape: TrailShape, ctx: AwsContext): Promise<Trail> {
  const arn = told(shape.TrailARN, 'DescribeTrails', 'TrailARN');
  const homeRegion = told(shape.HomeRegion, 'DescribeTrails', 'HomeRegion');
  const client = await ctx.aws.cloudTrail(homeRegion);
  const [logging, selectors] = await Promise.all([
    readOrUnknown('cloudtrail:GetTrailStatus', async () => {
      const status = await client.send(new GetTrailStatusCommand({ Name: arn }), { abortSignal: ctx.signal });
      return told(status.IsLogging, 'GetTrailStatus', 'IsLogging');
    }),
    readOrUnknown('cloudtrail:GetEventSelectors', async () =>
      selectorsOf(await client.send(new GetEventSelectorsCommand({ TrailName: arn }), { abortSignal: ctx.signal })),
    ),
  ]);
  return {
    name: told(shape.Name, 'DescribeTrails', 'Name'),
    arn,
    homeRegion,
    multiRegion: shape.IsMultiRegionTrail ?? false,
    ofOrganization: shape.IsOrganizationTrail ?? false,
    bucket: told(shape.S3BucketName, 'DescribeTrails', 'S3BucketName'),
    prefix: shape.S3KeyPrefix === undefined || shape.S3KeyPrefix === '' ? null : shape.S3KeyPrefix,
    logging,
    selectors,
  };
}

const selectorsOf = ({ EventSelectors, AdvancedEventSelectors }: GetEventSelectorsCommandOutput): Selectors => ({
  basic: EventSelectors ?? [],
  advanced: AdvancedEventSelectors ?? [],
});

/** Whether the calls to a bucket's objects are in any trail. */
export interface DataEvents {
  /** `part`: some reads or some writes are; `unknown`: a trail that might log them could not be read. */
  readonly state: 'whole' | 'part' | 'none' | 'unknown';
  /** Names of the trails that log any of them. */
  readonly trails: readonly string[];
  /** What is missing, or what could not be read, each in a few words. */
  readonly why: readonly string[];
}

/**
 * Whether the data events of a bucket's objects are logged by these trails.
 * @param bucket `region`: its own, since S3 answers and logs there; null where it is not known
 */
export function dataEventsFor(
  bucket: { readonly name: string; readonly region: string | null; readonly partition: string },
  trails: Known<readonly Trail[]>,
): DataEvents {
  if (!trails.known) return { state: 'unknown', trails: [], why: [`trails cannot be listed (${trails.action}): ${trails.why}`] };
  const reaching = trails.value.filter(
    ({ multiRegion, homeRegion }) => multiRegion || bucket.region === null || homeRegion === bucket.region,
  );
  const names: string[] = [];
  const unread: string[] = [];
  let logged: LoggedData = { reads: 'none', writes: 'none' };
  for (const trail of reaching) {
    const { name, logging, selectors } = trail;
    if (logging.known && !logging.value) continue;
    if (!selectors.known) {
      unread.push(`selectors of trail ${name} cannot be read (${selectors.action})`);
      continue;
    }
    const own = loggedBy(selectors.value, bucket.name, bucket.partition);
    if (own.reads === 'none' && own.writes === 'none') continue;
    if (!logging.known) unread.push(`whether trail ${name} is logging cannot be read (${logging.action})`);
    else if (bucket.region === null && !trail.multiRegion)
      unread.push(`the Region of ${bucket.name} is not known; trail ${name} is of one`);
    else {
      names.push(name);
      logged = together(logged, own);
    }
  }
  const missing = [...gap('reads', logged.reads), ...gap('writes', logged.writes)];
  if (missing.length === 0) return { state: 'whole', trails: names, why: [] };
  if (unread.length > 0) return { state: 'unknown', trails: names, why: unread };
  return { state: names.length === 0 ? 'none' : 'part', trails: names, why: missing };
}

const gap = (what: string, extent: LoggedData['reads']): readonly string[] =>
  extent === 'all' ? [] : [extent === 'none' ? `no ${what} are logged` : `only some ${what} are logged`];
