// A list to choose from, flat or a tree, with search: what each key does, without a terminal.
import type { Branch } from '../questions.ts';

export interface List {
  readonly items: readonly Branch[];
  /** By index: the item that it stands below, or null. */
  readonly parents: readonly (number | null)[];
  /** By index: how many items stand below it, at any depth. */
  readonly below: readonly number[];
  /** By index: what a search looks at. */
  readonly texts: readonly string[];
  readonly multiple: boolean;
  /** How many lines are shown at a time. */
  readonly rows: number;
}

/** Items by their index. */
export interface ListState {
  readonly term: string;
  readonly open: ReadonlySet<number>;
  readonly chosen: ReadonlySet<number>;
  /** Null where nothing matches. */
  readonly active: number | null;
  /** The first line that is shown, as an index of `shownIn`. */
  readonly top: number;
}

export type Key =
  | {
      readonly kind:
        | 'up'
        | 'down'
        | 'page-up'
        | 'page-down'
        | 'first'
        | 'last'
        | 'right'
        | 'left'
        | 'toggle'
        | 'toggle-all'
        | 'erase'
        | 'clear';
    }
  | { readonly kind: 'typed'; readonly text: string };

/** A list of items, each below the last one before it that has less depth. */
export function listOf(items: readonly Branch[], options: { readonly multiple: boolean; readonly rows: number }): List {
  const parents: (number | null)[] = [];
  const below = items.map(() => 0);
  const path: number[] = [];
  for (const [index, { depth }] of items.entries()) {
    while (path.length > 0 && (items[path.at(-1) ?? 0]?.depth ?? 0) >= depth) path.pop();
    parents.push(path.at(-1) ?? null);
    for (const above of path) below[above] = (below[above] ?? 0) + 1;
    path.push(index);
  }
  const texts = items.map(({ label, value, detail }) => `${label} ${value} ${detail}`.toLowerCase());
  return { items, parents, below, texts, ...options };
}

/** The state that a list begins with: a small tree open, of a large one its top and the way to `initial`. */
export function begun(list: List, initial: readonly string[]): ListState {
  const chosen = new Set(list.items.flatMap(({ value }, index) => (initial.includes(value) ? [index] : [])));
  const [first = 0] = chosen;
  const all = list.items.map((_, index) => index);
  const open = new Set(list.items.length <= list.rows ? all : all.filter((index) => list.parents[index] === null));
  for (const index of chosen) for (const above of pathTo(list, index)) open.add(above);
  const active = list.items.length === 0 ? null : first;
  const state = { term: '', open, chosen: list.multiple ? chosen : new Set<number>(), active, top: 0 };
  // What is around it is seen, too.
  const around = shownIn(list, state).indexOf(first) - Math.floor(list.rows / 2);
  return inView(list, { ...state, top: Math.max(0, around) });
}

/** The lines there are to move among, as indices of items: what is open, or what matches with what it stands below. */
export function shownIn(list: List, { term, open }: Pick<ListState, 'term' | 'open'>): readonly number[] {
  const matching = matchesIn(list, term);
  if (matching === null) return list.items.flatMap((_, index) => (pathTo(list, index).every((above) => open.has(above)) ? [index] : []));
  const shown = new Set(matching.flatMap((index) => [...pathTo(list, index), index]));
  return [...shown].sort((a, b) => a - b);
}

/** The items in which every word of the term occurs, in order; null where there is no word. */
export function matchesIn({ texts }: List, term: string): readonly number[] | null {
  const words = term
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return null;
  return texts.flatMap((text, index) => (words.every((word) => text.includes(word)) ? [index] : []));
}

/** What a key makes of the state. */
export function pressed(list: List, state: ListState, key: Key): ListState {
  switch (key.kind) {
    case 'up':
      return moved(list, state, -1);
    case 'down':
      return moved(list, state, 1);
    case 'page-up':
      return moved(list, state, -list.rows);
    case 'page-down':
      return moved(list, state, list.rows);
    case 'first':
      return moved(list, state, Number.NEGATIVE_INFINITY);
    case 'last':
      return moved(list, state, Number.POSITIVE_INFINITY);
    case 'right':
      return opened(list, state);
    case 'left':
      return closed(list, state);
    case 'toggle':
      return state.active === null ? state : toggled(list, state, [state.active]);
    case 'toggle-all':
      return toggled(list, state, matchesIn(list, state.term) ?? list.items.map((_, index) => index));
    case 'typed':
      return searched(list, state, state.term + key.text);
    case 'erase':
      return searched(list, state, [...state.term].slice(0, -1).join(''));
    case 'clear':
      return searched(list, state, '');
    default:
      return key satisfies never;
  }
}

/** What Enter answers: the values chosen in order of the list, or the one that is active; null where there is none. */
export function answerOf({ items, multiple }: List, { chosen, active }: ListState): readonly string[] | null {
  if (multiple) return items.flatMap(({ value }, index) => (chosen.has(index) ? [value] : []));
  const item = active === null ? undefined : items[active];
  return item === undefined ? null : [item.value];
}

function moved(list: List, state: ListState, by: number): ListState {
  const shown = shownIn(list, state);
  const at = state.active === null ? -1 : shown.indexOf(state.active);
  const to = Math.max(0, Math.min(shown.length - 1, at + by));
  return inView(list, { ...state, active: shown[to] ?? null });
}

// While a search is on, all that matches is open already.
function opened(list: List, state: ListState): ListState {
  const { active, open } = state;
  if (active === null || state.term !== '' || list.below[active] === 0) return state;
  return open.has(active) ? moved(list, state, 1) : inView(list, { ...state, open: new Set([...open, active]) });
}

function closed(list: List, state: ListState): ListState {
  const { active, open } = state;
  if (active === null || state.term !== '') return state;
  if ((list.below[active] ?? 0) > 0 && open.has(active)) {
    return inView(list, { ...state, open: new Set([...open].filter((index) => index !== active)) });
  }
  return inView(list, { ...state, active: list.parents[active] ?? active });
}

function toggled(list: List, state: ListState, indices: readonly number[]): ListState {
  if (!list.multiple) return state;
  const chosen = new Set(state.chosen);
  const off = indices.every((index) => chosen.has(index));
  for (const index of indices) {
    if (off) chosen.delete(index);
    else chosen.add(index);
  }
  return { ...state, chosen };
}

// The first match becomes active; what is active stays so when the search is given up, and can be seen.
function searched(list: List, state: ListState, term: string): ListState {
  const matching = matchesIn(list, term);
  if (matching !== null) return inView(list, { ...state, term, active: matching[0] ?? null });
  const active = state.active ?? (list.items.length === 0 ? null : 0);
  const open = active === null ? state.open : new Set([...state.open, ...pathTo(list, active)]);
  return inView(list, { ...state, term, active, open });
}

/** What an item stands below, nearest first. */
export function pathTo({ parents }: List, index: number): readonly number[] {
  const path: number[] = [];
  for (let above = parents[index] ?? null; above !== null; above = parents[above] ?? null) path.push(above);
  return path;
}

function inView(list: List, state: ListState): ListState {
  const shown = shownIn(list, state);
  const at = state.active === null ? 0 : Math.max(0, shown.indexOf(state.active));
  const last = Math.max(0, shown.length - list.rows);
  const top = Math.min(last, Math.max(at - list.rows + 1, Math.min(state.top, at)));
  return { ...state, top };
}
