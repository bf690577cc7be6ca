// The journal's entries as types, version 1. One entry is one line of journal.jsonl. What a change looks like is spelled
// out here as well as in the engine: what was written years ago must be readable without it.
import type { Json, Place } from '../ports.ts';

export const journalVersion = 1;

export const stepNames = ['discover', 'endpoints', 'nat', 'bucket-policy', 'scp', 'stack-parameter'] as const;
export type StepName = (typeof stepNames)[number];

/** A change as it was begun: refs resolved. The engine's `Change`, and anything that later versions add to it. */
export interface ChangeRecord {
  readonly key: string;
  readonly action: 'create' | 'update' | 'delete';
  readonly target: { readonly accountId: string; readonly region: string | null; readonly type: string; readonly name: string };
  readonly summary: string;
  readonly reason: string;
  readonly before: Json;
  readonly after: Json;
  readonly risk: 'additive' | 'access-affecting' | 'organization-wide';
  readonly confirm: string;
  readonly needs: readonly string[];
  readonly seconds: number | null;
  readonly usdPerMonth: number | null;
  readonly temporary?: true;
  readonly precheck?: string;
  readonly proof?: string;
  readonly undoes?: string;
  readonly replaces?: string;
  readonly undoFirst?: true;
  readonly irreversible?: string;
  readonly prepare?: true;
  readonly undoIfUnproven?: true;
  readonly ways?: readonly WayRecord[];
  readonly certified?: { readonly remedy: string };
  readonly guard?: { readonly seconds: number; readonly until: string | null; readonly proof: string };
  readonly confirms?: { readonly key: string; readonly until: string | null; readonly isWanted: boolean };
}

/** A way back as it was told; nothing secret is in it. */
export interface WayRecord {
  readonly kind: 'operator' | 'exempt-role' | 'organization' | 'root-access' | 'root-password';
  readonly principal: string;
  readonly network: string;
  readonly call: string;
  readonly passesBy: readonly string[];
  readonly credentials: string;
  readonly state: 'exercised' | 'claimed';
  readonly how: string;
}

/** What a call made. */
export interface MadeRecord {
  readonly id: string;
  readonly fields: { readonly [name: string]: string };
  readonly state?: Json;
}

/**
 * What a replay of recorded calls found, made before a Deny was put on. `details`: the ways to the buckets with their verdicts, in
 * a file beside the journal, by name and SHA-256; `left`: how many did not fit into it.
 */
export interface ReplayRecord {
  /** As typed. */
  readonly sources: readonly string[];
  readonly source: { readonly kind: 'files' | 's3' | 'athena'; readonly hash: string };
  readonly files: number;
  readonly events: number;
  readonly considered: number;
  /** ISO times of the first and the last call; null where there was none. */
  readonly from: string | null;
  readonly to: string | null;
  readonly paths: { readonly passes: number; readonly newlyDenied: number; readonly unknown: number };
  readonly maxDenied: number;
  readonly details: { readonly file: string; readonly sha256: string; readonly paths: number; readonly left: number };
}

/** What `verify` found: the state of each proposition, by its id. */
export interface VerifiedRecord {
  readonly checks: readonly { readonly id: string; readonly state: 'ok' | 'failed' | 'unknown' }[];
}

/** How often each probe object answered what. */
export interface ProbeAnswers {
  readonly control: { readonly allowed: number; readonly denied: number };
  readonly sentinel: { readonly allowed: number; readonly denied: number };
}

interface OfChange {
  readonly key: string;
  readonly generation: number;
}

export type EntryBody =
  | { readonly type: 'opened'; readonly place: Place; readonly toolVersion: string }
  /** `choices`: by their keys in quilt-perimeter.yaml, of a run that makes changes after them. */
  | {
      readonly type: 'run-started';
      readonly command: string;
      readonly identities: Json;
      readonly choices?: { readonly [key: string]: Json };
    }
  | { readonly type: 'approved'; readonly step: StepName; readonly confirmation: string; readonly keys: readonly string[] }
  | ({ readonly type: 'begun'; readonly step: StepName; readonly token: string; readonly change: ChangeRecord } & OfChange)
  | ({ readonly type: 'made'; readonly made: MadeRecord } & OfChange)
  | ({ readonly type: 'done' } & OfChange)
  /** Nothing was made, or what was made never came to work. */
  | ({ readonly type: 'failed'; readonly error: { readonly code: string; readonly summary: string } } & OfChange)
  | ({ readonly type: 'undo-begun' } & OfChange)
  /** `superseded`: the key of the change whose value stands in its place. */
  | ({ readonly type: 'undone'; readonly superseded?: string } & OfChange)
  | {
      readonly type: 'probe';
      readonly step: StepName;
      readonly key: string;
      readonly stage: string;
      readonly verdict: 'passed' | 'failed' | 'skipped';
      readonly code: string | null;
      readonly detail: string | null;
      readonly answers: ProbeAnswers;
    }
  /** The ways back, told before the change of this key was begun; `independent`: how many exercised ones share nothing. */
  | {
      readonly type: 'certificate';
      readonly step: StepName;
      readonly key: string;
      readonly ways: readonly WayRecord[];
      readonly independent: number;
    }
  | ({ readonly type: 'assessed' } & ReplayRecord)
  | ({ readonly type: 'verified' } & VerifiedRecord)
  /** What an earlier run began and left is taken up again by this one. */
  | ({ readonly type: 'adopted' } & OfChange)
  | { readonly type: 'run-ended'; readonly outcome: 'done' | 'stopped' | 'failed' | 'interrupted' };

/** One line: the body, its version, when it was written, and by which run. */
export type Entry = EntryBody & { readonly v: typeof journalVersion; readonly at: string; readonly run: string };
