import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bundled, newFolder, run } from './program.ts';

const sandbox = ['--sandbox', '--sandbox-speed', '240'];
const choices = ['--test-bucket', 'quilt-perimeter-test-444455556666', '--trusted-cidr', '198.51.100.0/24', '--until', 'nat'];
let cli = '';

beforeAll(() => {
  cli = bundled();
});

test('a saved plan is carried out by its file alone, refused with another choice, and out of date afterwards', async () => {
  const folder = newFolder();
  expect((await run(cli, ['plan', ...sandbox, ...choices, '--out', 'saved.json'], folder)).code).toBe(0);
  const other = await run(cli, ['apply', 'saved.json', '--yes', '--nat', 'per-zone', ...sandbox], folder);
  expect(other).toMatchObject({ code: 3, stderr: expect.stringContaining('what it was made from has changed') });
  const applied = await run(cli, ['apply', join(folder, 'saved.json'), '--yes', ...sandbox], folder);
  expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining('Not part of this run: bucket-policy, scp, stack-parameter.') });
  const again = await run(cli, ['apply', 'saved.json', '--yes', '--json', ...sandbox], folder);
  expect(again.code).toBe(3);
  expect(
    again.stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toMatchObject([
    { type: 'error', code: 'PLAN_STALE' },
    { type: 'done', outcome: 'stopped', exitCode: 3 },
  ]);
});
