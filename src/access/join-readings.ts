// Several readings as one: counts of one path are added up. Copies of a record in sources of different kinds are not told apart.
import { createHash } from 'node:crypto';
import type { DayCount, TrailCount, TrailReading } from './types.ts';

/** One reading of all; of none, nothing was read. The kind is that of the first. */
export function joinReadings(readings: readonly TrailReading[]): TrailReading {
  const [first, ...others] = readings;
  if (first !== undefined && others.length === 0) return first;
  const sum = (of: (reading: TrailReading) => number): number => readings.reduce((total, reading) => total + of(reading), 0);
  const times = (of: (reading: TrailReading) => string | null): readonly string[] =>
    readings.flatMap((reading) => of(reading) ?? []).sort();
  const costs = readings.flatMap(({ cost }) => cost ?? []);
  return {
    source: {
      kind: first?.source.kind ?? 'files',
      hash: createHash('sha256')
        .update(
          readings
            .map(({ source }) => source.hash)
            .sort()
            .join('\n'),
        )
        .digest('hex'),
    },
    files: sum(({ files }) => files),
    events: sum(({ events }) => events),
    considered: sum(({ considered }) => considered),
    skipped: totals(readings),
    errors: readings.flatMap(({ errors }) => errors),
    from: times(({ from }) => from)[0] ?? null,
    to: times(({ to }) => to).at(-1) ?? null,
    counts: addedUp(readings.flatMap(({ counts }) => counts)),
    coverage: together(readings),
    sessionTagsIncomplete: readings.some(({ sessionTagsIncomplete }) => sessionTagsIncomplete),
    cost:
      costs.length === 0
        ? null
        : {
            bytesScanned: costs.reduce((total, { bytesScanned }) => total + bytesScanned, 0),
            usd: costs.reduce((total, { usd }) => total + usd, 0),
          },
  };
}

function totals(readings: readonly TrailReading[]): TrailReading['skipped'] {
  const found: Record<string, number> = {};
  for (const { skipped } of readings) {
    for (const [reason, many] of Object.entries(skipped)) found[reason] = (found[reason] ?? 0) + many;
  }
  return found;
}

/** Counts of one path with the same session tags as one, most events first. */
export function addedUp(counts: readonly TrailCount[]): readonly TrailCount[] {
  const found = new Map<string, TrailCount>();
  for (const count of counts) {
    const key = JSON.stringify([Object.values(count.path), count.sessionTags]);
    const known = found.get(key);
    found.set(
      key,
      known === undefined
        ? count
        : {
            ...known,
            events: known.events + count.events,
            firstSeen: inOrder(known.firstSeen, count.firstSeen)[0],
            lastSeen: inOrder(known.lastSeen, count.lastSeen)[1],
            days: bothDays(known.days, count.days),
          },
    );
  }
  return [...found].sort(([x, a], [y, b]) => b.events - a.events || (x < y ? -1 : 1)).map(([, count]) => count);
}

/** Two lists by day as one. */
function bothDays(one: readonly DayCount[], other: readonly DayCount[]): readonly DayCount[] {
  const events = new Map(one.map((count) => [count.day, count.events]));
  for (const count of other) events.set(count.day, (events.get(count.day) ?? 0) + count.events);
  return [...events].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, many]) => ({ day, events: many }));
}

function together(readings: readonly TrailReading[]): TrailReading['coverage'] {
  const found = new Map<string, { readonly accountId: string; readonly region: string; readonly days: Set<string> }>();
  for (const { accountId, region, days } of readings.flatMap(({ coverage }) => coverage)) {
    const key = JSON.stringify([accountId, region]);
    const entry = found.get(key) ?? { accountId, region, days: new Set() };
    found.set(key, entry);
    for (const day of days) entry.days.add(day);
  }
  return [...found].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, entry]) => ({ ...entry, days: [...entry.days].sort() }));
}

const inOrder = (one: string, other: string): readonly [string, string] => (one < other ? [one, other] : [other, one]);
