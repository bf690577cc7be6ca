// What is written in place of a policy is proven to say nothing else than it should: the text is read again as AWS will read it, and
// compared with what stood there, statement by statement, and where those differ by the requests whose verdict changes.
import { stopped } from '../errors.ts';
import { diffPolicies } from './diff.ts';
import { minify, type PolicyDocument, parsePolicy, type Statement, withoutOurs } from './document.ts';
import { mergeBucketPolicy } from './merge.ts';

/** The document as it is sent. Throws as `proveSame` does. `what`: whose policy it is. */
export function writtenText(document: PolicyDocument, what: string): string {
  const text = minify(document);
  proveSame(document, readAgain(text, what), what);
  return text;
}

/** The existing policy with our statements behind the others', as it is sent; all but ours is proven to be as it was. Throws as `proveSame` does. */
export function mergedText(existing: PolicyDocument | null, ours: readonly Statement[], what: string): string {
  const text = minify(mergeBucketPolicy(existing, ours));
  const others = (document: PolicyDocument | null): PolicyDocument => ({
    ...(document?.Version === undefined ? {} : { Version: document.Version }),
    Statement: withoutOurs(document),
  });
  // Where there was none, there is none to keep, and so none whose Version matters.
  const written = others(readAgain(text, what));
  proveSame(existing === null ? { ...written, Statement: [] } : others(existing), written, what);
  return text;
}

/**
 * Proves that no request changes its verdict from `before` to `after`: word for word the same, or compared by class.
 * @throws PerimeterError POLICY_CHANGED (exit 3) with a request whose verdict would change, or POLICY_UNPROVEN where there is too
 *   much to compare; nothing was written then
 */
export function proveSame(before: PolicyDocument, after: PolicyDocument, what: string): void {
  if (minify(before) === minify(after)) return;
  const { changes, complete } = diffPolicies({ type: 'documents', documents: [before] }, { type: 'documents', documents: [after] });
  const [change] = changes;
  const remedy = 'nothing was changed; report this with the policy, and write it by hand meanwhile';
  if (change !== undefined) {
    const { request, old, new: now } = change;
    const asked = `${request.action} on ${request.resource} by ${request.principal}`;
    const context = Object.keys(request.context).length === 0 ? '' : ` with ${JSON.stringify(request.context)}`;
    throw stopped(
      'POLICY_CHANGED',
      `writing policy (${what}): ${asked}${context} would go from ${old.verdict} to ${now.verdict} by what others wrote`,
      remedy,
    );
  }
  if (!complete)
    throw stopped('POLICY_UNPROVEN', `writing policy (${what}): too much to compare to prove that nothing else changes`, remedy);
}

function readAgain(text: string, what: string): PolicyDocument {
  const read = parsePolicy(text);
  if (read.ok) return read.document;
  throw stopped('POLICY_CHANGED', `writing policy (${what}): it cannot be read again: ${read.reason}`, 'nothing was changed; report this');
}
