import { glob } from '../policy/match.ts';
import type { PerimeterSpec } from '../policy/perimeter.ts';

/** Tells which buckets are in scope: those that the perimeter's patterns match, and the test bucket. */
export function scopeOf({ buckets }: Pick<PerimeterSpec, 'buckets'>, testBucket: string | null): (bucket: string) => boolean {
  const patterns = buckets.map(glob);
  return (bucket) => bucket === testBucket || patterns.some((matches) => matches(bucket));
}
