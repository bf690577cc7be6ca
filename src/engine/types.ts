// What the engine knows of a step: data that is shown, journaled and carried out, and a handful of functions. It
// knows nothing of AWS; `Input` and `Ctx` are the steps' own.
import type { PerimeterError } from '../errors.ts';
import type { Finding, FindingCode, Versions } from '../findings.ts';
import type { Clock, Ids, Json } from '../ports.ts';

export const stepIds = ['discover', 'endpoints', 'nat', 'bucket-policy', 'scp', 'stack-parameter'] as const;
export type StepId = (typeof stepIds)[number];

export type Risk = 'additive' | 'access-affecting' | 'organization-wide';

/**
 * A value that an earlier change makes: `{ ref: KEY, field: 'id' }`, resolved from the journal when the change is begun; a
 * ref never counts as drift. Inside strings of `after`, `{{run.id}}` is the run's id, `{{run.probeExpiry}}` an ISO time
 * 55 minutes after the change is begun, and `{{run.confirmBy}}` the time at which its guard ends.
 */
export type Ref = { readonly ref: string; readonly field: string };

/** How long a change takes effect unless it is confirmed: AWS itself ends it, with no process and no credentials left anywhere. */
export type Guard = {
  /** Seconds from when it is begun. */
  readonly seconds: number;
  /** ISO time at which it ends, `{{run.confirmBy}}` in `after`; null until it is begun. */
  readonly until: string | null;
  /** The proof that is made before it is made permanent. */
  readonly proof: string;
};

/** Which guarded change a change makes permanent. */
export type Confirms = {
  readonly key: string;
  /** ISO time at which that ends, where a plan found it in AWS; null: the journal has it. */
  readonly until: string | null;
  /** False where what stands is not what is wanted now: then it is not offered to be kept. */
  readonly isWanted: boolean;
};

export interface Target {
  readonly accountId: string;
  readonly region: string | null;
  readonly type: string;
  readonly name: string;
}

/** One reversible call, as data. */
export interface Change {
  /** Stable: `endpoints/vpc-0a1b/s3`. Begins with the step's id. */
  readonly key: string;
  readonly action: 'create' | 'update' | 'delete';
  readonly target: Target;
  readonly summary: string;
  readonly reason: string;
  /** What is there now (null: nothing), enough for `undo` to restore it byte for byte. */
  readonly before: Json;
  /** What will be there; may contain refs and joins. Also the whole request's parameters: `apply` reads nothing else. */
  readonly after: Json;
  readonly risk: Risk;
  /** Id of the confirmation that covers this change; see `StepPlan.confirmations`. */
  readonly confirm: string;
  /** Keys of changes that must be done first. */
  readonly needs: readonly string[];
  /** Usual time in seconds; null where not known. */
  readonly seconds: number | null;
  readonly usdPerMonth: number | null;
  /**
   * Undone at the end of the step whatever the outcome; never part of "the plan is empty". Over, and not undone any more,
   * once a lasting change of the same target is made after it.
   */
  readonly temporary?: true;
  /** The engine calls `precheck` before it is begun and stops unless it passes. */
  readonly precheck?: string;
  /** The engine calls `prove` after it has settled; changes that need it are not begun unless the verdict passes. */
  readonly proof?: string;
  /**
   * Made only so that something can be proven: where a proof of this run fails, its own or one of what needs it, it is undone
   * at the end of the step, provided that this run began it.
   */
  readonly undoIfUnproven?: true;
  /** It lasts, but only for so long: `confirms` of another change makes it permanent. */
  readonly guard?: Guard;
  /** Carried out only where a person has said so: by the command `confirm`, or on the terminal. `--yes` does not. */
  readonly confirms?: Confirms;
  /** A rehearsal: carrying this out IS undoing that (temporary) change by the very call that rollback will use. `apply` is not called. */
  readonly undoes?: string;
  /** When this is made, that temporary change is over (this change's value stands in its place) and is not undone any more. */
  readonly replaces?: string;
  /**
   * Rollback undoes this before every other change of its step, whatever the order in the journal: widening the SCP is
   * undone by an update that lifts the perimeter everywhere in one call, and only then is anything detached or deleted.
   */
  readonly undoFirst?: true;
  /** Nothing restores it; rollback says this sentence instead of undoing. */
  readonly irreversible?: string;
  /**
   * What is known beforehand of the ways back, all of them claimed. On a change with a `proof` or `precheck`: those that it is to
   * exercise; on a certified change: those that its certificate lists.
   */
  readonly ways?: readonly WayBack[];
  /**
   * From this change on somebody may be locked out: before it is begun the engine tells which ways back were exercised in this
   * run, by it or by what it needs, and raises QP310 where fewer than two of them are independent. What `replaces` a certified
   * change of this run has its certificate.
   */
  readonly certified?: { readonly remedy: string };
  /** Made in the step's `prepare` phase: stack-parameter's change set, made and shown before the SCP. */
  readonly prepare?: true;
}

/** How what a change puts on can be taken off again. Nothing secret is in it. */
export type WayBack = {
  /** `root-password` is a person's word: never counted. */
  readonly kind: 'operator' | 'exempt-role' | 'organization' | 'root-access' | 'root-password';
  /** ARN. */
  readonly principal: string;
  /** From where, in words. */
  readonly network: string;
  /** Such as `s3:DeleteBucketPolicy`. */
  readonly call: string;
  /** The conditions any one of which may be what lets it pass: `aws:PrincipalTag/KEY`, or in words. */
  readonly passesBy: readonly string[];
  /** Where its credentials come from before any role is put on top of them: a profile, the environment. */
  readonly credentials: string;
  readonly state: 'exercised' | 'claimed';
  /** One sentence: what was done, or why it is only claimed. */
  readonly how: string;
};

/** The ways back that were told before a change was begun, and how many of those exercised are independent of each other. */
export interface Certificate {
  readonly key: string;
  readonly ways: readonly WayBack[];
  readonly independent: number;
}

export interface Confirmation {
  readonly id: string;
  /** The question, ending in a question mark. */
  readonly text: string;
  /** Organization-wide: what has to be typed (any one of these): the target's id or name. Empty: yes or no. */
  readonly typed: readonly string[];
}

export interface StepPlan {
  readonly changes: readonly Change[];
  readonly confirmations: readonly Confirmation[];
  readonly findings: readonly Finding[];
  /** Sentences of what stands already, of what a choice means (one NAT gateway when its zone fails…). */
  readonly notes: readonly string[];
}

/** What a call made: `id` and other fields that refs name. */
export interface Made {
  readonly id: string;
  readonly fields: { readonly [name: string]: string };
  /** Anything that AWS answered and that `inspect` needs later to tell our thing from a changed one. */
  readonly state?: Json;
}

/** A change with its refs resolved, as it was begun; `made` is null where the journal has no answer (half-made). */
export interface Applied {
  readonly step: StepId;
  readonly change: Change;
  readonly generation: number;
  /** Client token, ≤ 64 characters of [a-zA-Z0-9-]: the same for every retry and resume of this generation. */
  readonly token: string;
  readonly run: string;
  readonly made: Made | null;
}

/** Who relies on the thing by its name alone, in sentences: rollback keeps it for them too, unless it was told to let go of it. */
export interface Listed {
  readonly by: readonly string[];
  /** How to tell it so. */
  readonly remedy: string;
}

/** Who uses a thing: a sentence, and the id of what uses it, as `Made` has it where this tool made that too. */
export interface User {
  readonly what: string;
  readonly id: string;
}

export type Inspection =
  /**
   * What was made is as it was made. `inUseBy`: users of the thing; rollback keeps it and says QP703. `beside`: others wrote
   * something of theirs into the same thing, which undoing leaves as it is. `lifted`: it denies nothing any more.
   */
  | {
      readonly state: 'as-made';
      readonly aws: Json;
      readonly inUseBy: readonly User[];
      readonly listed?: Listed;
      readonly beside?: Versions;
      readonly lifted?: true;
    }
  | { readonly state: 'gone' }
  /** Already as it was before the change. `rewritten`: it says the same and is written otherwise; `undo` restores it to the letter. */
  | { readonly state: 'as-before'; readonly aws: Json; readonly rewritten?: true }
  /** Neither what was found nor what was made. `ours` false: nothing of what was made is left in it, nor does it need anything of ours. */
  | { readonly state: 'drifted'; readonly aws: Json; readonly expected: Json; readonly ours?: boolean };

/** `ways`: what was found of the change's ways back, exercised ones and others. */
export type Verdict =
  | { readonly passed: true; readonly ways?: readonly WayBack[] }
  | {
      readonly passed: false;
      readonly code: string;
      readonly detail: string;
      readonly remedy: string;
      readonly ways?: readonly WayBack[];
    };

/** What every step function is given besides its own ports. */
export interface EngineContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** `earlier`: ids of the runs before it that the same journal has. */
  readonly run: { readonly id: string; readonly earlier?: readonly string[] };
  /** Report a wait: total seconds waited so far for this change. */
  waiting(key: string, seconds: number): void;
  /** Report one probe answer; journaled by the engine as part of the verdict. */
  probed(stage: string, object: 'control' | 'sentinel', verdict: 'allowed' | 'denied'): void;
}

/** A step as the engine sees it. */
export interface Step<Input, Ctx extends EngineContext> {
  readonly id: StepId;
  readonly title: string;
  /** AWS reads only, then the pure plan. `next` is the input extended with this step's result, refs included. */
  look(input: Input, ctx: Ctx): Promise<{ readonly plan: StepPlan; readonly next: Input }>;
  /** One reversible call, safe to repeat (looks for our mark first where AWS takes no client token). Returns before any wait. */
  apply(applied: Applied, ctx: Ctx): Promise<Made>;
  /** Waits until what was made works; asynchronous failures are thrown as PerimeterError. */
  wait(applied: Applied, ctx: Ctx): Promise<void>;
  /** Reads only; before a change with `precheck` is begun. */
  precheck(change: Change, ctx: Ctx): Promise<Verdict>;
  /** Reads only; after a change with `proof` has settled. */
  prove(applied: Applied, ctx: Ctx): Promise<Verdict>;
  /** What is there now, for status, drift and rollback. Works for half-made changes (made null) by looking for our mark. */
  inspect(applied: Applied, ctx: Ctx): Promise<Inspection>;
  /**
   * Restores `before` (and waits until it is restored), safe to repeat; not found is success.
   * @param seen `aws` of the inspection right before: where a step can tell that it is not so any more, it throws QP703
   */
  undo(applied: Applied, ctx: Ctx, seen?: Json): Promise<void>;
  /** What becomes of guarded changes, where the step has any. */
  readonly guards?: Guards;
}

/** Pure: from a guarded change as it was begun. */
export interface Guards {
  /** The change that makes it permanent; its `before` is the guarded change's own. */
  keeping(guarded: Applied): Change;
  /** The same once more, with a new date that is still open and a control of its own. */
  renewed(guarded: Applied): Change;
}

/** What a replay of recorded calls found, as it is told. */
export interface ReplaySummary {
  readonly source: { readonly kind: string; readonly hash: string };
  readonly events: number;
  /** ISO times of the first and the last call; null where there was none. */
  readonly from: string | null;
  readonly to: string | null;
  /** How many ways to the buckets have which verdict. */
  readonly paths: { readonly passes: number; readonly newlyDenied: number; readonly unknown: number };
  readonly maxDenied: number;
  /** The newly denied ones with most events. */
  readonly denied: readonly {
    readonly principal: string;
    readonly network: string;
    readonly bucket: string;
    readonly events: number;
    readonly lastSeen: string;
  }[];
}

/** Events of `cli.md`. */
export type RunEvent =
  | { readonly type: 'step-started'; readonly step: StepId }
  | { readonly type: 'finding'; readonly step: StepId; readonly finding: Finding }
  | { readonly type: 'change-begun'; readonly step: StepId; readonly key: string }
  | { readonly type: 'change-made'; readonly step: StepId; readonly key: string; readonly id: string }
  | { readonly type: 'waiting'; readonly step: StepId; readonly key: string; readonly seconds: number }
  | { readonly type: 'change-done'; readonly step: StepId; readonly key: string }
  | { readonly type: 'change-failed'; readonly step: StepId; readonly key: string; readonly error: string }
  | { readonly type: 'change-undone'; readonly step: StepId; readonly key: string }
  | {
      readonly type: 'probe';
      readonly step: StepId;
      readonly stage: string;
      readonly object: 'control' | 'sentinel';
      readonly verdict: 'allowed' | 'denied';
    }
  | ({ readonly type: 'certificate'; readonly step: StepId } & Certificate)
  | { readonly type: 'question'; readonly id: string; readonly text: string }
  /** Stands until `until` (ISO time), and AWS ends it then by itself unless it is confirmed. */
  | { readonly type: 'unconfirmed'; readonly step: StepId; readonly key: string; readonly until: string }
  | { readonly type: 'step-done'; readonly step: StepId }
  /** A replay of recorded calls was made before this step puts a Deny on. */
  | ({ readonly type: 'assessed'; readonly step: StepId } & ReplaySummary)
  /** What is to be known before anything is done. */
  | { readonly type: 'note'; readonly text: string };

/** What the engine needs of the outside. */
export interface EnginePorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly signal: AbortSignal;
  emit(event: RunEvent): void;
  /** Shows a step's plan before it is confirmed. `skipped` names steps left out. */
  show(step: { readonly id: StepId; readonly title: string }, plan: StepPlan): Promise<void>;
  /**
   * Asks; silence is no. `typed` non-empty: one of these has to be typed. `--yes` answers true to all but those marked
   * `byPersonOnly`, which nobody but a person at a terminal answers with yes.
   */
  confirm(question: {
    readonly id: string;
    readonly step: StepId;
    readonly text: string;
    readonly typed: readonly string[];
    readonly changes: readonly Change[];
    readonly byPersonOnly?: true;
  }): Promise<boolean>;
  /**
   * An error finding that a person may clear on the terminal (QP413 by typing the test bucket's name, QP302 where the
   * SCP does not bind this account). Unattended: false.
   */
  clear(step: StepId, finding: Finding): Promise<boolean>;
}

/** One entry of the pipeline: steps in a group overlap their waits; `only: 'prepare'` carries out just the changes marked so. */
export interface Phase<Input, Ctx extends EngineContext> {
  readonly steps: readonly Step<Input, Ctx>[];
  readonly only?: 'prepare';
}

/** Steps that are undone at the same time. */
export interface RollbackGroup<Input, Ctx extends EngineContext> {
  readonly steps: readonly Step<Input, Ctx>[];
  readonly unlessKept?: UnlessKept;
}

/** Nothing of a group is undone while anything of these steps is kept that more than adds and of which something is left. */
export interface UnlessKept {
  readonly steps: readonly StepId[];
  /** The end of a sentence: `the perimeter still stands and trusts this network`. */
  readonly why: string;
}

export interface RunOptions {
  /** Selected steps; others are looked at (later steps need their results) but never carried out. */
  readonly steps: readonly StepId[];
  readonly accept: readonly FindingCode[];
  readonly skipProbes: boolean;
}

export type StepState = 'done' | 'pending' | 'blocked' | 'skipped';

export interface PlannedStep {
  readonly id: StepId;
  readonly title: string;
  readonly state: StepState;
  readonly plan: StepPlan;
}

export interface PipelinePlan {
  readonly steps: readonly PlannedStep[];
}

/** Ended well, or stopped on purpose with the error that says why; failures are thrown as PerimeterError. */
export interface RunSummary {
  readonly outcome: 'done' | 'stopped';
  readonly steps: readonly {
    readonly id: StepId;
    readonly state: StepState;
    readonly made: readonly Applied[];
    readonly findings: readonly Finding[];
    readonly certificates: readonly Certificate[];
  }[];
  readonly stoppedBy: PerimeterError | null;
}

export interface RollbackSummary {
  readonly outcome: 'done' | 'stopped';
  readonly undone: readonly Applied[];
  /** Kept on purpose, with the QP703 finding that says why. */
  readonly kept: readonly { readonly applied: Applied; readonly finding: Finding }[];
  /** QP703 of what somebody changed in a way that kept nothing: took it away, or wrote beside it. */
  readonly noticed: readonly Finding[];
  /** Sentences: what rollback does not restore. */
  readonly notRestored: readonly string[];
}

export interface StatusStep {
  readonly id: StepId;
  readonly state: 'done' | 'pending' | 'drifted' | 'half-made';
  readonly changes: readonly {
    readonly key: string;
    readonly state: 'done' | 'pending' | 'drifted' | 'half-made';
    readonly journal: Json;
    readonly aws: Json;
    /** ISO time at which AWS ends it by itself, or ended it; only of what was not confirmed. */
    readonly confirmBy?: string;
    /** QP703, where somebody changed or uses it. */
    readonly finding?: Finding;
  }[];
}

/** A saved plan's flags by their name in the program, as they were given. */
export interface SavedFlags {
  readonly [name: string]: string | true | readonly string[];
}
