// Takes one landscape through apply, apply again and rollback on a clock that only jumps, and says what was promised and not
// kept. Knows nothing of the test runner.

import { actionOf } from '../../src/aws/explain-error.ts';
import type { RunSummary } from '../../src/engine/types.ts';
import { PerimeterError } from '../../src/errors.ts';
import { catalogue, type FindingCode } from '../../src/findings.ts';
import type { TestSandbox } from '../support/sandbox.ts';
import { startSandbox } from '../support/sandbox.ts';
import { OpenChoices, WholeRun } from '../support/whole-run.ts';
import { changedSince, operationsOf, operatorCan, records } from '../whole/support.ts';
import { worldOf } from './build.ts';
import { acceptedAnyway, choicesOf, stepsOf } from './choices.ts';
import type { Landscape } from './parts.ts';

/** How a landscape went. */
export interface Course {
  readonly ended: 'done' | 'stopped' | 'failed' | 'input';
  /** The code that it stopped with last; null where it ended. */
  readonly code: string | null;
  /** The findings that were accepted on the way. */
  readonly accepted: readonly FindingCode[];
  /** How often the invariant was asked. */
  readonly asked: number;
  /** Promises that were not kept, as sentences; empty: all were. */
  readonly broken: readonly string[];
}

const start = '2026-06-01T12:00:00.000Z';
const simulatedHours = 48;
const mostCalls = 20_000;

/** Runs the landscape. Throws nothing: what goes wrong is in `broken`. */
export async function driveLandscape(landscape: Landscape): Promise<Course> {
  const world = worldOf(landscape, Date.parse(start));
  const sandbox = await startSandbox({ start, seed: landscape.seed, world });
  const run = new WholeRun(sandbox);
  const broken: string[] = [];
  const invariant = watch(run, landscape, broken);
  const before = sandbox.snapshot();
  const passing = passingOf(before);
  const { ended, code, accepted } = await applyAsFarAsItGoes(run, landscape, broken);
  if (ended === 'done') {
    const writes = sandbox.writes().length;
    const again = await attempt(() => run.apply({ ...choicesOf(landscape, before), accept: accepted }, stepsOf(landscape)));
    if (again.code !== null) broken.push(`the second apply ended with ${again.code}: ${again.text}`);
    const sent = operationsOf(sandbox.writes().slice(writes));
    if (sent.length > 0) broken.push(`the second apply wrote: ${sent.join(', ')}`);
  }
  if (run.journal !== '' && !isLockedOut(run, landscape, accepted)) await rollBack(run, landscape, before, passing, broken);
  return { ended, code, accepted, asked: invariant(), broken };
}

async function applyAsFarAsItGoes(
  run: WholeRun,
  landscape: Landscape,
  broken: string[],
): Promise<Pick<Course, 'ended' | 'code' | 'accepted'>> {
  const choices = choicesOf(landscape, run.sandbox.world());
  let accepted: readonly FindingCode[] = landscape.choices.isReckless ? [...acceptedAnyway, 'QP301', 'QP302'] : acceptedAnyway;
  for (let left = landscape.acceptances; ; left -= 1) {
    const outcome = await attempt(() => run.apply({ ...choices, accept: accepted }, stepsOf(landscape)));
    broken.push(...outcome.broken);
    if (outcome.code === null) return { ended: 'done', code: null, accepted };
    const next = findingOf(outcome.code);
    if (outcome.kind !== 'stopped' || next === null || left === 0 || notAccepted.includes(next) || accepted.includes(next)) {
      if (outcome.kind === 'failed' && !mayFail(landscape, accepted))
        broken.push(`apply failed without a fault: ${outcome.code}: ${outcome.text}`);
      return { ended: outcome.kind, code: outcome.code, accepted };
    }
    accepted = [...accepted, next];
  }
}

/** Acceptances by which operators may lock themselves out. */
const lockingOut: readonly FindingCode[] = ['QP301', 'QP302'];

/** Besides these, nobody is helped by accepting that CloudFormation will refuse. */
const notAccepted: readonly FindingCode[] = [...lockingOut, 'QP502'];

const findingOf = (code: string): FindingCode | null => (code in catalogue ? (code as FindingCode) : null);

/** AWS may refuse what a finding had foretold and was accepted, what needs a read that is refused, and whoever cannot reach it. */
const mayFail = ({ account }: Landscape, accepted: readonly FindingCode[]): boolean =>
  account.refused.length > 0 || account.operatorFrom === 'stack-subnet' || accepted.some((code) => !acceptedAnyway.includes(code));

interface Outcome {
  readonly kind: 'done' | 'stopped' | 'failed' | 'input';
  readonly code: string | null;
  readonly text: string;
  readonly broken: readonly string[];
}

async function attempt(work: () => Promise<Pick<RunSummary, 'stoppedBy'>>): Promise<Outcome> {
  try {
    const { stoppedBy } = await work();
    if (stoppedBy === null) return { kind: 'done', code: null, text: '', broken: [] };
    return { kind: 'stopped', code: stoppedBy.code, text: stoppedBy.summary, broken: [] };
  } catch (error) {
    return outcomeOf(error);
  }
}

function outcomeOf(error: unknown): Outcome {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (error instanceof OpenChoices) return { kind: 'input', code: 'CHOICE', text, broken: [] };
  const unexpected = unexpectedIn(error);
  if (unexpected !== null) return { kind: 'failed', code: 'UNEXPECTED', text, broken: [`not one of our errors: ${unexpected}`] };
  if (!(error instanceof PerimeterError)) return { kind: 'failed', code: 'AWS', text, broken: [] };
  const kind = error.kind === 'input' ? 'input' : error.kind === 'stopped' ? 'stopped' : 'failed';
  const isOurs = ['FAILED', 'NOT_SETTLED', 'PLAN_CYCLE', 'BAD_CHANGE', 'NO_CHANGES', 'NOT_MADE', 'UNEXPECTED'].includes(error.code);
  return { kind, code: error.code, text: error.summary, broken: isOurs ? [`${error.code}: ${error.summary}`] : [] };
}

/** What of an error is neither ours nor AWS's, as a line with where it was thrown; null where nothing is. */
export function unexpectedIn(error: unknown): string | null {
  let isExplained = false;
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    if (/^(Type|Range|Reference|Syntax|Eval|Zod)Error$/.test(each.name)) return `${each.stack?.split('\n').slice(0, 4).join(' | ')}`;
    if (each instanceof PerimeterError || '$metadata' in each || actionOf(each) !== null) isExplained = true;
  }
  if (isExplained) return null;
  return error instanceof Error ? (error.stack?.split('\n').slice(0, 4).join(' | ') ?? error.message) : String(error);
}

/** Asks after every call whether the operator can still take the policy off again; returns how often it was asked. */
function watch(run: WholeRun, landscape: Landscape, broken: string[]): () => number {
  const { requestHandler, sandbox, clock } = run.sandbox;
  const latest = clock.now().getTime() + simulatedHours * 3_600_000;
  const isLasting = operatorCan(run, 's3:DeleteBucketPolicy') && !landscape.choices.isReckless && !landscape.choices.skipProbes;
  const handle = requestHandler.handle;
  let asked = 0;
  requestHandler.handle = async (request, options) => {
    // Whoever hangs goes on asking: a wait that never ends polls.
    if (sandbox.calls().length > mostCalls) throw new RangeError(`it had not ended after ${mostCalls} calls`);
    if (clock.now().getTime() > latest) throw new RangeError(`it had not ended after ${simulatedHours} simulated hours`);
    try {
      return await handle.call(requestHandler, request, options);
    } finally {
      asked += 1;
      const last = sandbox.calls().at(-1);
      if (isLasting && broken.length === 0 && !operatorCan(run, 's3:DeleteBucketPolicy'))
        broken.push(`after ${last?.operation} (call ${last?.seq}) the operator cannot take the policy off any more`);
    }
  };
  return () => asked;
}

/** Whether the operator has locked itself out, as it was told. */
const isLockedOut = (run: WholeRun, { choices }: Landscape, accepted: readonly FindingCode[]): boolean =>
  (choices.skipProbes || accepted.some((code) => lockingOut.includes(code))) && !operatorCan(run, 's3:DeleteBucketPolicy');

async function rollBack(
  run: WholeRun,
  landscape: Landscape,
  before: ReturnType<TestSandbox['snapshot']>,
  passing: readonly string[],
  broken: string[],
): Promise<void> {
  let kept = 0;
  const outcome = await attempt(async () => {
    const summary = await run.rollBack();
    kept = summary.kept.length;
    if (kept > 0 && landscape.account.refused.length === 0)
      broken.push(`rollback kept: ${summary.kept.map(({ finding }) => finding.detail).join('; ')}`);
    return { stoppedBy: null };
  });
  broken.push(...outcome.broken);
  // Whoever accepted to be locked out, or left the probes out, may be.
  if (outcome.code === 'LOCKED_OUT' && (landscape.choices.isReckless || landscape.choices.skipProbes)) return;
  // A read that is refused may keep rollback from looking at what it would take away.
  if (outcome.code !== null || kept > 0) {
    if (landscape.account.refused.length === 0 && outcome.code !== null)
      broken.push(`rollback ended with ${outcome.code}: ${outcome.text}`);
    return;
  }
  const left = await changedSince(run, before, [...records, ...passing]);
  if (left !== '') broken.push(`rollback left:\n${left}`);
}

/** What passes by itself in this world: failed NAT gateways leave the listing. */
const passingOf = (world: ReturnType<TestSandbox['snapshot']>): readonly string[] =>
  Object.values(world.ec2.natGateways)
    .filter(({ failure }) => failure !== null)
    .map(({ id }) => `ec2.natGateways.${id}`);
