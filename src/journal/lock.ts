// One run at a time per folder. The lock says who holds it, so that the one who is kept out knows whom to ask.
import { dirname, join } from 'node:path';
import { badInput, failed, type PerimeterError, stopped } from '../errors.ts';
import type { Clock, Ids } from '../ports.ts';
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
}

interface LockPorts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly machine: Machine;
}

// A container is started again with the same process id: a lock of our own id that this process does not hold is stale.
const heldHere = new Set<string>();

/**
 * Takes the lock file at `path`. The lock of a process of this host that is gone is taken over; that of another host never,
 * since nothing tells whether it lives.
 * @throws PerimeterError QP702 (stopped) while another run holds it
 */
export async function takeLock(path: string, command: string, ports: LockPorts): Promise<Lock> {
  const { disk, clock, machine } = ports;
  const mine: Holder = { pid: machine.pid, host: machine.host, user: machine.user, command, since: clock.now().toISOString() };
  if (await create(path, mine, disk)) return held(path, mine, null, disk);

  const { text, holder } = await readHolder(path, ports);
  if (holder !== null && isHeld(path, holder, machine)) throw heldBy(path, holder);
  if (text !== null) await setAside(path, text, ports);
  if (!(await create(path, mine, disk))) throw heldBy(path, (await readHolder(path, ports)).holder);
  return held(path, mine, text === null ? null : takenOver(path, holder), disk);
}

async function create(path: string, holder: Holder, disk: Disk): Promise<boolean> {
  try {
    return await disk.create(path, textOf(holder));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw failed('LOCK_WRITE', `taking lock (${path}): ${error.message}`, 'see to the disk and the folder, then run again', error);
  }
}

function held(path: string, mine: Holder, note: string | null, disk: Disk): Lock {
  heldHere.add(path);
  return {
    note,
    async release() {
      heldHere.delete(path);
      // Somebody may have deleted it by hand, and another run taken it since.
      if ((await disk.read(path))?.toString('utf8') === textOf(mine)) await disk.remove(path);
    },
  };
}

function isHeld(path: string, holder: Holder, machine: Machine): boolean {
  if (holder.host !== machine.host) return true;
  return holder.pid === machine.pid ? heldHere.has(path) : machine.isAlive(holder.pid);
}

// Created and written are two moments: an empty lock may be one that is just being written.
async function readHolder(path: string, { disk, clock }: LockPorts): Promise<{ text: string | null; holder: Holder | null }> {
  for (let tries = 1; ; tries += 1) {
    await refuseLink(path, disk);
    const text = (await disk.read(path))?.toString('utf8') ?? null;
    const holder = parse(text);
    if (text === null || holder !== null || tries === 2) return { text, holder };
    await clock.sleep(1000);
  }
}

async function refuseLink(path: string, disk: Disk): Promise<void> {
  if ((await disk.kindOf(path)) !== 'link') return;
  throw badInput('LOCK_LINK', `taking lock (${path}): it is a symbolic link`, `remove it: rm '${path}'`);
}

// Two runs may find the same stale lock: whoever moved away a fresh one in its place puts it back.
async function setAside(path: string, stale: string, { disk, ids }: LockPorts): Promise<void> {
  const aside = join(dirname(path), `lock.${ids.token(12)}`);
  if (!(await disk.rename(path, aside))) return;
  const moved = (await disk.read(aside))?.toString('utf8') ?? '';
  if (moved !== stale) await disk.create(path, moved);
  await disk.remove(aside);
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
