// The values that a change's `after` leaves open until it is begun: refs to what earlier changes made, the run's id, and
// the times at which a trial and a guarded change end.
import type { JournalState } from '../journal/journal.ts';
import type { Json } from '../ports.ts';
import { isList } from './json.ts';
import type { Change, Ref } from './types.ts';

export interface Moment {
  readonly run: string;
  readonly begunAt: Date;
}

export type Resolved = { readonly ok: true; readonly change: Change } | { readonly ok: false; readonly missing: Ref };

const probeMinutes = 55;

/**
 * The change with its open values filled in, as it is journaled and sent; refs become needs. Not ok: the first ref to
 * something that the journal does not have.
 */
export function resolveChange(change: Change, moment: Moment, journal: JournalState): Resolved {
  const refs = refsIn(change.after);
  const missing = refs.find((ref) => madeValue(ref, journal) === null);
  if (missing !== undefined) return { ok: false, missing };
  const { guard } = change;
  const until = guard === undefined ? null : isoAfter(moment, guard.seconds);
  const after = fill(change.after, (ref) => madeValue(ref, journal) ?? '', texts(moment, until));
  return {
    ok: true,
    change: {
      ...change,
      after,
      needs: [...new Set([...change.needs, ...refs.map((ref) => ref.ref)])],
      ...(guard === undefined ? {} : { guard: { ...guard, until } }),
    },
  };
}

/** Every ref in a value, in order. */
export function refsIn(value: Json): readonly Ref[] {
  if (value === null || typeof value !== 'object') return [];
  if (isRef(value)) return [value];
  return (isList(value) ? value : Object.values(value)).flatMap(refsIn);
}

/** What the journal has for a ref: the id or a field of the latest generation that was made; null where there is none. */
export function madeValue(ref: Ref, journal: JournalState): string | null {
  const latest = journal.latest.get(ref.ref);
  if (latest === undefined || latest.made === null || latest.state === 'failed') return null;
  if (latest.state === 'undone' && latest.supersededBy === null) return null;
  return ref.field === 'id' ? latest.made.id : (latest.made.fields[ref.field] ?? null);
}

function isRef(value: Json): value is Ref {
  if (value === null || typeof value !== 'object' || isList(value)) return false;
  return Object.keys(value).length === 2 && typeof value.ref === 'string' && typeof value.field === 'string';
}

function fill(value: Json, refValue: (ref: Ref) => string, textOf: (text: string) => string): Json {
  if (typeof value === 'string') return textOf(value);
  if (value === null || typeof value !== 'object') return value;
  if (isRef(value)) return refValue(value);
  if (isList(value)) return value.map((item) => fill(item, refValue, textOf));
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, fill(field, refValue, textOf)]));
}

function texts(moment: Moment, until: string | null): (text: string) => string {
  const expiry = isoAfter(moment, probeMinutes * 60);
  return (text) => {
    const dated = until === null ? text : text.replaceAll('{{run.confirmBy}}', until);
    return dated.replaceAll('{{run.id}}', moment.run).replaceAll('{{run.probeExpiry}}', expiry);
  };
}

// AWS's date conditions take ISO times to the second.
const isoAfter = ({ begunAt }: Moment, seconds: number): string =>
  new Date(begunAt.getTime() + seconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
