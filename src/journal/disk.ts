// The few file operations that the journal and its lock need, as a port: tests put a full disk or a torn write behind it.
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';

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
  /** Makes the folder and those above it as far as they are missing, and sees to it that only its owner may enter. */
  makeFolder(path: string): Promise<void>;
  /** Null: no such file. Does not follow a symbolic link. */
  read(path: string): Promise<Buffer | null>;
  /** Creates the file, readable by its owner alone, or opens the one that is there. Does not follow a symbolic link. */
  openForAppend(path: string): Promise<AppendFile>;
  /** Creates the file with this text; false where one is there already. */
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
    await mkdir(path, { recursive: true, mode: ownerOnly.folder });
    await chmod(path, ownerOnly.folder);
  },
  async read(path) {
    const handle = await unless('ENOENT', null, open(path, constants.O_RDONLY | constants.O_NOFOLLOW));
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
    const handle = await unless('EEXIST', null, open(path, 'wx', ownerOnly.file));
    if (handle === null) return false;
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  },
  rename: (from, to) =>
    unless(
      'ENOENT',
      false,
      rename(from, to).then(() => true),
    ),
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

async function unless<T, U>(code: string, otherwise: U, result: Promise<T>): Promise<T | U> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === code) return otherwise;
    throw error;
  }
}
