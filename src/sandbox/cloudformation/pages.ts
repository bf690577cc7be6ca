// CloudFormation's pages: no size is asked for, the token leads on.
import type { Call } from '../types.ts';
import { invalid } from './template.ts';

/** One page of `size` items and the token of the next. Throws ValidationError for a token of another list. */
export function page<T>(
  items: readonly T[],
  token: string | undefined,
  call: Call,
  size = 100,
): { readonly items: T[]; readonly NextToken?: string } {
  const start = token === undefined ? 0 : decode(call, token);
  const end = start + size;
  const next = Buffer.from(`${call.operation}:${end}`).toString('base64url');
  return { items: items.slice(start, end), ...(end < items.length ? { NextToken: next } : {}) };
}

function decode(call: Call, token: string): number {
  const match = /^(\w+):(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'));
  if (match?.[1] !== call.operation) throw invalid('Invalid value for parameter NextToken');
  return Number(match[2]);
}
