// Journal lines as bytes, written and read. A cut last line is what a crash leaves and is passed over; anything else that does
// not parse, or whose check sum does not fit, is damage, and nobody guesses around damage.
import { createHash } from 'node:crypto';
import { badInput } from '../errors.ts';
import { type Entry, journalVersion } from './entries.ts';

export interface ReadJournal {
  readonly entries: readonly Entry[];
  /** How many bytes hold complete lines; what follows is the cut. */
  readonly soundBytes: number;
  readonly torn: boolean;
  /** Of the complete lines. */
  readonly sha256: string;
}

const newline = 0x0a;

/** The entry's line: JSON that ends with the check sum of what stands before it. */
export function lineOf(entry: Entry): string {
  const text = JSON.stringify(entry);
  return `${text.slice(0, -1)},"sum":"${sumOf(text)}"}\n`;
}

/**
 * The journal's entries, oldest first. A line without a check sum, as earlier versions wrote and as hands repair, is taken at
 * its word.
 * @throws PerimeterError (input) naming the line where a complete line is damaged or of a newer version
 */
export async function readEntries(bytes: Uint8Array, path: string): Promise<ReadJournal> {
  const soundBytes = bytes.lastIndexOf(newline) + 1;
  const torn = soundBytes < bytes.length;
  const sha256 = createHash('sha256').update(bytes.subarray(0, soundBytes)).digest('hex');
  if (soundBytes === 0) return { entries: [], soundBytes, torn, sha256 };

  const { checkEntry } = await import('./schema.ts');
  const entries: Entry[] = [];
  for (let start = 0; start < soundBytes; ) {
    const end = bytes.indexOf(newline, start);
    const number = entries.length + 1;
    const value = parse(textOf(bytes.subarray(start, end), number, path), number, path);
    const version = versionOf(value);
    if (version !== null && version > journalVersion) {
      throw badInput(
        'JOURNAL_NEWER',
        `reading journal (${path}): line ${number} was written by a newer version (entry version ${version})`,
        'use the version that wrote it, or a newer one',
      );
    }
    const result = checkEntry(value);
    if (!result.ok) throw damaged(path, number, result.why);
    entries.push(result.value);
    start = end + 1;
  }
  return { entries, soundBytes, torn, sha256 };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// The line's JSON text without its check sum.
function textOf(line: Uint8Array, number: number, path: string): string {
  let text: string;
  try {
    text = decoder.decode(line);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw damaged(path, number, 'not UTF-8');
  }
  const [found, sum] = /,"sum":"([0-9a-f]{16})"\}$/.exec(text) ?? [];
  if (found === undefined || sum === undefined) return text;
  const summed = `${text.slice(0, -found.length)}}`;
  if (sumOf(summed) !== sum) throw damaged(path, number, 'its check sum does not fit');
  return summed;
}

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

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
    'put back a sound copy of the file, or repair that line by hand and take its "sum" out; nothing was changed',
  );
