// IAM's pages: Marker and IsTruncated, at most 1,000 items, 100 unless more are asked for.
import { AwsError, type Call } from '../types.ts';

interface Paged {
  readonly MaxItems?: number | undefined;
  readonly Marker?: string | undefined;
}

/** One page, and the marker of the next. Throws ValidationError for a MaxItems out of 1 to 1,000 or another list's marker. */
export function page<T>(
  items: readonly T[],
  input: Paged,
  call: Call,
): { readonly items: T[]; readonly IsTruncated: boolean; readonly Marker?: string } {
  const size = input.MaxItems ?? 100;
  if (!Number.isInteger(size) || size < 1 || size > 1000)
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${size}' at 'maxItems' failed to satisfy constraint: Member must have value between 1 and 1000`,
    );
  const start = input.Marker === undefined ? 0 : decode(call, input.Marker);
  const end = start + size;
  if (end >= items.length) return { items: items.slice(start, end), IsTruncated: false };
  return { items: items.slice(start, end), IsTruncated: true, Marker: Buffer.from(`${call.operation}:${end}`).toString('base64') };
}

function decode(call: Call, marker: string): number {
  const match = /^(\w+):(\d+)$/.exec(Buffer.from(marker, 'base64').toString('utf8'));
  if (match?.[1] !== call.operation) throw new AwsError('ValidationError', 'Invalid Marker.');
  return Number(match[2]);
}
