// Proofs and prechecks: asked of the step, journaled, and believed for two minutes.
import { PerimeterError, stopped } from '../errors.ts';
import { catalogue, type FindingCode, finding } from '../findings.ts';
import { appliedOf } from './journaled.ts';
import { lasts, withAcceptance } from './plan-shape.ts';
import { contextFor } from './run.ts';
import type { StepWork } from './step-work.ts';
import type { Applied, Change, EngineContext, Verdict } from './types.ts';

const validSeconds = 120;

/** @throws PerimeterError with the verdict's code (stopped) unless it passes */
export async function precheck<Input, Ctx extends EngineContext>(work: StepWork<Input, Ctx>, change: Change): Promise<void> {
  if (change.precheck === undefined) return;
  await judge(work, change, change.precheck, (ctx) => work.step.precheck(change, ctx));
}

/** @throws PerimeterError with the verdict's code (stopped) unless it passes */
export async function prove<Input, Ctx extends EngineContext>(work: StepWork<Input, Ctx>, applied: Applied): Promise<void> {
  if (applied.change.proof === undefined) return;
  const change = { ...withoutWays(applied.change), ...waysOf(work, applied.change.key) };
  const provenAt = await judge(work, applied.change, applied.change.proof, (ctx) => work.step.prove({ ...applied, change }, ctx));
  work.record.verdicts.set(applied.change.key, work.run.skipProbes ? Number.POSITIVE_INFINITY : provenAt);
}

/**
 * Proves anew what an earlier run made and this change needs: a verdict is never taken from the journal.
 * @throws PerimeterError with the verdict's code (stopped) unless it passes
 */
export async function proveNeedsOfEarlierRuns<Input, Ctx extends EngineContext>(work: StepWork<Input, Ctx>, change: Change): Promise<void> {
  for (const key of change.needs) {
    const journaled = work.run.journal.state.latest.get(key);
    const planned = work.plan.changes.some((each) => each.key === key);
    if (planned || journaled?.step !== work.step.id || journaled.state !== 'done') continue;
    if (!isValid(work, key)) await prove(work, appliedOf(journaled));
  }
}

/**
 * Sees to it that no proof the change needs passed more than 120 s ago: of what lasts, the proof is made anew, so that a
 * person may take their time over a question; what is temporary may have expired meanwhile, and is begun anew.
 * @throws PerimeterError VERDICT_VOID (stopped) where the proof of a trial is void; else with the verdict's code (stopped)
 *   unless it passes again
 */
export async function renewVerdicts<Input, Ctx extends EngineContext>(work: StepWork<Input, Ctx>, change: Change): Promise<void> {
  const stale = change.needs.filter((key) => work.record.verdicts.has(key) && !isValid(work, key));
  const { latest } = work.run.journal.state;
  const isTrial = (key: string) => {
    const journaled = latest.get(key);
    return journaled?.state !== 'done' || !lasts(journaled.change);
  };
  const expired = stale.find(isTrial);
  if (expired !== undefined) throw verdictVoid(change.key, expired);
  for (const key of stale) {
    const journaled = latest.get(key);
    if (journaled !== undefined) await prove(work, appliedOf(journaled));
  }
}

const verdictVoid = (key: string, stale: string): PerimeterError =>
  stopped(
    'VERDICT_VOID',
    `beginning change (${key}): the proof of ${stale} was made more than ${validSeconds} seconds ago and is void`,
    'run again: the proof is made anew',
  );

function isValid<Input, Ctx extends EngineContext>(work: StepWork<Input, Ctx>, key: string): boolean {
  const passedAt = work.record.verdicts.get(key);
  return passedAt !== undefined && work.run.ports.clock.now().getTime() - passedAt <= validSeconds * 1000;
}

// A request that is repeated for an earlier run has that run's ways back; whose they are is told by this run's plan.
const withoutWays = ({ ways: _, ...change }: Change): Change => change;

function waysOf<Input, Ctx extends EngineContext>({ plan }: StepWork<Input, Ctx>, key: string): Pick<Change, 'ways'> {
  const ways = plan.changes.find((each) => each.key === key)?.ways;
  return ways === undefined ? {} : { ways };
}

/** Returns when the verdict was made, by S3's last answer, in milliseconds since 1970. */
async function judge<Input, Ctx extends EngineContext>(
  work: StepWork<Input, Ctx>,
  change: Change,
  stage: string,
  ask: (ctx: Ctx) => Promise<Verdict>,
): Promise<number> {
  const { run, step } = work;
  const answers = { control: { allowed: 0, denied: 0 }, sentinel: { allowed: 0, denied: 0 } };
  const now = () => run.ports.clock.now().getTime();
  let answeredAt: number | null = null;
  const observe = (_: string, object: 'control' | 'sentinel', verdict: 'allowed' | 'denied') => {
    answers[object][verdict] += 1;
    answeredAt = now();
  };
  const entry = { type: 'probe', step: step.id, key: change.key, stage } as const;
  if (run.skipProbes) {
    await run.journal.append({ ...entry, verdict: 'skipped', code: null, detail: null, answers });
    return now();
  }
  const verdict = await ask(contextFor(run, step.id, 'waits', observe));
  if (verdict.ways !== undefined) work.record.ways.set(`${change.key} ${stage}`, { key: change.key, ways: verdict.ways });
  const code = verdict.passed ? null : verdict.code;
  const detail = verdict.passed ? null : verdict.detail;
  await run.journal.append({ ...entry, verdict: verdict.passed ? 'passed' : 'failed', code, detail, answers });
  if (!verdict.passed && !isAccepted(work, change, verdict)) throw notPassed(change, verdict);
  return answeredAt ?? now();
}

/** Tells the failed verdict as a finding, and whether its code was accepted. */
function isAccepted<Input, Ctx extends EngineContext>(
  { run, step, record }: StepWork<Input, Ctx>,
  change: Change,
  verdict: Verdict & { readonly passed: false },
): boolean {
  if (!isFindingCode(verdict.code)) return false;
  const { detail, remedy } = verdict;
  const told = withAcceptance(finding(verdict.code, { detail, remedy, subjects: [change.target.name] }), run.accept);
  record.told.set(`${change.key} ${verdict.code}`, told);
  run.ports.emit({ type: 'finding', step: step.id, finding: told });
  return told.accepted;
}

const isFindingCode = (code: string): code is FindingCode => Object.hasOwn(catalogue, code);

const notPassed = ({ key }: Change, { code, detail, remedy }: Verdict & { readonly passed: false }): PerimeterError =>
  new PerimeterError('stopped', code, { summary: `proving ${key} (${code}): ${detail}`, remedy });
