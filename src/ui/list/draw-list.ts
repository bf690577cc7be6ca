// A list as lines on a terminal: the search, a window of rows, and what the keys do.
import { columnsOf, cut, pad } from '../layout.ts';
import type { Paint } from '../paint.ts';
import { type List, type ListState, matchesIn, pathTo, shownIn } from './list.ts';

/** The search line; what is typed ends it. */
export const drawSearch = ({ term }: ListState): string => `  Search: ${term}`;

/** The rows that are in view, how many there are, and the keys. Every line fits into `width` columns. */
export function drawRows(list: List, state: ListState, paint: Paint, width: number): string {
  const shown = shownIn(list, state);
  const matching = matchesIn(list, state.term);
  const matches = matching === null ? null : new Set(matching);
  const rows = shown.slice(state.top, state.top + list.rows).map((index) => drawRow(list, state, index, matches, paint, width));
  const none = shown.length === 0 ? [paint.warn('  Nothing matches.')] : [];
  const told = [countOf(list, state, shown, matching), ...pathOf(list, state)].map((text) => paint.dim(cut(`  ${text}`, width)));
  return [...rows, ...none, ...told, ...drawKeys(list, state, paint, width)].join('\n');
}

function drawRow(list: List, state: ListState, index: number, matches: ReadonlySet<number> | null, paint: Paint, width: number): string {
  const item = list.items[index];
  if (item === undefined) return '';
  const isActive = state.active === index;
  const below = list.below[index] ?? 0;
  const isTree = list.below.some((n) => n > 0);
  const sign = !isTree ? '' : below === 0 ? '  ' : matches !== null || state.open.has(index) ? '▾ ' : '▸ ';
  const box = !list.multiple ? '' : state.chosen.has(index) ? '◉ ' : '◯ ';
  const detail = item.detail === '' ? '' : `  ${item.detail}`;
  const closed = sign === '▸ ' ? `  ${below} below` : '';
  const text = cut(`${isActive ? '❯' : ' '} ${'  '.repeat(item.depth)}${sign}${box}${item.label}${detail}${closed}`, width);
  if (isActive) return paint.accent(text);
  // What a match stands below shows where it is, and may be chosen too.
  return matches !== null && !matches.has(index) ? paint.dim(text) : text;
}

// What the active line stands below may be out of view.
function pathOf(list: List, { active }: ListState): readonly string[] {
  const path = active === null ? [] : pathTo(list, active);
  if (path.length === 0) return [];
  return [
    `in ${path
      .map((index) => list.items[index]?.label ?? '')
      .reverse()
      .join(' › ')}`,
  ];
}

function countOf(list: List, state: ListState, shown: readonly number[], matching: readonly number[] | null): string {
  const total = list.items.length;
  const place = state.active === null ? 0 : shown.indexOf(state.active) + 1;
  const where = matching === null ? `line ${place} of ${shown.length}` : `${matching.length} of ${total} match`;
  const hidden = matching === null && shown.length < total ? `, ${total} in all` : '';
  return `${where}${hidden}${list.multiple ? `, ${state.chosen.size} chosen` : ''}`;
}

function drawKeys(list: List, { term }: ListState, paint: Paint, width: number): readonly string[] {
  const isTree = list.below.some((n) => n > 0);
  const keys = [
    '↑↓ move',
    ...(isTree && term === '' ? ['→← open, close'] : []),
    ...(list.multiple ? ['space choose', 'ctrl-a all that match'] : []),
    term === '' ? 'type to search' : 'esc ends the search',
    list.multiple ? '⏎ submit' : '⏎ select',
  ];
  const lines: string[] = [];
  for (const key of keys) {
    const line = lines.at(-1);
    if (line !== undefined && columnsOf(line) + 3 + columnsOf(key) <= width) lines[lines.length - 1] = `${line} • ${key}`;
    else lines.push(`${pad('', 2)}${key}`);
  }
  return lines.map((line) => paint.dim(line));
}
