// Files of a trail: gzipped JSON in the trail's bucket, laid out as CloudTrail does (F18), minutes after the events.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { newObject } from '../s3/state.ts';
import type { World } from '../world.ts';
import type { TrailState, WaitingFile } from './state.ts';

/** How long the first event of a file waits: CloudTrail's average, in simulated milliseconds. */
const filesAfter = 300_000;

/** Delivers what is due at `now` (simulated milliseconds). Returns whether anything was. */
export function deliverDue(world: World, now: number): boolean {
  return deliver(world, now, (file) => file.since + filesAfter <= now);
}

/** Delivers everything that waits. Returns whether anything did. */
export const deliverAll = (world: World, now: number): boolean => deliver(world, now, () => true);

function deliver(world: World, now: number, isDue: (file: WaitingFile) => boolean): boolean {
  const { cloudTrail } = world;
  const due = cloudTrail?.waiting?.filter(isDue) ?? [];
  if (cloudTrail === undefined || due.length === 0) return false;
  for (const file of due) {
    const trail = cloudTrail.trails.find(({ name }) => name === file.trail);
    const bucket = trail === undefined ? undefined : world.s3.buckets[trail.bucket];
    if (trail === undefined || bucket === undefined) continue;
    const body = gzipSync(JSON.stringify({ Records: file.records }));
    bucket.objects[keyOf(world, trail, file, now)] = [newObject(body, now, { contentType: 'application/json', metadata: {} })];
  }
  cloudTrail.waiting = (cloudTrail.waiting ?? []).filter((file) => !due.includes(file));
  return true;
}

function keyOf(world: World, trail: TrailState, { accountId, region, since }: WaitingFile, now: number): string {
  const [day = '', time = ''] = new Date(now).toISOString().split('T');
  const stamp = `${day.replaceAll('-', '')}T${time.slice(0, 5).replace(':', '')}Z`;
  const unique = createHash('sha256')
    .update(`${world.seed}/${trail.name}/${accountId}/${region}/${since}/${now}`)
    .digest('hex')
    .slice(0, 16);
  const organization = trail.organizationId === null ? '' : `${trail.organizationId}/`;
  const folder = `${trail.prefix === null ? '' : `${trail.prefix}/`}AWSLogs/${organization}${accountId}/CloudTrail/${region}/${day.replaceAll('-', '/')}`;
  return `${folder}/${accountId}_CloudTrail_${region}_${stamp}_${unique}.json.gz`;
}

/** The files that trails have delivered, by their keys in the trails' buckets. */
export function deliveredFiles(world: World): readonly { readonly bucket: string; readonly key: string; readonly body: Buffer }[] {
  return (world.cloudTrail?.trails ?? []).flatMap((trail) =>
    Object.entries(world.s3.buckets[trail.bucket]?.objects ?? {})
      .filter(([key]) => isTrailFile(key))
      .map(([key, versions]) => ({ bucket: trail.bucket, key, body: Buffer.from(versions.at(-1)?.body ?? '', 'base64') })),
  );
}

/** Whether an object's key is that of a file of a trail. */
export const isTrailFile = (key: string): boolean => /(^|\/)AWSLogs\/.*\/CloudTrail\/.*\.json\.gz$/.test(key);
