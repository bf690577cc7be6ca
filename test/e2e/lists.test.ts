// Long questions on a terminal: the tree of an organization of 2,000 accounts and lists of 2,000 items, by keys and by search, and
// the same under --plain.
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundledScript } from '../support/bundled-script.ts';
import { keys, newFolder, openProgram, type Terminal } from './terminal.ts';

let script = '';
beforeAll(async () => {
  script = await bundledScript(fileURLToPath(new URL('../support/ask-on-terminal.ts', import.meta.url)));
});

const ask = (...args: readonly string[]): Terminal => openProgram([process.execPath, script, ...args], newFolder());
const left = '\u001b[D';
const right = '\u001b[C';
const escapeKey = '\u001b';

async function answered(terminal: Terminal): Promise<unknown> {
  const [, json = ''] = await terminal.sees(/answer (\[.*\])/, 20);
  expect(await terminal.exit).toBe(0);
  return JSON.parse(json);
}

describe('the organization as a tree', () => {
  test('Enter takes the account that holds the stack, and the screen says in which unit it is', async () => {
    const terminal = ask('tree');
    await terminal.sees(/❯ +account-1234 \(100000001234\)/, 20);
    await terminal.sees(/in Root \(r-ab12\) › Unit 24 unit/, 20);
    terminal.type(keys.enter);
    expect(await answered(terminal)).toEqual(['100000001234']);
    expect(terminal.all()).toContain('✔ What is the SCP attached to? account-1234 (100000001234)');
  });

  test('arrows close a unit, go to the next and open it', async () => {
    const terminal = ask('tree');
    await terminal.sees(/⏎ select/, 20);
    terminal.type(left);
    await terminal.sees(/❯ +▾ Unit 24 unit/, 20);
    terminal.type(left);
    await terminal.sees(/❯ +▸ Unit 24 unit \(ou-ab12-unit24\) {2}50 below/, 20);
    terminal.type(keys.down);
    await terminal.sees(/❯ +▸ Unit 25 unit/, 20);
    terminal.type(right);
    await terminal.sees(/❯ +▾ Unit 25 unit/, 20);
    terminal.type(right);
    await terminal.sees(/❯ +account-1250/, 20);
    terminal.type(keys.enter);
    expect(await answered(terminal)).toEqual(['100000001250']);
  });

  test('typing searches 2,000 accounts; Escape gives the search up and stays where it led', async () => {
    const terminal = ask('tree');
    await terminal.sees(/⏎ select/, 20);
    terminal.type('account-1777');
    await terminal.sees(/❯ +account-1777[\s\S]*1 of 2041 match/, 20);
    terminal.type(escapeKey);
    await terminal.sees(/❯ +account-1777[\s\S]*in Root \(r-ab12\) › Unit 35 unit/, 20);
    terminal.type(keys.up);
    await terminal.sees(/❯ +account-1776/, 20);
    terminal.type(keys.enter);
    expect(await answered(terminal)).toEqual(['100000001776']);
  });

  test('Enter where nothing matches chooses nothing; Ctrl-C is an interruption', async () => {
    const terminal = ask('tree');
    await terminal.sees(/⏎ select/, 20);
    terminal.type('no such account');
    await terminal.sees(/Nothing matches/, 20);
    terminal.type(keys.enter);
    terminal.type(keys.ctrlC);
    expect(await terminal.exit).toBe(130);
    expect(terminal.all()).not.toContain('answer');
  });

  test('SIGTERM at a question is an interruption', async () => {
    const terminal = ask('tree');
    await terminal.sees(/⏎ select/, 20);
    terminal.kill('SIGTERM');
    expect(await terminal.exit).toBe(130);
  });
});

describe('lists of 2,000', () => {
  test('one is found by words of its name, id and detail', async () => {
    const terminal = ask('select');
    await terminal.sees(/❯ +网络-7 \(vpc-7\)/, 20);
    terminal.type('10.200. vpc-1992');
    await terminal.sees(/1 of 2000 match/, 20);
    terminal.type(keys.enter);
    expect(await answered(terminal)).toEqual(['vpc-1992']);
  });

  test('several are chosen over several searches', async () => {
    const terminal = ask('checkbox');
    await terminal.sees(/❯ ◉ 网络-3 /, 20);
    terminal.type('vpc-1500');
    await terminal.sees(/1 of 2000 match/, 20);
    terminal.type(' ');
    await terminal.sees(/2 chosen/, 20);
    terminal.type('\u0015');
    await terminal.sees(/line \d+ of 2000/, 20);
    terminal.type('vpc-77');
    await terminal.sees(/11 of 2000 match, 2 chosen/, 20);
    terminal.type('\u0001');
    await terminal.sees(/13 chosen/, 20);
    terminal.type(keys.enter);
    expect(await answered(terminal)).toEqual(['vpc-3', 'vpc-77', ...Array.from({ length: 10 }, (_, n) => `vpc-${770 + n}`), 'vpc-1500']);
    expect(terminal.all()).toMatch(/✔ Which VPCs\?\s+网络-3[\s\S]*and\s+8 more/);
  });
});

describe('under --plain', () => {
  test('a tree is a numbered list; words search it, a number answers, and nothing is drawn anew', async () => {
    const terminal = ask('tree', 'plain');
    await terminal.sees(/1\. Root[\s\S]*20\. account-17 \(100000000017\), in Unit 0 unit[\s\S]*press Enter for\s+account-1234/, 20);
    terminal.type('account-1750\r');
    await terminal.sees(/1 line of the list matches\r?\n1788\. account-1750 \(100000001750\), in Unit 35 unit/, 20);
    terminal.type('9999\r');
    await terminal.sees(/Not taken: there are only 2041/, 20);
    terminal.type('1788\r');
    expect(await answered(terminal)).toEqual(['100000001750']);
    expect(terminal.raw()).not.toContain(escapeKey);
  });

  test('several are numbers, ids or both; more reads on', async () => {
    const terminal = ask('checkbox', 'plain');
    await terminal.sees(/: $/, 20);
    terminal.type('more\r');
    await terminal.sees(/40\. 网络-39[\s\S]*: $/, 20);
    terminal.type('3, 5, vpc-9\r');
    expect(await answered(terminal)).toEqual(['vpc-2', 'vpc-4', 'vpc-9']);
  });

  test('Enter takes the default', async () => {
    const terminal = ask('select', 'plain');
    await terminal.sees(/8\. 网络-7 \(vpc-7\), 10\.7\.0\.0\/16 \(default\)[\s\S]*: $/, 20);
    terminal.type('\r');
    expect(await answered(terminal)).toEqual(['vpc-7']);
  });

  test('a code is not shown; Ctrl-C is an interruption', async () => {
    const terminal = ask('code', 'plain');
    await terminal.sees(/it is not shown\): $/, 20);
    terminal.type('12x\u007f3456\r');
    expect(await answered(terminal)).toEqual(['123456']);
    expect(terminal.all().replace(/answer.*/, '')).not.toMatch(/12x|3456/);
    for (const kind of ['tree', 'code']) {
      const stopped = ask(kind, 'plain');
      await stopped.sees(/: $/, 20);
      stopped.type(keys.ctrlC);
      expect(await stopped.exit).toBe(130);
    }
  });
});
