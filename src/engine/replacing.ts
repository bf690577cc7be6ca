// Which lasting change stands in the place of which trial, or of what was not confirmed yet: that is then over, since undoing
// it would overwrite what lasts.
import { type JournaledChange, type JournalState, stands } from '../journal/journal.ts';
import { currentIn, isProvisional } from './guard.ts';
import { lasts } from './plan-shape.ts';
import { isSameTarget } from './undo-order.ts';

/**
 * The trials of the journal that are not over yet and whose place this change takes once it is made: the one that it
 * `replaces`, and where it lasts those of the same target that were begun before it. What was not confirmed gives way alike.
 */
export function replacedBy(change: JournaledChange, journal: JournalState): readonly JournaledChange[] {
  return stands(change) ? currentIn(journal).filter((trial) => stands(trial) && takesPlaceOf(change, trial, journal)) : [];
}

/** Whether this change, once made, takes the trial's place. */
export function takesPlaceOf(change: JournaledChange, trial: JournaledChange, journal: JournalState): boolean {
  if (!isProvisional(trial.change) || trial === change) return false;
  if (change.change.replaces === trial.key) return true;
  const isLater = journal.changes.indexOf(change) > journal.changes.indexOf(trial);
  return lasts(change.change) && isLater && isSameTarget(change, trial);
}
