// The findings gate: every finding is told, and an error that nobody accepted or cleared stops the step before anything
// of it is begun.
import { stopped } from '../errors.ts';
import type { Finding } from '../findings.ts';
import { stops, withAcceptance } from './plan-shape.ts';
import type { Run } from './run.ts';
import type { EngineContext, StepId } from './types.ts';

/** Why the step was stopped by its findings; the pipeline tells such a step as blocked. */
export const blockedBy = (finding: Finding) =>
  stopped(finding.code, `${finding.summary} (${finding.code}): ${finding.detail}`, finding.remedy, finding.detail);

/**
 * Emits the findings that this run has not told yet.
 * @param told what was told already; filled
 * @returns all of them, accepted ones marked; what a person cleared before stays cleared
 */
export function tell<Ctx extends EngineContext>(
  run: Pick<Run<Ctx>, 'ports' | 'accept'>,
  step: StepId,
  findings: readonly Finding[],
  told: Map<string, Finding>,
): readonly Finding[] {
  return findings.map((finding) => {
    const known = told.get(tellingOf(finding));
    if (known !== undefined) return known;
    const marked = withAcceptance(finding, run.accept);
    told.set(tellingOf(finding), marked);
    run.ports.emit({ type: 'finding', step, finding: marked });
    return marked;
  });
}

/**
 * Lets a person clear the errors among findings that were told.
 * @returns the first that stops the step; null where none does
 */
export async function firstNotCleared<Ctx extends EngineContext>(
  run: Run<Ctx>,
  step: StepId,
  findings: readonly Finding[],
  told: Map<string, Finding>,
): Promise<Finding | null> {
  for (const finding of findings.filter(stops)) {
    if (!(await run.inTurn(() => run.ports.clear(step, finding)))) return finding;
    told.set(tellingOf(finding), { ...finding, accepted: true });
  }
  return null;
}

const tellingOf = (finding: Finding): string => JSON.stringify([finding.code, finding.severity, finding.detail, finding.subjects]);
