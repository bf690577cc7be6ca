// Reads journal lines from bytes. A cut last line is what a crash leaves and is passed over; anything else that does not
// parse is damage, and nobody guesses around damage.
import { badInput } from '../errors.ts';
import { type Entry, journalVersion } from './entries.ts';

export interface ReadJournal {
  readonly entries: readonly Entry[];
  /** How many bytes hold complete lines; what follows is the cut. */
  readonly soundBytes: number;
  readonly torn: boolean;
}

const newline = 0x0a;

/**
 * The journal's entries, oldest first.
 * @throws PerimeterError (input) naming the line where a complete line is damaged or of a newer version
 */
export async function readEntries(bytes: Uint8Array, path: string): Promise<ReadJournal> {
  const soundBytes = bytes.lastIndexOf(newline) + 1;
  const torn = soundBytes < bytes.length;
  if (soundBytes === 0) return { entries: [], soundBytes, torn };

  const { checkEntry } = await import('./schema.ts');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, soundBytes - 1).toString('utf8');
  const entries = text.split('\n').map((line, index) => {
    const value = parse(line, index + 1, path);
    const version = versionOf(value);
    if (version !== null && version > journalVersion) {
      throw badInput(
        'JOURNAL_NEWER',
        `reading journal (${path}): line ${index + 1} was written by a newer version (entry version ${version})`,
        'use the version that wrote it, or a newer one',
      );
    }
    const result = checkEntry(value);
    if (!result.ok) throw damaged(path, index + 1, result.why);
    return result.value;
  });
  return { entries, soundBytes, torn };
}

function parse(line: string, number: number, path: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw damaged(path, number, 'not JSON');
  }
}

const versionOf = (value: unknown): number | null =>
  typeof value === 'object' && value !== null && 'v' in value && typeof value.v === 'number' ? value.v : null;

const damaged = (path: string, line: number, why: string) =>
  badInput(
    'JOURNAL_DAMAGED',
    `reading journal (${path}): line ${line} is damaged: ${why}`,
    'put back a sound copy of the file, or repair that line by hand; nothing was changed',
  );
