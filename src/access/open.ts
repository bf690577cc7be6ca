// A trail by the names of its sources, whatever kind they are.
import { badInput, shown } from '../errors.ts';
import { readFiles } from './read.ts';
import type { ReadOptions, TrailReading } from './types.ts';

/**
 * Reads the sources that somebody named: files and folders. Throws bad input for one that does not exist or is of a kind that
 * cannot be read, and the signal's reason when it is aborted.
 */
export async function readTrail(sources: readonly string[], options: ReadOptions, _ctx: null): Promise<TrailReading> {
  const strange = sources.find((source) => /^[a-z0-9]+:\/\//i.test(source));
  if (strange !== undefined) {
    throw badInput('SOURCE', `reading the trail (${shown(strange)}): no such kind of source`, 'Name folders or files of CloudTrail logs.');
  }
  return readFiles(sources, options);
}
