// Whether two policies say the same, whatever their white space, key order, lists of one, or order of texts in a list.
import { type PolicyDocument, parsePolicy, type Statement } from '../policy/document.ts';

/** Whether two policy texts have the same statements in the same order. Null is no policy. */
export function samePolicy(a: string | null, b: string | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  const [one, other] = [parsePolicy(a), parsePolicy(b)];
  return one.ok && other.ok && sameDocument(one.document, other.document);
}

export const sameDocument = (a: PolicyDocument, b: PolicyDocument): boolean => canonical(a) === canonical(b);

export const sameStatements = (a: readonly Statement[], b: readonly Statement[]): boolean =>
  a.length === b.length && a.every((statement, index) => canonical(statement) === canonical(b[index]));

// The order within a list of texts means nothing, so a read that shows another one is no change; nor does true differ from "true".
function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.map(canonical);
    const ofTexts = value.every((item) => typeof item !== 'object');
    return items.length === 1 ? (items[0] ?? '') : `[${(ofTexts ? [...new Set(items)].sort() : items).join(',')}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(String(value));
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}
