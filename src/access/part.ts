// What one thread found: data that can be handed to another thread, and put together with what others found (merge.ts).
import type { DayList } from './day-counts.ts';
import type { Keys } from './key-table.ts';
import type { SessionTags } from './session-tags.ts';
import type { TallyKeys } from './tally-table.ts';

/** How much one thread keeps at most; what is beyond is still counted, but told apart no more. */
export const bounds = {
  /** Paths: further ones are counted without their source address. */
  paths: 50_000,
  /** Pairs of a path and a session: further sessions' tags are not told apart. */
  sessions: 200_000,
  /** Pairs of these and a day: events of further ones are not told by day. */
  days: 500_000,
  /** Sessions with tags. */
  taggedSessions: 100_000,
  /** Records with a `sharedEventID`: further ones are counted without looking for a second copy. */
  shared: 4_000_000,
};
export type Bounds = typeof bounds;

/** Records that another account may have logged too, a block of them: what is needed to count each call once. */
export interface SharedBlock {
  readonly length: number;
  /** Two hashes of `sharedEventID` each. */
  readonly ids: Int32Array<ArrayBuffer>;
  readonly tallies: Int32Array<ArrayBuffer>;
  /** Milliseconds since the epoch. */
  readonly times: Float64Array<ArrayBuffer>;
}

export interface Part {
  readonly events: number;
  readonly skipped: ReadonlyMap<string, number>;
  /** Keys of path-key.ts. */
  readonly paths: Keys;
  /** A tally is of one path in one session. */
  readonly tallies: TallyKeys;
  /** Three numbers a tally: events, without those in `shared`; the first and the last in milliseconds since the epoch. */
  readonly counts: Float64Array<ArrayBuffer>;
  /** Events by tally and day, without those in `shared`. */
  readonly days: DayList;
  readonly shared: readonly SharedBlock[];
  readonly tags: ReadonlyMap<string, SessionTags>;
  readonly coverage: readonly { readonly accountId: string | null; readonly region: string | null; readonly days: ReadonlySet<number> }[];
  /** Whether sessions, or tags of sessions, were beyond the bound. */
  readonly sessionsLost: boolean;
  readonly tagsLost: boolean;
}
