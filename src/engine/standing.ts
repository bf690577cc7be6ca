// Changes that the journal says are done: what is there of them now. Nothing that somebody changed since is overwritten.
import type { Finding } from '../findings.ts';
import { type JournaledChange, type JournalState, stands } from '../journal/journal.ts';
import { besideFinding, driftFinding, removedFinding } from './changed-findings.ts';
import { isProvisional } from './guard.ts';
import { appliedOf } from './journaled.ts';
import { lasts } from './plan-shape.ts';
import type { Inspection, StepId, StepPlan } from './types.ts';
import { isSameTarget } from './undo-order.ts';

export interface Standing {
  readonly inspections: ReadonlyMap<string, Inspection>;
  readonly findings: readonly Finding[];
}

/**
 * Reads only. QP703 for each thing of ours that somebody changed since: an error where a planned change would overwrite it,
 * else a warning.
 * @param inspect asks the step what is there of a journaled change
 */
export async function inspectStanding(
  step: StepId,
  plan: StepPlan,
  journal: JournalState,
  inspect: (journaled: JournaledChange) => Promise<Inspection>,
): Promise<Standing> {
  const inspections = new Map<string, Inspection>();
  const findings: Finding[] = [];
  const coming = plan.changes.filter(lasts);
  for (const journaled of journal.latest.values()) {
    if (journaled.step !== step || journaled.state !== 'done' || !lasts(journaled.change)) continue;
    const isPlanned = coming.some(({ key }) => key === journaled.key);
    const isInTheWay = isPlanned || coming.some((change) => isSameTarget({ step, change }, journaled));
    const inspection = await inspect(journaled);
    if (inspection.state === 'drifted' && (await isCovered(journaled, journal, inspect))) continue;
    if (isPlanned) inspections.set(journaled.key, inspection);
    const applied = appliedOf(journaled);
    switch (inspection.state) {
      case 'drifted':
        findings.push(driftFinding(applied, inspection, isInTheWay ? 'error' : 'warning'));
        break;
      case 'gone':
      case 'as-before':
        if ((isPlanned || !isUsedUp(journaled)) && !gaveWay(journaled, journal))
          findings.push(removedFinding(applied, inspection, isPlanned ? 'it is made again' : 'it is left so'));
        break;
      case 'as-made':
        if (inspection.beside !== undefined) findings.push(besideFinding(applied, inspection.beside));
        break;
      default:
        inspection satisfies never;
    }
  }
  return { inspections, findings };
}

/** Whether it has served once it is not there any more, as a change set has that was executed. */
export const isUsedUp = ({ change }: JournaledChange): boolean => change.prepare === true;

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
