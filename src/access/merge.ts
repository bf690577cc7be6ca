// What several threads found as one reading: paths that are equal become one, each call is counted once however many accounts
// logged it, and sessions are told apart by the tags that they brought.
import { pairKey, pairOf } from './day-counts.ts';
import { hashesOf } from './key-table.ts';
import type { Part } from './part.ts';
import { pathsOfKeys } from './path-key.ts';
import { type OnePath, rankOf, settleShared, type TallyKey } from './second-copies.ts';
import type { SessionTags } from './session-tags.ts';
import type { TrailCount, TrailReading } from './types.ts';

export type Merged = Pick<
  TrailReading,
  'events' | 'considered' | 'skipped' | 'from' | 'to' | 'counts' | 'coverage' | 'sessionTagsIncomplete'
>;

const day = 86_400_000;
/** An ISO time as CloudTrail writes it. */
const iso = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');
const isoDay = (days: number): string => iso(days * day).slice(0, 10);

interface Count {
  readonly of: OnePath;
  readonly sessionTags: SessionTags;
  events: number;
  first: number;
  last: number;
  /** By day since 1970. */
  readonly days: Map<number, number>;
}

function addTo(count: Count, events: number, first: number, last: number): void {
  count.events += events;
  count.first = Math.min(count.first, first);
  count.last = Math.max(count.last, last);
}

const nameOf = (of: OnePath, sessionTags: SessionTags): string => `${of.text}${JSON.stringify(sessionTags)}`;

function countOf(counts: Map<string, Count>, of: OnePath, sessionTags: SessionTags): Count {
  const name = nameOf(of, sessionTags);
  const count = counts.get(name) ?? emptyCount(of, sessionTags);
  counts.set(name, count);
  return count;
}

const emptyCount = (of: OnePath, sessionTags: SessionTags): Count => ({
  of,
  sessionTags,
  events: 0,
  first: Infinity,
  last: -Infinity,
  days: new Map(),
});

const addDay = ({ days }: Count, day: number, events: number): void => {
  days.set(day, (days.get(day) ?? 0) + events);
};

/** A session by the hashes of its access key. */
const sessionOf = (one: number, other: number): string => `${one} ${other}`;

/** Days in words: a trail has few of them, and many a path has most. */
function dayTexts(): (days: number) => string {
  const texts = new Map<number, string>();
  return (days) => {
    const text = texts.get(days) ?? isoDay(days);
    texts.set(days, text);
    return text;
  };
}

/** Puts parts together; the order of the parts, and of what is in them, makes no difference. */
export function merge(parts: readonly Part[]): Merged {
  const paths = new Map<string, OnePath>();
  const pathsOf = parts.map(({ paths: keys }) =>
    pathsOfKeys(keys).map((path) => {
      const text = JSON.stringify(Object.values(path));
      const known = paths.get(text) ?? { path, text, rank: rankOf(path) };
      paths.set(text, known);
      return known;
    }),
  );
  const keyOf = (part: number, tally: number): TallyKey => {
    const keys = parts[part]?.tallies;
    if (keys === undefined) throw new Error('a tally without its part');
    const [number, one, other] = keys.words.subarray(3 * tally, 3 * tally + 3);
    const path = pathsOf[part]?.[number ?? -1];
    if (path === undefined) throw new Error('a tally without its path');
    return { path, session: sessionOf(one ?? 0, other ?? 0) };
  };
  const skipped = new Map<string, number>();
  for (const part of parts) for (const [reason, many] of part.skipped) add(skipped, reason, many);
  // Of calls that two accounts logged, by part.
  const sharedDays = parts.map(() => new Map<number, number>());
  const copies = settleShared(parts, keyOf, (part, tally, time) => {
    const events = sharedDays[part];
    const key = pairKey(tally, Math.floor(time / day));
    events?.set(key, (events.get(key) ?? 0) + 1);
  });
  if (copies > 0) add(skipped, 'second copy', copies);

  const tags = new Map<string, SessionTags>();
  for (const part of parts) for (const [session, brought] of part.tags) tags.set(sessionOf(...hashesOf(session)), brought);
  const counts = new Map<string, Count>();
  parts.forEach((part, index) => {
    // Nearly no session brings tags: calls without them are summed up by path before anything is looked up by name.
    const untagged = (pathsOf[index] ?? []).map((of) => emptyCount(of, {}));
    const countFor = (tally: number): Count => {
      const sessionTags = tags.size === 0 ? undefined : tags.get(keyOf(index, tally).session);
      const of = untagged[part.tallies.words[3 * tally] ?? -1];
      if (of === undefined) throw new Error('a tally without its path');
      return sessionTags === undefined ? of : countOf(counts, of.of, sessionTags);
    };
    for (let tally = 0; tally < part.tallies.count; tally++) {
      const events = part.counts[3 * tally] ?? 0;
      if (events > 0) addTo(countFor(tally), events, part.counts[3 * tally + 1] ?? 0, part.counts[3 * tally + 2] ?? 0);
    }
    const { days } = part;
    for (let n = 0; n < days.tallies.length; n++) addDay(countFor(days.tallies[n] ?? -1), days.days[n] ?? 0, days.counts[n] ?? 0);
    for (const [key, events] of sharedDays[index] ?? []) {
      const [tally, its] = pairOf(key);
      addDay(countFor(tally), its, events);
    }
    for (const count of untagged) {
      if (count.events === 0) continue;
      const name = nameOf(count.of, count.sessionTags);
      const known = counts.get(name);
      if (known === undefined) {
        counts.set(name, count);
        continue;
      }
      addTo(known, count.events, count.first, count.last);
      for (const [its, many] of count.days) addDay(known, its, many);
    }
  });
  const sorted = [...counts].sort(([x, a], [y, b]) => b.events - a.events || (x < y ? -1 : 1)).map(([, count]) => count);
  const tagsLost = parts.some((part) => part.tagsLost);
  const dayText = dayTexts();
  return {
    events: parts.reduce((sum, part) => sum + part.events, 0),
    considered: sorted.reduce((sum, count) => sum + count.events, 0),
    skipped: Object.fromEntries(skipped),
    from: sorted.length === 0 ? null : iso(sorted.reduce((time, { first }) => Math.min(time, first), Number.POSITIVE_INFINITY)),
    to: sorted.length === 0 ? null : iso(sorted.reduce((time, { last }) => Math.max(time, last), Number.NEGATIVE_INFINITY)),
    counts: sorted.map(
      ({ of, events, first, last, days, sessionTags }): TrailCount => ({
        path: of.path,
        events,
        firstSeen: iso(first),
        lastSeen: iso(last),
        days: [...days].sort(([a], [b]) => a - b).map(([its, many]) => ({ day: dayText(its), events: many })),
        sessionTags,
      }),
    ),
    coverage: coverageOf(parts),
    sessionTagsIncomplete: tagsLost || (tags.size > 0 && parts.some((part) => part.sessionsLost)),
  };
}

const add = (to: Map<string, number>, key: string, many: number): void => {
  to.set(key, (to.get(key) ?? 0) + many);
};

function coverageOf(parts: readonly Part[]): Merged['coverage'] {
  const all = new Map<string, { readonly accountId: string; readonly region: string; readonly days: Set<number> }>();
  for (const { accountId, region, days } of parts.flatMap((part) => part.coverage)) {
    if (accountId === null || region === null) continue;
    const key = JSON.stringify([accountId, region]);
    const known = all.get(key) ?? { accountId, region, days: new Set() };
    all.set(key, known);
    for (const one of days) known.days.add(one);
  }
  return [...all]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { accountId, region, days }]) => ({
      accountId,
      region,
      days: [...days].sort((a, b) => a - b).map(isoDay),
    }));
}
