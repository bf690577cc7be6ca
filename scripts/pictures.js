#!/usr/bin/env node
// Makes the README's pictures from real runs: docs/pictures/terminal.svg from a pseudo-terminal, and with Chromium on this
// machine docs/pictures/report-*.png. `--check` makes the terminal's run again and fails where the picture says something else.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recordTerminal } from './terminal-recording.js';
import { linesOf, renderTerminal, wordsOf } from './terminal-svg.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const pictures = join(root, 'docs', 'pictures');
const columns = 100;

/** What the picture shows of `apply`: the step that matters most, from its question to its end. */
const from = /^\? Put the perimeter on bucket/;
const until = /^✓ 4\/6/;

const choices = [
  ...['--test-bucket', 'quilt-perimeter-test-444455556666', '--trusted-vpc', 'vpc-0602aededdc7dca02'],
  ...['--trusted-cidr', '198.51.100.0/24', '--accept', 'QP413'],
];

async function terminal(cwd) {
  const args = ['apply', '--sandbox', '--sandbox-speed', '100', '--yes', '--until', 'bucket-policy', ...choices];
  const rows = await recordTerminal([join(root, 'bin', 'quilt-perimeter.js'), ...args], { columns, cwd });
  const lines = linesOf(rows);
  const begin = lines.findIndex(({ text }) => from.test(text));
  const end = lines.findIndex(({ text }) => until.test(text));
  if (begin === -1 || end < begin) throw new Error(`the run did not come to its end:\n${lines.map(({ text }) => text).join('\n')}`);
  return renderTerminal(lines.slice(begin, end + 1), { columns, title: '$ quilt-perimeter apply --yes --sandbox' });
}

const folder = mkdtempSync(join(tmpdir(), 'quilt-perimeter-pictures-'));
try {
  const svg = await terminal(folder);
  const target = join(pictures, 'terminal.svg');
  if (process.argv.includes('--check')) {
    const [shown, seen] = [wordsOf(readFileSync(target, 'utf8')), wordsOf(svg)];
    if (shown !== seen) {
      console.error(`docs/pictures/terminal.svg is not what the program prints (npm run pictures):\n- ${shown}\n+ ${seen}`);
      process.exitCode = 1;
    }
  } else {
    mkdirSync(pictures, { recursive: true });
    writeFileSync(target, svg);
    const { takeReport } = await import('./report-pictures.js');
    await takeReport({ root, folder, pictures, choices });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
