// The step rail: all six steps on one line, what is behind, what is going on, what is ahead.
import type { StepId } from '../engine/types.ts';
import { columnsOf } from './layout.ts';
import type { Page } from './render-plan.ts';
import { stepsInOrder } from './steps.ts';

export type RailState = 'ahead' | 'now' | 'done' | 'failed';

/** `✓ discover  ✓ endpoints  ▸ 3 nat  4 bucket-policy  5 scp  6 stack-parameter`; where that has no room, only what goes on is named. */
export function renderRail(stateOf: (step: StepId) => RailState, { paint, width }: Pick<Page, 'paint' | 'width'>): string {
  const told = (named: (state: RailState) => boolean): string =>
    stepsInOrder
      .map((id, index) => {
        const state = stateOf(id);
        const sign = { ahead: '', now: '▸ ', done: '✓ ', failed: '✗ ' }[state];
        const number = state === 'ahead' || state === 'now' || !named(state) ? `${index + 1}` : '';
        const text = `${sign}${[number, named(state) ? id : ''].filter((part) => part !== '').join(' ')}`;
        return { ahead: paint.dim, now: paint.accent, done: paint.good, failed: paint.bad }[state](text);
      })
      .join('  ');
  const whole = told(() => true);
  return columnsOf(whole) < width ? whole : told((state) => state === 'now' || state === 'failed');
}
