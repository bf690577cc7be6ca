// Pieces of a bash script. What is put into one is quoted on the way, so that nothing from a journal is ever read as bash.
import { failed } from '../../errors.ts';

/** A piece of a script as it stands in it. */
export class Bash {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Bash | readonly string[];

/** Bash from a template: texts become one quoted word each, lists quoted words with a space between, pieces stay as they are. */
export const bash = (parts: TemplateStringsArray, ...values: readonly Value[]): Bash =>
  new Bash(parts.map((part, index) => part + (index < values.length ? wordsOf(values[index] ?? '') : '')).join(''));

const wordsOf = (value: Value): string => {
  if (value instanceof Bash) return value.text;
  return typeof value === 'object' ? value.map(quoted).join(' ') : quoted(String(value));
};

/** Pieces one after the other, a line each. */
export const lines = (pieces: readonly Bash[]): Bash => new Bash(pieces.map(({ text }) => text).join('\n'));

/**
 * The text as one word of bash that stands for exactly these characters.
 * @throws PerimeterError `UNPRINTABLE` (failed) where it holds the character NUL, which no word can hold
 */
export function quoted(text: string): string {
  if (text.includes('\0')) {
    throw failed(
      'UNPRINTABLE',
      `writing ${JSON.stringify(text)} into a script: no command can take the character NUL`,
      'roll back by this tool',
    );
  }
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The text without what moves a cursor or ends a line: for comments and for what a script says. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
export const onOneLine = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();

/** Comment lines, each with a `#` before it and about 100 characters long. */
export function comment(text: string): Bash {
  const wrapped: string[] = [];
  for (const word of onOneLine(text).split(' ')) {
    const last = wrapped.at(-1);
    if (last !== undefined && last.length + word.length < 100) wrapped[wrapped.length - 1] = `${last} ${word}`;
    else wrapped.push(word);
  }
  return new Bash(wrapped.map((line) => `# ${line}`).join('\n'));
}

/** The text as a literal in a JMESPath query (`--query`). */
export const inQuery = (text: string): string => `\`${JSON.stringify(text).replaceAll('`', '\\`')}\``;
