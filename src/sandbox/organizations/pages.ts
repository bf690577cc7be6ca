// How Organizations lists: at most 20 a page, and now and then a page with nothing on it but a token (D16).
import type { Call } from '../types.ts';
import { invalidInput } from './errors.ts';

interface Paged {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/**
 * One page of `items` and the token of the next. About one first page in eight is empty though more follows (D16).
 * Throws InvalidInputException for MaxResults out of 1 to 20 and for a token of another list.
 */
export function page<T>(items: readonly T[], input: Paged, call: Call): { readonly items: T[]; readonly NextToken?: string } {
  const size = input.MaxResults ?? 20;
  if (!Number.isInteger(size) || size < 1) throw invalidInput('MIN_VALUE_EXCEEDED', 'You provided a value for MaxResults below 1.');
  if (size > 20) throw invalidInput('MAX_VALUE_EXCEEDED', 'You provided a value for MaxResults above 20.');
  if (input.NextToken === undefined && items.length > 0 && call.random() < 1 / 8) return { items: [], NextToken: encode(call, 0) };
  const start = input.NextToken === undefined ? 0 : decode(call, input.NextToken);
  const end = start + size;
  return { items: items.slice(start, end), ...(end < items.length ? { NextToken: encode(call, end) } : {}) };
}

const encode = (call: Call, offset: number): string => Buffer.from(`${call.operation}:${offset}`).toString('base64url');

function decode(call: Call, token: string): number {
  const match = /^(\w+):(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'));
  if (match?.[1] !== call.operation) throw invalidInput('INVALID_NEXT_TOKEN', 'The token that you provided is not valid.');
  return Number(match[2]);
}
