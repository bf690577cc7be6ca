// Drives the program through a pseudo-terminal, as a person would: waits for what is on the screen, types, waits on.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';

export const program = fileURLToPath(new URL('../../bin/quilt-perimeter.js', import.meta.url));

export const keys = { enter: '\r', up: '\u001b[A', down: '\u001b[B', ctrlC: '\u0003' } as const;

/** A new empty folder for one test's files. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'quilt-perimeter-e2e-'));

export interface Terminal {
  /** All that was printed since the last match, without control characters. */
  readonly unread: () => string;
  readonly all: () => string;
  /** The same with control characters. */
  readonly raw: () => string;
  /** Resolves with the match once the pattern is on the screen; what came before it is read. Rejects after `seconds`. */
  readonly sees: (pattern: RegExp, seconds?: number) => Promise<RegExpMatchArray>;
  readonly type: (text: string) => void;
  readonly kill: (signal: string) => void;
  readonly exit: Promise<number>;
}

/** Starts the program with these arguments in a terminal of 100 columns. */
export const openTerminal = (args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Terminal =>
  openProgram([process.execPath, program, ...args], cwd, env);

/** Starts any program in a terminal of 100 columns. */
export function openProgram(
  [file, ...args]: readonly [string, ...string[]],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Terminal {
  const child = spawn(file, args, {
    cols: 100,
    rows: 50,
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, TERM: 'xterm-256color', ...env },
  });
  let all = '';
  let raw = '';
  let read = 0;
  let exited = false;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const check of [...waiting]) check();
  };
  child.onData((data) => {
    raw += data;
    all += stripVTControlCharacters(data);
    wake();
  });
  const exit = new Promise<number>((resolve) => {
    child.onExit(({ exitCode }) => {
      exited = true;
      wake();
      resolve(exitCode);
    });
  });
  return {
    unread: () => all.slice(read),
    all: () => all,
    raw: () => raw,
    sees: (pattern, seconds = 90) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const match = pattern.exec(all.slice(read));
          if (match === null && !exited) return;
          waiting.delete(check);
          clearTimeout(bound);
          if (match === null) reject(new Error(`the program ended without ${pattern}; it printed:\n${all.slice(read)}`));
          else {
            read += match.index + match[0].length;
            resolve(match);
          }
        };
        const bound = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`${pattern} was not printed within ${seconds} s; instead:\n${all.slice(read)}`));
        }, seconds * 1000);
        waiting.add(check);
        check();
      }),
    type: (text) => child.write(text),
    kill: (signal) => child.kill(signal),
    exit,
  };
}
