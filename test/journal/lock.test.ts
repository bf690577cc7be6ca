import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { machineOf, openJournal } from '../../src/journal/journal.ts';
import { machine, openOptions } from './journals.ts';
import { MemoryDisk } from './memory-disk.ts';

const lockPath = '/d/.quilt-perimeter/lock';
const lockOf = (pid: number, host = 'here') =>
  Buffer.from(`${JSON.stringify({ pid, host, user: 'ann', command: 'apply --yes', since: '2026-01-01T00:00:00.000Z' })}\n`);

describe('the lock', () => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lock-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  it('of a process that lives keeps others out and names it; of one that is gone it is taken over', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const exited = once(child, 'exit');
    const childMachine = { ...machineOf(process), pid: child.pid ?? 0, user: 'ann' };
    const theirs = await openJournal(openOptions({ dir, machine: childMachine, command: 'apply --yes' }));
    const mine = () => openJournal(openOptions({ dir, machine: machineOf(process) }));
    const told = await mine().then(
      () => null,
      (error) => error,
    );
    expect(told).toMatchObject({ code: 'QP702', exitCode: 3 });
    for (const part of ['ann', hostname(), `process ${child.pid}`, '2026-01-01T00:00:00.000Z', 'apply --yes'])
      expect(told.message).toContain(part);
    child.stdin?.end();
    await exited;
    const journal = await mine();
    expect(journal.notes.join()).toContain(`process ${child.pid}`);
    expect(JSON.parse(await readFile(join(dir, 'lock'), 'utf8')).pid).toBe(process.pid);
    await journal.close();
    expect(await readdir(dir)).toEqual([]);
    await theirs.close();
  });

  it('keeps a second run of the same process out', async () => {
    const first = await openJournal(openOptions({ dir, machine: machineOf(process) }));
    await expect(openJournal(openOptions({ dir, machine: machineOf(process) }))).rejects.toMatchObject({ code: 'QP702' });
    await first.close();
    await (await openJournal(openOptions({ dir, machine: machineOf(process) }))).close();
  });

  it('of another host is never taken over', async () => {
    const fs = new MemoryDisk();
    fs.files.set(lockPath, lockOf(7, 'elsewhere'));
    await expect(openJournal(openOptions({ fs }))).rejects.toMatchObject({ code: 'QP702' });
    expect(fs.files.get(lockPath)).toEqual(lockOf(7, 'elsewhere'));
  });

  it('of our own process id that this process does not hold is stale: a container was started again', async () => {
    const fs = new MemoryDisk();
    fs.files.set(lockPath, lockOf(machine.pid));
    const journal = await openJournal(openOptions({ fs }));
    expect(journal.notes).toHaveLength(1);
    await journal.close();
  });

  it('that names nobody was left by a crash while it was taken, and is taken over', async () => {
    for (const text of ['', '{"pid":', 'null', '{}']) {
      const fs = new MemoryDisk();
      fs.files.set(lockPath, Buffer.from(text));
      const journal = await openJournal(openOptions({ fs }));
      expect(journal.notes).toHaveLength(1);
      await journal.close();
      expect(fs.files.size).toBe(0);
    }
  });

  it('is not taken for reading', async () => {
    const fs = new MemoryDisk();
    fs.files.set(lockPath, lockOf(7, 'elsewhere'));
    await (await openJournal(openOptions({ fs, mode: 'read' }))).close();
    expect(fs.files.get(lockPath)).toEqual(lockOf(7, 'elsewhere'));
  });

  it('of a process whose id another process has since is taken over, where the host tells when processes began', async () => {
    const start = (value: string) => Buffer.from(`${lockOf(7).toString().trim().slice(0, -1)},"start":"${value}"}\n`);
    const alive = (startOf: (pid: number) => string | null) => ({ ...machine, isAlive: () => true, startOf });
    const fs = new MemoryDisk();
    fs.files.set(lockPath, start('boot/100'));
    await expect(openJournal(openOptions({ fs, machine: alive(() => 'boot/100') }))).rejects.toMatchObject({ code: 'QP702' });
    await expect(openJournal(openOptions({ fs, machine: alive(() => null) }))).rejects.toMatchObject({ code: 'QP702' });
    const journal = await openJournal(openOptions({ fs, machine: alive((pid) => (pid === 7 ? 'boot/200' : null)) }));
    expect(journal.notes.join()).toContain('that process is gone');
    await journal.close();
    fs.files.set(lockPath, lockOf(7));
    await expect(openJournal(openOptions({ fs, machine: alive(() => 'boot/200') }))).rejects.toMatchObject({ code: 'QP702' });
  });

  it('found stale by two runs at once is taken by one', async () => {
    const fs = new MemoryDisk();
    fs.files.set(lockPath, lockOf(7));
    // Between this run's look and its taking over, another run takes the stale lock over, and lives.
    const create = fs.create.bind(fs);
    fs.create = async (path, text) => {
      if (path.endsWith('.guard')) fs.files.set(lockPath, lockOf(8, 'elsewhere'));
      return create(path, text);
    };
    await expect(openJournal(openOptions({ fs }))).rejects.toMatchObject({ code: 'QP702' });
    expect(fs.files.get(lockPath)).toEqual(lockOf(8, 'elsewhere'));
    expect([...fs.files.keys()]).toEqual([lockPath]);
  });

  it('is taken over past the guards of processes that died while they took it over', async () => {
    const fs = new MemoryDisk();
    for (const guards of ['', '.guard', '.guard.guard']) fs.files.set(`${lockPath}${guards}`, lockOf(7));
    const journal = await openJournal(openOptions({ fs }));
    expect(journal.notes).toHaveLength(1);
    await journal.close();
    expect(fs.files.size).toBe(0);
  });

  it('whose guard a run holds that lives is left to that run', async () => {
    const fs = new MemoryDisk();
    fs.files.set(lockPath, lockOf(7));
    fs.files.set(`${lockPath}.guard`, lockOf(8, 'elsewhere'));
    await expect(openJournal(openOptions({ fs }))).rejects.toMatchObject({ code: 'QP702', message: expect.stringContaining('elsewhere') });
    expect(fs.files.get(lockPath)).toEqual(lockOf(7));
  });
});
