import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const scripts = fileURLToPath(new URL('../../scripts/', import.meta.url));

interface PackageFiles {
  unexpectedFiles(
    files: readonly string[],
    read: (path: string) => string,
  ): { readonly extra: readonly string[]; readonly missing: readonly string[] };
}
interface SupplyChain {
  licenceAllowed(expression: string | undefined, bundled: boolean): boolean;
}
const { unexpectedFiles } = (await import(join(scripts, 'package-files.js'))) as PackageFiles;
const { licenceAllowed } = (await import(join(scripts, 'supply-chain.js'))) as SupplyChain;

describe('a licence expression', () => {
  test.each([
    ['MIT', true, true],
    ['BSD-3-Clause', true, true],
    ['MPL-2.0', false, true],
    ['GPL-3.0-only', false, false],
    ['MIT OR GPL-3.0-only', true, true],
    ['GPL-3.0-only OR MIT', true, true],
    ['MIT AND GPL-3.0-only', false, false],
    ['MIT AND (GPL-3.0-only OR ISC)', true, true],
    ['(MIT OR CC0-1.0)', true, true],
    ['GPL-3.0-only AND MIT OR ISC', true, true],
    ['GPL-3.0-only AND (MIT OR ISC)', false, false],
    ['Apache-2.0 WITH LLVM-exception', false, false],
    ['SEE LICENSE IN LICENSE.md', false, false],
    ['UNLICENSED', false, false],
    ['(MIT', false, false],
    ['MIT ISC', false, false],
    ['', false, false],
    [undefined, false, false],
  ])('%s: in the bundle %s, for development %s', (expression, inBundle, forDevelopment) => {
    expect([licenceAllowed(expression, true), licenceAllowed(expression, false)]).toEqual([inBundle, forDevelopment]);
  });
});

const sound = {
  name: 'a',
  licence: 'MIT',
  entry: { version: '1.0.0', license: 'MIT', integrity: 'sha512-x', dev: true },
  manifest: { name: 'a', version: '1.0.0', license: 'MIT', scripts: { test: 'x', prepare: 'y' } },
  asked: '1.0.0',
  bundled: 'a@1.0.0 (MIT)\n\nMIT License',
  audit: '{"message":"405 Method Not Allowed"}',
};

/** Runs the check on a folder with one package, installed, that the repository asks for. */
function check(over: Partial<typeof sound> & { readonly more?: Readonly<Record<string, object>> } = {}) {
  const { entry, manifest, asked, bundled, audit, more } = { more: {}, ...sound, ...over };
  const root = mkdtempSync(join(tmpdir(), 'quilt-perimeter-'));
  const write = (path: string, value: object | string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof value === 'string' ? value : JSON.stringify(value));
  };
  write('package.json', { devDependencies: { a: asked } });
  write('package-lock.json', { packages: { '': {}, 'node_modules/a': entry, ...more } });
  write('node_modules/a/package.json', manifest);
  write('dist/THIRD-PARTY-LICENSES.txt', `${bundled}\n`);
  write('bin/npm', `#!/bin/sh\ncat <<'END'\n${audit}\nEND\nexit 1\n`);
  chmodSync(join(root, 'bin/npm'), 0o755);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(scripts, 'check-supply-chain.js'), root], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}` },
  });
  return { status, stdout, stderr };
}

describe('the check of the supply chain', () => {
  test('passes what is right, and says why npm audit was skipped', () => {
    const { status, stdout, stderr } = check();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe('1 packages, 1 of them bundled; 0 problems; npm audit skipped: 405 Method Not Allowed\n');
  });

  const { entry, manifest } = sound;
  test.each([
    ['a licence off the list', { manifest: { ...manifest, license: 'GPL-3.0-only' } }, 'a@1.0.0: licence GPL-3.0-only is not on the list'],
    ['MPL-2.0 in the bundle', { manifest: { ...manifest, license: 'MPL-2.0' } }, 'is not on the list for what is bundled'],
    ['an install script in the lock', { entry: { ...entry, hasInstallScript: true } }, 'a@1.0.0: it has an install script'],
    ['one in the package alone', { manifest: { ...manifest, scripts: { ...manifest.scripts, postinstall: 'x' } } }, 'install script'],
    ['another version than the lock names', { manifest: { ...manifest, version: '1.0.1' } }, 'version 1.0.1 is installed'],
    ['a range', { asked: '^1.0.0' }, 'a: package.json asks for ^1.0.0, not for one version'],
    ['no hash', { entry: { ...entry, integrity: undefined } }, 'the lock file has no hash of it'],
    ['another registry', { entry: { ...entry, resolved: 'http://example.com/a.tgz' } }, 'it comes from http://example.com/a.tgz'],
    [
      'something bundled that the lock does not name',
      { bundled: `${sound.bundled}\n\n${'-'.repeat(80)}\n\nb@1.0.0 (MIT)` },
      'b@1.0.0: it is bundled',
    ],
    ['a bundled licence without its text', { bundled: 'a@1.0.0 (MIT)' }, 'the text of its licence (MIT) is not in'],
    [
      'a platform package without an origin of known licence',
      { more: { 'node_modules/b': { version: '1.0.0', optional: true, os: ['win32'] } } },
      'b@1.0.0: licence unknown is not on the list',
    ],
    [
      'a grave finding of npm audit',
      { audit: '{"vulnerabilities":{"a":{"name":"a","severity":"high"}},"metadata":{"vulnerabilities":{}}}' },
      'a: npm audit says high',
    ],
  ] as const)('fails on %s', (_what, over, expected) => {
    const { status, stderr } = check(over as Parameters<typeof check>[0]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(expected) });
  });

  test('takes the licence of a platform package known by name only from the one that asks for it', () => {
    const more = { 'node_modules/b': { version: '1.0.0', optional: true, os: ['win32'] } };
    const asking = { ...entry, optionalDependencies: { b: '1.0.0' } };
    expect(check({ entry: asking, more })).toMatchObject({ status: 0, stdout: expect.stringContaining('2 packages') });
  });

  test('lets a moderate finding of npm audit pass, and counts it', () => {
    const audit = '{"vulnerabilities":{"a":{"name":"a","severity":"moderate"}},"metadata":{"vulnerabilities":{}}}';
    expect(check({ audit })).toMatchObject({ status: 0, stdout: expect.stringContaining('npm audit: 1 findings') });
  });

  test('says so where npm audit gives no JSON', () => {
    expect(check({ audit: 'oops' })).toMatchObject({ status: 0, stdout: expect.stringContaining('skipped: npm audit gave no answer') });
  });
});

describe("the tarball's files", () => {
  const texts: Readonly<Record<string, string>> = {
    'dist/cli.js': 'import{a as b}from"./a-X1.js";const c=()=>import(`./b-Y2.js`),d=import("./sandbox/main.js");',
    'dist/a-X1.js': 'import "node:fs";import"./errors.js";export*from\'./c-Z3.js\'',
    'dist/sandbox/main.js': 'import{e}from"../errors.js";import"./d-W4.js"',
  };
  const chunks = ['dist/a-X1.js', 'dist/b-Y2.js', 'dist/c-Z3.js', 'dist/sandbox/d-W4.js'];
  const right = [
    ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'bin/quilt-perimeter.js'],
    ...['docs/README.md', 'docs/before-you-begin.md', 'docs/first-rehearsal.md', 'docs/six-steps.md', 'docs/rolling-back.md'],
    ...['docs/evidence.md', 'docs/findings.md', 'docs/sandbox.md', 'docs/aws-facts.md', 'docs/reliability.md'],
    ...['quilt-read', 'quilt-write', 'quilt-logs', 'organization-read', 'organization-write'].map((name) => `docs/iam/${name}.json`),
    ...['dist/THIRD-PARTY-LICENSES.txt', 'dist/quilt-perimeter.schema.json'],
    ...['dist/access/worker.js', 'dist/cli.js', 'dist/errors.js', 'dist/sandbox/main.js', ...chunks],
  ];
  const found = (files: readonly string[]) => unexpectedFiles(files, (path) => texts[path] ?? '');

  test('are the ones that belong there and what the bundles reach by imports', () => {
    expect(found(right)).toEqual({ extra: [], missing: [] });
  });

  test.each(['.env', 'src/cli.ts', 'dist/old-chunk-AAAA.js', 'dist/cli.js.map', '.quilt-perimeter/journal.jsonl', 'docs/decisions.md'])(
    'with %s are one too many',
    (stray) => {
      expect(found([...right, stray]).extra).toEqual([stray]);
    },
  );

  test.each(right)('without %s are one too few', (path) => {
    expect(found(right.filter((each) => each !== path)).missing).toContain(path);
  });
});

test('the bill of materials names what is bundled as required', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'quilt-perimeter-')), 'sbom.json');
  const dir = mkdtempSync(join(tmpdir(), 'quilt-perimeter-'));
  const root = join(scripts, '..');
  for (const name of ['package.json', 'package-lock.json', 'scripts/sbom.js', 'scripts/supply-chain.js']) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), readFileSync(join(root, name)));
  }
  const run = (licences: string) => {
    mkdirSync(join(dir, 'dist'), { recursive: true });
    writeFileSync(join(dir, 'dist/THIRD-PARTY-LICENSES.txt'), licences);
    return spawnSync(process.execPath, [join(dir, 'scripts/sbom.js'), file], { encoding: 'utf8' });
  };
  const { zod } = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { devDependencies: { zod: string } }).devDependencies;
  expect(run(`zod@${zod} (MIT)\n\ntext\n`).status).toBe(0);
  interface Bill {
    readonly bomFormat: string;
    readonly metadata: { readonly component: { readonly name: string } };
    readonly components: readonly { readonly name: string; readonly scope: string }[];
  }
  const bill = JSON.parse(readFileSync(file, 'utf8')) as Bill;
  expect([bill.bomFormat, bill.metadata.component.name]).toEqual(['CycloneDX', 'quilt-perimeter']);
  expect(bill.components.filter(({ scope }) => scope === 'required').map(({ name }) => name)).toEqual(['zod']);
  expect(bill.components.length).toBeGreaterThan(100);
  expect(run('nowhere@1.0.0 (MIT)\n\ntext\n')).toMatchObject({ status: 1, stderr: expect.stringContaining('nowhere@1.0.0') });
}, 60_000);
