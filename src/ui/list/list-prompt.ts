// The list as a prompt on a terminal: keys in, lines out. Everything else is list.ts and draw-list.ts.
import { createPrompt, isEnterKey, type KeypressEvent, useKeypress, useState } from '@inquirer/core';
import { wrap } from '../layout.ts';
import type { Paint } from '../paint.ts';
import { drawRows, drawSearch } from './draw-list.ts';
import { answerOf, begun, type Key, type List, pressed } from './list.ts';

export interface ListConfig {
  readonly list: List;
  readonly initial: readonly string[];
  /** Lines of the question, and what stands before it while it is open and once it is answered. */
  readonly message: string;
  readonly theme: { readonly prefix: { readonly idle: string; readonly done: string }; readonly style: { answer(text: string): string } };
  readonly paint: Paint;
  /** Columns of the terminal. */
  readonly width: number;
}

/** Asks for one value of the list, or for any number of them. */
export const listPrompt = createPrompt<readonly string[], ListConfig>((config, done) => {
  const { list, message, theme, paint } = config;
  const [state, setState] = useState(() => begun(list, config.initial));
  const [answer, setAnswer] = useState<readonly string[] | null>(null);
  useKeypress((key, rl) => {
    if (answer !== null) return;
    // The search is kept here: arrows would move within readline's line.
    const typed = rl.line;
    rl.clearLine(0);
    if (isEnterKey(key)) {
      const values = answerOf(list, state);
      if (values === null) return;
      setAnswer(values);
      done(values);
      return;
    }
    const meant = meaning(key, typed, list.multiple);
    if (meant !== null) setState(pressed(list, state, meant));
  });
  if (answer !== null)
    return `${theme.prefix.done} ${paint.bold(message)} ${theme.style.answer(wrap(spelled(list, answer), config.width - 4, '', '  '))}`;
  return [`${theme.prefix.idle} ${paint.bold(message)}\n${drawSearch(state)}`, drawRows(list, state, paint, config.width - 1)];
});

const named: { readonly [name: string]: Exclude<Key['kind'], 'typed'> } = {
  up: 'up',
  down: 'down',
  pageup: 'page-up',
  pagedown: 'page-down',
  home: 'first',
  end: 'last',
  right: 'right',
  left: 'left',
  backspace: 'erase',
  escape: 'clear',
};

function meaning(key: KeypressEvent, typed: string, multiple: boolean): Key | null {
  const kind = named[key.name];
  if (kind !== undefined && !key.ctrl) return { kind };
  if (key.ctrl) return key.name === 'u' ? { kind: 'clear' } : key.name === 'a' ? { kind: 'toggle-all' } : null;
  if (multiple && typed === ' ') return { kind: 'toggle' };
  return /^\P{Cc}+$/u.test(typed) ? { kind: 'typed', text: typed } : null;
}

const spelledOut = 5;

function spelled({ items }: List, values: readonly string[]): string {
  const labels = items.filter(({ value }) => values.includes(value)).map(({ label }) => label);
  if (labels.length === 0) return 'none';
  const more = labels.length > spelledOut ? ` and ${labels.length - spelledOut} more` : '';
  return `${labels.slice(0, spelledOut).join(', ')}${more}`;
}
