// PutBucketPolicy replaces the whole policy (C7): ours is put beside what others wrote, never over it.
import { type PolicyDocument, type Statement, withoutOurs } from './document.ts';

/**
 * The existing policy with our statements behind the others', which stay as they are and in their order; statements of
 * ours that stood there are replaced. An existing Version is kept, even the old one: another would change what `${…}`
 * means in the others' statements.
 */
export function mergeBucketPolicy(existing: PolicyDocument | null, ours: readonly Statement[]): PolicyDocument {
  return { ...(existing ?? { Version: '2012-10-17' }), Statement: [...withoutOurs(existing), ...ours] };
}
