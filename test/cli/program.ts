// The program as it is now, bundled into a folder of its own and run as a process.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A new empty folder. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'quilt-perimeter-'));

/** Bundles the program; the path of its cli.js. */
export function bundled(): string {
  const dir = newFolder();
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'build.js'), dir], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return join(dir, 'cli.js');
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program without a terminal, without credentials, and ends it after 60 seconds. */
export const run = (cli: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  runIn(cwd, { AWS_EC2_METADATA_DISABLED: 'true', ...env }, process.execPath, [cli, ...args], 60_000);

/** Runs any program, its environment being PATH, HOME and this alone. `timeout`: milliseconds after which it is ended. */
export function runIn(
  cwd: string,
  env: Readonly<Record<string, string>>,
  program: string,
  args: readonly string[],
  timeout?: number,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env },
      ...(timeout === undefined ? {} : { timeout }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
