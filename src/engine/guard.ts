// What stands only until a time unless it is confirmed. AWS ends it by itself; the journal says when.
import { type PerimeterError, stopped } from '../errors.ts';
import { type JournaledChange, type JournalState, stands } from '../journal/journal.ts';
import type { Change } from './types.ts';

/** Whether the change gives way, without being undone, to a lasting one of the same thing: a trial, or what was not confirmed. */
export const isProvisional = (change: Change): boolean => change.temporary === true || change.guard !== undefined;

/** Whether its time is over. False of what is not guarded. */
export const hasExpired = ({ guard }: Change, now: Date): boolean =>
  guard !== undefined && guard.until !== null && Date.parse(guard.until) <= now.getTime();

/** The guarded change of this key that stands; a later generation of it that was never made does not hide it. */
export function guardedBy(key: string, { changes }: JournalState): JournaledChange | undefined {
  return unconfirmedIn(changes).findLast((each) => each.key === key);
}

/** What was put on under a guard and is neither confirmed nor undone; of each key the last. */
export function unconfirmedIn(changes: JournalState['changes']): readonly JournaledChange[] {
  const guarded = changes.filter((each) => each.change.guard !== undefined && stands(each));
  return guarded.filter((each) => guarded.findLast(({ key }) => key === each.key) === each);
}

/** What the journal's latest word is about: the latest generation of each key, and what is guarded and stands behind one. */
export const currentIn = ({ changes, latest }: JournalState): readonly JournaledChange[] =>
  changes.filter((each) => latest.get(each.key) === each || (each.change.guard !== undefined && stands(each)));

/** Stands and waits to be confirmed (exit 3). */
export const unconfirmed = (key: string, until: string, whose: keyof typeof remedies): PerimeterError =>
  stopped(
    'UNCONFIRMED',
    `keeping ${key}: it stands until ${until} and is not confirmed; at that time AWS stops denying by itself`,
    remedies[whose],
  );

const remedies = {
  wanted: 'see whether everything works, then: quilt-perimeter confirm',
  former: 'it is not what is wanted now: confirm it (quilt-perimeter confirm), roll back, or wait until then; then apply again',
  elsewhere:
    'it was put on from another folder or machine: confirm it there, or wait until then; the journal of that folder knows how to undo it',
} as const;

/** Its time is over (exit 3). */
export const expired = (key: string, until: string): PerimeterError =>
  stopped(
    'EXPIRED',
    `keeping ${key}: it was not confirmed by ${until}; AWS has stopped denying by itself, and nothing was changed`,
    'apply again, which tidies it up and puts it on anew, or roll back',
  );
