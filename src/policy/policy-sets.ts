// What `explain --diff` compares: documents that speak for themselves, or the policies of a request by type.
import { documentOf, type PolicyDocument } from './document.ts';
import type { Policies } from './evaluate.ts';
import { policiesOf } from './request-line.ts';

export type PolicySet =
  /** One or more documents: does one of them deny, else does one allow. */
  | { readonly type: 'documents'; readonly documents: readonly PolicyDocument[] }
  /** As a request line has them: what AWS decides. */
  | { readonly type: 'policies'; readonly policies: Policies };

/** Reads a document, a list of documents, or an object of policies by type; else what is wrong, as the end of a sentence. */
export function readPolicySet(text: string): PolicySet | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `it is not JSON: ${error.message}`;
  }
  const isSet =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !('Statement' in value) &&
    types.some((type) => type in Object(value));
  if (isSet) {
    const policies = policiesOf(value);
    return typeof policies === 'string' ? policies : { type: 'policies', policies };
  }
  const documents: PolicyDocument[] = [];
  for (const [index, one] of (Array.isArray(value) ? value : [value]).entries()) {
    const read = documentOf(one);
    if (!read.ok) return Array.isArray(value) ? `document ${index + 1}: ${read.reason}` : read.reason;
    documents.push(read.document);
  }
  return { type: 'documents', documents };
}

const types = ['identity', 'boundary', 'session', 'resource', 'endpoint', 'scp', 'rcp'];

/** All documents of a set. */
export function documentsOf(set: PolicySet): readonly PolicyDocument[] {
  if (set.type === 'documents') return set.documents;
  const { identity = [], boundary = [], session, resource, endpoint, scp = [], rcp = [] } = set.policies;
  return [...identity, ...boundary, session, resource, endpoint, ...scp.flat(), ...rcp.flat()].filter((document) => document !== undefined);
}
