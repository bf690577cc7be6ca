// `completion`: a script that makes a shell complete commands, flags and values. It asks nothing and reads nothing.
import { badInput, shown } from '../errors.ts';
import type { Ui } from '../ui/ui.ts';
import { bashCompletion } from './completion/bash.ts';
import { fishCompletion } from './completion/fish.ts';
import { completedProgram } from './completion/model.ts';
import { powershellCompletion } from './completion/powershell.ts';
import { zshCompletion } from './completion/zsh.ts';
import { programOf } from './program.ts';
import type { Run } from './session.ts';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion, powershell: powershellCompletion } as const;
const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

/**
 * `completion SHELL`. Prints the script; with `--json` a document that holds it.
 * @throws PerimeterError SHELL (exit 2) where it is none of the four
 */
export async function completion({
  args,
  ui,
}: Pick<Run, 'args'> & { readonly ui: Pick<Ui, 'json' | 'document' | 'result'> }): Promise<number> {
  const [given = ''] = args;
  const shell = shells.find((name) => name === given);
  if (shell === undefined)
    throw badInput('SHELL', `reading SHELL (${shown(given)}): there is no completion for it`, `give one of ${shells.join(', ')}`);
  const script = scripts[shell](completedProgram(programOf(() => undefined)));
  if (ui.json) ui.document({ version: 1, shell, script });
  else ui.result(script);
  return 0;
}
