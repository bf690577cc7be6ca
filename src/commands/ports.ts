import type { Clock, Ids } from '../ports.ts';

/** What cli.ts takes from the process and hands on. */
export interface ProgramPorts {
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly ids: Ids;
  /** In [0, 1). */
  readonly random: () => number;
  /** For the lock: who holds it, and whether another holder still lives. */
  readonly process: { readonly pid: number; kill(pid: number, signal: 0): unknown };
  readonly version: string;
  /** As typed, without the program's name: `apply --yes`. */
  readonly commandLine: string;
}
