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

/** No colour at all: piped, in CI, NO_COLOR, --no-color, --plain. */
export const plainPaint: Paint = { accent: same, bold: same, dim: same, good: same, warn: same, bad: same };

/** Of the 256 colours, those between light and dark: each is read on a black and on a white background. */
export const tones = { accent: 30, dim: 243, good: 28, warn: 130, bad: 161 } as const;

/**
 * ANSI colours. `colours`: how many the terminal has; of 16 a person has chosen the shades to suit the background, of 256 this
 * takes those that suit any.
 */
export function colourPaint(colours: 16 | 256): Paint {
  if (colours === 16) {
    const chalk = new Chalk({ level: 1 });
    return { accent: chalk.cyan, bold: chalk.bold, dim: chalk.dim, good: chalk.green, warn: chalk.yellow, bad: chalk.red };
  }
  const chalk = new Chalk({ level: 2 });
  return {
    accent: chalk.ansi256(tones.accent),
    bold: chalk.bold,
    dim: chalk.ansi256(tones.dim),
    good: chalk.ansi256(tones.good),
    warn: chalk.ansi256(tones.warn),
    bad: chalk.ansi256(tones.bad),
  };
}

/** How many colours a terminal has, by what it says of itself. */
export const coloursOf = (env: { readonly TERM?: string | undefined; readonly COLORTERM?: string | undefined }): 16 | 256 =>
  /256|direct|kitty|alacritty|ghostty/.test(env.TERM ?? '') || (env.COLORTERM ?? '') !== '' ? 256 : 16;
