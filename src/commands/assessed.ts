// What was assessed before the perimeter was put on, read from beside the journal: `watch` and `report` compare with it.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssessedDay } from '../access/assess.ts';
import type { ForetoldPath } from '../access/predicted.ts';
import { badInput } from '../errors.ts';
import type { JournalState } from '../journal/journal.ts';

/** What was assessed before the perimeter was put on, as it is kept beside the journal. */
export interface Assessed {
  readonly at: string;
  readonly sources: readonly string[];
  readonly paths: readonly ForetoldPath[];
  /** How many paths were not kept. */
  readonly left: number;
  /** None where an earlier version wrote it. */
  readonly days: readonly AssessedDay[];
}

/**
 * Reads the paths of the journal's last assessment; null: there is none.
 * @throws PerimeterError (exit 2) where the file is gone or is not what was written
 */
export async function readAssessed(state: JournalState, dir: string): Promise<Assessed | null> {
  const { assessed } = state;
  if (assessed === null) return null;
  const { file, sha256, left } = assessed.details;
  const path = join(dir, file);
  const remedy = 'put the file back from a copy; or assess anew with apply --assess SOURCE, which writes another';
  const refused = (cause: string, error?: unknown) => badInput('ASSESSED', `reading what was assessed (${path}): ${cause}`, remedy, error);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw refused(`it cannot be read (${String(error.code)})`, error);
    throw error;
  }
  // The journal's hash vouches for every field of it.
  if (createHash('sha256').update(text).digest('hex') !== sha256) throw refused("it is not what the journal's hash says");
  const { paths, days }: Pick<Assessed, 'paths'> & { readonly days?: Assessed['days'] } = JSON.parse(text);
  return { at: assessed.at, sources: assessed.sources, paths, left, days: days ?? [] };
}
