// Questions for people whose screen is read to them (`--plain`): lines that stay, a line typed in answer, nothing drawn anew.
import { createInterface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import { count, wrap } from './layout.ts';
import { type List, listOf, matchesIn } from './list/list.ts';
import { dropTypedAhead, interrupted } from './prompts.ts';
import { type Answer, type Branch, type Prompt, type Question, splitValues } from './questions.ts';

interface PlainScreen {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly signal: AbortSignal;
}

// What is typed stands behind the last line.
const onLines = (text: string, { output }: PlainScreen): string => wrap(text, Math.max(40, (output.columns || 80) - 16));

/** How many options are read out at a time. */
const atOnce = 20;

/** Prompts on this screen. Ctrl-C, or the end of what is typed, is an interruption (exit 130). */
export const plainPromptOn =
  (screen: PlainScreen): Prompt =>
  async (question) => {
    await dropTypedAhead(screen.input);
    switch (question.kind) {
      case 'confirm':
        return confirm(question.text, screen);
      case 'typed': {
        screen.output.write(
          `${onLines(`${question.text}\nType ${question.typed.join(' or ')} to go on, or press Enter to decline`, screen)}: `,
        );
        return question.typed.includes(await typedOn(screen)) ? ['yes'] : [];
      }
      case 'select':
      case 'tree':
      case 'checkbox':
        return choose(question, screen);
      case 'input':
        return input(question, screen);
      case 'code':
        return [await secretOn(`${question.text} (it is not shown): `, screen)];
      default:
        return question satisfies never;
    }
  };

async function confirm(text: string, screen: PlainScreen): Promise<Answer> {
  for (;;) {
    screen.output.write(`${onLines(text, screen)}\nType yes or no, or press Enter for no: `);
    const typed = (await typedOn(screen)).toLowerCase();
    if (['y', 'yes'].includes(typed)) return ['yes'];
    if (['', 'n', 'no'].includes(typed)) return [];
  }
}

async function input(question: Extract<Question, { kind: 'input' }>, screen: PlainScreen): Promise<Answer> {
  for (;;) {
    const usual = question.initial === '' ? '' : ` (press Enter for ${question.initial})`;
    screen.output.write(`${onLines(`${question.text}${usual}`, screen)}: `);
    const typed = await typedOn(screen);
    const values = splitValues(typed === '' ? question.initial : typed);
    const problem = question.check(values);
    if (problem === null) return values;
    screen.output.write(`Not taken: ${problem}\n`);
  }
}

type Choosing = Extract<Question, { kind: 'select' | 'tree' | 'checkbox' }>;

/** What a line that is typed at a list means. */
type Meant = { readonly answer: Answer } | { readonly show: readonly number[] } | { readonly problem: string };

async function choose(question: Choosing, screen: PlainScreen): Promise<Answer> {
  const list = listOf(branchesOf(question), { multiple: question.kind === 'checkbox', rows: atOnce });
  const initial = question.kind === 'checkbox' ? question.initial : question.initial === null ? [] : [question.initial];
  let rest = list.items.map((_, index) => index);
  screen.output.write(`${onLines(question.text, screen)}\n`);
  for (;;) {
    for (const index of rest.slice(0, atOnce)) screen.output.write(`${spokenOption(list, index, initial)}\n`);
    rest = rest.slice(atOnce);
    screen.output.write(`${onLines(instruction(question, list, initial, rest.length), screen)}: `);
    const typed = await typedOn(screen);
    const meant = typed === 'more' && rest.length > 0 ? { show: rest } : meantBy(typed, question, list, initial);
    if ('answer' in meant) return meant.answer;
    if ('problem' in meant) screen.output.write(`Not taken: ${meant.problem}\n`);
    rest = 'show' in meant ? [...meant.show] : [];
    if ('show' in meant && typed !== 'more')
      screen.output.write(`${count(rest.length, 'line')} of the list ${rest.length === 1 ? 'matches' : 'match'}\n`);
  }
}

const branchesOf = (question: Choosing): readonly Branch[] =>
  question.kind === 'tree' ? question.options : question.options.map((option) => ({ ...option, depth: 0 }));

function meantBy(typed: string, question: Choosing, list: List, initial: readonly string[]): Meant {
  const { items } = list;
  if (typed === '' && (question.kind === 'checkbox' || initial.length > 0)) return { answer: initial };
  if (typed === 'none' && question.kind === 'checkbox') return { answer: [] };
  const parts = splitValues(typed);
  const named = parts.map((part) => {
    const byValue = items.find(({ value }) => value === part);
    return byValue ?? (/^\d{1,6}$/.test(part) ? (items[Number(part) - 1] ?? null) : undefined);
  });
  if (parts.length > 0 && named.every((item) => item !== undefined)) {
    if (named.some((item) => item === null)) return { problem: `there are only ${items.length}` };
    const values = named.flatMap((item) => item?.value ?? []);
    if (question.kind === 'checkbox') return { answer: items.map(({ value }) => value).filter((value) => values.includes(value)) };
    const [only, other] = values;
    return only === undefined || other !== undefined ? { problem: 'one is to be chosen' } : { answer: [only] };
  }
  const matching = matchesIn(list, typed) ?? [];
  return matching.length === 0 ? { problem: `nothing matches ${typed === '' ? 'an empty line' : typed}` } : { show: matching };
}

// Where a line stands in a tree is said, not drawn.
function spokenOption(list: List, index: number, initial: readonly string[]): string {
  const item = list.items[index];
  if (item === undefined) return '';
  const above = list.items[list.parents[index] ?? -1];
  const detail = item.detail === '' ? '' : `, ${item.detail}`;
  const inside = above === undefined ? '' : `, in ${above.label}`;
  return `${index + 1}. ${item.label}${detail}${inside}${initial.includes(item.value) ? ' (default)' : ''}`;
}

function instruction(question: Choosing, { items }: List, initial: readonly string[], rest: number): string {
  const defaults = items.filter(({ value }) => initial.includes(value)).map(({ label }) => label);
  const usual = defaults.length > spelledOut ? `the ${defaults.length} defaults` : defaults.join(', ') || 'none';
  return [
    question.kind === 'checkbox' ? 'Type numbers separated by commas, or none' : 'Type a number',
    'words to search for',
    ...(rest > 0 ? [`more for the next of ${rest}`] : []),
    ...(question.kind === 'checkbox' || initial.length > 0 ? [`or press Enter for ${usual}`] : []),
  ].join(', ');
}

const spelledOut = 5;

/** One line, without the spaces around it. The terminal itself shows and edits it. */
function typedOn({ input, signal }: PlainScreen): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input, terminal: false });
    const stop = (): void => {
      lines.close();
    };
    signal.addEventListener('abort', stop, { once: true });
    lines.once('line', (line) => {
      resolve(line.trim());
      lines.close();
    });
    // Closed by a line, the promise is settled already.
    lines.once('close', () => {
      signal.removeEventListener('abort', stop);
      input.pause();
      reject(interrupted(signal.reason));
    });
    if (signal.aborted) stop();
  });
}

/** One line that is not shown; the terminal stops showing keys before it is asked for. */
function secretOn(text: string, { input, output, signal }: PlainScreen): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = '';
    const end = (): void => {
      input.off('data', take);
      signal.removeEventListener('abort', stop);
      input.setRawMode(false);
      input.pause();
      output.write('\n');
    };
    const stop = (): void => {
      end();
      reject(interrupted(signal.reason));
    };
    const take = (chunk: Buffer): void => {
      for (const character of chunk.toString()) {
        if (character === '\u0003' || character === '\u0004') {
          stop();
          return;
        }
        if (character === '\r' || character === '\n') {
          end();
          resolve(typed.trim());
          return;
        }
        typed = character === '\u007f' || character === '\b' ? typed.slice(0, -1) : typed + character;
      }
    };
    signal.addEventListener('abort', stop, { once: true });
    input.setRawMode(true);
    output.write(text);
    input.on('data', take);
    input.resume();
  });
}
