// The journal told run by run: who asked for what, what was approved, proven, made and taken off again, and when. Pure.
import type { Json } from '../ports.ts';
import type { Entry, StepName, WayRecord } from './entries.ts';

/** Something that a run did to a change, as far as the journal knows. */
export interface Deed {
  /** ISO time. */
  readonly at: string;
  readonly step: StepName;
  readonly key: string;
  readonly what: 'done' | 'undone' | 'failed';
  readonly summary: string;
  /** What AWS calls it; null where the journal has no answer. */
  readonly id: string | null;
  /** A trial or a rehearsal, over within its run. */
  readonly temporary: boolean;
}

/** The ways back as they were told before a change was begun. */
export interface ToldWays {
  /** ISO time. */
  readonly at: string;
  readonly step: StepName;
  readonly key: string;
  /** Of the change; its key where the journal never saw it begin. */
  readonly summary: string;
  readonly ways: readonly WayRecord[];
  readonly independent: number;
}

export interface RunHistory {
  readonly id: string;
  /** ISO time. */
  readonly startedAt: string;
  /** ISO time and how it ended; null: it was killed, or is still at work. */
  readonly ended: { readonly at: string; readonly outcome: 'done' | 'stopped' | 'failed' | 'interrupted' } | null;
  /** The command's name, without what else was typed. */
  readonly command: string;
  /** As `run-started` has them. */
  readonly identities: Json;
  readonly approvals: readonly { readonly at: string; readonly step: StepName; readonly confirmation: string; readonly changes: number }[];
  readonly probes: { readonly passed: number; readonly failed: number; readonly skipped: number };
  readonly certificates: readonly ToldWays[];
  readonly deeds: readonly Deed[];
}

/** Every run that wrote something, oldest first. Entries of a run whose start was cut off are left out: nobody knows who it was. */
export function historyOf(entries: readonly Entry[]): readonly RunHistory[] {
  const summaries = new Map<string, Begun>();
  const runs = new Map<string, Told>();
  for (const entry of entries) {
    if (entry.type === 'run-started') {
      const command = entry.command.split(' ').find((word) => writers.includes(word)) ?? 'unknown';
      runs.set(entry.run, { id: entry.run, startedAt: entry.at, ended: null, command, identities: entry.identities, told: [] });
    }
    if (entry.type === 'begun') summaries.set(entry.key, entry);
    runs.get(entry.run)?.told.push(entry);
  }
  return [...runs.values()].map((run) => told(run, summaries));
}

/** The commands that write into a journal. */
const writers: readonly string[] = ['init', 'apply', 'confirm', 'rollback', 'verify', 'watch'];

type Begun = Extract<Entry, { type: 'begun' }>;
type Told = Pick<RunHistory, 'id' | 'startedAt' | 'ended' | 'command' | 'identities'> & { readonly told: Entry[] };

function told({ told: entries, ...run }: Told, begun: ReadonlyMap<string, Begun>): RunHistory {
  const ids = new Map<string, string>();
  for (const entry of entries) if (entry.type === 'made') ids.set(entry.key, entry.made.id);
  const verdicts = entries.flatMap((entry) => (entry.type === 'probe' ? [entry.verdict] : []));
  const many = (verdict: 'passed' | 'failed' | 'skipped'): number => verdicts.filter((each) => each === verdict).length;
  const end = entries.findLast((entry) => entry.type === 'run-ended');
  return {
    ...run,
    ended: end === undefined ? null : { at: end.at, outcome: end.outcome },
    approvals: entries.flatMap((entry) =>
      entry.type === 'approved' ? [{ at: entry.at, step: entry.step, confirmation: entry.confirmation, changes: entry.keys.length }] : [],
    ),
    probes: { passed: many('passed'), failed: many('failed'), skipped: many('skipped') },
    certificates: entries.flatMap((entry) =>
      entry.type === 'certificate'
        ? [
            {
              at: entry.at,
              step: entry.step,
              key: entry.key,
              summary: begun.get(entry.key)?.change.summary ?? entry.key,
              ways: entry.ways,
              independent: entry.independent,
            },
          ]
        : [],
    ),
    deeds: entries.flatMap((entry): readonly Deed[] => {
      if (entry.type !== 'done' && entry.type !== 'undone' && entry.type !== 'failed') return [];
      const first = begun.get(entry.key);
      if (first === undefined) return [];
      const { step, change } = first;
      return [
        {
          at: entry.at,
          step,
          key: entry.key,
          what: entry.type,
          summary: change.summary,
          id: ids.get(entry.key) ?? null,
          temporary: change.temporary === true,
        },
      ];
    }),
  };
}
