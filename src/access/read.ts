// Local files of CloudTrail logs as access paths.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { findLogFiles } from './files.ts';
import { type PlainLog, readPlain } from './plain.ts';
import type { ReadOptions, TrailReading } from './types.ts';

/**
 * Reads files and folders of CloudTrail logs (`.json.gz`, `.json`), and says what was passed over and what could not be read.
 * Throws bad input for a path that does not exist, and the signal's reason when it is aborted.
 */
export async function readFiles(paths: readonly string[], options: ReadOptions): Promise<TrailReading> {
  const found = await findLogFiles(paths, options.window);
  const logs: PlainLog[] = [];
  const errors = [...found.errors];
  const lines: string[] = [];
  let bytes = 0;
  for (const { name, path, size } of found.files) {
    options.signal.throwIfAborted();
    const content = await readFile(path);
    bytes += size;
    lines.push(`${name} ${size} ${createHash('sha256').update(content).digest('hex')}\n`);
    try {
      logs.push({ name: path, text: (path.endsWith('.gz') ? gunzipSync(content) : content).toString('utf8') });
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause)) throw cause;
      errors.push({ file: path, reason: `it cannot be unpacked (${cause.code})` });
    }
    options.progress({ files: logs.length, filesInAll: found.files.length, events: 0, bytes });
  }
  const reading = readPlain(logs, options.window);
  const skipped: Record<string, number> = { ...found.skipped };
  for (const [reason, many] of Object.entries(reading.skipped)) skipped[reason] = (skipped[reason] ?? 0) + many;
  return {
    ...reading,
    source: { kind: 'files', hash: createHash('sha256').update(lines.sort().join('')).digest('hex') },
    files: found.files.length,
    skipped,
    errors: [...errors, ...reading.errors],
    sessionTagsIncomplete: false,
    cost: null,
  };
}
