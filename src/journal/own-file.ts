// Files besides the journal that are the operator's alone: a saved plan holds policies and addresses.
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { badInput, failed, PerimeterError } from '../errors.ts';
import { type Disk, disk as realDisk } from './disk.ts';

/** What is being written, for errors: `saving plan`, `PLAN_WRITE`. */
export interface OwnFile {
  readonly path: string;
  readonly doing: string;
  readonly code: string;
}

/**
 * Writes the file whole or not at all, readable by its owner alone, whatever was there. A symbolic link is not followed.
 * @throws PerimeterError with the file's code: bad input where a link or no file stands there, failed where it cannot be written
 */
export async function writeOwnFile({ path, doing, code }: OwnFile, text: string, disk: Disk = realDisk): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  try {
    const kind = await disk.kindOf(path);
    if (kind !== null && kind !== 'file') {
      const what = kind === 'link' ? 'it is a symbolic link, which is not followed' : `it is ${kind === 'folder' ? 'a folder' : 'no file'}`;
      throw badInput(code, `${doing} (${path}): ${what}`, 'name another file');
    }
    await disk.create(draft, text);
    await disk.rename(draft, path);
    await disk.syncFolder(dirname(path));
  } catch (error) {
    if (error instanceof PerimeterError || !(error instanceof Error)) throw error;
    await disk.remove(draft);
    throw failed(code, `${doing} (${path}): ${error.message}`, 'name a file that can be written', error);
  }
}
