// A request as the statements are asked about it, and who of its policies can bind it at all.
import { badInput } from '../errors.ts';
import type { MatchedRequest } from './compile.ts';
import { keyName, requestContext } from './context.ts';
import type { AccessRequest } from './evaluate.ts';
import { type Asker, askerOf } from './principal.ts';

/** A request read once: who asks, what of it the statements look at, and which policies can bind it at all. */
export interface Question {
  readonly asker: Asker;
  readonly matched: MatchedRequest;
  /** Members' users, roles and root; not the management account's, service-linked roles, services or anonymous requests (K11). */
  readonly boundByScp: boolean;
  /** The owning account's root, about the bucket policy itself: no Deny there holds it (C2). */
  readonly passesBucketPolicy: boolean;
}

/** Throws bad input (`BAD_PRINCIPAL`) where the principal has none of its forms. */
export function questionOf(request: Omit<AccessRequest, 'policies'>): Question {
  const asker = askerOf(request.principal, request.role ?? null);
  if (asker === null) {
    throw badInput(
      'BAD_PRINCIPAL',
      `reading principal (${request.principal}): it has no known form`,
      'give an ARN, anonymous, service:NAME or root:ACCOUNT',
    );
  }
  const action = request.action.toLowerCase();
  return {
    asker,
    matched: { action, resource: request.resource, context: requestContext(request.context, request.unknown, asker) },
    boundByScp: hasIdentity(asker) && !asker.serviceLinked && asker.accountId !== request.managementAccount,
    passesBucketPolicy: asker.kind === 'root' && asker.accountId === ownerOf(request, asker) && unlockActions.includes(action),
  };
}

/** Keys in lower case, each once, as the request spells them. */
export function spelledAs(unknown: readonly string[] | undefined, keys: readonly string[]): readonly string[] {
  const spelled = new Map((unknown ?? []).map((key) => [keyName(key), key]));
  return [...new Set(keys.map((key) => spelled.get(key) ?? key))].sort();
}

/** Services and anonymous callers have no policies of their own. */
export const hasIdentity = (asker: Asker): boolean => asker.kind !== 'anonymous' && asker.kind !== 'service';

/** The account that owns the resource; null: nobody tells. */
export const ownerOf = (request: Omit<AccessRequest, 'policies'>, asker: Asker): string | null =>
  request.resourceAccount ?? asker.accountId;

const unlockActions = ['s3:getbucketpolicy', 's3:putbucketpolicy', 's3:deletebucketpolicy'];
