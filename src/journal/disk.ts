// The few file operations that the journal and its lock need, as a port: tests put a full disk or a torn write behind it.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, link, lstat, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';

/** A file open for appending. Sizes are in bytes. */
export interface AppendFile {
  append(bytes: Uint8Array): Promise<void>;
  truncate(size: number): Promise<void>;
  /** Returns once what was written is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface Disk {
  /** What stands at the path itself; a symbolic link is not followed. Null: nothing. */
  kindOf(path: string): Promise<'file' | 'folder' | 'link' | 'other' | null>;
  /** Makes the folder and those above it as far as they are missing, and sees to it that only its owner may enter. A link is not followed. */
  makeFolder(path: string): Promise<void>;
  /** Null: no such file. Does not follow a symbolic link, and does not wait for anybody to write. */
  read(path: string): Promise<Buffer | null>;
  /** Creates the file, readable by its owner alone, or opens the one that is there. Does not follow a symbolic link. */
  openForAppend(path: string): Promise<AppendFile>;
  /** Creates the file whole, with this text, readable by its owner alone; false where one is there already. */
  create(path: string, text: string): Promise<boolean>;
  /** Atomically; false where `from` is gone. */
  rename(from: string, to: string): Promise<boolean>;
  /** Not there is success. */
  remove(path: string): Promise<void>;
  /** Makes creations in a folder last. */
  syncFolder(path: string): Promise<void>;
}

const ownerOnly = { folder: 0o700, file: 0o600 } as const;

/** The real disk. */
export const disk: Disk = {
  async kindOf(path) {
    const stats = await unless('ENOENT', null, lstat(path));
    if (stats === null) return null;
    if (stats.isSymbolicLink()) return 'link';
    if (stats.isDirectory()) return 'folder';
    return stats.isFile() ? 'file' : 'other';
  },
  async makeFolder(path) {
    const made = await mkdir(path, { recursive: true, mode: ownerOnly.folder });
    // An odd umask may keep even the owner from opening what was just made.
    if (made !== undefined) await chmod(path, ownerOnly.folder);
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      const { mode } = await handle.stat();
      // Where it is right already, a read-only folder is left alone.
      if ((mode & 0o777) !== ownerOnly.folder) await handle.chmod(ownerOnly.folder);
    } finally {
      await handle.close();
    }
  },
  async read(path) {
    const handle = await unless('ENOENT', null, open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK));
    if (handle === null) return null;
    try {
      return await readFile(handle);
    } finally {
      await handle.close();
    }
  },
  async openForAppend(path) {
    const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
    const handle = await open(path, flags, ownerOnly.file);
    await handle.chmod(ownerOnly.file);
    return {
      append: (bytes) => handle.appendFile(bytes),
      truncate: (size) => handle.truncate(size),
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  async create(path, text) {
    // Written first and then given its name: whoever finds it finds it whole.
    const draft = `${path}.${randomUUID()}`;
    try {
      await write(draft, text);
      return await unless('EEXIST', false, done(link(draft, path)));
    } catch (error) {
      if (!isCode(error, ...withoutLinks)) throw error;
      return await unless('EEXIST', false, done(write(path, text)));
    } finally {
      await unless('ENOENT', undefined, unlink(draft));
    }
  },
  rename: (from, to) => unless('ENOENT', false, done(rename(from, to))),
  remove: (path) => unless('ENOENT', undefined, unlink(path)),
  async syncFolder(path) {
    const handle = await open(path, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

async function write(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', ownerOnly.file);
  try {
    // What the process's umask took from the owner.
    await handle.chmod(ownerOnly.file);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

// What file systems without hard links answer to link().
const withoutLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

const done = (result: Promise<void>): Promise<true> => result.then(() => true);

async function unless<T, U>(code: string, otherwise: U, result: Promise<T>): Promise<T | U> {
  try {
    return await result;
  } catch (error) {
    if (isCode(error, code)) return otherwise;
    throw error;
  }
}

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.some((code) => error.code === code);
