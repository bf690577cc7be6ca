// Local files of CloudTrail logs as access paths.
import { createHash } from 'node:crypto';
import { findLogFiles } from './files.ts';
import { merge } from './merge.ts';
import { openReaders } from './readers.ts';
import type { ReadOptions, TrailReading } from './types.ts';

/**
 * Reads files and folders of CloudTrail logs (`.json.gz`, `.json`), and says what was passed over and what could not be read.
 * Throws bad input for a path that does not exist, and the signal's reason when it is aborted.
 */
export async function readFiles(paths: readonly string[], options: ReadOptions): Promise<TrailReading> {
  const { window, workers, signal } = options;
  const found = await findLogFiles(paths, window);
  const errors = [...found.errors];
  const lines: string[] = [];
  const done = { files: 0, events: 0, bytes: 0 };
  const readers = openReaders(
    window,
    Math.min(workers, found.files.length),
    found.files.reduce((sum, { size }) => sum + size, 0),
  );
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
  });
  // The largest first, so that no thread is left with a large one at the end.
  const queue = [...found.files].sort((a, b) => a.size - b.size);
  const readOn = async (): Promise<void> => {
    for (let file = queue.pop(); file !== undefined && !signal.aborted; file = queue.pop()) {
      const { broken, bytes, sha256, events } = await readers.read({ path: file.path });
      if (broken !== null) errors.push({ file: file.path, reason: broken });
      lines.push(`${file.name} ${bytes} ${sha256}\n`);
      done.files++;
      done.events += events;
      done.bytes += bytes;
      options.progress({ ...done, filesInAll: found.files.length });
    }
  };
  try {
    signal.throwIfAborted();
    await Promise.race([Promise.all(Array.from({ length: workers }, readOn)), aborted]);
    const merged = merge(await readers.finish());
    const skipped: Record<string, number> = { ...found.skipped };
    for (const [reason, many] of Object.entries(merged.skipped)) skipped[reason] = (skipped[reason] ?? 0) + many;
    return {
      ...merged,
      source: { kind: 'files', hash: createHash('sha256').update(lines.sort().join('')).digest('hex') },
      files: found.files.length,
      skipped,
      errors: errors.sort((a, b) => (a.file < b.file ? -1 : 1)),
      cost: null,
    };
  } finally {
    signal.removeEventListener('abort', abort);
    await readers.close();
  }
}
