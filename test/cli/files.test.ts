// The files of a run on a real disk: modes, links, permissions, room.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundled, newFolder, run } from './program.ts';

let cli = '';
beforeAll(() => {
  cli = bundled();
  for (const path of [dirname(cli), join(dirname(cli), 'sandbox')]) chmodSync(path, 0o755);
});

const choices = ['--test-bucket', 'quilt-perimeter-test-444455556666', '--trusted-cidr', '198.51.100.0/24'];
const sandbox = ['--sandbox', '--sandbox-speed', '3600'];
const init = ['init', ...sandbox, ...choices, '--until', 'endpoints', '--yes'];
const nobody = 65_534;

/** Runs the program by way of a shell, after `before`; as nobody where `as` says so and this is root. */
function runAfter(before: string, args: readonly string[], cwd: string, as: number | null = null) {
  const uid = as !== null && process.getuid?.() === 0 ? { uid: as, gid: as } : {};
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', `${before}; exec "$@"`, 'sh', process.execPath, cli, ...args], {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, AWS_EC2_METADATA_DISABLED: 'true' },
    ...uid,
  });
  return { code: status, stdout, stderr };
}

/** The mode of everything under a folder that is its own, by path. */
function modesUnder(folder: string): Readonly<Record<string, string>> {
  const paths = [folder, ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))];
  return Object.fromEntries(paths.map((path) => [relative(folder, path), (statSync(path).mode & 0o777).toString(8)]));
}

function expectOwnersAlone(folder: string): void {
  const state = join(folder, '.quilt-perimeter');
  const modes = modesUnder(state);
  const isFolder = (path: string): boolean => statSync(join(state, path)).isDirectory();
  expect(modes).toEqual(Object.fromEntries(Object.keys(modes).map((path) => [path, isFolder(path) ? '700' : '600'])));
  expect(Object.keys(modes)).toEqual(expect.arrayContaining(['', 'sandbox', 'sandbox/journal.jsonl', 'sandbox/world.json']));
}

function expectOneError({ code, stderr }: { readonly code: number | null; readonly stderr: string }, expected: number, text: string): void {
  expect({ code, stderr }).toEqual({ code: expected, stderr: expect.stringContaining(text) });
  expect(stderr).toMatch(/\n {2}→ \S/);
  expect(stderr).not.toMatch(/\n\s+at |UNEXPECTED/);
}

describe('folder and files are their owner’s alone', () => {
  test('with the widest umask', () => {
    const folder = newFolder();
    chmodSync(folder, 0o777);
    const made = runAfter('umask 000', init, folder, nobody);
    expect(made).toMatchObject({ code: 0 });
    expect(runAfter('umask 000', ['plan', ...sandbox, '--out', 'saved.json'], folder, nobody).code).toBe(3);
    expect((statSync(join(folder, 'saved.json')).mode & 0o777).toString(8)).toBe('600');
    chmodSync(join(folder, '.quilt-perimeter', 'sandbox', 'quilt-perimeter.yaml'), 0o600);
    expectOwnersAlone(folder);
  });

  test('where they were wider before', async () => {
    const folder = newFolder();
    expect((await run(cli, init, folder)).code).toBe(0);
    const state = join(folder, '.quilt-perimeter');
    for (const path of Object.keys(modesUnder(state))) {
      chmodSync(join(state, path), statSync(join(state, path)).isDirectory() ? 0o777 : 0o666);
    }
    writeFileSync(join(folder, 'saved.json'), 'old', { mode: 0o666 });
    expect((await run(cli, ['apply', ...sandbox, '--until', 'nat', '--yes'], folder)).code).toBe(0);
    expect((await run(cli, ['plan', ...sandbox, '--out', 'saved.json'], folder)).code).toBe(3);
    expect((statSync(join(folder, 'saved.json')).mode & 0o777).toString(8)).toBe('600');
    for (const name of ['quilt-perimeter.yaml', 'quilt-perimeter.schema.json']) chmodSync(join(state, 'sandbox', name), 0o600);
    expectOwnersAlone(folder);
  });
});

describe('no symbolic link is followed', () => {
  const state = '.quilt-perimeter/sandbox';
  const files = ['journal.jsonl', 'lock', 'world.json', 'calls.jsonl', 'world.lock', 'quilt-perimeter.schema.json', 'quilt-perimeter.yaml'];
  test.each([
    ['.quilt-perimeter', 'folder'],
    [state, 'folder'],
    ...files.map((name) => [`${state}/${name}`, 'file'] as const),
    [`${state}/journal.jsonl`, 'nothing'],
    [`${state}/world.json`, 'nothing'],
  ] as const)('%s that leads to another %s stops init, which writes nothing there', async (path, kind) => {
    const folder = newFolder();
    const elsewhere = join(newFolder(), 'elsewhere');
    const valid = path.endsWith('.yaml') ? 'version: 1\n' : 'untouched';
    if (kind === 'folder') mkdirSync(elsewhere);
    if (kind === 'file') writeFileSync(elsewhere, valid);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(elsewhere, join(folder, path));
    // A reset begins with new files, in a folder that has to be the one itself.
    for (const reset of kind === 'folder' ? [[], ['--sandbox-reset']] : [[]]) {
      expectOneError(await run(cli, [...init, ...reset], folder), 2, 'symbolic link');
      expect(readlinkSync(join(folder, path))).toBe(elsewhere);
      if (kind === 'folder') expect(readdirSync(elsewhere)).toEqual([]);
      if (kind === 'file') expect(readFileSync(elsewhere, 'utf8')).toBe(valid);
      if (kind === 'nothing') expect(existsSync(elsewhere)).toBe(false);
    }
  });

  test('a folder or a pipe where a file should be is one clear error, not a wait', async () => {
    for (const make of [(path: string) => mkdirSync(path), (path: string) => spawnSync('mkfifo', [path])]) {
      for (const name of ['journal.jsonl', 'lock', 'world.json', 'calls.jsonl']) {
        const folder = newFolder();
        mkdirSync(join(folder, state), { recursive: true });
        make(join(folder, state, name));
        expectOneError(await run(cli, ['apply', ...sandbox, ...choices, '--until', 'endpoints', '--yes'], folder), 2, name);
      }
    }
  });

  test('plan --out writes neither through a link nor over a folder', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'precious'), 'untouched');
    symlinkSync('precious', join(folder, 'link.json'));
    symlinkSync('nowhere', join(folder, 'dangling.json'));
    const plan = (out: string) => run(cli, ['plan', ...sandbox, ...choices, '--out', out], folder);
    expectOneError(await plan('link.json'), 2, 'symbolic link');
    expectOneError(await plan('dangling.json'), 2, 'symbolic link');
    expectOneError(await plan('.'), 2, 'it is a folder');
    expectOneError(await plan('missing/plan.json'), 1, 'ENOENT');
    expectOneError(await plan('precious/plan.json'), 1, 'ENOTDIR');
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('untouched');
    expect(readdirSync(folder).sort()).toEqual(['.quilt-perimeter', 'dangling.json', 'link.json', 'precious']);
  });
});

describe('where files cannot be written', () => {
  test('a folder that this user may not write is one clear error, and nothing is made', () => {
    const folder = newFolder();
    chmodSync(folder, 0o555);
    expectOneError(runAfter(':', init, folder, nobody), 1, 'EACCES');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a folder that this user may not enter, or that is a file, is one clear error', () => {
    const folder = newFolder();
    mkdirSync(join(folder, '.quilt-perimeter'), { mode: 0o700 });
    chmodSync(folder, 0o755);
    expectOneError(runAfter(':', ['status', ...sandbox], folder, nobody), 2, 'this user may not read it');
    writeFileSync(join(folder, 'file'), '');
    expectOneError(runAfter(':', ['plan', '--dir', 'file'], folder), 2, 'a part of the path is no folder');
    expectOneError(runAfter(':', ['plan', '--dir', 'x'.repeat(300)], folder), 2, 'the path is too long');
  });

  test('a full disk fails the run and says so; with room again the next one goes on, and rollback puts everything back', async () => {
    const folder = newFolder();
    // Files may grow to eight blocks (4 KiB, elsewhere 8): the world's is larger, so it is served from here.
    const { serveSandbox } = await import('../../src/sandbox/main.ts');
    const { signal } = new AbortController();
    const served = await serveSandbox({ dir: null, scenario: 'greenfield', port: 0, speed: 300, reset: false, signal });
    const env = served.environments.find(({ name }) => name === 'operator')?.lines.map((line) => `export ${line}`) ?? [];
    const apply = ['apply', ...choices, '--until', 'nat', '--yes'];
    const exported = env.join('; ');
    const spawned = await spawnedWith(`${exported}; ulimit -f 8`, apply, folder);
    expectOneError(spawned, 1, 'EFBIG');
    expect(spawned.stderr).toContain('make room on the disk');
    expect(await spawnedWith(exported, apply, folder)).toMatchObject({ code: 0 });
    expect(await spawnedWith(exported, ['rollback', '--yes'], folder)).toMatchObject({ code: 0 });
    await served.close();
  });
});

test('a journal without check sums, as earlier versions wrote it, is gone on with', async () => {
  const folder = newFolder();
  expect((await run(cli, init, folder)).code).toBe(0);
  const journal = join(folder, '.quilt-perimeter', 'sandbox', 'journal.jsonl');
  const sums = /,"sum":"[0-9a-f]{16}"/g;
  expect(readFileSync(journal, 'utf8').match(sums)).not.toBeNull();
  writeFileSync(journal, readFileSync(journal, 'utf8').replaceAll(sums, ''));
  expect(await run(cli, ['status', ...sandbox], folder)).toMatchObject({ code: 0 });
  expect(await run(cli, ['rollback', ...sandbox, '--yes'], folder)).toMatchObject({ code: 0 });
  expect(lstatSync(journal).isFile()).toBe(true);
});

/** As `runAfter`, without holding up this process, which serves what the program talks to. */
async function spawnedWith(before: string, args: readonly string[], cwd: string) {
  const script = join(newFolder(), 'run.js');
  writeFileSync(
    script,
    `const { spawnSync } = require('node:child_process');
const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', ${JSON.stringify(`${before}; exec "$@"`)}, 'sh', process.execPath, ${JSON.stringify(cli)}, ...process.argv.slice(2)], { encoding: 'utf8' });
process.stdout.write(stdout); process.stderr.write(stderr); process.exitCode = status;`,
  );
  return run(script, args, cwd);
}
