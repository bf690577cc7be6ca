import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bundled, newFolder, run } from './program.ts';

const sandbox = ['--sandbox', '--sandbox-speed', '240'];
const bucket = ['--test-bucket', 'quilt-perimeter-test-444455556666'];
const cidr = ['--trusted-cidr', '198.51.100.0/24'];
let cli = '';
let folder = '';

beforeAll(async () => {
  cli = bundled();
  folder = newFolder();
  const applied = await run(cli, ['apply', '--yes', '--until', 'bucket-policy', ...sandbox, ...bucket, ...cidr], folder);
  expect(applied).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/Warning|The last run was made with/) });
});

const words = (text: string): string => text.replaceAll(/\s+/g, ' ');
const note = 'The last run was made with --trusted-cidr 198.51.100.0/24, which neither the flags nor quilt-perimeter.yaml say now';

test('status without flags goes by what the last run was made with', async () => {
  const { code, stdout } = await run(cli, ['status', '--json', ...sandbox], folder);
  expect(code).toBe(0);
  const { steps } = JSON.parse(stdout) as { readonly steps: readonly { readonly id: string; readonly state: string }[] };
  expect(steps.find(({ id }) => id === 'bucket-policy')?.state).toBe('done');
});

test('status with another flag goes by the flag', async () => {
  const { stdout } = await run(cli, ['status', '--json', ...sandbox, '--trusted-cidr', '203.0.113.0/24'], folder);
  const { steps } = JSON.parse(stdout) as { readonly steps: readonly { readonly id: string; readonly state: string }[] };
  expect(steps.find(({ id }) => id === 'bucket-policy')?.state).toBe('pending');
});

test('plan without the flag says what would be taken back, for people and for programs', async () => {
  expect(words((await run(cli, ['plan', ...sandbox, ...bucket], folder)).stdout)).toContain(note);
  const { stdout } = await run(cli, ['plan', '--json', ...sandbox, ...bucket], folder);
  const { steps } = JSON.parse(stdout) as { readonly steps: readonly { readonly notes: readonly string[] }[] };
  expect(steps[0]?.notes.join()).toContain(note);
});

test('plan with the flag, and with the file, does not', async () => {
  expect(words((await run(cli, ['plan', ...sandbox, ...bucket, ...cidr], folder)).stdout)).not.toContain('The last run');
  const file = join(folder, 'said.yaml');
  writeFileSync(file, 'version: 1\nperimeter:\n  trustedCidrs: [198.51.100.0/24]\ntest:\n  bucket: quilt-perimeter-test-444455556666\n');
  expect(words((await run(cli, ['plan', '--config', file, ...sandbox], folder)).stdout)).not.toContain('The last run');
});

test('apply without the flag says so before it asks, for people and for programs', async () => {
  const asking = await run(cli, ['apply', ...sandbox, ...bucket], folder);
  expect(asking.code).toBe(3);
  expect(words(asking.stderr)).toContain(note);
  const { stdout } = await run(cli, ['apply', '--json', ...sandbox, ...bucket], folder);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type: string; readonly text?: string });
  expect(events.find(({ type }) => type === 'note')?.text).toContain(note);
});

test('the help of status says where choices come from', async () => {
  expect((await run(cli, ['status', '--help'], folder)).stdout).toContain("taken from the last run's journal");
});
