// What others wrote in a bucket's policy: it is never overwritten, neither by what is put nor by what is undone.
import type { Change } from '../../engine/types.ts';
import { isOurs, listOf, minify, type PolicyDocument, parsePolicy, type Statement, withoutOurs } from '../../policy/document.ts';
import { mergedText } from '../../policy/prove.ts';
import type { Json } from '../../ports.ts';
import { field, text } from '../fields.ts';
import { sameStatements } from '../same-policy.ts';

/** The policy in a change's `before` or `after`; null: none. */
export function policyIn(state: Json): string | null {
  const policy = field(state, 'policy');
  return typeof policy === 'string' ? policy : null;
}

/** Whether what others wrote is the same in both; false where one of them cannot be understood. */
export function sameOthers(a: string | null, b: string | null): boolean {
  const [one, other] = [othersIn(a), othersIn(b)];
  return one !== null && other !== null && sameStatements(one, other);
}

/** Whether no statement is of our making; false where it cannot be understood. */
export const hasNothingOfOurs = (policy: string): boolean => parsed(policy)?.Statement.some(isOurs) === false;

/**
 * What undoing the change puts in the place of `there`; null: no policy. That is the pre-image, byte for byte, but where
 * others changed their part since, theirs stays as it is now. A trial gives back the perimeter that it stood over. Without a
 * trial nothing of ours comes back, even if it was there before: nothing shows that this operator could still take it off.
 * What only bears our Sid is not ours.
 */
export function restoredPolicy({ before, after, temporary }: Change, there: string | null): string | null {
  const preImage = policyIn(before);
  const [was, is] = [parsed(preImage), parsed(there)];
  const isReadable = there === null || is !== null;
  const isTheirs = isReadable && !sameOthers(there, preImage);
  const former = was?.Statement.filter(isOurs) ?? [];
  const ours = temporary === true ? former : former.filter((statement) => isForeign(statement, text(after, 'bucket')));
  if (!isTheirs && ours.length === former.length) return preImage;
  const theirs = isTheirs ? is : was;
  return withoutOurs(theirs).length + ours.length === 0 ? null : mergedText(theirs, ours, `bucket ${text(after, 'bucket')}`);
}

/** Whether a statement bears a Sid of ours and is not of our making: accepting QP312 replaces it, and undoing brings it back. */
export function isForeign(statement: Statement, bucket: string): boolean {
  if (!isOurs(statement)) return false;
  const [one, other, ...more] = [...listOf(statement.Resource)].sort();
  const isBuckets = more.length === 0 && one?.endsWith(`:s3:::${bucket}`) === true && other === `${one}/*`;
  return !(
    ourSids.includes(statement.Sid ?? '') &&
    statement.Effect === 'Deny' &&
    statement.Principal === '*' &&
    listOf(statement.Action).join() === 's3:*' &&
    isBuckets &&
    statement.Condition?.BoolIfExists !== undefined
  );
}

const ourSids = ['QuiltPerimeterNetwork', 'QuiltPerimeterOutsideOrganization'];

/** What others wrote as a policy of its own; null: nothing. */
export function restOf(document: PolicyDocument): string | null {
  const others = withoutOurs(document);
  return others.length === 0 ? null : minify({ ...document, Statement: others });
}

/** The policy with `ours` behind what others wrote. */
export const mergedWith = (document: PolicyDocument, ours: readonly Statement[]): string => mergedText(document, ours, 'bucket');

function othersIn(policy: string | null): readonly Statement[] | null {
  if (policy === null) return [];
  const document = parsed(policy);
  return document === null ? null : withoutOurs(document);
}

function parsed(policy: string | null): PolicyDocument | null {
  const answer = policy === null ? null : parsePolicy(policy);
  return answer?.ok === true ? answer.document : null;
}
