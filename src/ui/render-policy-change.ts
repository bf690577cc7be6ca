// What a change does to a policy that stands already: the statements before and after, by the lines that differ.
import type { Change } from '../engine/types.ts';
import type { Json } from '../ports.ts';
import { renderDiff } from './render-diff.ts';
import type { Page } from './render-plan.ts';

/**
 * The lines of the diff, indented as a change's facts; none for what is temporary, and none where others have written nothing into
 * the policy, as the sentence form in the step's notes says all of it, unless `verbose`.
 */
export function renderPolicyChange(change: Change, { paint, width, verbose }: Page): readonly string[] {
  if (change.temporary === true || change.undoes !== undefined) return [];
  const [before, after] = [policyIn(change.before), policyIn(change.after)];
  if (after === null || (!verbose && !isOfOthers(before))) return [];
  return [renderDiff({ expected: before, aws: after }, paint, width, '      ', { old: 'policy before', new: 'policy after' })];
}

/** The policy document that a change's data holds as text, as `policy` (of a bucket) or as `content` (of an SCP). */
export function policyIn(data: Json): Json {
  if (typeof data !== 'object' || data === null) return null;
  const text = Object.entries(data).find(([name, value]) => (name === 'policy' || name === 'content') && typeof value === 'string')?.[1];
  if (typeof text !== 'string') return null;
  try {
    const document: Json = JSON.parse(text);
    return document;
  } catch (error) {
    // A text that is no JSON is no policy to show line by line.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const isOfOthers = (policy: Json): boolean =>
  typeof policy === 'object' &&
  policy !== null &&
  'Statement' in policy &&
  [policy.Statement].flat().some((statement) => !JSON.stringify(statement).includes('"Sid":"QuiltPerimeter'));
