// Colour as a port: renderers name what a word means, and are the same text without any colour.
import { Chalk } from 'chalk';

export interface Paint {
  /** The one accent: headings, the thing in question. */
  accent(text: string): string;
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
}

const same = (text: string): string => text;

/** No colour at all: piped, in CI, NO_COLOR, --no-color. */
export const plainPaint: Paint = { accent: same, bold: same, dim: same, good: same, warn: same, bad: same };

/** ANSI colours; readable on light and dark backgrounds. */
export function colourPaint(): Paint {
  const chalk = new Chalk({ level: 1 });
  return { accent: chalk.cyan, bold: chalk.bold, dim: chalk.dim, good: chalk.green, warn: chalk.yellow, bad: chalk.red };
}
