#!/usr/bin/env node
// Checks every package of package-lock.json: its licence, no install script, one version; and asks npm audit where the
// registry answers it. An argument names another folder than the repository's.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { auditOf, bundledPackages, problemsOf } from './supply-chain.js';

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
const read = (path) => readFileSync(join(root, path), 'utf8');
const json = (path) => JSON.parse(read(path));

const lock = json('package-lock.json');
const bundled = bundledPackages(read('dist/THIRD-PARTY-LICENSES.txt').trim());
const installed = (path) => (existsSync(join(root, path, 'package.json')) ? json(join(path, 'package.json')) : null);
const problems = problemsOf({ lock, manifest: json('package.json'), bundled, installed });

// npm exits 1 both where it finds something and where the registry does not answer: its text tells them apart.
const { stdout } = spawnSync('npm', ['audit', '--json'], { cwd: root, encoding: 'utf8', timeout: 60_000 });
const audit = auditOf(stdout ?? '');
for (const problem of [...problems, ...audit.grave]) console.error(problem);
const packages = Object.keys(lock.packages).length - 1;
const asked = audit.skipped === null ? `npm audit: ${audit.found} findings` : `npm audit skipped: ${audit.skipped}`;
console.log(`${packages} packages, ${bundled.length} of them bundled; ${problems.length} problems; ${asked}`);
process.exitCode = problems.length + audit.grave.length === 0 ? 0 : 1;
