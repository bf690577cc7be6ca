// The journal on disk: opened under a lock, read whole, appended to one line at a time, each on the disk before the
// call returns.
import { basename, dirname, join, resolve } from 'node:path';
import { badInput, failed, type PerimeterError, stopped } from '../errors.ts';
import type { Clock, Ids, Json, Place } from '../ports.ts';
import { type AppendFile, type Disk, disk as realDisk } from './disk.ts';
import { type Entry, type EntryBody, journalVersion } from './entries.ts';
import { type Lock, takeLock } from './lock.ts';
import type { Machine } from './machine.ts';
import { lineOf, type ReadJournal, readEntries } from './read.ts';
import { type JournalState, replay } from './replay.ts';

export interface Journal {
  /** Of journal.jsonl. */
  readonly path: string;
  /** The id under which this process writes, and which steps see as `ctx.run.id`. */
  readonly run: { readonly id: string };
  /** What the journal says where it stands, else where these credentials stand. Client tokens are made from it. */
  readonly place: Place | null;
  /** Whether it held any entry when it was opened. */
  readonly exists: boolean;
  /** Sentences for the operator: a stale lock taken over, a cut line. */
  readonly notes: readonly string[];
  /** What it says now, appended entries included. */
  readonly state: JournalState;
  /** The same, line by line, oldest first. */
  readonly entries: readonly Entry[];
  /** SHA-256 of its complete lines as they were read: of the file, unless its last line was cut off. */
  readonly fingerprint: string;
  /** Returns once the entry is on the disk. Entries are written one after the other, in the order of the calls. */
  append(body: EntryBody): Promise<void>;
  /** Writes `run-ended`, unless this run wrote nothing at all. */
  end(outcome: 'done' | 'stopped' | 'failed' | 'interrupted'): Promise<void>;
  /** Closes the file and releases the lock. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** The folder that holds journal.jsonl and lock: `.quilt-perimeter`, or `.quilt-perimeter/sandbox`. */
  readonly dir: string;
  /** Where these credentials stand; null: unknown, so not compared, and a new journal cannot be begun. */
  readonly place: Place | null;
  readonly clock: Clock;
  readonly ids: Ids;
  /** `read` takes no lock and writes nothing. */
  readonly mode: 'read' | 'write';
  /** As typed, for the lock and the journal: `apply --yes`. Nothing secret may stand in it. */
  readonly command: string;
  readonly toolVersion: string;
  readonly machine: Machine;
  /** Who the operator is on both sides, for the journal. */
  readonly identities?: Json;
  /** What this run changes things after, by keys of quilt-perimeter.yaml; nothing secret. */
  readonly choices?: { readonly [key: string]: Json };
  readonly fs?: Disk;
}

/**
 * Opens the folder's journal.
 * @throws PerimeterError (input) where it is damaged, of a newer version, a symbolic link or no file; QP701 (stopped) where it
 *   belongs to another place; QP702 (stopped) where another run holds the lock
 */
export async function openJournal(options: OpenOptions): Promise<Journal> {
  const disk = options.fs ?? realDisk;
  const dir = resolve(options.dir);
  const path = join(dir, 'journal.jsonl');
  await refuseOthers(dir, path, disk);
  let lock: Lock | null = null;
  if (options.mode === 'write') {
    await makeFolders(dir, disk);
    lock = await takeLock(join(dir, 'lock'), options.command, { ...options, disk });
  }
  try {
    const read = await readEntries(await readBytes(path, disk), path);
    const state = replay(read.entries);
    refuseOtherPlace(path, state.place, options.place);
    return new OpenedJournal({ ...options, fs: disk }, path, lock, read);
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

class OpenedJournal implements Journal {
  readonly path: string;
  readonly run: { readonly id: string };
  readonly exists: boolean;
  readonly notes: readonly string[];
  readonly fingerprint: string;
  readonly #options: OpenOptions & { readonly fs: Disk };
  readonly #lock: Lock | null;
  readonly #entries: Entry[];
  #state: JournalState;
  #file: AppendFile | null = null;
  #started = false;
  /** Bytes of complete lines; what stands beyond them is cut off before the next append. */
  #soundBytes: number;
  #torn: boolean;
  #last: Promise<void> = Promise.resolve();

  constructor(options: OpenOptions & { readonly fs: Disk }, path: string, lock: Lock | null, read: ReadJournal) {
    this.#options = options;
    this.#lock = lock;
    this.#entries = [...read.entries];
    this.#state = replay(this.#entries);
    this.#soundBytes = read.soundBytes;
    this.#torn = read.torn;
    this.path = path;
    this.run = { id: options.ids.token(12) };
    this.exists = read.entries.length > 0;
    this.fingerprint = read.sha256;
    const cut = read.torn ? `The last line of ${path} was cut off in the middle and is passed over.` : null;
    this.notes = [lock?.note ?? null, cut].filter((note) => note !== null);
  }

  get state(): JournalState {
    return this.#state;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  get place(): Place | null {
    return this.#state.place ?? this.#options.place;
  }

  append(body: EntryBody): Promise<void> {
    const appended = this.#last.then(() => this.#write(body));
    this.#last = appended.catch(() => undefined);
    return appended;
  }

  async end(outcome: 'done' | 'stopped' | 'failed' | 'interrupted'): Promise<void> {
    await this.#last;
    if (this.#started) await this.append({ type: 'run-ended', outcome });
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file?.close();
    this.#file = null;
    await this.#lock?.release();
  }

  async #write(body: EntryBody): Promise<void> {
    if (this.#lock === null) throw new Error('the journal was opened for reading');
    const entries = [...this.#header(), body].map((each) => this.#entry(each));
    const bytes = Buffer.from(entries.map(lineOf).join(''), 'utf8');
    try {
      const file = await this.#open();
      if (this.#torn) await file.truncate(this.#soundBytes);
      this.#torn = true;
      await file.append(bytes);
      await file.sync();
    } catch (error) {
      throw await this.#notWritten(error);
    }
    this.#torn = false;
    this.#started = true;
    this.#soundBytes += bytes.length;
    this.#entries.push(...entries);
    this.#state = replay(this.#entries);
  }

  /** What has to stand before the first entry of this run. */
  #header(): readonly EntryBody[] {
    if (this.#started) return [];
    const { place, toolVersion, command, identities, choices } = this.#options;
    const known = this.#state.place;
    if (known === null && place === null) throw new Error('a new journal needs a place');
    const fuller = place !== null && (known === null || (known.organizationId === null && place.organizationId !== null));
    const opened: readonly EntryBody[] = fuller ? [{ type: 'opened', place, toolVersion }] : [];
    return [...opened, { type: 'run-started', command, identities: identities ?? null, ...(choices === undefined ? {} : { choices }) }];
  }

  #entry(body: EntryBody): Entry {
    return { v: journalVersion, at: this.#options.clock.now().toISOString(), run: this.run.id, ...body };
  }

  async #open(): Promise<AppendFile> {
    if (this.#file !== null) return this.#file;
    const file = await this.#options.fs.openForAppend(this.path);
    this.#file = file;
    await this.#options.fs.syncFolder(dirname(this.path));
    return file;
  }

  async #notWritten(error: unknown): Promise<PerimeterError> {
    try {
      await this.#file?.truncate(this.#soundBytes);
      this.#torn = false;
    } catch (again) {
      // The line stays cut; it is cut off before the next append, or passed over by the next run.
      if (!(again instanceof Error)) throw again;
    }
    const cause = error instanceof Error ? error.message : String(error);
    return failed('JOURNAL_WRITE', `writing journal (${this.path}): ${cause}`, 'make room on the disk, then run again to go on', error);
  }
}

async function readBytes(path: string, disk: Disk): Promise<Uint8Array> {
  try {
    return (await disk.read(path)) ?? new Uint8Array();
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function makeFolders(dir: string, disk: Disk): Promise<void> {
  for (const each of foldersOf(dir)) {
    try {
      await disk.makeFolder(each);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw failed('JOURNAL_WRITE', `making folder (${each}): ${error.message}`, 'name a folder that can be written, with --dir', error);
    }
  }
}

// Only what is ours is looked at: the folder that the operator named may well be reached by a link.
const foldersOf = (dir: string): readonly string[] => (basename(dirname(dir)) === '.quilt-perimeter' ? [dirname(dir), dir] : [dir]);

async function refuseOthers(dir: string, path: string, disk: Disk): Promise<void> {
  for (const each of [...foldersOf(dir), path]) {
    const expected = each === path ? 'file' : 'folder';
    const kind = await kindOf(each, disk);
    if (kind === null || kind === expected) continue;
    if (kind === 'link') {
      throw badInput(
        'JOURNAL_LINK',
        `opening journal (${each}): it is a symbolic link, which is not followed`,
        'put the folder or file itself there',
      );
    }
    throw badInput('JOURNAL_FILE', `opening journal (${each}): it is no ${expected}`, 'move away what is there, or name another --dir');
  }
}

async function kindOf(path: string, disk: Disk): ReturnType<Disk['kindOf']> {
  try {
    return await disk.kindOf(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): PerimeterError {
  if (!(error instanceof Error)) throw error;
  return failed('JOURNAL_READ', `reading journal (${path}): ${error.message}`, 'see to it that this user may read it', error);
}

function refuseOtherPlace(path: string, journal: Place | null, here: Place | null): void {
  if (journal === null || here === null) return;
  const sameOrganization =
    journal.organizationId === null || here.organizationId === null || journal.organizationId === here.organizationId;
  if (sameOrganization && (['partition', 'accountId', 'region'] as const).every((name) => journal[name] === here[name])) return;
  throw stopped(
    'QP701',
    `opening journal (${path}): it belongs to ${inWords(journal)}, and these credentials to ${inWords(here)}`,
    'use the credentials of the place that the journal names, or another --dir',
  );
}

const inWords = (place: Place): string =>
  `account ${place.accountId}, Region ${place.region}, ${place.organizationId === null ? 'no organization' : `organization ${place.organizationId}`}`;
