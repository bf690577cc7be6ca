import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/engine/types.ts';
import { badInput } from '../../src/errors.ts';
import { finding as findingOf } from '../../src/findings.ts';
import { jsonUi } from '../../src/ui/json.ts';
import { plainPaint } from '../../src/ui/paint.ts';
import { Progress } from '../../src/ui/progress.ts';
import { terminalUi } from '../../src/ui/terminal.ts';
import type { UiOptions } from '../../src/ui/ui.ts';
import { unattendedUi } from '../../src/ui/unattended.ts';

const page = { paint: plainPaint, width: 80, verbose: false, plain: false };

function optionsFor(given: Partial<UiOptions> = {}) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr'): NodeJS.WriteStream => {
    const through = new PassThrough();
    through.on('data', (chunk: Buffer) => {
      written[name] += chunk.toString();
    });
    return through as unknown as NodeJS.WriteStream;
  };
  const options: UiOptions = {
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    quiet: false,
    yes: false,
    rail: false,
    events: true,
    page,
    signal: new AbortController().signal,
    now: () => '2026-01-01T00:00:00.000Z',
    ...given,
  };
  return { options, written };
}

const events: readonly RunEvent[] = [
  { type: 'step-started', step: 'nat' },
  { type: 'change-begun', step: 'nat', key: 'nat/a' },
  { type: 'change-made', step: 'nat', key: 'nat/a', id: 'nat-1' },
  { type: 'waiting', step: 'nat', key: 'nat/a', seconds: 10 },
  { type: 'waiting', step: 'nat', key: 'nat/a', seconds: 35 },
  { type: 'change-done', step: 'nat', key: 'nat/a' },
  { type: 'change-failed', step: 'nat', key: 'nat/b', error: 'creating NAT gateway (nat-2): gone' },
  { type: 'change-undone', step: 'nat', key: 'nat/c' },
  { type: 'step-done', step: 'nat' },
];

describe('for programs', () => {
  test('one event a line, done last, nothing on stderr', () => {
    const { options, written } = optionsFor();
    const ui = jsonUi(options);
    ui.progress('hello');
    for (const event of events) ui.event(event);
    ui.error(badInput('X', 'reading x: y', 'do z'));
    ui.done('failed', 2);
    const lines = written.stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines).toHaveLength(events.length + 2);
    expect(lines[1]).toEqual({ type: 'change-begun', at: '2026-01-01T00:00:00.000Z', step: 'nat', key: 'nat/a' });
    expect(lines.at(-2)).toEqual({
      type: 'error',
      at: '2026-01-01T00:00:00.000Z',
      code: 'X',
      summary: 'reading x: y',
      detail: '',
      remedy: 'do z',
    });
    expect(lines.at(-1)).toEqual({ type: 'done', at: '2026-01-01T00:00:00.000Z', outcome: 'failed', exitCode: 2 });
    expect(written.stderr).toBe('');
  });

  test('a command with one document prints it alone, or its error', () => {
    const { options, written } = optionsFor({ events: false });
    const ui = jsonUi(options);
    for (const event of events) ui.event(event);
    ui.document({ version: 1 });
    ui.done('done', 0);
    expect(written.stdout).toBe('{"version":1}\n');
    const failing = optionsFor({ events: false });
    jsonUi(failing.options).error(badInput('X', 'a', 'b'));
    expect(JSON.parse(failing.written.stdout)).toEqual({ error: { code: 'X', summary: 'a', detail: '', remedy: 'b' } });
  });

  test('it never asks', async () => {
    await expect(jsonUi(optionsFor().options).ask({ kind: 'confirm', id: 'x', text: 'x?' })).rejects.toMatchObject({ exitCode: 3 });
  });
});

describe('for people reading a log', () => {
  test('progress on stderr, results on stdout, nothing that moves', () => {
    const { options, written } = optionsFor();
    const ui = unattendedUi(options);
    ui.showStep(
      { id: 'nat', title: 'Egress' },
      {
        changes: [
          {
            key: 'nat/a',
            action: 'create',
            target: { accountId: '1', region: null, type: 't', name: 'n' },
            summary: 'make a NAT gateway',
            reason: 'there is no egress',
            before: null,
            after: null,
            risk: 'additive',
            confirm: 'c',
            needs: [],
            seconds: 90,
            usdPerMonth: 32.85,
          },
        ],
        confirmations: [],
        findings: [],
        notes: [],
      },
    );
    for (const event of events) ui.event(event);
    ui.result('the result');
    expect(written.stdout).toBe('the result\n');
    expect(written.stderr).toBe(`
3/6  nat  Egress
  + make a NAT gateway
      why: there is no egress
      additive · about 1 min 30 s · $32.85 a month
  … make a NAT gateway
  … made nat-1
  … waiting for 35 s (usually about 1 min 30 s): make a NAT gateway
  ✓ make a NAT gateway (35 s)
  ✗ nat/b: creating NAT gateway (nat-2): gone
  ↶ undone: nat/c
✓ 3/6  nat done
`);
  });

  test('--quiet keeps results, errors, and what somebody is asked about', () => {
    const { options, written } = optionsFor({ quiet: true, yes: true });
    const ui = unattendedUi(options);
    for (const event of events) ui.event(event);
    ui.progress('who');
    ui.showStep({ id: 'nat', title: 'Egress' }, { changes: [], confirmations: [], findings: [], notes: [] });
    ui.result('r');
    ui.error(badInput('X', 'reading x: y', 'z'));
    expect(written).toEqual({ stdout: 'r\n', stderr: '✗ Bad input: reading x: y\n  → z\n' });
  });
});

test('the line that moves says what goes on, since when, how long it usually takes, and how many more', () => {
  let now = 0;
  const progress = new Progress(page, () => now);
  expect(progress.moving()).toBeNull();
  progress.lines({ type: 'change-begun', step: 'nat', key: 'nat/a' }, true);
  progress.lines({ type: 'change-begun', step: 'nat', key: 'nat/b' }, true);
  now = 75_000;
  expect(progress.moving()).toBe('nat/a  1 min 15 s\n  nat/b  1 min 15 s');
  progress.lines({ type: 'probe', step: 'scp', stage: 'bucket', object: 'control', verdict: 'denied' }, true);
  expect(progress.moving()).toContain('probe bucket: control denied');
  progress.lines({ type: 'change-done', step: 'nat', key: 'nat/a' }, true);
  progress.lines({ type: 'change-done', step: 'nat', key: 'nat/b' }, true);
  expect(progress.moving()).toBeNull();
});

test('a proof is told once what needed it begins, and is over then; a wait without a probe is no proof', () => {
  let now = 0;
  const progress = new Progress(page, () => now);
  const made = (key: string): void => {
    progress.lines({ type: 'change-begun', step: 'scp', key }, true);
    progress.lines({ type: 'change-done', step: 'scp', key }, true);
  };
  made('scp/attach');
  progress.lines({ type: 'waiting', step: 'scp', key: 'scp/attach', seconds: 0 }, true);
  progress.lines({ type: 'probe', step: 'scp', stage: 'scp', object: 'control', verdict: 'denied' }, true);
  now = 200_000;
  expect(progress.moving()).toContain('scp/attach  3 min 20 s');
  expect(progress.lines({ type: 'change-begun', step: 'scp', key: 'scp/wide' }, true)).toEqual(['  ✓ proven: scp/attach (3 min 20 s)']);
  progress.lines({ type: 'change-done', step: 'scp', key: 'scp/wide' }, true);
  progress.lines({ type: 'waiting', step: 'scp', key: 'scp/wide', seconds: 9 }, true);
  expect(progress.lines({ type: 'step-done', step: 'scp' }, true)).toEqual(['✓ 5/6  scp done']);
  expect(progress.moving()).toBeNull();
});

test('the end of a step in a rollback says that it is undone, or what of it is not', () => {
  const finding = { ...findingOf('QP703', { detail: 'kept', subjects: [] }), accepted: false };
  const progress = new Progress(page, () => 0);
  progress.lines({ type: 'change-undone', step: 'nat', key: 'nat/a' }, true);
  progress.lines({ type: 'change-undone', step: 'endpoints', key: 'endpoints/a' }, true);
  progress.lines({ type: 'finding', step: 'endpoints', finding }, true);
  expect(progress.lines({ type: 'step-done', step: 'nat' }, true)).toEqual(['✓ 3/6  nat undone']);
  expect(progress.lines({ type: 'step-done', step: 'endpoints' }, true)).toEqual(['✓ 2/6  endpoints undone, but for what is kept']);
});

test('a question that --yes answers is wrapped like everything else', async () => {
  const { options, written } = optionsFor({ yes: true });
  const text = `Put the perimeter on ${'a-bucket-with-a-long-name '.repeat(4)}?`;
  expect(await unattendedUi(options).ask({ kind: 'confirm', id: 'x', text })).toEqual(['yes']);
  expect(written.stderr.split('\n').every((line) => line.length <= 80)).toBe(true);
  expect(written.stderr).toMatch(/^\? Put .*\n {2}a-bucket.* yes \(--yes\)\n$/s);
});

test('a terminal of width 0 gets the same lines and nothing that moves', () => {
  const { options, written } = optionsFor();
  Object.assign(options.stderr, { isTTY: true, columns: 0, cursorTo: () => true, clearLine: () => true, moveCursor: () => true });
  const ui = terminalUi(options);
  for (const event of events) ui.event(event);
  ui.close();
  expect(written.stderr).toContain('nat/a');
  expect(written.stderr.length).toBeLessThan(2000);
});

test('what stays on a terminal is in a log too, word for word; the log has what moves there besides', () => {
  const [atTerminal, inLog] = [new Progress(page, () => 0), new Progress(page, () => 0)];
  const told = events.map((event) => [atTerminal.lines(event, true), inLog.lines(event, false)] as const);
  for (const [stays, logged] of told) expect(logged).toEqual(expect.arrayContaining([...stays]));
  expect(told.flatMap(([stays]) => stays)).not.toEqual([]);
  expect(told.flatMap(([, logged]) => logged).join('\n')).toMatch(/waiting for 35 s/);
});

test('a terminal, a log and --plain are shown the same results, plans and notes; --plain says words for signs', () => {
  const results = [terminalUi, unattendedUi].map((open) => {
    const { options, written } = optionsFor();
    const ui = open(options);
    ui.progress('who you are');
    ui.result('  ✓ it holds');
    ui.close();
    return written;
  });
  expect(results[0]).toEqual(results[1]);
  const plain = optionsFor({ page: { ...page, plain: true } });
  const ui = unattendedUi(plain.options);
  ui.result('  ✓ it holds');
  ui.error(badInput('X', 'reading x: y', 'z'));
  expect(plain.written).toEqual({ stdout: '  ok: it holds\n', stderr: 'Bad input: reading x: y\n  what to do: z\n' });
});
