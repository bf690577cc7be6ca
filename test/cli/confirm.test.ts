// --confirm-within and confirm as another program uses them.
import { expect, test } from 'vitest';
import { bundled, newFolder, run } from './program.ts';

const cli = bundled();
const choices = ['--test-bucket', 'quilt-perimeter-test-444455556666', '--trusted-cidr', '198.51.100.0/24'];
const eventsOf = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line): { readonly type: string; readonly [name: string]: unknown } => JSON.parse(line));

test('apply --yes stops with the deadline and the command to confirm with; confirm --yes makes it permanent', async () => {
  const dir = newFolder();
  const where = ['--sandbox', '--dir', dir];
  const apply = ['apply', ...where, ...choices, '--only', 'bucket-policy', '--confirm-within', '12h', '--yes', '--json'];
  const applied = await run(cli, apply, dir);
  expect(applied.code, applied.stdout).toBe(3);
  const events = eventsOf(applied.stdout);
  const until = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const key = 'bucket-policy/quilt-perimeter-test-444455556666/guarded';
  expect(events).toContainEqual({ type: 'unconfirmed', at: expect.any(String), step: 'bucket-policy', key, until });
  expect(events.at(-2)).toMatchObject({ type: 'error', code: 'UNCONFIRMED' });
  expect(events.at(-2)?.remedy).toContain(`quilt-perimeter confirm --sandbox --dir ${dir}`);
  expect(events.at(-1)).toMatchObject({ type: 'done', outcome: 'stopped', exitCode: 3 });

  const status = await run(cli, ['status', ...where], dir);
  expect(status.code).toBe(0);
  expect(status.stdout).toMatch(/guarded, to be confirmed by \S+, else AWS ends it/);

  const asked = await run(cli, ['confirm', ...where], dir);
  expect(asked.code).toBe(3);
  expect(asked.stderr).toMatch(/there is no terminal to ask on[\s\S]*--yes/);
  const confirmed = await run(cli, ['confirm', ...where, '--yes'], dir);
  expect(confirmed.code, confirmed.stderr).toBe(0);
  expect(confirmed.stdout).toContain('Stands for good: AWS::S3::BucketPolicy quilt-perimeter-test-444455556666');
  const again = await run(cli, ['confirm', ...where, '--yes', '--json'], dir);
  expect(again.code).toBe(0);
  expect(eventsOf(again.stdout)).toEqual([{ type: 'done', at: expect.any(String), outcome: 'done', exitCode: 0 }]);
  expect((await run(cli, ['rollback', ...where, '--yes'], dir)).code).toBe(0);
}, 180_000);

test('confirm without a journal stops and says where it must be', async () => {
  const dir = newFolder();
  const { code, stderr } = await run(cli, ['confirm', '--sandbox', '--yes'], dir);
  expect(code).toBe(3);
  expect(stderr).toMatch(/there is no journal[\s\S]*--dir/);
});
