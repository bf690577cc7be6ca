// Tags that sessions brought along, from the records of STS that made the sessions (E17: `aws:PrincipalTag` sees them).
import type { RecordFields } from './record-fields.ts';

type Dict = { readonly [key: string]: unknown };
const dict = (value: unknown): Dict => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Dict) : {});
const own = (object: Dict, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined);
const wellFormed = (value: string): string => Buffer.from(value).toString('utf8');

export type SessionTags = { readonly [key: string]: string };

/**
 * The access key of the session that an STS record made, and the tags that it brought: `tags` (AssumeRole, GetFederationToken),
 * `principalTags` (with SAML and web identity) and `incomingTransitiveTags` (inherited in a chain), as
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html shows such records. Null where it brought none.
 */
export function broughtTags(fields: RecordFields): { readonly accessKeyId: string; readonly tags: SessionTags } | null {
  const [asked, answered] = [fields.raw(0), fields.raw(1)];
  // Nearly no session has tags: their names end so, unless they are written with escapes.
  if (asked === null || answered === null || !(asked.includes('ags"') || asked.includes('\\'))) return null;
  return sessionTags(JSON.parse(asked.toString('utf8')), JSON.parse(answered.toString('utf8')));
}

/** The same of `requestParameters` and `responseElements`. */
export function sessionTags(
  requestParameters: unknown,
  responseElements: unknown,
): { readonly accessKeyId: string; readonly tags: SessionTags } | null {
  const accessKeyId = own(dict(own(dict(responseElements), 'credentials')), 'accessKeyId');
  if (typeof accessKeyId !== 'string') return null;
  const asked = dict(requestParameters);
  const tags = new Map<string, string>();
  for (const name of ['incomingTransitiveTags', 'principalTags', 'tags']) {
    const value = own(asked, name);
    const pairs: readonly (readonly [unknown, unknown])[] = Array.isArray(value)
      ? value.map(dict).map((tag) => [own(tag, 'key'), own(tag, 'value') ?? ''])
      : Object.entries(dict(value));
    for (const [key, text] of pairs) if (typeof key === 'string' && typeof text === 'string') tags.set(wellFormed(key), wellFormed(text));
  }
  if (tags.size === 0) return null;
  return { accessKeyId: wellFormed(accessKeyId), tags: Object.fromEntries([...tags].sort(([a], [b]) => (a < b ? -1 : 1))) };
}
