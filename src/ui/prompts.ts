// Questions on a terminal, by @inquirer/prompts; loaded when the first one is asked.

import { setTimeout as pause } from 'node:timers/promises';
import type { ReadStream, WriteStream } from 'node:tty';
import { PerimeterError } from '../errors.ts';
import { columnsOf, wrap } from './layout.ts';
import type { Paint } from './paint.ts';
import { type Answer, type Prompt, type Question, splitValues } from './questions.ts';

export interface Screen {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly paint: Paint;
  /** What stands above a question while it is open; null for nothing. */
  readonly above: () => string | null;
}

interface Wide {
  readonly output: { readonly columns?: number };
}

const interrupted = (cause: unknown): PerimeterError =>
  new PerimeterError(
    'interrupted',
    'INTERRUPTED',
    { summary: 'asking: interrupted', remedy: 'run the same command again to go on' },
    { cause },
  );

/** Prompts on this screen. Ctrl-C at a question is an interruption (exit 130). */
export const promptOn =
  (screen: Screen): Prompt =>
  async (question) => {
    await dropTypedAhead(screen.input);
    try {
      return await put(question, screen);
    } catch (error) {
      if (error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError')) throw interrupted(error);
      throw error;
    }
  };

// Keys typed while AWS worked are no answer to a question that was not there yet.
async function dropTypedAhead(input: ReadStream): Promise<void> {
  const drop = (chunk: Buffer): void => {
    stop = stop || chunk.includes(3);
  };
  let stop = false;
  input.setRawMode(true);
  input.on('data', drop);
  input.resume();
  await pause(15);
  input.off('data', drop);
  input.pause();
  input.setRawMode(false);
  if (stop) throw interrupted(undefined);
}

async function put(question: Question, screen: Screen): Promise<Answer> {
  const prompts = await import('@inquirer/prompts');
  const context = { input: screen.input, output: screen.output };
  const message = onLines(question.text, screen);
  const theme = themeFor(message, screen);
  switch (question.kind) {
    case 'confirm':
      return (await prompts.confirm({ message, theme, default: false }, context)) ? ['yes'] : [];
    case 'typed': {
      const hint = `type ${question.typed.join(' or ')} to go on, or press Enter to decline`;
      const check = (typed: string): string | true => typed.trim() === '' || question.typed.includes(typed.trim()) || hint;
      const longest = Math.max(...question.typed.map(columnsOf));
      const apart = columnsOf(hint) + longest + 4 > columns(screen) ? '\n ' : '';
      const typed = await prompts.input(
        { message: `${message}\n  ${hint}:${apart}`, theme: { prefix: theme.prefix }, validate: check },
        context,
      );
      return question.typed.includes(typed.trim()) ? ['yes'] : [];
    }
    case 'select':
      return [await choose(question, screen)];
    case 'checkbox':
      return prompts.checkbox(
        {
          message,
          theme,
          pageSize: 12,
          choices: question.options.map((option) => ({ ...choiceOf(option), checked: question.initial.includes(option.value) })),
        },
        context,
      );
    case 'input': {
      const validate = (typed: string): string | true => question.check(splitValues(typed)) ?? true;
      return splitValues(await prompts.input({ message, theme, default: question.initial, validate }, context));
    }
    case 'code':
      return [(await prompts.password({ message, theme: { prefix: theme.prefix }, mask: true }, context)).trim()];
    default:
      return question satisfies never;
  }
}

// Prompts break lines in the middle of words; room is left for the sign before and the default behind.
const onLines = (text: string, screen: Screen): string => wrap(text, columns(screen) - 10, '', '  ');

const columns = ({ output }: Wide): number => Math.max(40, output.columns || 80);

/** What stands above the question goes with its answer; an answer for which the question's last line has no room stands on a line of its own. */
export function themeFor(message: string, screen: Wide & Pick<Screen, 'paint' | 'above'>) {
  const lines = message.split('\n');
  // The first line has the sign before it.
  const taken = columnsOf(lines.at(-1) ?? '') + (lines.length === 1 ? 2 : 0) + 1;
  const answer = (text: string): string => `${taken + columnsOf(text) > columns(screen) ? '\n  ' : ''}${screen.paint.accent(text)}`;
  const above = screen.above();
  const prefix = { idle: `${above === null ? '' : `\n${above}\n`}${screen.paint.accent('?')}`, done: screen.paint.good('✔') };
  return { style: { answer }, prefix };
}

async function choose(question: Extract<Question, { kind: 'select' }>, screen: Screen): Promise<string> {
  const prompts = await import('@inquirer/prompts');
  const { initial } = question;
  const context = { input: screen.input, output: screen.output };
  const message = onLines(question.text, screen);
  const theme = themeFor(message, screen);
  if (question.search !== true && question.options.length <= 12) {
    const choices = question.options.map(choiceOf);
    return prompts.select({ message, theme, choices, pageSize: 12, ...(initial === null ? {} : { default: initial }) }, context);
  }
  const first = question.options.filter((option) => option.value === initial);
  const rest = question.options.filter((option) => option.value !== initial);
  return prompts.search(
    {
      message,
      theme,
      pageSize: 15,
      source: (term) => {
        const words = (term ?? '').toLowerCase().split(/\s+/);
        const all = term === undefined || term === '' ? [...first, ...rest] : question.options;
        return all
          .filter(({ label, value, detail }) => words.every((word) => `${label} ${value} ${detail}`.toLowerCase().includes(word)))
          .map(choiceOf);
      },
    },
    context,
  );
}

const choiceOf = (option: { readonly value: string; readonly label: string; readonly detail: string }) => ({
  value: option.value,
  name: option.detail === '' ? option.label : `${option.label}  ${option.detail}`,
  // Once chosen, a line of the tree stands alone.
  short: option.label.replace(/^[│├└─ ]+/, ''),
});
