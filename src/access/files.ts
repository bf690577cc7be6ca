// Which files of the sources hold CloudTrail's logs, told by names alone: nothing is opened here.
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { badInput, shown } from '../errors.ts';
import type { TrailWindow } from './types.ts';

export interface LogFile {
  /** Relative to the source that it was found in, with `/`. */
  readonly name: string;
  readonly path: string;
  /** Bytes on the disk. */
  readonly size: number;
}

interface FoundFiles {
  readonly files: readonly LogFile[];
  /** How many files were passed over, by reason. */
  readonly skipped: { readonly [reason: string]: number };
  /** What could not be listed. */
  readonly errors: readonly { readonly file: string; readonly reason: string }[];
}

const day = 86_400_000;

/**
 * Why a log file is passed over by its path alone, or null. CloudTrail's layout (F18) tells the kind, and the day of delivery:
 * a file holds events from before its delivery only, and what is delivered more than a day late is not looked for.
 */
export function passedOver(path: string, window: TrailWindow): string | null {
  const name = basename(path);
  if (/(^|\/)CloudTrail-Digest\/|_CloudTrail-Digest_/.test(path)) return 'digest';
  if (/(^|\/)CloudTrail-Insight\/|_CloudTrail-Insight_/.test(path)) return 'insight';
  if (/(^|\/)CloudTrail-NetworkActivity\/|_CloudTrail-NetworkActivity_/.test(path)) return 'network activity';
  if (!/\.json(\.gz)?$/.test(name)) return 'another kind of file';
  const [, year, month, date] = /\/CloudTrail\/[^/]+\/(\d{4})\/(\d{2})\/(\d{2})\/[^/]+$/.exec(path) ?? [];
  if (year === undefined) return null;
  const delivered = Date.UTC(Number(year), Number(month) - 1, Number(date));
  const tooEarly = window.since !== null && delivered + day <= window.since;
  const tooLate = window.before !== null && delivered - day >= window.before;
  return tooEarly || tooLate ? 'outside the days asked for' : null;
}

/** CloudTrail never gives two log files one name: account, Region, minute and 16 random characters. */
const unmistakable = /^\d{12}_CloudTrail_[a-z0-9-]+_\d{8}T\d{4}Z_[A-Za-z0-9]{16}\.json(\.gz)?$/;

/**
 * The log files of files and folders, sorted by name; a file that is reached twice, or that lies in two places under a name
 * which CloudTrail gives once, is taken once. Throws bad input for a source that does not exist.
 */
export async function findLogFiles(sources: readonly string[], window: TrailWindow): Promise<FoundFiles> {
  const files: LogFile[] = [];
  const skipped: Record<string, number> = {};
  const errors: { file: string; reason: string }[] = [];
  const seen = new Set<string>();
  const skip = (reason: string): void => {
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };

  async function visit(path: string, root: string): Promise<void> {
    try {
      const real = await realpath(path);
      const about = await stat(real);
      if (about.isDirectory()) {
        if (seen.has(real)) return;
        seen.add(real);
        const entries: Dirent[] = await readdir(real, { withFileTypes: true });
        for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) await visit(join(path, name), root);
        return;
      }
      const reason = about.isFile() ? passedOver(path.split(sep).join('/'), window) : 'another kind of file';
      if (reason !== null) {
        skip(reason);
        return;
      }
      const once = unmistakable.test(basename(path)) ? basename(path) : real;
      if (seen.has(real) || seen.has(once)) {
        skip('the same log file again');
        return;
      }
      seen.add(real).add(once);
      const name = path === root ? basename(path) : relative(root, path).split(sep).join('/');
      files.push({ name, path, size: about.size });
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause)) throw cause;
      errors.push({ file: path, reason: `cannot be opened (${cause.code})` });
    }
  }

  for (const source of sources) {
    const root = resolve(source);
    await stat(root).catch((cause: NodeJS.ErrnoException) => {
      throw badInput(
        'NO_SUCH_SOURCE',
        `reading the trail (${shown(source)}): ${cause.code === 'ENOENT' ? 'there is no such file or folder' : cause.code}`,
        'Name a folder or a file of CloudTrail logs (.json.gz or .json).',
        cause,
      );
    });
    await visit(root, root);
  }
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), skipped, errors };
}
