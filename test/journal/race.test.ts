// Real processes that take one lock at the same moment.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { bundledScript } from '../support/bundled-script.ts';

let script = '';
beforeAll(async () => {
  script = await bundledScript(fileURLToPath(new URL('./taker.ts', import.meta.url)));
});

type Outcome =
  | { readonly won: true; readonly notes: readonly string[]; readonly from: number; readonly until: number }
  | { readonly won: false; readonly code: string };

interface Taker {
  /** Resolves with what became of its attempt, which begins now. */
  take(): Promise<Outcome>;
  /** Lets go of what it holds; resolves once the process is gone. */
  end(): Promise<void>;
}

/** A process that is ready to take the lock. `hold` 0: it is held until `end`, else for so many milliseconds. */
async function taker(dir: string, hold: number, ending: 'release' | 'die' = 'release'): Promise<Taker> {
  const child = spawn(process.execPath, [script, dir, String(hold), ending], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  // One that lost has ended before it is told to.
  child.stdin.on('error', (error: NodeJS.ErrnoException) => expect(error.code).toBe('EPIPE'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    async take() {
      child.stdin.write('\n');
      return JSON.parse((await lines.next()).value ?? '') as Outcome;
    },
    async end() {
      child.stdin.end('\n');
      await closed;
    },
  };
}

const folder = (): string => mkdtempSync(join(tmpdir(), 'quilt-perimeter-lock-'));
const several = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));
const gone = `${JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), user: 'ann', command: 'apply', since: '2026-01-01T00:00:00.000Z' })}\n`;

/** Everybody who lost was told so (QP702), and no two had it at one time. */
function expectOneAtATime(outcomes: readonly Outcome[]): void {
  const winners = outcomes.filter((outcome) => outcome.won).sort((a, b) => a.from - b.from);
  expect(winners.length).toBeGreaterThan(0);
  expect(outcomes.flatMap((outcome) => (outcome.won || outcome.code === 'QP702' ? [] : [outcome.code]))).toEqual([]);
  for (const [index, { from }] of winners.entries()) expect(from).toBeGreaterThanOrEqual(winners[index - 1]?.until ?? 0);
}

test.each([
  ['there is none', null],
  ['its process is gone', gone],
  ['it is empty', ''],
  ['it was cut off', gone.slice(0, 30)],
])('of eight that take the lock at once where %s, one has it', async (_where, stale) => {
  const dir = folder();
  if (stale !== null) writeFileSync(join(dir, 'lock'), stale);
  const takers = await several(8, () => taker(dir, 0));
  const outcomes = await Promise.all(takers.map((each) => each.take()));
  expectOneAtATime(outcomes);
  const winners = outcomes.filter((outcome) => outcome.won);
  expect(winners).toHaveLength(1);
  expect(winners[0]?.notes).toHaveLength(stale === null ? 0 : 1);
  await Promise.all(takers.map((each) => each.end()));
  expect(readdirSync(dir)).toEqual([]);
});

test('takers that come and go, or die with it, never have it at one time', async () => {
  const dir = folder();
  const takers = await several(10, (index) => taker(dir, 5 + index * 3, index % 3 === 0 ? 'die' : 'release'));
  expectOneAtATime(await Promise.all(takers.map((each) => each.take())));
  await Promise.all(takers.map((each) => each.end()));
});

test('the lock names the process that holds it and when that began, and is taken over once it is gone', async () => {
  const dir = folder();
  const first = await taker(dir, 1, 'die');
  await first.take();
  await first.end();
  const lock = JSON.parse(readFileSync(join(dir, 'lock'), 'utf8')) as { readonly host: string; readonly start: string | null };
  expect(lock.host).toBe(hostname());
  if (process.platform === 'linux') expect(lock.start).toMatch(/^[0-9a-f-]+\/\d+$/);
  const next = await taker(dir, 0);
  expect(await next.take()).toMatchObject({ won: true, notes: [expect.stringContaining('that process is gone')] });
  await next.end();
});
