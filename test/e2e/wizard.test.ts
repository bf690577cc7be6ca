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
    const pattern = /\? ([^✔]*?)(?:\(y\/N\)|type (\S+)[^\n]*? to go on, or press Enter to decline:|(⏎ select))/;
    const seen = await Promise.race([ended, terminal.sees(pattern).catch(() => null)]);
    if (seen === null) return asked;
    const [, question = '', typed, select] = seen;
    // The offer to assess recorded calls: its default is to skip.
    if (select !== undefined) {
      expect(question.replaceAll(/\s+/g, ' ')).toMatch(/Assess recorded S3 calls \(CloudTrail\) before step (bucket-policy|scp)/);
      terminal.type(keys.enter);
      await terminal.sees(/✔[^✔]*Skip/);
      continue;
    }
    asked.push(question.replaceAll(/\s+/g, ' ').trim());
    const answer = yes(question) ? (typed ?? 'y') : typed === undefined ? 'n' : '';
    terminal.type(`${answer}${keys.enter}`);
    await terminal.sees(typed === undefined ? /✔/ : /✔[^✔]*to go on, or press Enter to decline:/);
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
  expect(terminal.all()).toMatch(/\nS3 data perimeter: done\r?\n/);
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

/** Operations that were written so far, as the sandbox logged them. */
const written = (dir: string): readonly string[] =>
  readFileSync(state(dir, 'calls.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): { kind: string; operation: string } => JSON.parse(line))
    .filter(({ kind }) => kind === 'write')
    .map(({ operation }) => operation);

// Each is declined once, in a run that goes on where the one before it stopped.
const destructive: readonly (readonly [question: RegExp, never: readonly string[]])[] = [
  [/gateway\s+endpoint \(open S3 connections drop\)/, ['CreateVpcEndpoint']],
  [/Put the perimeter on bucket/, ['PutBucketPolicy']],
  [/in the Quilt catalog/, ['EnablePolicyType', 'CreatePolicy', 'AttachPolicy']],
  [/Enable service control policies/, ['EnablePolicyType', 'AttachPolicy']],
  [/Attach SCP/, ['AttachPolicy', 'UpdatePolicy']],
  [/Execute the change set/, ['ExecuteChangeSet']],
];

test('no at each destructive confirmation sends none of its calls and exits 3; left in the middle, init goes on to the end', async () => {
  const dir = newFolder();
  for (const [index, [question, never]] of destructive.entries()) {
    const terminal = openTerminal(['init', '--sandbox', '--sandbox-speed', '300'], dir);
    if (index === 0) await takeDefaults(terminal);
    const asked = await answerAll(terminal, (text) => !question.test(text));
    expect(asked.at(-1), `run ${index + 1}`).toMatch(question);
    expect(await terminal.exit, terminal.all()).toBe(3);
    const operations = written(dir);
    for (const operation of never) expect(operations, `declined: ${asked.at(-1)}`).not.toContain(operation);
  }
  const left = openTerminal(['init', '--sandbox', '--sandbox-speed', '300'], dir);
  await left.sees(/\? Execute the change set/);
  left.type(keys.ctrlC);
  expect(await left.exit).toBe(130);
  const last = openTerminal(['init', '--sandbox', '--sandbox-speed', '300'], dir);
  expect(await answerAll(last, () => true)).toHaveLength(1);
  expect(await last.exit, last.all()).toBe(0);
  expect(written(dir)).toContain('ExecuteChangeSet');
});
