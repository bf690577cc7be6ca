// One step in one run: what the parts that carry it out share.
import type { Finding } from '../findings.ts';
import type { Approvals } from './approvals.ts';
import type { Run } from './run.ts';
import type { Applied, Certificate, EngineContext, Inspection, Step, StepId, StepPlan, WayBack } from './types.ts';

export interface StepWork<Input, Ctx extends EngineContext> {
  readonly run: Run<Ctx>;
  readonly step: Step<Input, Ctx>;
  readonly plan: StepPlan;
  readonly approvals: Approvals<Ctx>;
  /** By key: what is there of planned changes that the journal says are done. */
  readonly inspections: ReadonlyMap<string, Inspection>;
  readonly leftOut: readonly StepId[];
  readonly record: StepRecord;
}

/** What happened, filled while the step runs. */
export interface StepRecord {
  /** When each proof passed, in milliseconds since 1970; infinite where probes are left out. */
  readonly verdicts: Map<string, number>;
  /** What the proofs and prechecks of this run found of ways back, by the change's key and the proof's name. */
  readonly ways: Map<string, { readonly key: string; readonly ways: readonly WayBack[] }>;
  /** By the key of the change that each was made for. */
  readonly certificates: Map<string, Certificate>;
  /** Keys of what this run made and whose proof did not pass then. */
  readonly unproven: Set<string>;
  /** Keys that this run began: only these are undone at the step's end. */
  readonly begun: Set<string>;
  done: readonly Applied[];
  readonly told: Map<string, Finding>;
  /** Whether its beginning was told. */
  started: boolean;
  /** Whether anything was sent, so that the step has to be looked at again. */
  touched: boolean;
  /** Whether a finding stopped it. */
  blocked: boolean;
}

export const newRecord = (): StepRecord => ({
  verdicts: new Map(),
  ways: new Map(),
  certificates: new Map(),
  unproven: new Set(),
  begun: new Set(),
  done: [],
  told: new Map(),
  started: false,
  touched: false,
  blocked: false,
});
