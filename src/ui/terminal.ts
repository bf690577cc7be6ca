// For people at a terminal: a calm spinner with elapsed time while AWS works, questions between.
import ora from 'ora';
import { type Moving, peopleUi } from './people.ts';
import { Progress } from './progress.ts';
import { promptOn } from './prompts.ts';
import type { Ui, UiOptions } from './ui.ts';

const refreshEvery = 500;

/** Progress and questions on stderr, results on stdout. */
export function terminalUi(options: UiOptions): Ui {
  const progress = new Progress(options.page, () => Date.parse(options.now()));
  const prompt = promptOn({
    input: options.stdin,
    output: options.stderr,
    paint: options.page.paint,
    signal: options.signal,
    above: () => (options.rail ? progress.rail() : null),
  });
  return peopleUi(options, movingOn(options, progress), progress, prompt);
}

function movingOn(options: UiOptions, progress: Progress): Moving {
  const spinner = ora({ stream: options.stderr, discardStdin: false, color: options.page.paint.bold('x') === 'x' ? false : 'cyan' });
  const framed = (text: string): string => (options.rail ? `${text}\n\n  ${progress.rail()}` : text);
  let alone = 0;
  let held: string[] = [];
  let ticking: NodeJS.Timeout | null = null;
  const stop = (): void => {
    if (ticking !== null) clearInterval(ticking);
    ticking = null;
    spinner.stop();
  };
  const show = (text: string | null): void => {
    // A terminal that does not know its width says 0, by which the spinner would divide: it gets no moving line.
    if (text === null || !options.stderr.columns) {
      stop();
      return;
    }
    spinner.text = framed(text);
    if (!spinner.isSpinning) spinner.start();
    // Elapsed time goes on between events; the timer must not keep the program alive.
    ticking ??= setInterval(() => {
      spinner.text = framed(progress.moving() ?? '');
    }, refreshEvery).unref();
  };
  const write = (text: string): void => {
    const spinning = spinner.isSpinning;
    if (spinning) spinner.stop();
    options.stderr.write(`${text}\n`);
    if (spinning) spinner.start();
  };
  return {
    moves: true,
    update: (text) => {
      if (alone === 0) show(text);
    },
    print: (text) => {
      if (alone > 0) held.push(text);
      else write(text);
    },
    alone: async (task) => {
      alone += 1;
      stop();
      try {
        return await task();
      } finally {
        alone -= 1;
        if (alone === 0) {
          const waiting = held;
          held = [];
          for (const text of waiting) write(text);
          show(progress.moving());
        }
      }
    },
    close: stop,
  };
}
