// Since when what the journal made stands: what ran before says nothing about it.
import type { JournalState } from '../journal/journal.ts';
import type { JournaledChange } from '../journal/replay.ts';

/**
 * When the newest change of these steps that stands was done.
 * @param needed nothing stands unless a change of this step does; null: any will do
 * @param now for what AWS ends by itself
 * @returns ISO time; null where the journal has none
 */
export function standingSince(
  { latest }: Pick<JournalState, 'latest'>,
  steps: readonly JournaledChange['step'][],
  needed: JournaledChange['step'] | null,
  now: Date,
): string | null {
  const lasting = [...latest.values()].filter((each) => steps.includes(each.step) && isStanding(each, now));
  if (needed !== null && !lasting.some(({ step, change }) => step === needed && change.action !== 'delete')) return null;
  return lasting.reduce<string | null>((newest, { changedAt }) => (newest === null || changedAt > newest ? changedAt : newest), null);
}

function isStanding({ change, state }: JournaledChange, now: Date): boolean {
  if (state !== 'done' || change.temporary === true || change.undoes !== undefined) return false;
  const until = change.guard?.until ?? null;
  return until === null || Date.parse(until) > now.getTime();
}
