// The journal folded to what it says: which changes were begun, how far each got, and for which place.
import type { Json, Place } from '../ports.ts';
import type { ChangeRecord, Entry, MadeRecord, ReplayRecord, StepName, VerifiedRecord } from './entries.ts';

export type ChangeState = 'begun' | 'made' | 'done' | 'failed' | 'undoing' | 'undone';

/** One generation of one change. */
export interface JournaledChange {
  readonly step: StepName;
  readonly key: string;
  readonly generation: number;
  readonly token: string;
  readonly change: ChangeRecord;
  /** The run that began it first. */
  readonly run: string;
  /** ISO time at which it was begun first. */
  readonly begunAt: string;
  /** ISO time of the last entry about it. */
  readonly changedAt: string;
  readonly state: ChangeState;
  /** Null: begun, and the journal has no answer. */
  readonly made: MadeRecord | null;
  /** The key of the change that stands in its place; only where `state` is undone. */
  readonly supersededBy: string | null;
}

export interface JournalState {
  /** Null: no entry names one yet. */
  readonly place: Place | null;
  /** What the last run that changed anything after choices was made with, by their keys in quilt-perimeter.yaml. */
  readonly choices: { readonly [key: string]: Json } | null;
  /** Who the operator was on both sides in the last run that said so. */
  readonly identities: Json;
  /** The last replay that was made before a Deny, and when (ISO time); null: none. */
  readonly assessed: (ReplayRecord & { readonly at: string }) | null;
  /** What the last `verify` found, and when (ISO time); null: none. */
  readonly verified: (VerifiedRecord & { readonly at: string }) | null;
  /** Ids of the runs that began to undo something, the first one first. */
  readonly undoingRuns: readonly string[];
  /** Every generation of every change, in the order in which they were begun last. */
  readonly changes: readonly JournaledChange[];
  /** By key, its latest generation. */
  readonly latest: ReadonlyMap<string, JournaledChange>;
}

/**
 * Folds entries, oldest first. Pure; never throws: an entry about a change that was never begun says nothing, as after a
 * cut in the line that began it.
 */
export function replay(entries: Iterable<Entry>): JournalState {
  let place: Place | null = null;
  let choices: JournalState['choices'] = null;
  let identities: Json = null;
  let assessed: JournalState['assessed'] = null;
  let verified: JournalState['verified'] = null;
  const undoingRuns = new Set<string>();
  const generations = new Map<string, JournaledChange>();
  for (const entry of entries) {
    if (entry.type === 'undo-begun') undoingRuns.add(entry.run);
    if (entry.type === 'opened') place = entry.place;
    else if (entry.type === 'assessed') assessed = entry;
    else if (entry.type === 'verified') verified = entry;
    else if (entry.type === 'run-started') {
      choices = entry.choices ?? choices;
      identities = entry.identities ?? identities;
    } else if (entry.type === 'begun') {
      const former = generations.get(idOf(entry));
      // Moves to the end, so that the order is the one in which things really came about.
      generations.delete(idOf(entry));
      generations.set(idOf(entry), begin(entry, former));
    } else if ('generation' in entry) {
      const change = generations.get(idOf(entry));
      if (change !== undefined) generations.set(idOf(entry), { ...change, changedAt: entry.at, ...progress(change, entry) });
    }
  }
  const changes = [...generations.values()];
  const latest = new Map<string, JournaledChange>();
  for (const change of changes) {
    if (change.generation >= (latest.get(change.key)?.generation ?? 0)) latest.set(change.key, change);
  }
  return { place, choices, identities, assessed, verified, undoingRuns: [...undoingRuns], changes, latest };
}

/** Whether something of this change may still stand: it was begun, and neither failed nor is it undone. */
export const stands = (change: JournaledChange): boolean => change.state !== 'undone' && change.state !== 'failed';

const idOf = (entry: { readonly key: string; readonly generation: number }): string => JSON.stringify([entry.key, entry.generation]);

type BegunEntry = Extract<Entry, { type: 'begun' }>;
type LaterEntry = Exclude<Extract<Entry, { generation: number }>, BegunEntry>;

function begin(entry: BegunEntry, former: JournaledChange | undefined): JournaledChange {
  const { step, key, generation, token, change } = entry;
  // Begun once more is the same request sent again, so the first one's data stands.
  const now = { changedAt: entry.at, state: 'begun', made: null, supersededBy: null } as const;
  if (former !== undefined) return { ...former, ...now };
  return { step, key, generation, token, change, run: entry.run, begunAt: entry.at, ...now };
}

function progress(change: JournaledChange, entry: LaterEntry): Pick<JournaledChange, 'state'> & Partial<JournaledChange> {
  switch (entry.type) {
    case 'made':
      return { state: 'made', made: entry.made };
    case 'done':
      return { state: 'done' };
    case 'failed':
      return { state: 'failed' };
    case 'undo-begun':
      return { state: 'undoing' };
    case 'undone':
      return { state: 'undone', supersededBy: entry.superseded ?? null };
    case 'adopted':
      return { state: change.made === null ? 'begun' : 'made' };
    default:
      return entry satisfies never;
  }
}
