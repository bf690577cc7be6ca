// A replay of recorded calls before a Deny, as people read it: how many ways to the buckets pass, and which would be cut.
import type { ReplaySummary } from '../engine/types.ts';
import { count, painted, wrap } from './layout.ts';
import type { Page } from './render-plan.ts';

/** A sentence with the counts, and a line for each newly denied way that is told. */
export function renderReplay({ events, from, to, paths, denied }: ReplaySummary, { paint, width }: Page): string {
  const { passes, newlyDenied, unknown } = paths;
  const when = from === null || to === null ? '' : `, from ${day(from)} to ${day(to)}`;
  const sum = `Assessed ${count(events, 'recorded event')}${when}: ${count(passes + newlyDenied + unknown, 'path')} to the buckets; ${passes} pass, ${newlyDenied} newly denied, ${unknown} unknown.`;
  const left = newlyDenied - denied.length;
  return [
    painted(wrap(sum, width), newlyDenied === 0 ? paint.good : paint.bad),
    ...denied.map(({ principal, network, bucket, events: many, lastSeen }) => {
      const text = `${principal} from ${network} to ${bucket}: ${count(many, 'event')}, last ${day(lastSeen)}`;
      return painted(wrap(text, width, '  ✗ ', '    '), paint.bad);
    }),
    ...(left > 0 ? [painted(`    and ${left} more: quilt-perimeter assess lists all of them`, paint.dim)] : []),
  ].join('\n');
}

const day = (time: string): string => time.slice(0, 10);
