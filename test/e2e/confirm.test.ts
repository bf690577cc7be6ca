import { expect, test } from 'vitest';
import { keys, newFolder, openTerminal } from './terminal.ts';

const choices = ['--test-bucket', 'quilt-perimeter-test-444455556666', '--trusted-cidr', '198.51.100.0/24'];
const apply = ['apply', '--sandbox', ...choices, '--only', 'bucket-policy', '--confirm-within', '12h'];

test('the terminal asks whether it is to be kept: no leaves it to end by itself, yes in the next run keeps it', async () => {
  const dir = newFolder();
  const first = openTerminal(apply, dir);
  await first.sees(/\? Put the perimeter on bucket[\s\S]*?for 12 hours[\s\S]*?\(y\/N\)/);
  first.type(`y${keys.enter}`);
  await first.sees(/not confirmed; AWS ends it by itself at/);
  await first.sees(/\? Keep the perimeter on bucket[\s\S]*?\(y\/N\)/);
  first.type(keys.enter);
  expect(await first.exit, first.all()).toBe(3);
  expect(first.all()).toContain('quilt-perimeter confirm --sandbox');

  const unattended = openTerminal([...apply, '--yes'], dir);
  expect(await unattended.exit, unattended.all()).toBe(3);
  expect(unattended.all()).not.toContain('? Keep the perimeter');

  const second = openTerminal(apply, dir);
  await second.sees(/\? Keep the perimeter on bucket[\s\S]*?\(y\/N\)/);
  second.type(`y${keys.enter}`);
  expect(await second.exit, second.all()).toBe(0);
  const last = openTerminal(['confirm', '--sandbox'], dir);
  expect(await last.exit).toBe(0);
  expect(last.all()).toContain('Nothing waits to be confirmed.');
});

test('confirm asks on the terminal, proves once more, and keeps it', async () => {
  const dir = newFolder();
  const applied = openTerminal([...apply, '--yes'], dir);
  expect(await applied.exit, applied.all()).toBe(3);
  const terminal = openTerminal(['confirm', '--sandbox'], dir);
  await terminal.sees(/\? Keep the perimeter on bucket[\s\S]*?for good\?[\s\S]*?\(y\/N\)/);
  terminal.type(`y${keys.enter}`);
  expect(await terminal.exit, terminal.all()).toBe(0);
  expect(terminal.all()).toContain('Stands for good');
});
