// The command `report` as a process on the embedded AWS: what it writes, and what it refuses.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bundled, type Ended, newFolder, run } from './program.ts';

let cli = '';
const folder = newFolder();
const bucket = 'quilt-perimeter-test-444455556666';
const choices = ['--sandbox', '--test-bucket', bucket, '--trusted-cidr', '198.51.100.0/24'];
const program = (...args: readonly string[]): Promise<Ended> => run(cli, [...args, ...choices], folder);

beforeAll(() => {
  cli = bundled();
});

test('Markdown says what it is, has the hashes of plan --out, and is its owner alone to read', async () => {
  const written = await program('report', '--format', 'md', '--json');
  expect(written.code, written.stderr).toBe(0);
  const path = join(folder, 'quilt-perimeter-report.md');
  const text = readFileSync(path, 'utf8');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(JSON.parse(written.stdout)).toMatchObject({
    version: 1,
    stage: 'change-request',
    path,
    format: 'md',
    bytes: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
  });
  expect(text).toContain('**Change request.** Asks for approval of 22 changes in 5 steps.');
  expect(text).toContain('+   "Version": "2012-10-17"');
  expect(text).not.toMatch(/assumed-role\/(?!example)\w+\//);

  await program('plan', '--out', 'plan.json');
  const plan: {
    readonly settingsHash: string;
    readonly steps: readonly { readonly changesHash: string; readonly changes: readonly unknown[] }[];
  } = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'));
  const hashes = plan.steps.filter((step) => step.changes.length > 0).map((step) => step.changesHash);
  expect(hashes.length).toBeGreaterThan(3);
  for (const hash of [plan.settingsHash, ...hashes]) expect(text).toContain(hash);
});

test.each([
  [['--format', 'pdf'], 'reading --format (pdf): expected one of html, md'],
  [['--out', ''], 'reading --out (empty): expected a file'],
  [['--out', '.'], 'writing report'],
  [['--assess', 'no-such-folder'], 'no-such-folder'],
])('%j is bad input', async (flags, says) => {
  const { code, stderr } = await program('report', ...flags);
  expect(stderr).toContain(says);
  expect(code).toBe(2);
});
