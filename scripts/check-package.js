#!/usr/bin/env node
// Packs the package, compares its files with what belongs in it, installs the tarball into an empty prefix without any
// registry, and runs the main job from there.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unexpectedFiles } from './package-files.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'quilt-perimeter-package-'));
const run = (command, args, options = {}) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], ...options });

try {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], { cwd: root }));
  const files = packed.files.map((file) => file.path);
  const { extra, missing } = unexpectedFiles(files, (path) => readFileSync(join(root, path), 'utf8'));
  if (missing.length > 0) throw new Error(`packing: ${missing.join(', ')} should be in the tarball`);
  if (extra.length > 0) throw new Error(`packing: ${extra.join(', ')} should not be in the tarball`);
  run('npm', ['install', '--global', '--offline', '--no-audit', '--no-fund', '--prefix', work, join(work, packed.filename)]);
  const program = join(work, 'bin', 'quilt-perimeter');
  const env = { PATH: process.env.PATH, HOME: work, NO_COLOR: '1' };
  const version = run(program, ['--version'], { cwd: work, env }).trim();
  if (version !== packed.version) throw new Error(`running ${program} --version: ${version} instead of ${packed.version}`);
  const choices = ['--test-bucket', 'quilt-perimeter-test-444455556666', '--trusted-cidr', '198.51.100.0/24', '--accept', 'QP413'];
  const plan = JSON.parse(run(program, ['plan', '--sandbox', '--json', ...choices], { cwd: work, env }));
  if (plan.steps.length !== 6) throw new Error(`planning: ${plan.steps.length} steps instead of 6`);
  console.log(`${packed.filename}: ${files.length} files, ${packed.size} bytes; installed elsewhere it runs`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
