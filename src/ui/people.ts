// What people at a terminal and people reading a log have in common: the same words, with or without a line that moves.

import { wrap } from './layout.ts';
import type { Progress } from './progress.ts';
import { ask, type Prompt } from './questions.ts';
import { renderError } from './render-error.ts';
import { renderStep } from './render-plan.ts';
import { spoken } from './spoken.ts';
import type { Ui, UiOptions } from './ui.ts';

/** The line that moves. A question stops it and holds back what would be printed meanwhile. */
export interface Moving {
  /** Whether there is such a line; else what goes on is told in lines that stay. */
  readonly moves: boolean;
  update(text: string | null): void;
  /** Prints above the moving line. */
  print(text: string): void;
  /** Runs `task` with the screen to itself. */
  alone<T>(task: () => Promise<T>): Promise<T>;
  close(): void;
}

/** A Ui for people. `prompt` is null where there is no terminal to ask on. */
export function peopleUi(options: UiOptions, moving: Moving, progress: Progress, prompt: Prompt | null): Ui {
  const { page, quiet } = options;
  const told = (text: string): string => (page.plain ? spoken(text) : text);
  const say = (text: string): void => {
    if (!quiet) moving.print(told(text));
  };
  return {
    page,
    json: false,
    interactive: prompt !== null,
    progress: say,
    working: (text) => {
      progress.work(text);
      if (!quiet) moving.update(progress.moving());
    },
    result: (text) => {
      moving.update(null);
      options.stdout.write(`${told(text)}\n`);
    },
    document: () => undefined,
    showStep: (step, plan) => {
      progress.learn(plan.changes);
      const text = renderStep(step.id, step.title, plan, plan.changes.length === 0 ? 'nothing to change' : '', page);
      // Whoever is asked sees what they are asked about, --quiet or not.
      if (!quiet || !options.yes) moving.print(told(`\n${text}`));
    },
    learn: (changes) => progress.learn(changes),
    event: (event) => {
      for (const text of progress.lines(event, moving.moves)) say(text);
      if (!quiet) moving.update(progress.moving());
    },
    ask: (question) =>
      moving.alone(() =>
        ask(question, {
          prompt,
          yes: options.yes,
          print: (text) => !quiet && options.stderr.write(`${told(wrap(text, page.width, '', '  '))}\n`),
        }),
      ),
    error: (error) => {
      const text = renderError(error, page.paint, page.width, prompt === null);
      moving.print(told(prompt === null ? text : `\n${text}`));
    },
    done: () => undefined,
    close: () => moving.close(),
  };
}
