import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EntryBody } from '../../src/journal/entries.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { begun, openOptions, place } from './journals.ts';
import { MemoryDisk } from './memory-disk.ts';

const path = '/d/.quilt-perimeter/journal.jsonl';
const done: EntryBody = { type: 'done', key: 'nat/a', generation: 1 };
const made: EntryBody = { type: 'made', key: 'nat/a', generation: 1, made: { id: 'nat-1', fields: { ip: '192.0.2.1' } } };

async function written(bodies: readonly EntryBody[] = [begun('nat/a'), made, done]): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const journal = await openJournal(openOptions({ fs: disk }));
  for (const body of bodies) await journal.append(body);
  await journal.end('done');
  await journal.close();
  return disk;
}

const read = (disk: MemoryDisk) => openJournal(openOptions({ fs: disk, mode: 'read' }));
const textOf = (disk: MemoryDisk) => disk.text(path);

describe('a journal', () => {
  it('reads back what was appended', async () => {
    const journal = await read(await written());
    expect(journal.exists).toBe(true);
    expect(journal.state.place).toEqual(place);
    expect(journal.state.latest.get('nat/a')).toMatchObject({ state: 'done', made: { id: 'nat-1' } });
  });

  it('begins with its place and each run with its command, and has one entry a line', async () => {
    const disk = await written();
    const types = textOf(disk)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(types).toEqual(['opened', 'run-started', 'begun', 'made', 'done', 'run-ended']);
  });

  it('is on the disk before append returns', async () => {
    const disk = new MemoryDisk();
    const journal = await openJournal(openOptions({ fs: disk }));
    await journal.append(begun('nat/a'));
    expect(disk.syncs).toBe(1);
    await journal.append(made);
    expect(disk.syncs).toBe(2);
  });

  it('keeps the order of appends that overlap', async () => {
    const disk = new MemoryDisk();
    const journal = await openJournal(openOptions({ fs: disk }));
    await Promise.all([begun('nat/a'), made, done].map((body) => journal.append(body)));
    expect((await read(disk)).state.latest.get('nat/a')?.state).toBe('done');
  });

  it('is not made where a run has nothing to write, nor in reading', async () => {
    const disk = new MemoryDisk();
    const reading = await read(disk);
    expect(reading.exists).toBe(false);
    expect(disk.files.size + disk.folders.size).toBe(0);
    const journal = await openJournal(openOptions({ fs: disk }));
    await journal.end('done');
    await journal.close();
    expect(disk.files.size).toBe(0);
    await expect(reading.append(done)).rejects.toThrow('opened for reading');
  });
});

describe('a torn last line', () => {
  it('is passed over at every byte, cut off before the next append, and never taken for damage', async () => {
    const whole = (await written()).files.get(path) ?? Buffer.alloc(0);
    const begin = whole.subarray(0, -1).lastIndexOf(0x0a) + 1;
    expect(whole.length - begin).toBeGreaterThan(50);
    for (let size = begin; size < whole.length; size += 1) {
      const disk = new MemoryDisk();
      disk.files.set(path, whole.subarray(0, size));
      const journal = await openJournal(openOptions({ fs: disk }));
      expect(journal.notes.length).toBe(size === begin ? 0 : 1);
      expect(journal.state.latest.get('nat/a')?.state).toBe('done');
      expect(disk.files.get(path)?.length).toBe(size);
      await journal.append({ type: 'undo-begun', key: 'nat/a', generation: 1 });
      await journal.close();
      expect((await read(disk)).state.latest.get('nat/a')?.state).toBe('undoing');
    }
  });

  it('that is all there is counts as no journal', async () => {
    const whole = (await written([])).files.get(path) ?? (await written()).files.get(path) ?? Buffer.alloc(0);
    for (const size of [1, 10, whole.indexOf(0x0a)]) {
      const disk = new MemoryDisk();
      disk.files.set(path, whole.subarray(0, size));
      const journal = await openJournal(openOptions({ fs: disk }));
      expect(journal.exists).toBe(false);
      await journal.append(begun('nat/b'));
      expect((await read(disk)).state.latest.has('nat/b')).toBe(true);
    }
  });
});

describe('a full disk', () => {
  it('fails the append, leaves whole lines, and lets later appends go on', async () => {
    const disk = new MemoryDisk();
    const journal = await openJournal(openOptions({ fs: disk }));
    await journal.append(begun('nat/a'));
    disk.onAppend = (bytes) => Math.floor(bytes / 2);
    await expect(journal.append(made)).rejects.toMatchObject({ code: 'JOURNAL_WRITE', exitCode: 1 });
    expect(textOf(disk).endsWith('\n')).toBe(true);
    expect(journal.state.latest.get('nat/a')?.state).toBe('begun');
    disk.onAppend = (bytes) => bytes;
    await journal.append(made);
    expect((await read(disk)).state.latest.get('nat/a')?.state).toBe('made');
  });

  it('that refuses the cut too leaves a torn line, which the next append cuts off', async () => {
    const disk = new MemoryDisk();
    const journal = await openJournal(openOptions({ fs: disk }));
    await journal.append(begun('nat/a'));
    disk.onAppend = (bytes) => Math.floor(bytes / 2);
    disk.onWrite = () => {
      throw new Error('EIO');
    };
    await expect(journal.append(made)).rejects.toMatchObject({ code: 'JOURNAL_WRITE' });
    expect((await read(disk)).notes).toHaveLength(1);
    disk.onAppend = (bytes) => bytes;
    disk.onWrite = () => undefined;
    await journal.append(made);
    expect((await read(disk)).state.latest.get('nat/a')?.state).toBe('made');
  });
});

describe('damage', () => {
  it('in a complete line names the line, and nothing is written', async () => {
    const text = textOf(await written());
    const lines = text.trimEnd().split('\n');
    const damaged = ['', '{', 'null', '[]', '{"v":1}', '{"v":1,"type":"made"}', (lines[2] ?? '').replace('"nat"', '"wat"'), 'x\u0000y'];
    for (const [index] of lines.entries()) {
      for (const line of damaged) {
        const disk = new MemoryDisk();
        disk.files.set(path, Buffer.from(`${lines.with(index, line).join('\n')}\n`));
        const before = textOf(disk);
        const opening = openJournal(openOptions({ fs: disk }));
        await expect(opening).rejects.toMatchObject({
          code: 'JOURNAL_DAMAGED',
          exitCode: 2,
          message: expect.stringContaining(`line ${index + 1} `),
        });
        expect(textOf(disk)).toBe(before);
        expect(disk.files.has('/d/.quilt-perimeter/lock')).toBe(false);
      }
    }
  });

  it('is not what a newer version wrote: that is refused by name', async () => {
    const disk = await written();
    disk.files.set(path, Buffer.from(`${textOf(disk)}{"v":2,"type":"something","else":true}\n`));
    await expect(read(disk)).rejects.toMatchObject({ code: 'JOURNAL_NEWER', exitCode: 2, message: expect.stringContaining('line 7 ') });
  });
});

describe('the place of a journal', () => {
  it.each([{ accountId: '444455556666' }, { region: 'us-east-1' }, { partition: 'aws-cn' }, { organizationId: 'o-2' }])(
    'that differs in %o stops the run',
    async (differs) => {
      const disk = await written();
      const opening = openJournal(openOptions({ fs: disk, place: { ...place, ...differs } }));
      await expect(opening).rejects.toMatchObject({ code: 'QP701', exitCode: 3 });
      expect(disk.files.has('/d/.quilt-perimeter/lock')).toBe(false);
    },
  );

  it('may have another stack and VPC, and an organization that cannot be read', async () => {
    const disk = await written();
    for (const differs of [
      { stack: 'other', vpc: 'vpc-2' },
      { organizationId: null, managementAccountId: null },
    ]) {
      const journal = await openJournal(openOptions({ fs: disk, place: { ...place, ...differs } }));
      expect(journal.place).toEqual(place);
      await journal.close();
    }
  });

  it('takes up the organization once it can be read', async () => {
    const disk = new MemoryDisk();
    const without = await openJournal(openOptions({ fs: disk, place: { ...place, organizationId: null, managementAccountId: null } }));
    await without.append(begun('nat/a'));
    await without.close();
    const withOne = await openJournal(openOptions({ fs: disk }));
    await withOne.append(made);
    await withOne.close();
    await expect(openJournal(openOptions({ fs: disk, place: { ...place, organizationId: 'o-2' } }))).rejects.toMatchObject({
      code: 'QP701',
    });
  });
});

describe('the files', () => {
  let root = '';
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'journal-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  it('are for their owner alone', async () => {
    const dir = join(root, 'a', '.quilt-perimeter', 'sandbox');
    const journal = await openJournal(openOptions({ dir }));
    await journal.append(begun('nat/a'));
    const modes = await Promise.all(['.', 'journal.jsonl', 'lock'].map(async (name) => (await stat(join(dir, name))).mode & 0o777));
    expect(modes).toEqual([0o700, 0o600, 0o600]);
    await journal.close();
    await expect(stat(join(dir, 'lock'))).rejects.toThrow('ENOENT');
    expect(await readFile(join(dir, 'journal.jsonl'), 'utf8')).toContain('"begun"');
  });

  it.each([0o000, 0o277, 0o777])('are for their owner alone whatever the umask takes away: %i', async (umask) => {
    const dir = join(root, `umask-${umask}`, '.quilt-perimeter');
    await mkdir(dirname(dir));
    const before = process.umask(umask);
    try {
      const journal = await openJournal(openOptions({ dir }));
      await journal.append(begun('nat/a'));
      const modes = await Promise.all(['.', 'journal.jsonl', 'lock'].map(async (name) => (await stat(join(dir, name))).mode & 0o777));
      expect(modes).toEqual([0o700, 0o600, 0o600]);
      await journal.close();
    } finally {
      process.umask(before);
    }
  });

  it('are made their owner’s alone where they were wider, the folder above the sandbox’s too', async () => {
    const above = join(root, 'wide', '.quilt-perimeter');
    const dir = join(above, 'sandbox');
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'journal.jsonl'), '');
    for (const path of [above, dir]) await chmod(path, 0o777);
    await chmod(join(dir, 'journal.jsonl'), 0o666);
    const journal = await openJournal(openOptions({ dir }));
    await journal.append(begun('nat/a'));
    await journal.close();
    const modes = await Promise.all([above, dir, join(dir, 'journal.jsonl')].map(async (path) => (await stat(path)).mode & 0o777));
    expect(modes).toEqual([0o700, 0o700, 0o600]);
  });

  it('are not what stands in their place: a folder, a pipe, a file', async () => {
    for (const [name, make] of [
      ['journal.jsonl', (path: string) => mkdir(path)],
      ['lock', (path: string) => mkdir(path)],
      ['journal.jsonl', async (path: string) => spawnSync('mkfifo', [path])],
      ['lock', async (path: string) => spawnSync('mkfifo', [path])],
    ] as const) {
      const dir = await mkdtemp(join(root, 'other-'));
      await make(join(dir, name));
      await expect(openJournal(openOptions({ dir }))).rejects.toMatchObject({
        exitCode: 2,
        code: expect.stringMatching(/^(JOURNAL|LOCK)_FILE$/),
      });
    }
    const file = join(root, 'file');
    await writeFile(file, '');
    await expect(openJournal(openOptions({ dir: file }))).rejects.toMatchObject({ code: 'JOURNAL_FILE', exitCode: 2 });
    await expect(openJournal(openOptions({ dir: join(file, 'x') }))).rejects.toMatchObject({ code: 'JOURNAL_READ', exitCode: 1 });
  });

  it('are not reached by symbolic links', async () => {
    const target = join(root, 'elsewhere');
    const journal = await openJournal(openOptions({ dir: target }));
    await journal.append(begun('nat/a'));
    await journal.close();
    await symlink(target, join(root, 'linked'));
    const dir = join(root, 'b');
    await (await openJournal(openOptions({ dir }))).close();
    await symlink(join(target, 'journal.jsonl'), join(dir, 'journal.jsonl'));
    for (const each of [join(root, 'linked'), dir]) {
      await expect(openJournal(openOptions({ dir: each }))).rejects.toMatchObject({ code: 'JOURNAL_LINK', exitCode: 2 });
    }
  });
});
