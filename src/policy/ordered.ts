// Numbers and times by class: the values that policies compare with, and one in each gap between them.

/** The points in order, with one value below, one in each gap, and one above; whole numbers where a gap has one. */
function pointsAndGaps(points: readonly number[], margin: number): readonly number[] {
  const sorted = [...new Set(points)].sort((a, b) => a - b);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return [];
  const gaps = sorted.slice(1).map((point, index) => between(sorted[index] ?? point, point));
  return [first - margin, ...sorted.flatMap((point, index) => [point, ...(gaps[index] === undefined ? [] : [gaps[index]])]), last + margin];
}

function between(low: number, high: number): number {
  const middle = (low + high) / 2;
  const whole = Math.round(middle);
  return whole > low && whole < high ? whole : middle;
}

/** One number, as text, for each way to lie below, at, between and above `points`. */
export function numberClasses(points: readonly number[]): readonly string[] {
  return pointsAndGaps(points.length === 0 ? [1] : points, 1).map(String);
}

/**
 * One time for each way to lie before, at, between and after `points`, given in milliseconds since the epoch.
 * @param unit `iso` text, or `seconds` since the epoch as AWS has them in aws:EpochTime
 */
export function timeClasses(points: readonly number[], unit: 'iso' | 'seconds'): readonly string[] {
  const times = pointsAndGaps(points.length === 0 ? [someTime] : points, dayMs).map((time) => (unit === 'iso' ? Math.round(time) : time));
  return [...new Set(times)]
    .filter((time) => Math.abs(time) <= mostMs)
    .map((time) => (unit === 'iso' ? new Date(time).toISOString() : String(time / 1000)));
}

const dayMs = 86_400_000;
/** The furthest that a Date reaches. */
const mostMs = 8.64e15;
const someTime = Date.UTC(2030, 0, 1);
