// What only `verify` takes, and the file that it writes.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { badInput, failed, shown } from '../errors.ts';
import type { Verification } from '../verify/check.ts';
import type { Flags } from './flags.ts';
import { waitSecondsOf } from './wait-flag.ts';

/**
 * `waitSeconds` 0: look once; `junit` null: no file.
 * @throws PerimeterError FLAG (exit 2) for a duration that is none, or a file without a name
 */
export function verifyFlagsOf({ wait, junit }: Flags): { readonly waitSeconds: number; readonly junit: string | null } {
  if (junit === '') throw badInput('FLAG', 'reading --junit (empty): expected a file', 'name the file that the result is written to');
  return { waitSeconds: waitSecondsOf({ wait }), junit: junit ?? null };
}

/** Writes the result as JUnit XML. Throws PerimeterError JUNIT_WRITE (failed) where it cannot be written. */
export async function writeJunit(file: string, cwd: string, verification: Verification): Promise<void> {
  const { junitXml } = await import('../ui/junit.ts');
  const path = resolve(cwd, file);
  try {
    await writeFile(path, junitXml(verification));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw failed(
      'JUNIT_WRITE',
      `writing the result (${shown(path)}): ${error.message}`,
      'name a file that can be written, with --junit',
      error,
    );
  }
}
