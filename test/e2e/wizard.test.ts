import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keys, newFolder, openTerminal, type Terminal } from './terminal.ts';

const state = (dir: string, file: string): string => join(dir, '.quilt-perimeter', 'sandbox', file);

/** Takes the default at each question about choices. */
async function takeDefaults(terminal: Terminal): Promise<void> {
  for (const question of [/\? Which clean bucket/, /\? Which VPCs besides/, /\? Which public networks/, /\? What is the SCP attached to/]) {
    await terminal.sees(question);
    await terminal.sees(/select|submit|\(198\.51\.100\.0\/24\)/);
    terminal.type(keys.enter);
    await terminal.sees(/✔/);
  }
}

/** Answers confirmations until the program ends: yes or no, and what has to be typed. Returns what was asked. */
async function answerAll(terminal: Terminal, yes: (question: string) => boolean): Promise<readonly string[]> {
  const asked: string[] = [];
  const ended = terminal.exit.then(() => null);
  for (;;) {
    const pattern = /\? ([^✔]*?)(?:\(y\/N\)|type (\S+)[^\n]*? to go on, nothing to decline:)/;
    const seen = await Promise.race([ended, terminal.sees(pattern).catch(() => null)]);
    if (seen === null) return asked;
    const [, question = '', typed] = seen;
    asked.push(question.replaceAll(/\s+/g, ' ').trim());
    const answer = yes(question) ? (typed ?? 'y') : typed === undefined ? 'n' : '';
    terminal.type(`${answer}${keys.enter}`);
    await terminal.sees(typed === undefined ? /✔/ : /✔[^✔]*to go on, nothing to decline:/);
  }
}

test('the wizard with default choices and yes at each confirmation ends with all six steps done', async () => {
  const dir = newFolder();
  const terminal = openTerminal(['init', '--sandbox', '--sandbox-speed', '300'], dir);
  await takeDefaults(terminal);
  await terminal.sees(/Wrote .*quilt-perimeter\.yaml/);
  const asked = await answerAll(terminal, () => true);
  expect(asked.length).toBeGreaterThanOrEqual(6);
  expect(asked.join('\n')).toContain('Open quilt-perimeter-test-444455556666 in the Quilt catalog.');
  expect(asked.join('\n')).toContain('Enable service control policies');
  expect(await terminal.exit).toBe(0);
  expect(terminal.all()).toMatch(/\nDone\r?\n/);
  expect(terminal.all()).toMatch(/6\/6 {2}stack-parameter {2}done/);
  expect(readFileSync(state(dir, 'quilt-perimeter.yaml'), 'utf8')).toContain('bucket: quilt-perimeter-test-');
});

test('no at the first confirmation: no write at all, exit 3', async () => {
  const dir = newFolder();
  const terminal = openTerminal(['init', '--sandbox', '--sandbox-speed', '300'], dir);
  await takeDefaults(terminal);
  expect(await answerAll(terminal, () => false)).toHaveLength(1);
  expect(await terminal.exit).toBe(3);
  const calls = readFileSync(state(dir, 'calls.jsonl'), 'utf8').trimEnd().split('\n');
  expect(calls.filter((line) => line.includes('"write"'))).toEqual([]);
});

test('Ctrl-C during a wait exits 130, and apply goes on from there', async () => {
  const dir = newFolder();
  const choices = ['--test-bucket', 'quilt-perimeter-test-444455556666', '--trusted-cidr', '198.51.100.0/24', '--until', 'nat', '--yes'];
  const terminal = openTerminal(['apply', '--sandbox', '--sandbox-speed', '30', ...choices], dir);
  await terminal.sees(/NAT gateway in us-east-1a[^\n]*\d+ s/);
  terminal.type(keys.ctrlC);
  expect(await terminal.exit).toBe(130);
  expect(terminal.all()).toContain('interrupted');
  const again = openTerminal(['apply', '--sandbox', '--sandbox-speed', '300', ...choices], dir);
  expect(await again.exit).toBe(0);
  expect(again.all()).toMatch(/3\/6 {2}nat +done/);
});

test('leaving at a question exits 130 and changes nothing', async () => {
  const dir = newFolder();
  const terminal = openTerminal(['init', '--sandbox'], dir);
  await terminal.sees(/\? Which clean bucket/);
  await terminal.sees(/select/);
  terminal.type(keys.ctrlC);
  expect(await terminal.exit).toBe(130);
  expect(existsSync(state(dir, 'journal.jsonl'))).toBe(false);
  expect(existsSync(state(dir, 'quilt-perimeter.yaml'))).toBe(false);
});
