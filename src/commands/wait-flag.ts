// `--wait`, which several commands take.
import { secondsOf } from '../config/duration.ts';
import { badInput, shown } from '../errors.ts';
import type { Flags } from './flags.ts';

/** Seconds of `--wait`, 0 without it. Throws PerimeterError FLAG (exit 2) for a duration that is none. */
export function waitSecondsOf({ wait }: Pick<Flags, 'wait'>): number {
  const seconds = wait === undefined ? 0 : secondsOf(wait);
  if (seconds !== null) return seconds;
  throw badInput('FLAG', `reading --wait (${shown(wait ?? '')}): it is no duration`, 'give one such as 15m, 1h or 1h30m');
}
