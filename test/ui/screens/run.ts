// The screen of an `apply` in mid-run: what stays, and below it what moves.
import type { RunEvent } from '../../../src/engine/types.ts';
import { Progress } from '../../../src/ui/progress.ts';
import type { Page } from '../../../src/ui/render-plan.ts';
import { endpoint, nat, onBucket } from './company.ts';

const events: readonly (readonly [seconds: number, event: RunEvent])[] = [
  [0, { type: 'step-started', step: 'discover' }],
  [2, { type: 'step-done', step: 'discover' }],
  [2, { type: 'step-started', step: 'bucket-policy' }],
  [3, { type: 'change-begun', step: 'bucket-policy', key: onBucket.key }],
  [4, { type: 'change-made', step: 'bucket-policy', key: onBucket.key, id: 'quilt-genomics' }],
  [9, { type: 'change-done', step: 'bucket-policy', key: onBucket.key }],
  [10, { type: 'change-failed', step: 'bucket-policy', key: 'bucket-policy/数据', error: 'putting bucket policy (数据): AccessDenied' }],
  [11, { type: 'step-started', step: 'endpoints' }],
  [12, { type: 'change-begun', step: 'endpoints', key: endpoint.key }],
  [13, { type: 'step-started', step: 'nat' }],
  [14, { type: 'change-begun', step: 'nat', key: nat.key }],
  [60, { type: 'waiting', step: 'endpoints', key: endpoint.key, seconds: 48 }],
];

/** After a minute. `moving`: at a terminal, where lines move below those that stay. */
export function runAt(page: Page, moving: boolean): string {
  let now = 0;
  const progress = new Progress(page, () => now);
  progress.learn([endpoint, nat, onBucket]);
  const stays = events.flatMap(([seconds, event]) => {
    now = seconds * 1000;
    return progress.lines(event, moving);
  });
  return [...stays, ...(moving ? [`⠋ ${progress.moving()}`, '', `  ${progress.rail()}`] : [])].join('\n');
}
