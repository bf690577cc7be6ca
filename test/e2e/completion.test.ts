// The scripts of `completion` in the shells themselves: keys are typed, Tab is pressed, and what then runs says its arguments.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { newFolder, openProgram, program, type Terminal } from './terminal.ts';

const shells = ['bash', 'zsh', 'fish', 'pwsh'] as const;
type Shell = (typeof shells)[number];
const isThere = (shell: Shell): boolean => spawnSync(shell, ['--version'], { stdio: 'ignore' }).error === undefined;

const dir = newFolder();
const scripts = new Map<Shell, string>();

beforeAll(() => {
  mkdirSync(join(dir, 'a folder'));
  mkdirSync(join(dir, '.aws'));
  writeFileSync(join(dir, '.aws', 'config'), '[default]\nregion=eu-west-1\n[profile quilt-prod]\n[sso-session quilt-sso]\n');
  writeFileSync(join(dir, 'saved.plan'), '');
  for (const shell of shells) {
    const made = spawnSync(process.execPath, [program, 'completion', shell === 'pwsh' ? 'powershell' : shell], { encoding: 'utf8' });
    expect(made).toMatchObject({ status: 0, stderr: '' });
    const file = join(dir, `completion.${shell}`);
    writeFileSync(file, made.stdout);
    scripts.set(shell, file);
  }
});

/** What is typed before Tab, and the arguments that it becomes. */
const completed: readonly (readonly [typed: string, becomes: readonly string[]])[] = [
  ['ap', ['apply']],
  ['rollb', ['rollback']],
  ['--json --dir . sta', ['--json', '--dir', '.', 'status']],
  ['apply --confirm', ['apply', '--confirm-within']],
  ['apply --until sc', ['apply', '--until', 'scp']],
  ['plan --verb', ['plan', '--verbose']],
  ['rollback --to stack', ['rollback', '--to', 'stack-parameter']],
  ['plan --nat p', ['plan', '--nat', 'per-zone']],
  ['plan --sandbox=br', ['plan', '--sandbox=brownfield']],
  ['--sandbox ass', ['--sandbox', 'assess']],
  ['sandbox terr', ['sandbox', 'terraform-owned']],
  ['plan --accept QP11', ['plan', '--accept', 'QP11']],
  ['plan --accept QP309,QP31', ['plan', '--accept', 'QP309,QP31']],
  ['plan --only endpoints,sc', ['plan', '--only', 'endpoints,scp']],
  ['plan --only=endpoints,sc', ['plan', '--only=endpoints,scp']],
  ['completion po', ['completion', 'powershell']],
  ['apply sav', ['apply', 'saved.plan']],
  ['plan --profile quilt-', ['plan', '--profile', 'quilt-prod']],
  ['explain --to sav', ['explain', '--to', 'sav']],
];

const skipped = (shell: Shell): string => (isThere(shell) ? '' : ' (skipped: it is not on the PATH)');

describe.each(['bash', 'zsh'] as const)('%s', (shell) => {
  const open = (): Terminal => {
    const rc = join(dir, shell === 'zsh' ? '.zshrc' : '.bashrc');
    const begin = shell === 'zsh' ? 'autoload -Uz compinit && compinit -u -D\n' : "bind 'set bell-style none'\n";
    writeFileSync(rc, `${begin}PS1='ready> '\nquilt-perimeter() { printf '<%s>' "$@"; echo; }\nsource ${scripts.get(shell)}\n`);
    return openProgram(shell === 'zsh' ? ['zsh', '-i'] : ['bash', '--rcfile', rc, '-i'], dir, { ZDOTDIR: dir, HISTFILE: '' });
  };

  test.skipIf(!isThere(shell))(`completes commands, flags and values${skipped(shell)}`, async () => {
    const terminal = open();
    await terminal.sees(/ready> /);
    for (const [typed, becomes] of completed) {
      terminal.type(`quilt-perimeter ${typed}\t\r`);
      const [, said = ''] = await terminal.sees(/\n\r?(<[^\n\r]*>)\r?\n/, 10);
      expect(said, typed).toBe(becomes.map((word) => `<${word}>`).join(''));
      await terminal.sees(/ready> /, 10);
    }
    terminal.kill('SIGHUP');
    await terminal.exit;
  });

  test.skipIf(!isThere(shell))(`lists what there is to choose from${skipped(shell)}`, async () => {
    const terminal = open();
    await terminal.sees(/ready> /);
    terminal.type('quilt-perimeter apply --until \t\t');
    await terminal.sees(/bucket-policy\s+endpoints\s+scp\s+discover\s+nat\s+stack-parameter/, 10);
    terminal.kill('SIGHUP');
    await terminal.exit;
  });
});

/** Candidates, as the shell's own engine tells them without a terminal. */
function candidates(shell: 'fish' | 'pwsh', line: string): readonly string[] {
  const file = scripts.get(shell) ?? '';
  const ask =
    shell === 'fish'
      ? ['--no-config', '-c', `source ${file}; complete -C "${line}"`]
      : [
          '-NoProfile',
          '-Command',
          `. ([scriptblock]::Create((Get-Content -Raw '${file}'))); (TabExpansion2 -inputScript '${line}' -cursorColumn ${line.length}).CompletionMatches.CompletionText`,
        ];
  const { stdout, stderr } = spawnSync(shell, ask, { cwd: dir, env: { PATH: process.env.PATH, HOME: dir }, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout
    .split('\n')
    .map((each) => each.split('\t')[0]?.trim() ?? '')
    .filter((each) => each !== '');
}

const steps = ['bucket-policy', 'discover', 'endpoints', 'nat', 'scp', 'stack-parameter'];

describe.each(['fish', 'pwsh'] as const)('%s', (shell) => {
  test.skipIf(!isThere(shell))(`completes commands, flags and values${skipped(shell)}`, () => {
    for (const [typed, becomes] of completed) {
      const found = candidates(shell, `quilt-perimeter ${typed}`);
      const last = becomes.at(-1) ?? '';
      // What is still open has several candidates, and what only the user knows none.
      if (typed.endsWith(last)) expect(found.length, typed).not.toBe(1);
      else expect(found, typed).toEqual([last]);
    }
  });

  test.skipIf(!isThere(shell))(`lists what there is to choose from${skipped(shell)}`, () => {
    expect([...candidates(shell, 'quilt-perimeter apply --until ')].sort()).toEqual(steps);
    expect([...candidates(shell, 'quilt-perimeter apply --only nat,')].sort()).toEqual(
      steps.filter((step) => step !== 'nat').map((step) => `nat,${step}`),
    );
  });
});
