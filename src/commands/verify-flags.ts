// What only `verify` takes, and the file that it writes.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { badInput, failed, shown } from '../errors.ts';
import type { Verification } from '../verify/check.ts';
import { isServer } from '../verify/resolver.ts';
import type { Flags } from './flags.ts';
import { waitSecondsOf } from './wait-flag.ts';

/** Who is asked for names; `server` null: as programs of this machine ask. */
export interface Dns {
  readonly server: string | null;
}

/**
 * `waitSeconds` 0: look once; `junit` null: no file; `dns` null: nobody is asked for names.
 * @throws PerimeterError FLAG (exit 2) for a duration that is none, a file without a name, or a DNS server that is none
 */
export function verifyFlagsOf(flags: Flags): { readonly waitSeconds: number; readonly junit: string | null; readonly dns: Dns | null } {
  const { junit } = flags;
  if (junit === '') throw badInput('FLAG', 'reading --junit (empty): expected a file', 'name the file that the result is written to');
  return { waitSeconds: waitSecondsOf(flags), junit: junit ?? null, dns: dnsOf(flags) };
}

function dnsOf({ dns, sandbox }: Flags): Dns | null {
  if (dns === undefined) return null;
  if (dns === true) {
    if (sandbox === undefined) return { server: null };
    throw badInput(
      'FLAG',
      'reading --dns: the sandbox has no DNS of its own, and this machine resolves the real names',
      'name a DNS server with --dns 127.0.0.1:5353, or leave it out',
    );
  }
  if (isServer(dns)) return { server: dns };
  throw badInput(
    'FLAG',
    `reading --dns (${shown(dns)}): it is no DNS server`,
    'give its address, and its port unless it is 53: 10.0.0.2:5353',
  );
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
