// Comparing and naming data: two values are the same if they have the same canonical text.
import { createHash } from 'node:crypto';
import type { Json } from '../ports.ts';

/** JSON text with sorted keys: the same for the same data. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}

export const same = (a: Json, b: Json): boolean => canonical(a) === canonical(b);

/** SHA-256 of the canonical text: 64 characters of [0-9a-f]. */
export const hashOf = (value: Json): string => createHash('sha256').update(canonical(value)).digest('hex');

// Array.isArray does not narrow readonly arrays.
export const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
