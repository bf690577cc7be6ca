// The world on disk: one JSON file that several processes share, each change under a lock and written before its answer.
import { randomUUID } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sync as writeFileAtomic } from 'write-file-atomic';
import { badInput, failed, PerimeterError } from '../errors.ts';
import { type CallLog, fileLog } from './call-log.ts';
import type { World } from './world.ts';

export interface WorldStore {
  /** The newest world, read only when another process has written since. */
  current(): World;
  /** Writes `current()`'s object back. To be called with the lock held. */
  save(): void;
  /**
   * Runs `change` with the lock held. `change` is synchronous, so that within a process nothing comes between.
   * Throws failed `SANDBOX_LOCK` where the lock cannot be had within ten seconds.
   */
  locked<T>(change: () => T): Promise<T>;
  readonly log: CallLog;
}

/**
 * The world of a folder, made by `build` where there is none or `reset` is set.
 * Throws bad input `SANDBOX_SCENARIO` (exit 2) where the folder holds another scenario, `SANDBOX_WORLD` where its file
 * is not a world, `SANDBOX_LINK` where a symbolic link stands in the way; failed `SANDBOX_WRITE` where the folder cannot be made.
 */
export function openStore(dir: string, scenario: string, options: { readonly reset: boolean; readonly build: () => World }): WorldStore {
  const file = join(dir, 'world.json');
  const log = fileLog(join(dir, 'calls.jsonl'));
  makeFolder(dir);
  for (const name of ['world.json', 'calls.jsonl', 'world.lock']) requireOwn(join(dir, name), 'file');
  if (options.reset || stampOf(file) === null) {
    log.clear();
    write(file, options.build());
  }
  const store = storeOf(file, join(dir, 'world.lock'), log);
  const stored = store.current().scenario;
  if (stored !== scenario) {
    throw badInput(
      'SANDBOX_SCENARIO',
      `opening sandbox (${dir}): it holds scenario ${stored}, not ${scenario}`,
      `give --sandbox=${stored} to go on with it, or --sandbox-reset to begin anew with ${scenario}`,
    );
  }
  return store;
}

// The folder, and `.quilt-perimeter` above it, are their owner's alone.
function makeFolder(dir: string): void {
  const above = dirname(dir);
  for (const each of basename(above) === '.quilt-perimeter' ? [above, dir] : [dir]) {
    try {
      requireOwn(each, 'folder');
      mkdirSync(each, { recursive: true, mode: 0o700 });
      if ((statSync(each).mode & 0o777) !== 0o700) chmodSync(each, 0o700);
    } catch (error) {
      if (error instanceof PerimeterError || !(error instanceof Error)) throw error;
      throw failed('SANDBOX_WRITE', `making folder (${each}): ${error.message}`, 'name a folder that can be written, with --dir', error);
    }
  }
}

// What was wider is narrowed; what is no file or folder of ours is not touched.
function requireOwn(path: string, expected: 'file' | 'folder'): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || (expected === 'folder' && found.isDirectory())) return;
  if (expected === 'file' && found.isFile()) {
    if ((found.mode & 0o777) !== 0o600) chmodSync(path, 0o600);
    return;
  }
  const what = found.isSymbolicLink() ? 'a symbolic link, which is not followed' : `no ${expected}`;
  throw badInput('SANDBOX_LINK', `opening sandbox (${path}): it is ${what}`, 'move away what is there, or name another --dir');
}

function storeOf(file: string, lockFile: string, log: CallLog): WorldStore {
  let stamp = stampOf(file);
  let world = read(file);
  return {
    log,
    current() {
      const found = stampOf(file);
      if (found !== stamp) {
        world = read(file);
        stamp = found;
      }
      return world;
    },
    save() {
      write(file, world);
      stamp = stampOf(file);
    },
    async locked(change) {
      const release = await takeLock(lockFile);
      try {
        log.refresh();
        return change();
      } finally {
        release();
      }
    },
  };
}

/** What changes whenever the file is replaced; null: there is none. */
function stampOf(file: string): string | null {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.ino}/${stat.size}/${stat.mtimeNs}` : null;
}

function read(file: string): World {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw badInput('SANDBOX_WORLD', `reading sandbox (${file}): it is not JSON`, 'begin anew with --sandbox-reset', error);
  }
}

// Not flushed to the disk: the world need only outlive the process, and every write waits for this.
const write = (file: string, world: World): void => writeFileAtomic(file, JSON.stringify(world), { mode: 0o600, fsync: false });

/** Whoever holds the lock does so for milliseconds; older than this, its process was killed. */
const staleAfter = 5_000;
const giveUpAfter = 10_000;

async function takeLock(file: string): Promise<() => void> {
  const mine = randomUUID();
  const began = Date.now();
  while (!create(file, mine)) {
    removeStale(file);
    if (Date.now() - began > giveUpAfter) {
      throw failed('SANDBOX_LOCK', `locking sandbox (${file}): another process holds it`, `end that process, or remove ${file}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 2 + Math.random() * 8));
  }
  return () => {
    if (holderOf(file) === mine) rmSync(file, { force: true });
  };
}

function create(file: string, holder: string): boolean {
  try {
    writeFileSync(file, holder, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

// Two processes may find the same stale lock: whoever moved a fresh one away in its place puts it back.
function removeStale(file: string): void {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat || Date.now() - stat.mtimeMs < staleAfter) return;
  const stale = holderOf(file);
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  if (holderOf(aside) === stale) rmSync(aside, { force: true });
  else renameSync(aside, file);
}

function holderOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

const isCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;
