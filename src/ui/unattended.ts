// For people reading a log: plain lines, the same words, nothing that moves, no question.
import { type Moving, peopleUi } from './people.ts';
import { Progress } from './progress.ts';
import type { Ui, UiOptions } from './ui.ts';

/** Piped, in CI, in a pager: progress on stderr, results on stdout. Questions are answered by flags only. */
export function unattendedUi(options: UiOptions): Ui {
  const moving: Moving = {
    update: () => undefined,
    print: (text) => {
      options.stderr.write(`${text}\n`);
    },
    alone: (task) => task(),
    close: () => undefined,
  };
  return peopleUi(options, moving, new Progress(options.page, () => Date.parse(options.now())), null);
}
