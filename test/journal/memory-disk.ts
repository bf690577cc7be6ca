// A disk in memory, with hooks at which a test makes it fail or be cut short.
import { dirname } from 'node:path';
import type { Disk } from '../../src/journal/disk.ts';

export class MemoryDisk implements Disk {
  readonly files = new Map<string, Buffer>();
  readonly links = new Set<string>();
  readonly folders = new Set<string>();
  /** Called before bytes are appended; returns how many of them reach the disk, and may throw. */
  onAppend: (length: number, bytes: Uint8Array) => number = (length) => length;
  /** Thrown by an append that was cut short. */
  cut: () => Error = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  /** Called before anything else that writes. */
  onWrite: () => void = () => undefined;
  syncs = 0;
  appends = 0;
  /** What has been synced, by path. */
  readonly #synced = new Map<string, Buffer>();

  /** A disk as it is found after the power went: appended bytes that were not synced are gone. */
  afterPowerCut(): MemoryDisk {
    const found = new MemoryDisk();
    for (const folder of this.folders) found.folders.add(folder);
    for (const link of this.links) found.links.add(link);
    for (const [path, content] of this.#synced) found.#put(path, content);
    return found;
  }

  /** Adds bytes to the end of a file, of which there may be none yet, as a process left them that was killed meanwhile. */
  leave(path: string, bytes: Uint8Array): void {
    this.#put(path, Buffer.concat([this.files.get(path) ?? Buffer.alloc(0), bytes]));
  }

  /** Puts a file there as if it had been there for long. */
  #put(path: string, content: Buffer): void {
    this.files.set(path, content);
    this.#synced.set(path, content);
  }

  /** A file's content; empty where there is none. */
  text(path: string): string {
    return this.files.get(path)?.toString('utf8') ?? '';
  }

  async kindOf(path: string) {
    if (this.links.has(path)) return 'link' as const;
    if (this.files.has(path)) return 'file' as const;
    return this.folders.has(path) ? ('folder' as const) : null;
  }

  async makeFolder(path: string) {
    this.onWrite();
    for (let each = path; !this.folders.has(each) && each !== dirname(each); each = dirname(each)) this.folders.add(each);
  }

  async read(path: string) {
    return this.files.get(path) ?? null;
  }

  async openForAppend(path: string) {
    this.onWrite();
    if (!this.files.has(path)) this.files.set(path, Buffer.alloc(0));
    const content = () => this.files.get(path) ?? Buffer.alloc(0);
    return {
      append: async (bytes: Uint8Array) => {
        this.appends += 1;
        const arrive = this.onAppend(bytes.length, bytes);
        this.files.set(path, Buffer.concat([content(), bytes.subarray(0, arrive)]));
        if (arrive < bytes.length) throw this.cut();
      },
      truncate: async (size: number) => {
        this.onWrite();
        this.files.set(path, content().subarray(0, size));
      },
      sync: async () => {
        this.onWrite();
        this.syncs += 1;
        this.#synced.set(path, content());
      },
      close: async () => undefined,
    };
  }

  async create(path: string, text: string) {
    this.onWrite();
    if (this.files.has(path)) return false;
    this.#put(path, Buffer.from(text));
    return true;
  }

  async rename(from: string, to: string) {
    this.onWrite();
    const file = this.files.get(from);
    if (file === undefined) return false;
    this.files.delete(from);
    this.#synced.delete(from);
    this.#put(to, file);
    return true;
  }

  async remove(path: string) {
    this.onWrite();
    this.files.delete(path);
    this.#synced.delete(path);
  }

  async syncFolder() {
    this.onWrite();
  }
}
