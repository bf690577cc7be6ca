// Questions on a terminal, by @inquirer/prompts; loaded when the first one is asked.

import { setTimeout as pause } from 'node:timers/promises';
import type { ReadStream, WriteStream } from 'node:tty';
import { PerimeterError } from '../errors.ts';
import { columnsOf, wrap } from './layout.ts';
import type { Paint } from './paint.ts';
import { type Answer, type Option, type Prompt, type Question, splitValues } from './questions.ts';

export interface Screen {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly paint: Paint;
  /** Aborted by SIGTERM while a question is open; Ctrl-C comes as a key. */
  readonly signal: AbortSignal;
  /** What stands above a question while it is open; null for nothing. */
  readonly above: () => string | null;
}

interface Wide {
  readonly output: { readonly columns?: number };
}

/** Ctrl-C at a question. */
export const interrupted = (cause: unknown): PerimeterError =>
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

/** Keys typed while AWS worked are no answer to a question that was not there yet. */
export async function dropTypedAhead(input: ReadStream): Promise<void> {
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
  const context = { input: screen.input, output: screen.output, signal: screen.signal };
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
    case 'tree':
    case 'checkbox':
      return choose(question, screen);
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

type Choosing = Extract<Question, { kind: 'select' | 'tree' | 'checkbox' }>;

/** Longer lists are searched. */
const shortest = 12;

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

async function choose(question: Choosing, screen: Screen): Promise<Answer> {
  const message = onLines(question.text, screen);
  const theme = themeFor(message, screen);
  const context = { input: screen.input, output: screen.output, signal: screen.signal };
  const initial = question.kind === 'checkbox' ? question.initial : question.initial === null ? [] : [question.initial];
  if (question.kind === 'tree' || question.options.length > shortest) {
    const [{ listPrompt }, { listOf }] = await Promise.all([import('./list/list-prompt.ts'), import('./list/list.ts')]);
    const items = question.kind === 'tree' ? question.options : question.options.map((option) => ({ ...option, depth: 0 }));
    const list = listOf(items, { multiple: question.kind === 'checkbox', rows: rowsOf(screen, message) });
    return listPrompt({ list, initial, message, theme, paint: screen.paint, width: columns(screen) }, context);
  }
  const prompts = await import('@inquirer/prompts');
  const choices = question.options.map((option) => ({ ...choiceOf(option), checked: initial.includes(option.value) }));
  if (question.kind === 'checkbox') return prompts.checkbox({ message, theme, pageSize: shortest, choices }, context);
  const [first] = initial;
  return [
    await prompts.select({ message, theme, choices, pageSize: shortest, ...(first === undefined ? {} : { default: first }) }, context),
  ];
}

// The question, the search, the count, the path and the keys stand around the rows, and something above the question.
const rowsOf = ({ output }: Screen, message: string): number =>
  Math.max(3, Math.min(15, (output.rows || 24) - message.split('\n').length - 9));

const choiceOf = (option: Option) => ({
  value: option.value,
  name: option.detail === '' ? option.label : `${option.label}  ${option.detail}`,
  short: option.label,
});
