// Durations as they are typed: `15m`, `2h`, `1h30m`.

/** Seconds, null where it is none. */
export function secondsOf(text: string): number | null {
  const parts = /^(?:(\d{1,4})h)?(?:(\d{1,4})m)?$/.exec(text);
  if (parts === null || text === '') return null;
  return Number(parts[1] ?? 0) * 3600 + Number(parts[2] ?? 0) * 60;
}

const [least, most] = [5 * 60, 12 * 3600];

/**
 * Null where it is a time within which somebody can look whether everything works: five minutes to twelve hours; else what is
 * wrong with it, as the end of a sentence.
 */
export function confirmWithin(text: string): string | null {
  const seconds = secondsOf(text);
  if (seconds === null) return 'expected a duration such as 15m, 2h or 1h30m';
  return seconds < least || seconds > most ? 'expected 5m to 12h' : null;
}
