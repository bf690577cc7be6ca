import { spawn } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import { bundled, newFolder, run } from '../cli/program.ts';

let cli = '';
beforeAll(() => {
  cli = bundled();
});

interface Served {
  readonly url: string;
  readonly identities: readonly { readonly name: string; readonly lines: readonly string[] }[];
  readonly hints: { readonly testBucket: string; readonly trustedCidrs: readonly string[] };
}

async function serve(dir: string): Promise<{ readonly served: Served; stop(): Promise<number | null> }> {
  const child = spawn(process.execPath, [cli, 'sandbox', '--json', '--sandbox-speed', '600'], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const served = await new Promise<Served>((resolve) =>
    child.stdout.once('data', (chunk: Buffer) => resolve(JSON.parse(chunk.toString()) as Served)),
  );
  return {
    served,
    stop: () =>
      new Promise((resolve) => {
        child.once('close', (code) => resolve(code));
        child.kill('SIGTERM');
      }),
  };
}

const environmentOf = (served: Served, name: string): Record<string, string> =>
  Object.fromEntries(
    (served.identities.find((identity) => identity.name === name)?.lines ?? []).map((line) => [
      line.split('=')[0] ?? '',
      line.slice(line.indexOf('=') + 1),
    ]),
  );

test('a served sandbox is AWS for the program: the endpoint from the environment, the clock in step with it', async () => {
  const { served, stop } = await serve(newFolder());
  const dir = newFolder();
  const choices = ['--test-bucket', served.hints.testBucket, '--trusted-cidr', served.hints.trustedCidrs.join(',')];
  const began = Date.now();
  const { code, stdout, stderr } = await run(
    cli,
    ['apply', '--until', 'nat', '--yes', '--json', ...choices],
    dir,
    environmentOf(served, 'operator'),
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type: string; readonly seconds?: number });
  expect(events.at(-1)).toMatchObject({ type: 'done', outcome: 'done', exitCode: 0 });
  const waited = Math.max(...events.map(({ seconds = 0 }) => seconds));
  expect(waited).toBeGreaterThan(60);
  expect((Date.now() - began) / 1000).toBeLessThan(waited);
  expect(await stop()).toBe(130);
});
