// The query's rows as a reading of the trail. A row that does not read is an error, never left out.
import { createHash } from 'node:crypto';
import { failed } from '../errors.ts';
import { callKind, pathMembers, type ResultColumn, resultColumns } from './athena-query.ts';
import { addedUp } from './join-readings.ts';
import type { TrailCount, TrailPath, TrailReading } from './types.ts';

/** A row's values in the order of `resultColumns`; null for SQL's NULL. */
export type ResultRow = readonly (string | null)[];

type Counted = Pick<TrailReading, 'source' | 'events' | 'considered' | 'skipped' | 'from' | 'to' | 'counts' | 'coverage'>;

/**
 * What the rows say. `scope` is what was asked, which is part of the hash.
 * @throws PerimeterError (failed) `ATHENA_ROWS` where a row is none of the query's
 */
export function readRows(rows: readonly ResultRow[], scope: string): Counted {
  const skipped: Record<string, number> = {};
  const found: TrailCount[] = [];
  const days = new Map<string, { accountId: string; region: string; days: string[] }>();
  const skip = (kind: string, many: number): void => {
    if (many > 0) skipped[kind] = (skipped[kind] ?? 0) + many;
  };
  let events = 0;
  for (const values of rows) {
    const row = named(values);
    if (row.totals === '0') {
      const { recipient, region, eventday } = row;
      if (recipient === null || region === null || eventday === null) continue;
      const key = JSON.stringify([recipient, region]);
      const entry = days.get(key) ?? { accountId: recipient, region, days: [] };
      days.set(key, entry);
      entry.days.push(eventday);
      continue;
    }
    const many = count(row.events, values);
    const again = count(row.again, values);
    events += many + again;
    skip('second copy', again);
    if (row.kind !== callKind) {
      skip(row.kind ?? 'no event', many);
      continue;
    }
    found.push(countOf(row, many, values));
  }
  // Days of a path are one count, and so are sessions that wrote the same tags differently.
  const counts = addedUp(found);
  const times = (of: 'firstSeen' | 'lastSeen'): readonly string[] => counts.map((each) => each[of]).sort();
  return {
    source: { kind: 'athena', hash: hashOf(rows, scope) },
    events,
    considered: counts.reduce((sum, each) => sum + each.events, 0),
    skipped,
    from: times('firstSeen')[0] ?? null,
    to: times('lastSeen').at(-1) ?? null,
    counts,
    coverage: [...days].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, each]) => ({ ...each, days: each.days.sort() })),
  };
}

type Named = { readonly [Column in ResultColumn]: string | null };

function named(values: ResultRow): Named {
  if (values.length !== resultColumns.length) throw strange(values);
  const row: Partial<Record<ResultColumn, string | null>> = {};
  for (const [index, column] of resultColumns.entries()) row[column] = values[index] ?? null;
  return row as Named;
}

function countOf(row: Named, events: number, values: ResultRow): TrailCount {
  const text = (member: keyof TrailPath): string | null => row[pathMembers[member]];
  const { firstseen, lastseen, eventday } = row;
  if (firstseen === null || lastseen === null || eventday === null) throw strange(values);
  const path: TrailPath = {
    identityType: text('identityType'),
    principalArn: text('principalArn'),
    principalId: text('principalId'),
    accountId: text('accountId'),
    invokedBy: text('invokedBy'),
    sourceIpAddress: text('sourceIpAddress'),
    vpcEndpointId: text('vpcEndpointId'),
    vpcEndpointAccountId: text('vpcEndpointAccountId'),
    awsRegion: text('awsRegion'),
    bucket: unescaped(text('bucket')),
    bucketAccountId: text('bucketAccountId'),
    recipientAccountId: text('recipientAccountId'),
    eventName: text('eventName'),
    outcome: row.outcome === 'denied' ? 'denied' : 'authorized',
    presigned: row.presigned === 'true',
  };
  const days = [{ day: eventday, events }];
  return { path, events, firstSeen: firstseen, lastSeen: lastseen, days, sessionTags: tagsIn(row.sessiontags) };
}

/** The inside of a JSON string. */
function unescaped(text: string | null): string | null {
  const value = text === null ? null : parsed(`"${text}"`);
  return typeof value === 'string' ? value : text;
}

// Lists of `{ key, value }` and objects, the later over the earlier, as the query puts them together.
function tagsIn(text: string | null): { readonly [key: string]: string } {
  const tags: [string, string][] = [];
  for (const field of listIn(text === null ? null : parsed(text))) {
    const pairs: readonly (readonly [unknown, unknown])[] = Array.isArray(field)
      ? listIn(field).map((tag) => [member(tag, 'key'), member(tag, 'value') ?? ''])
      : Object.entries(typeof field === 'object' && field !== null ? field : {});
    for (const [key, value] of pairs) if (typeof key === 'string' && typeof value === 'string') tags.push([key, value]);
  }
  return Object.fromEntries(tags.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function count(text: string | null, values: ResultRow): number {
  if (text === null || !/^\d+$/.test(text)) throw strange(values);
  return Number(text);
}

const strange = (values: ResultRow) =>
  failed(
    'ATHENA_ROWS',
    `reading the query's answer: a row of ${values.length} values is none of the query's`,
    'check AWS_ENDPOINT_URL and any proxy on the way to AWS; then run again',
  );

// Rows come in no order.
const hashOf = (rows: readonly ResultRow[], scope: string): string =>
  createHash('sha256')
    .update([scope, ...rows.map((row) => JSON.stringify(row)).sort()].join('\n'))
    .digest('hex');
