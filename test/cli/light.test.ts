// What only tells about the program itself answers at once: none of the SDK is loaded for it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { bundled, newFolder, run } from './program.ts';

let cli = '';
beforeAll(() => {
  cli = bundled();
});

/** The bundle's files that a run loads, as Node's coverage tells. */
async function loadedBy(args: readonly string[]): Promise<readonly string[]> {
  const dir = newFolder();
  const coverage = join(dir, 'coverage');
  expect((await run(cli, args, dir, { NODE_V8_COVERAGE: coverage })).code).toBe(0);
  const files = readdirSync(coverage).flatMap(
    (name) => (JSON.parse(readFileSync(join(coverage, name), 'utf8')) as { readonly result: readonly { readonly url: string }[] }).result,
  );
  return files.map(({ url }) => url).filter((url) => url.startsWith('file:'));
}

/** What every request of the SDK carries. */
const isSdk = (url: string): boolean => readFileSync(fileURLToPath(url), 'utf8').includes('amz-sdk-invocation-id');

test.each([['--help'], ['--version'], ['apply', '--help'], ['completion', 'bash'], ['completion', 'powershell']])(
  '%s %s',
  async (...args) => {
    const loaded = await loadedBy(args);
    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.filter(isSdk)).toEqual([]);
  },
);

test('a command that asks AWS does load it', async () => {
  const loaded = await loadedBy(['status', '--sandbox', '--test-bucket', 'quilt-perimeter-test-444455556666']);
  expect(loaded.filter(isSdk)).not.toEqual([]);
});
