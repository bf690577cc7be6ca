// One run at a time per folder. The lock says who holds it, so that the one who is kept out knows whom to ask.
import { badInput, failed, type PerimeterError, stopped } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Disk } from './disk.ts';
import type { Machine } from './machine.ts';

export interface Lock {
  /** Set where the lock of a process that is gone was taken over. */
  readonly note: string | null;
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly user: string;
  readonly command: string;
  readonly since: string;
  /** Tells the process from a later one with its id; null or left out where the host does not tell. */
  readonly start?: string | null;
}

interface LockPorts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly machine: Machine;
}

// How often this process holds, or is about to take, each lock. A container is started again with the same process id: a lock
// of our own id that nothing else here holds is stale.
const heldHere = new Map<string, number>();
const count = (path: string, more: 1 | -1): unknown => heldHere.set(path, (heldHere.get(path) ?? 0) + more);

/**
 * Takes the lock file at `path`. The lock of a process of this host that is gone is taken over, also where its id was given
 * to another process since and the host tells so; that of another host never, since nothing tells whether it lives.
 * @throws PerimeterError QP702 (stopped) while another run holds it; LOCK_LINK, LOCK_FILE (input) where it is no file
 */
export const takeLock = (path: string, command: string, ports: LockPorts): Promise<Lock> => take(path, command, ports, 0);

async function take(path: string, command: string, ports: LockPorts, depth: number): Promise<Lock> {
  const { disk, clock, machine } = ports;
  const { pid, host, user } = machine;
  const mine: Holder = { pid, host, user, command, since: clock.now().toISOString(), start: machine.startOf?.(pid) ?? null };
  count(path, 1);
  try {
    const note = (await create(path, mine, disk)) ? null : await takeOver(path, mine, ports, depth);
    return held(path, mine, note, disk);
  } catch (error) {
    count(path, -1);
    throw error;
  }
}

const deepestGuard = 3;

// Whoever replaces a stale lock holds the guard while looking at it and replacing it, so that of two takers neither replaces
// the other's fresh one. A guard is a lock like another, with a guard of its own should its holder have died with it.
async function takeOver(path: string, mine: Holder, ports: LockPorts, depth: number): Promise<string | null> {
  const { disk, machine } = ports;
  const first = await readHolder(path, ports);
  if (depth === deepestGuard || isHeld(path, first.holder, machine)) throw heldBy(path, first.holder);
  const guard = await take(`${path}.guard`, mine.command, ports, depth + 1);
  try {
    const { text, holder } = await readHolder(path, ports);
    if (isHeld(path, holder, machine)) throw heldBy(path, holder);
    if (text === null) {
      if (!(await create(path, mine, disk))) throw heldBy(path, (await readHolder(path, ports)).holder);
      return null;
    }
    // Put in its place at one stroke, so that nobody finds none in between.
    await written(path, replace(path, textOf(mine), disk));
    return takenOver(path, holder);
  } finally {
    await guard.release();
  }
}

async function replace(path: string, text: string, disk: Disk): Promise<void> {
  const draft = `${path}.new`;
  await disk.remove(draft);
  await disk.create(draft, text);
  await disk.rename(draft, path);
}

const create = (path: string, holder: Holder, disk: Disk): Promise<boolean> => written(path, disk.create(path, textOf(holder)));

async function written<T>(path: string, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw failed('LOCK_WRITE', `taking lock (${path}): ${error.message}`, 'see to the disk and the folder, then run again', error);
  }
}

function held(path: string, mine: Holder, note: string | null, disk: Disk): Lock {
  return {
    note,
    async release() {
      count(path, -1);
      // Somebody may have deleted it by hand, and another run taken it since.
      if ((await disk.read(path))?.toString('utf8') === textOf(mine)) await disk.remove(path);
    },
  };
}

function isHeld(path: string, holder: Holder | null, machine: Machine): boolean {
  if (holder === null) return false;
  if (holder.host !== machine.host) return true;
  if (holder.pid === machine.pid) return (heldHere.get(path) ?? 0) > 1;
  if (!machine.isAlive(holder.pid)) return false;
  const start = machine.startOf?.(holder.pid) ?? null;
  return start === null || typeof holder.start !== 'string' || start === holder.start;
}

// Created and written are two moments: an empty lock may be one that is just being written.
async function readHolder(path: string, { disk, clock }: LockPorts): Promise<{ text: string | null; holder: Holder | null }> {
  for (let tries = 1; ; tries += 1) {
    await refuseOthers(path, disk);
    const text = (await written(path, disk.read(path)))?.toString('utf8') ?? null;
    const holder = parse(text);
    if (text === null || holder !== null || tries === 2) return { text, holder };
    await clock.sleep(1000);
  }
}

async function refuseOthers(path: string, disk: Disk): Promise<void> {
  const kind = await disk.kindOf(path);
  if (kind === null || kind === 'file') return;
  const link = kind === 'link';
  throw badInput(
    link ? 'LOCK_LINK' : 'LOCK_FILE',
    `taking lock (${path}): it is ${link ? 'a symbolic link' : 'no file'}`,
    `remove it: rm '${path}'`,
  );
}

const textOf = (holder: Holder): string => `${JSON.stringify(holder)}\n`;

function parse(text: string | null): Holder | null {
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  return isHolder(value) ? value : null;
}

const isHolder = (value: unknown): value is Holder =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  typeof value.pid === 'number' &&
  ['host', 'user', 'command', 'since'].every((name) => typeof Reflect.get(value, name) === 'string');

const heldBy = (path: string, holder: Holder | null): PerimeterError =>
  stopped(
    'QP702',
    holder === null
      ? `taking lock (${path}): another run took it just now`
      : `taking lock (${path}): ${holder.user} on ${holder.host} holds it since ${holder.since}: process ${holder.pid}, quilt-perimeter ${holder.command}`,
    'wait until that run ends, or end it; where you know that it is gone, delete the file',
  );

const takenOver = (path: string, holder: Holder | null): string =>
  holder === null
    ? `The lock ${path} named nobody and was taken over.`
    : `The lock of ${holder.user} (process ${holder.pid}, quilt-perimeter ${holder.command}, since ${holder.since}) was taken over: that process is gone.`;
