import { expect, test } from 'vitest';
import { completedProgram, listsOf, takesNext } from '../../src/commands/completion/model.ts';
import { scenarioNames } from '../../src/commands/completion/scenario-names.ts';
import { completion } from '../../src/commands/completion.ts';
import { commandNames } from '../../src/commands/flags.ts';
import { programOf } from '../../src/commands/program.ts';
import { scenarioNames as scenariosOfTheSandbox } from '../../src/sandbox/scenarios/index.ts';

const program = programOf(() => undefined);
const read = completedProgram(program);
const flag = (command: string, name: string) =>
  (read.commands.find((each) => each.name === command)?.flags ?? []).find((each) => each.name === name);

async function scriptFor(shell: string): Promise<string> {
  const printed: string[] = [];
  const ui = { json: false, document: () => undefined, result: (text: string) => void printed.push(text) };
  expect(await completion({ args: [shell], ui })).toBe(0);
  return printed.join('');
}

test('every command that the program has is completed, with every flag that it parses', () => {
  expect(read.commands.map(({ name }) => name).sort()).toEqual([...commandNames].sort());
  for (const command of program.commands) {
    const known = read.commands.find(({ name }) => name === command.name())?.flags.map(({ name }) => name);
    expect(known).toEqual(expect.arrayContaining(command.options.map(({ long }) => long)));
  }
  expect(read.flags.map(({ name }) => name)).toEqual(expect.arrayContaining(program.options.map(({ long }) => long)));
});

test('what a flag takes is read off its placeholder', () => {
  expect(flag('apply', '--only')?.values).toMatchObject({ kind: 'words', several: true });
  expect(flag('apply', '--until')?.values).toMatchObject({ kind: 'words', several: false });
  expect(flag('plan', '--out')?.values).toEqual({ kind: 'files' });
  expect(flag('plan', '--private-dns')?.values).toMatchObject({ words: [{ value: 'on' }, { value: 'off' }] });
  expect(flag('plan', '--vpc')?.values).toEqual({ kind: 'free', what: 'id' });
  expect(flag('apply', '--yes')?.values).toBeNull();
  expect(read.flags.find(({ name }) => name === '--dir')?.values).toEqual({ kind: 'folders' });
});

test('a value that may be left out is no word of its own; a bracket within a placeholder makes no difference', () => {
  const sandbox = read.flags.find(({ name }) => name === '--sandbox');
  expect(sandbox && takesNext(sandbox)).toBe(false);
  const to = flag('explain', '--to');
  expect(to && takesNext(to)).toBe(true);
});

test('the scenarios are those of the sandbox', () => {
  expect(scenarioNames).toEqual(scenariosOfTheSandbox);
});

test.each(['bash', 'zsh', 'fish', 'powershell'])('the script for %s holds every command, flag and value', async (shell) => {
  const script = await scriptFor(shell);
  const words = listsOf(read).flatMap((list) => list.map(({ value }) => value));
  const flags = [...read.flags, ...read.commands.flatMap((command) => command.flags)].map(({ name }) =>
    shell === 'fish' ? `-l ${name.slice(2)}` : name,
  );
  for (const word of [...read.commands.map(({ name }) => name), ...flags, ...words]) expect(script).toContain(word);
});

test('a shell that is none of the four is named with those that are (exit 2)', async () => {
  await expect(
    completion({ args: ['tcsh'], ui: { json: false, document: () => undefined, result: () => undefined } }),
  ).rejects.toMatchObject({
    exitCode: 2,
    summary: 'reading SHELL (tcsh): there is no completion for it',
    remedy: 'give one of bash, zsh, fish, powershell',
  });
});
