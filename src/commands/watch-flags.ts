// What the flags of `watch` say.
import { badInput, type PerimeterError, shown } from '../errors.ts';
import { type AssessOptions, assessOptionsOf } from './assess-flags.ts';
import type { Flags } from './flags.ts';

export interface WatchOptions {
  /** As `assess` reads them: maps of endpoints and tags, and from when on. */
  readonly reading: AssessOptions;
  /** Milliseconds; null: until it is interrupted. */
  readonly forMs: number | null;
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  /** More refused calls than this that were to pass undo the last step; null: nothing is ever undone. */
  readonly revertAbove: number | null;
}

/**
 * Reads the flags.
 * @throws PerimeterError FLAG (exit 2): the flag, its value and what was expected
 */
export async function watchOptionsOf(flags: Flags, cwd: string): Promise<WatchOptions> {
  const { since, vpceMap, principalTags, revertAbove } = flags;
  if (revertAbove !== undefined && !/^\d{1,9}$/.test(revertAbove)) {
    throw flagError('--revert-above', revertAbove, 'a whole number, 0 or more');
  }
  const everyMs = durationOf('--every', flags.every) ?? 60_000;
  if (everyMs < 1000 || everyMs > 3_600_000) throw flagError('--every', flags.every ?? '', 'a time between 1s and 1h');
  return {
    reading: await assessOptionsOf({ since, vpceMap, principalTags }, cwd),
    forMs: durationOf('--for', flags.for),
    everyMs,
    revertAbove: revertAbove === undefined ? null : Number(revertAbove),
  };
}

const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;

function durationOf(flag: string, value: string | undefined): number | null {
  if (value === undefined) return null;
  const [, many = '', unit = ''] = /^(\d{1,5})([dhms])$/.exec(value) ?? [];
  if (unit === 'd' || unit === 'h' || unit === 'm' || unit === 's') return Number(many) * units[unit];
  throw flagError(flag, value, 'a time such as 45s, 30m, 8h or 2d');
}

const flagError = (flag: string, value: string, expected: string): PerimeterError =>
  badInput('FLAG', `reading ${flag} (${shown(value)}): expected ${expected}`, 'quilt-perimeter watch --help');
