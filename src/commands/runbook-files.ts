// The script of a rollback on disk: for its owner alone, and never through a symbolic link.
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { badInput, failed, PerimeterError } from '../errors.ts';
import { disk } from '../journal/disk.ts';
import type { Runbook } from '../steps/runbook/script.ts';

/** The folder of the script, beside the journal. */
export const folderOf = (state: string): string => join(state, 'runbook');

/**
 * Writes the files and then the script; what earlier scripts refer to stays. Folder 0700, files 0600, script 0700.
 * @returns the script's path
 * @throws PerimeterError RUNBOOK_LINK (exit 2) where a link stands there, RUNBOOK_WRITE (failed) where it cannot be written
 */
export async function writeRunbook(folder: string, { script, files }: Runbook): Promise<string> {
  const path = join(folder, 'rollback.sh');
  try {
    for (const each of [folder, path]) {
      if ((await disk.kindOf(each)) !== 'link') continue;
      throw badInput('RUNBOOK_LINK', `writing script (${each}): it is a symbolic link, which is not followed`, 'remove it, then run again');
    }
    await disk.makeFolder(folder);
    for (const { name, text } of files) await replace(join(folder, name), text);
    await replace(path, script);
    await chmod(path, 0o700);
    return path;
  } catch (error) {
    if (error instanceof PerimeterError || !(error instanceof Error)) throw error;
    throw failed('RUNBOOK_WRITE', `writing script (${path}): ${error.message}`, 'name a folder that can be written, with --dir', error);
  }
}

async function replace(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  await disk.remove(fresh);
  await disk.create(fresh, text);
  await disk.rename(fresh, path);
}
