import { expect, test } from 'vitest';
import type { StepId } from '../../src/engine/types.ts';
import { plainPaint } from '../../src/ui/paint.ts';
import { Progress } from '../../src/ui/progress.ts';
import { type RailState, renderRail } from '../../src/ui/rail.ts';

const page = { paint: plainPaint, width: 80, verbose: false, plain: false };

test('the rail names all six steps and says what is behind, what goes on, and what failed', () => {
  const states: { readonly [id in StepId]?: RailState } = { discover: 'done', endpoints: 'failed', nat: 'now' };
  const stateOf = (id: StepId): RailState => states[id] ?? 'ahead';
  expect(renderRail(stateOf, page)).toBe('✓ discover  ✗ endpoints  ▸ 3 nat  4 bucket-policy  5 scp  6 stack-parameter');
  expect(renderRail(stateOf, { ...page, width: 60 })).toBe('✓ 1  ✗ endpoints  ▸ 3 nat  4  5  6');
});

test('the rail follows the run', () => {
  const progress = new Progress(page, () => 0);
  expect(progress.rail()).toMatch(/^▸ 1 discover {2}2 endpoints/);
  progress.lines({ type: 'step-started', step: 'discover' }, true);
  progress.lines({ type: 'step-done', step: 'discover' }, true);
  progress.lines({ type: 'step-started', step: 'endpoints' }, true);
  progress.lines({ type: 'step-started', step: 'nat' }, true);
  expect(progress.rail()).toMatch(/^✓ discover {2}▸ 2 endpoints {2}▸ 3 nat {2}4 bucket-policy/);
  progress.lines({ type: 'change-failed', step: 'nat', key: 'nat/a', error: 'x' }, true);
  expect(progress.rail()).toMatch(/✗ nat/);
});

test('what goes on is told with the time it takes and the usual time, at most four at once', () => {
  let now = 0;
  const progress = new Progress({ ...page, width: 40 }, () => now);
  progress.work('Reading what stands');
  now = 3000;
  expect(progress.moving()).toBe('Reading what stands  3 s');
  progress.work(null);
  expect(progress.moving()).toBeNull();
  const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
  progress.learn([{ key: 'a', summary: 'make 数据湖数据湖数据湖 a name that is long', seconds: 90 }]);
  for (const key of keys) progress.lines({ type: 'change-begun', step: 'nat', key }, true);
  now = 68_000;
  expect(progress.moving()?.split('\n')).toEqual([
    'make 数据…  1 min 5 s, usually about 1 min 30 s',
    '  b  1 min 5 s',
    '  c  1 min 5 s',
    '  d  1 min 5 s',
    '  and 2 more',
  ]);
});
