import type { Change, Inspection } from '../../engine/types.ts';
import { listOf, type Statement } from '../../policy/document.ts';
import { oursIn } from '../our-statements.ts';
import { samePolicy, sameStatements } from '../same-policy.ts';
import { hasNothingOfOurs, policyIn } from './others.ts';

/** What a bucket's policy, null where it has none, says of a change that was made to it. Pure. */
export function inspectPolicy(change: Pick<Change, 'before' | 'after' | 'temporary' | 'undoes'>, there: string | null): Inspection {
  const before = policyIn(change.before);
  const made = policyIn(change.after);
  const aws = { policy: there };
  const isRehearsal = change.undoes !== undefined;
  // A rehearsal makes what was there before.
  if (!isRehearsal && samePolicy(there, made)) return { state: 'as-made', aws, inUseBy: [] };
  if (samePolicy(there, before)) return { state: 'as-before', aws, ...(there === before ? {} : { rewritten: true }) };
  const [ours, oursMade] = [oursIn(there), oursIn(made)];
  const both = { aws, expected: { policy: made } };
  if (!isRehearsal && ours.length > 0 && sameStatements(ours, oursMade)) return { state: 'as-made', aws, inUseBy: [], beside: both };
  if (there === null || hasNothingOfOurs(there)) return { state: 'as-before', aws };
  // Of a trial nothing is left where a later stage stands in its place.
  if (change.temporary === true && !isSameProbe(ours, oursMade)) return { state: 'as-before', aws };
  return { state: 'drifted', ...both };
}

/** Whether both hold a probe of the same key: the same stage of the same run. */
function isSameProbe(a: readonly Statement[], b: readonly Statement[]): boolean {
  const keys = (statements: readonly Statement[]) =>
    statements.filter(({ Sid }) => Sid?.startsWith('QuiltPerimeterProbe')).flatMap(({ Resource }) => listOf(Resource));
  return keys(a).some((key) => keys(b).includes(key));
}
