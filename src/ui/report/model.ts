// What a report tells, as plain data: it is worked out by the commands, and written as a page or as Markdown without asking anybody.
import type { AssessedDay } from '../../access/assess.ts';
import type { Remedy } from '../../access/remedies.ts';
import type { Change, RollbackSummary, StepId, StepState, WayBack } from '../../engine/types.ts';
import type { Finding } from '../../findings.ts';
import type { Place } from '../../ports.ts';
import type { NetworkReport } from '../../steps/network-grid/report.ts';
import type { Verification } from '../../verify/check.ts';
import type { RemedyRow } from '../charts/remedies.ts';

/**
 * What the page is: it asks for approval (nothing stands yet), tells of work that is under way, says that everything stands but not
 * that it works, or is the evidence that it does.
 */
export type Stage = 'change-request' | 'under-way' | 'applied' | 'evidence';

export interface ReportModel {
  readonly stage: Stage;
  /** ISO time at which AWS was read. */
  readonly at: string;
  readonly toolVersion: string;
  /** Nothing real: made on the embedded AWS. */
  readonly sandbox: boolean;
  readonly place: Place;
  readonly perimeter: PerimeterReport;
  readonly plan: PlanReport;
  readonly network: NetworkReport;
  /** What runs outside any VPC and would be denied. */
  readonly outside: readonly Finding[];
  readonly policies: readonly PolicyReport[];
  /** Null: no recorded calls were assessed. */
  readonly replay: ReplayReport | null;
  readonly certificates: readonly CertificateReport[];
  /** Null: nothing was verified, since something is left to do. */
  readonly verification: VerificationReport | null;
  readonly runs: readonly RunReport[];
  readonly undo: UndoReport;
  readonly fingerprints: readonly Fingerprint[];
}

/** The perimeter in words. */
export interface PerimeterReport {
  /** Bucket names or patterns. */
  readonly buckets: readonly string[];
  /** Who passes; any one is enough. */
  readonly passes: readonly string[];
  readonly testBucket: string;
  readonly policyName: string;
  /** What the SCP is attached to, in order: `account Quilt Production (444455556666)`. */
  readonly targets: readonly string[];
}

export interface PlanReport {
  readonly steps: readonly {
    readonly id: StepId;
    readonly title: string;
    readonly state: StepState;
    readonly changes: readonly Change[];
    readonly findings: readonly Finding[];
    readonly notes: readonly string[];
  }[];
  /** As `plan --json` has them. */
  readonly totals: { readonly changes: number; readonly usdPerMonth: number | null };
}

/** One policy before and after. Texts are indented JSON. */
export interface PolicyReport {
  /** `SCP QuiltDataPerimeter`, `policy of bucket quilt-test`. */
  readonly name: string;
  /** Whom it binds, as a sentence without its full stop. */
  readonly binds: string;
  /** What stands, or stood before this tool's first change; null: nothing. */
  readonly before: string | null;
  readonly after: string;
  /** SHA-256 of the text exactly as it is sent, and its length in characters. */
  readonly sha256: string;
  readonly characters: number;
  readonly statements: readonly StatementReport[];
  readonly effects: PolicyEffects;
}

export interface StatementReport {
  readonly name: string;
  /** Written by this tool. */
  readonly ours: boolean;
  readonly sentence: string;
  /** All of them must hold. */
  readonly conditions: readonly { readonly written: string; readonly sentence: string }[];
}

/** Which requests change their verdict, by the evaluator. */
export interface PolicyEffects {
  readonly examples: readonly {
    readonly request: string;
    readonly context: readonly string[];
    readonly before: Effect;
    readonly after: Effect;
  }[];
  /** Classes of requests compared; complete: these are all that the two can tell apart. */
  readonly classes: number;
  readonly complete: boolean;
}

type Effect = 'allowed' | 'denied' | 'none';

export interface ReplayReport {
  /** ISO time of the run that made it, before something was denied; null: made for this report. */
  readonly madeAt: string | null;
  readonly source: { readonly kind: string; readonly hash: string };
  readonly files: number;
  readonly events: number;
  readonly considered: number;
  /** Null where the journal does not keep it. */
  readonly alreadyDenied: number | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly verdicts: { readonly [verdict in ReplayVerdict]: ReplayCount };
  /** The gravest first, and of these those with most events; many are cut off. */
  readonly paths: readonly ReplayPath[];
  /** How many paths are not listed. */
  readonly left: number;
  /** Events by day in UTC and verdict; of some none may be known. */
  readonly days: readonly AssessedDay[];
  /** Newly denied paths and their events by what to try first; none where nothing is denied or the journal does not keep it. */
  readonly remedies: readonly RemedyRow[];
  /** What it cannot prove; null where the journal does not keep it. */
  readonly coverage: readonly Finding[] | null;
  readonly errors: readonly { readonly file: string; readonly reason: string }[];
}

export type ReplayVerdict = 'passes' | 'newly-denied' | 'unknown';

export interface ReplayCount {
  readonly paths: number;
  readonly events: number;
}

export interface ReplayPath {
  readonly principal: string;
  readonly network: string;
  readonly viaService: string | null;
  readonly bucket: string;
  readonly actions: readonly string[];
  readonly events: number;
  readonly lastSeen: string | null;
  readonly verdict: ReplayVerdict;
  readonly why: readonly string[];
  readonly remedies: readonly Pick<Remedy, 'kind' | 'what' | 'command'>[];
}

/** The ways back before something denies: those that will be tried, or those that were. */
export interface CertificateReport {
  readonly change: string;
  /** ISO time; null: planned. */
  readonly at: string | null;
  readonly ways: readonly WayBack[];
  /** How many of those exercised share nothing; null: not tried yet. */
  readonly independent: number | null;
}

/** A run of the tool that wrote into the journal. */
export interface RunReport {
  readonly id: string;
  readonly command: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly outcome: 'done' | 'stopped' | 'failed' | 'interrupted' | 'not ended';
  /** The roles, not the persons: `role PlatformAdmin of account 444455556666`. */
  readonly by: readonly string[];
  readonly approvals: number;
  readonly probes: { readonly passed: number; readonly failed: number; readonly skipped: number };
  readonly deeds: readonly {
    readonly at: string;
    readonly step: StepId;
    readonly what: 'done' | 'undone' | 'failed';
    readonly summary: string;
    readonly id: string | null;
  }[];
  /** Trials and rehearsals that are over. */
  readonly trials: number;
}

export interface UndoReport {
  /** `planned`: nothing stands yet. */
  readonly state: 'planned' | 'standing';
  /** In the order in which they are undone. */
  readonly entries: readonly { readonly step: StepId; readonly summary: string; readonly way: string }[];
  readonly notRestored: RollbackSummary['notRestored'];
  /** The command lines, as they have to be typed here. */
  readonly commands: { readonly rollback: string; readonly script: string };
}

export type VerificationReport = Pick<Verification, 'at' | 'checks'>;

/** A picture as it is embedded: SVG, and what it shows in words. */
export interface Drawing {
  readonly title: string;
  readonly svg: string;
  readonly alt: string;
}

export interface Drawings {
  /** The network before and after, or as it stands. */
  readonly network: readonly Drawing[];
  readonly replay: readonly Drawing[];
}

/** A SHA-256, and what it is of. */
export interface Fingerprint {
  readonly of: string;
  readonly sha256: string;
}
