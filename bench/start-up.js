#!/usr/bin/env node
// How long the program takes to start, as a ratio against `node -e 0` in the same run: pairs in turn, the median of the
// pairs' ratios. A machine's speed drifts; a ratio of neighbours does not.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/quilt-perimeter.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'quilt-perimeter-bench-'));
const env = { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1' };

/** Wall time of a whole process in milliseconds. */
function time(args) {
  const begun = process.hrtime.bigint();
  const { status, error } = spawnSync(process.execPath, args, { env, cwd: folder, stdio: 'ignore' });
  if (error !== undefined || status === null) throw error ?? new Error(`running node ${args.join(' ')}: killed`);
  return Number(process.hrtime.bigint() - begun) / 1e6;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const choices = ['--trusted-cidr', '198.51.100.0/24', '--test-bucket', 'quilt-perimeter-test-444455556666', '--accept', 'QP413'];
const rows = [
  ['--version', [program, '--version'], 15],
  ['--help', [program, '--help'], 15],
  ['plan --sandbox', [program, 'plan', '--sandbox', '--dir', join(folder, 'greenfield'), ...choices], 5],
  ['plan --sandbox=large', [program, 'plan', '--sandbox=large', '--dir', join(folder, 'large'), ...choices], 3],
];

try {
  console.log('command                 median ms   × node -e 0   (min – max)');
  for (const [name, args, runs] of rows) {
    time(args);
    const pairs = Array.from({ length: runs }, () => {
      const base = time(['-e', '0']);
      const own = time(args);
      return { own, ratio: own / base };
    });
    const ratios = pairs.map(({ ratio }) => ratio);
    const [own, ratio] = [median(pairs.map((pair) => pair.own)), median(ratios)];
    const range = `(${Math.min(...ratios).toFixed(2)} – ${Math.max(...ratios).toFixed(2)})`;
    console.log(`${name.padEnd(22)} ${own.toFixed(0).padStart(10)}   ${ratio.toFixed(2).padStart(11)}   ${range}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
