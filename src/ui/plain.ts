// For people whose screen is read to them (`--plain`): lines that stay, as in a log, and questions between.
import { peopleUi } from './people.ts';
import { plainPromptOn } from './plain-prompts.ts';
import { Progress } from './progress.ts';
import type { Ui, UiOptions } from './ui.ts';
import { unmoving } from './unattended.ts';

/** Progress and questions on stderr, results on stdout; nothing is drawn anew. */
export function plainUi(options: UiOptions): Ui {
  const prompt = plainPromptOn({ input: options.stdin, output: options.stderr, signal: options.signal });
  return peopleUi(options, unmoving(options), new Progress(options.page, () => Date.parse(options.now())), prompt);
}
