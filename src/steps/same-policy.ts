// Whether two policies say the same, whatever their white space, key order or lists of one.
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

function canonical(value: unknown): string {
  if (Array.isArray(value)) return value.length === 1 ? canonical(value[0]) : `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}
