// For people reading a log: plain lines, the same words, nothing that moves, no question.
import { type Moving, peopleUi } from './people.ts';
import { Progress } from './progress.ts';
import type { Ui, UiOptions } from './ui.ts';

/** Piped, in CI, in a pager: progress on stderr, results on stdout. Questions are answered by flags only. */
export function unattendedUi(options: UiOptions): Ui {
  return peopleUi(options, unmoving(options), new Progress(options.page, () => Date.parse(options.now())), null);
}

/** Lines that stay, and none that moves. */
export const unmoving = ({ stderr }: Pick<UiOptions, 'stderr'>): Moving => ({
  moves: false,
  update: () => undefined,
  print: (text) => {
    stderr.write(`${text}\n`);
  },
  alone: (task) => task(),
  close: () => undefined,
});
