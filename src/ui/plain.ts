// For people whose screen is read to them (`--plain`): lines that stay, as in a log, and questions between.
import { peopleUi } from './people.ts';
import { Progress } from './progress.ts';
import { promptOn } from './prompts.ts';
import type { Ui, UiOptions } from './ui.ts';
import { unmoving } from './unattended.ts';

/** Progress and questions on stderr, results on stdout; nothing is drawn anew. */
export function plainUi(options: UiOptions): Ui {
  const prompt = promptOn({ input: options.stdin, output: options.stderr, paint: options.page.paint, above: () => null });
  return peopleUi(options, unmoving(options), new Progress(options.page, () => Date.parse(options.now())), prompt);
}
