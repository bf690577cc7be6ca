// Journal and AWS side by side.
import type { StatusStep } from '../engine/types.ts';
import type { Finding } from '../findings.ts';
import { cut, pad, widest, wrap } from './layout.ts';
import type { Paint } from './paint.ts';
import { renderDiff } from './render-diff.ts';
import type { Page } from './render-plan.ts';
import { stepNumber } from './steps.ts';

const words = { done: 'done', pending: 'pending', drifted: 'drifted', 'half-made': 'half-made' } as const;
type State = keyof typeof words;
const signs = { done: '✓', pending: '·', drifted: '✗', 'half-made': '✗' } as const satisfies Record<State, string>;

/** One line per step, and one per change that is not simply done (all of them where `verbose`). */
export function renderStatus(steps: readonly StatusStep[], page: Page): string {
  const width = widest(steps.map((step) => step.id));
  return steps
    .map((step) => {
      const isShown = ({ state, confirmBy }: Shown) => state === 'drifted' || state === 'half-made' || confirmBy !== undefined;
      const shown = step.changes.filter((change) => page.verbose || isShown(change));
      const made = step.changes.filter((change) => change.state === 'done').length;
      const left = step.changes.length - made;
      const counts = [...(made === 0 ? [] : [`${made} in place`]), ...(left === 0 ? [] : [`${left} to do`])].join(', ');
      const word = counts === '' ? words[step.state] : pad(words[step.state], 9);
      const head = `${signs[step.state]} ${stepNumber(step.id)}  ${pad(step.id, width)}  ${mood(step.state, page.paint)(word)}`;
      return [counts === '' ? head : `${head}  ${counts}`, ...shown.flatMap((change) => changeLines(change, page))].join('\n');
    })
    .join('\n');
}

type Shown = StatusStep['changes'][number];

function changeLines(change: Shown, { paint, width }: Page): readonly string[] {
  const head = `       ${mood(change.state, paint)(pad(words[change.state], 9))}  ${change.key}${guardOf(change)}`;
  if (change.state === 'done' || change.state === 'pending') return [head];
  if (change.finding !== undefined) return [head, ...othersLines(change.finding, paint, width)];
  return [
    head,
    cut(`         journal: ${JSON.stringify(change.journal)}`, width),
    cut(`         AWS:     ${JSON.stringify(change.aws)}`, width),
  ];
}

function guardOf({ confirmBy, state }: Shown): string {
  if (confirmBy === undefined) return '';
  return state === 'half-made' ? `, not confirmed by ${confirmBy}` : `, to be confirmed by ${confirmBy}, else AWS ends it`;
}

function othersLines({ detail, versions }: Finding, paint: Paint, width: number): readonly string[] {
  const diff = versions === undefined ? [] : [renderDiff(versions, paint, width, '         ')];
  return [wrap(detail, width, '         '), ...diff];
}

const mood = (state: State, paint: Paint): ((text: string) => string) => {
  if (state === 'done') return paint.good;
  return state === 'pending' ? paint.dim : paint.bad;
};
