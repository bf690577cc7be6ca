// A trail by the names of its sources, whatever kind they are.
import { badInput, shown } from '../errors.ts';
import { joinReadings } from './join-readings.ts';
import { readFiles } from './read.ts';
import type { Remote } from './remote.ts';
import type { ReadOptions, TrailReading } from './types.ts';

/**
 * Reads the sources that somebody named: files and folders, `s3://BUCKET/PREFIX`, `athena://WORKGROUP/DATABASE.TABLE`. Sources of
 * one kind are read together, so that what stands in two of them counts once; Athena's tables each alone.
 * @param remote null: AWS is asked nothing
 * @throws PerimeterError (exit 2) for a source that does not exist, is of a kind that cannot be read, or needs AWS where `remote`
 *   is null; the signal's reason when it is aborted
 */
export async function readTrail(sources: readonly string[], options: ReadOptions, remote: Remote | null): Promise<TrailReading> {
  const kinds = sources.map(kindOf);
  const of = (kind: Kind): readonly string[] => sources.filter((_, index) => kinds[index] === kind);
  const online = (): Remote => {
    if (remote !== null) return remote;
    const source = sources.find((_, index) => kinds[index] !== 'files') ?? '';
    throw badInput(
      'SOURCE',
      `reading the trail (${shown(source)}): with --offline AWS is asked nothing`,
      'leave out --offline, or name folders or files of CloudTrail logs',
    );
  };
  const [files, tables, buckets] = [of('files'), of('athena'), of('s3')];
  if (tables.length + buckets.length > 0) online();
  const readings: TrailReading[] = [];
  if (files.length > 0 || sources.length === 0) readings.push(await readFiles(files, options));
  if (buckets.length > 0) {
    const { readS3 } = await import('./s3.ts');
    readings.push(await readS3(buckets, options, online()));
  }
  for (const table of tables) {
    const { readAthena } = await import('./athena.ts');
    readings.push(await readAthena(table, options, online()));
  }
  return joinReadings(readings);
}

type Kind = TrailReading['source']['kind'];

function kindOf(source: string): Kind {
  const scheme = /^([a-z0-9]+):\/\//i.exec(source)?.[1]?.toLowerCase();
  if (scheme === undefined) return 'files';
  if (scheme === 's3' || scheme === 'athena') return scheme;
  throw badInput(
    'SOURCE',
    `reading the trail (${shown(source)}): no such kind of source`,
    'name folders or files of CloudTrail logs, s3://BUCKET/PREFIX or athena://WORKGROUP/DATABASE.TABLE',
  );
}
