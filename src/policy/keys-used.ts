// Which condition keys a document asks about.
import { listOf, type PolicyDocument } from './document.ts';

/** The keys of the document's conditions and of its variables, in lower case. */
export function keysUsed(document: PolicyDocument): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const statement of document.Statement) {
    for (const key of Object.values(statement.Condition ?? {}).flatMap((block) => Object.keys(block))) keys.add(key.toLowerCase());
    const values = Object.values(statement.Condition ?? {}).flatMap((block) => Object.values(block).flatMap((value) => listOf(value)));
    for (const text of [...listOf(statement.Resource), ...listOf(statement.NotResource), ...values]) {
      for (const [, key] of String(text).matchAll(/\$\{\s*([^},\s]+)/g)) if (key !== undefined) keys.add(key.toLowerCase());
    }
  }
  return keys;
}
