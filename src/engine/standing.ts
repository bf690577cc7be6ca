// Planned changes that the journal says are done: what is there of them now. Nothing that somebody changed since is
// overwritten.
import { type Finding, finding } from '../findings.ts';
import { type JournaledChange, type JournalState, stands } from '../journal/journal.ts';
import { isProvisional } from './guard.ts';
import { appliedOf } from './journaled.ts';
import { canonical } from './json.ts';
import { lasts } from './plan-shape.ts';
import type { Applied, Inspection, StepPlan } from './types.ts';
import { isSameTarget } from './undo-order.ts';

export interface Standing {
  readonly inspections: ReadonlyMap<string, Inspection>;
  readonly findings: readonly Finding[];
}

/**
 * Reads only. QP703: an error where a planned change would overwrite somebody's, a warning where ours was removed.
 * @param inspect asks the step what is there of a journaled change
 */
export async function inspectStanding(
  plan: StepPlan,
  journal: JournalState,
  inspect: (journaled: JournaledChange) => Promise<Inspection>,
): Promise<Standing> {
  const inspections = new Map<string, Inspection>();
  const findings: Finding[] = [];
  for (const change of plan.changes.filter(lasts)) {
    const journaled = journal.latest.get(change.key);
    if (journaled?.state !== 'done') continue;
    const inspection = await inspect(journaled);
    if (inspection.state === 'drifted' && (await isCovered(journaled, journal, inspect))) continue;
    inspections.set(change.key, inspection);
    if (inspection.state === 'drifted') findings.push(driftFinding(appliedOf(journaled), inspection));
    const isRemoved = inspection.state === 'gone' || inspection.state === 'as-before';
    if (isRemoved && !gaveWay(journaled, journal)) findings.push(removedFinding(appliedOf(journaled)));
  }
  return { inspections, findings };
}

/**
 * Whether a trial of a run that was cut short stands over it, which is undone first, so that this is looked at again then; or
 * what is not confirmed yet.
 */
async function isCovered(
  journaled: JournaledChange,
  { changes, latest }: JournalState,
  inspect: (journaled: JournaledChange) => Promise<Inspection>,
): Promise<boolean> {
  const later = changes.slice(changes.indexOf(journaled) + 1);
  const trials = later.filter(
    (each) =>
      isProvisional(each.change) &&
      stands(each) &&
      (latest.get(each.key) === each || each.change.guard !== undefined) &&
      isSameTarget(each, journaled),
  );
  for (const trial of trials) if ((await inspect(trial)).state === 'as-made') return true;
  return false;
}

/** Whether something that was not confirmed took its place and ended: then nobody took it away. */
const gaveWay = (journaled: JournaledChange, { changes }: JournalState): boolean =>
  changes.slice(changes.indexOf(journaled) + 1).some((each) => each.change.guard !== undefined && isSameTarget(each, journaled));

type Drifted = Inspection & { readonly state: 'drifted' };

/** QP703 with both versions. */
export function driftFinding(applied: Applied, inspection: Drifted, severity: 'error' | 'warning' = 'error'): Finding {
  const { key, target } = applied.change;
  return finding('QP703', {
    severity,
    detail: `${target.type} ${target.name} (${key}): there is ${canonical(inspection.aws)}; this tool left ${canonical(inspection.expected)}`,
    subjects: [key, target.name],
    remedy: 'find out who changed it and put it back, or pass --accept QP703 to go on in spite of it',
  });
}

/** QP703: kept, since others use it. */
export const inUseFinding = (applied: Applied, users: readonly string[]): Finding =>
  finding('QP703', {
    detail: `${nameOf(applied)} is kept, since others use it: ${users.join('; ')}`,
    subjects: [applied.change.key, ...(applied.made === null ? [] : [applied.made.id])],
    remedy: 'end that use, then run rollback again',
  });

/** A change in the words of findings. */
export const nameOf = ({ change: { key, target } }: Applied): string => `${target.type} ${target.name} (${key})`;

function removedFinding(applied: Applied): Finding {
  const { key, target } = applied.change;
  return finding('QP703', {
    severity: 'warning',
    detail: `${target.type} ${target.name} (${key}): this tool made it and somebody took it away since; it is made again`,
    subjects: [key, target.name],
    remedy: 'find out who took it away, and why',
  });
}
