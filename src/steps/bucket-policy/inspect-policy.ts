import type { Change, Inspection } from '../../engine/types.ts';
import { samePolicy } from '../same-policy.ts';
import { hasNothingOfOurs, policyIn, sameOthers } from './others.ts';

/** What a bucket's policy, null where it has none, says of a change that was made to it. Pure. */
export function inspectPolicy(change: Pick<Change, 'before' | 'after' | 'temporary' | 'undoes'>, there: string | null): Inspection {
  const before = policyIn(change.before);
  const made = policyIn(change.after);
  const aws = { policy: there };
  // A rehearsal makes what was there before.
  if (change.undoes === undefined && samePolicy(there, made)) return { state: 'as-made', aws, inUseBy: [] };
  if (samePolicy(there, before)) return { state: 'as-before', aws, ...(there === before ? {} : { rewritten: true }) };
  // Of a trial nothing is left where a later stage stands in its place.
  if (change.temporary === true && sameOthers(there, before)) return { state: 'as-before', aws };
  return { state: 'drifted', aws, expected: { policy: made }, ours: there !== null && !hasNothingOfOurs(there) };
}
