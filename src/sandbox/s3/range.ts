// Parts of objects: one range of bytes a request, as S3 takes them (S3 API, GetObject).
import { AwsError } from '../types.ts';

export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The bytes that a Range header means, out of `size`; null where the whole is meant: no header, another unit, several
 * ranges. Throws InvalidRange (416) for a range that begins behind the end.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | null {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (header === undefined || from === undefined || to === undefined || from + to === '') return null;
  if (from !== '' && to !== '' && Number(from) > Number(to)) return null;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (first <= last) return { first, last };
  throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, {
    RangeRequested: header,
    ActualObjectSize: String(size),
  });
}
