// Whether a policy that stands says what was generated: not letter by letter, but request by request.
import { diffPolicies } from '../policy/diff.ts';
import type { PolicyDocument } from '../policy/document.ts';
import { sameDocument } from '../steps/same-policy.ts';
import { type Found, fails, holds, untold } from './check.ts';

/** Compares what stands with what is wanted, for all requests that the statements of either can tell apart. */
export function sameMeaning(standing: PolicyDocument, wanted: PolicyDocument): Found {
  if (sameDocument(standing, wanted)) return holds('it stands statement for statement as it was generated');
  const { changes, classes, complete } = diffPolicies(
    { type: 'documents', documents: [wanted] },
    { type: 'documents', documents: [standing] },
  );
  const [change] = changes;
  if (change !== undefined) {
    const { request, old, new: now } = change;
    const context = Object.keys(request.context).length === 0 ? '' : ` with ${JSON.stringify(request.context)}`;
    const more = changes.length === 1 ? '' : `; ${changes.length - 1} more ways in which they differ`;
    return fails(
      `it is not as generated: ${request.action} on ${request.resource} by ${request.principal}${context} is ${worded[now.verdict]}, and should be ${worded[old.verdict]}${more}`,
    );
  }
  if (!complete)
    return untold(
      `it is written otherwise, and too much to compare: of ${classes} classes of requests none differs, and there may be more`,
    );
  return holds(`it is written otherwise and means the same: ${classes} classes of requests were compared and none differs`);
}

const worded = { allowed: 'allowed', denied: 'denied', none: 'not denied' } as const;
