// Texts by class: given patterns, one short text for each combination of them that some text matches. Found by walking all
// patterns at once, letter by letter, as automata: a combination that no text has never comes up.
import { arnParts, type Piece } from './match.ts';

export interface Pattern {
  readonly pieces: readonly Piece[];
  /** `text` letter by letter, `folded` whatever the case, `arn` by ARN parts (E5). */
  readonly compare: 'text' | 'folded' | 'arn';
}

export interface Domain {
  /** Every text matches one of these. */
  readonly forms: readonly Pattern[];
  /** The letters that stand for wildcards; null: any. */
  readonly letters: string | null;
}

export interface Classes<T> {
  readonly values: readonly T[];
  /** False where there may be more classes than these. */
  readonly complete: boolean;
}

/** Any text at all. */
export const anyText: Domain = { forms: [{ pieces: ['*'], compare: 'text' }], letters: null };

/**
 * One text of the domain for each combination of the patterns that a text of it matches, the shortest of its kind unless one of
 * `preferred` is such. Not complete where the walk takes more than half a million steps.
 */
export function textClasses(patterns: readonly Pattern[], domain: Domain = anyText, preferred: readonly string[] = []): Classes<string> {
  const machine = machineOf(patterns, domain);
  const found = new Map<string, string>();
  for (const text of preferred) {
    const mark = machine.markOf(text);
    if (mark !== null && !found.has(mark)) found.set(mark, text);
  }
  const seen = new Set<string>();
  let work = 0;
  let front: { readonly state: State; readonly text: string }[] = [{ state: machine.start, text: '' }];
  while (front.length > 0) {
    const next: typeof front = [];
    for (const { state, text } of front) {
      const mark = machine.mark(state);
      if (mark !== null && !found.has(mark)) found.set(mark, text);
      for (const letter of machine.lettersAt(state)) {
        work += machine.size;
        if (work > mostWork) return { values: [...found.values()], complete: false };
        const to = machine.step(state, letter);
        if (to === null) continue;
        const id = idOf(to);
        if (seen.has(id)) continue;
        seen.add(id);
        next.push({ state: to, text: text + String.fromCodePoint(letter) });
      }
    }
    front = next;
  }
  return { values: [...found.values()], complete: true };
}

const mostWork = 500_000;

/** Positions of each automaton; the domain's forms come first. */
type State = readonly (readonly number[])[];

const idOf = (state: State): string => state.join(';');

interface Machine {
  readonly start: State;
  /** How many automata go along. */
  readonly size: number;
  /** The letters by which texts go on from here in different ways. */
  lettersAt(state: State): readonly number[];
  /** Null where no text of the domain goes on so. */
  step(state: State, letter: number): State | null;
  /** Which patterns match here; null where the domain has no such text. */
  mark(state: State): string | null;
  markOf(text: string): string | null;
}

function machineOf(patterns: readonly Pattern[], domain: Domain): Machine {
  const forms = domain.forms.map(automaton);
  const automata = [...forms, ...patterns.map(automaton)];
  const start = automata.map(({ tokens }) => closed(tokens, [0]));
  const mark = (state: State): string | null => {
    const ends = state.map((positions, index) => positions.includes(automata[index]?.tokens.length ?? -1));
    return ends.slice(0, forms.length).includes(true)
      ? ends
          .slice(forms.length)
          .map((end) => (end ? '1' : '0'))
          .join('')
      : null;
  };
  const step = (state: State, letter: number): State | null => {
    const to = automata.map((one, index) => stepOf(one, state[index] ?? [], letter));
    return to.slice(0, forms.length).every((positions) => positions.length === 0) ? null : to;
  };
  const markOf = (text: string): string | null => {
    let state: State | null = start;
    for (const letter of codesOf(text)) {
      state = step(state, letter);
      if (state === null) return null;
    }
    return mark(state);
  };
  return { start, size: automata.length, lettersAt: lettersOf(automata, domain), step, mark, markOf };
}

interface Automaton {
  readonly tokens: readonly number[];
  readonly folded: boolean;
}

const anyRun = -1;
const anyOne = -2;
// Within one part of an ARN.
const runInPart = -3;
const oneInPart = -4;
/** Matches no letter. */
const nothing = -5;
const colon = 58;

const codesOf = (text: string): readonly number[] => [...text].map((letter) => letter.codePointAt(0) ?? 0);

function automaton({ pieces, compare }: Pattern): Automaton {
  if (compare === 'arn') return { tokens: arnTokens(pieces), folded: false };
  const folded = compare === 'folded';
  const tokens = pieces.flatMap((piece) =>
    typeof piece === 'object' ? codesOf(folded ? piece.literal.toLowerCase() : piece.literal) : [piece === '*' ? anyRun : anyOne],
  );
  return { tokens, folded };
}

function arnTokens(pieces: readonly Piece[]): readonly number[] {
  let parts = 1;
  let lastPart = 0;
  const tokens: number[] = [];
  for (const piece of pieces) {
    if (typeof piece !== 'object') {
      const last = parts === arnParts;
      tokens.push(piece === '*' ? (last ? anyRun : runInPart) : last ? anyOne : oneInPart);
      continue;
    }
    for (const code of codesOf(piece.literal)) {
      tokens.push(code);
      if (code !== colon || parts === arnParts) continue;
      parts++;
      lastPart = tokens.length;
    }
  }
  if (parts === arnParts) return tokens;
  // Fewer parts than an ARN has: matches only where it ends in `*`, which then reaches over colons.
  if (pieces.at(-1) !== '*') return [nothing];
  return tokens.map((token, index) => (index < lastPart ? token : token === runInPart ? anyRun : token === oneInPart ? anyOne : token));
}

const isRun = (token: number | undefined): boolean => token === anyRun || token === runInPart;

/** With what is reached by letting a `*` stand for nothing; sorted. */
function closed(tokens: readonly number[], positions: readonly number[]): readonly number[] {
  const all = new Set<number>();
  for (const position of positions) {
    let at = position;
    all.add(at);
    while (isRun(tokens[at])) all.add(++at);
  }
  return [...all].sort((a, b) => a - b);
}

function stepOf({ tokens, folded }: Automaton, positions: readonly number[], letter: number): readonly number[] {
  if (positions.length === 0) return positions;
  const read = folded ? foldedLetter(letter) : letter;
  const to: number[] = [];
  for (const position of positions) {
    const token = tokens[position];
    if (token === anyRun || (token === runInPart && letter !== colon)) to.push(position);
    else if (token === anyOne || (token === oneInPart && letter !== colon) || token === read) to.push(position + 1);
  }
  return closed(tokens, to);
}

function foldedLetter(letter: number): number {
  const codes = codesOf(String.fromCodePoint(letter).toLowerCase());
  return codes.length === 1 ? (codes[0] ?? letter) : letter;
}

/**
 * At a state, the letters that a pattern names next, in both cases where one is folded, and one that none names: all others are
 * like it.
 */
function lettersOf(automata: readonly Automaton[], { forms, letters }: Domain): (state: State) => readonly number[] {
  const lists = automata.map(({ tokens, folded }) => tokens.map((token) => lettersOfToken(token, folded)));
  const named = new Set(lists.flat(2));
  const all = codesOf(letters ?? 'x0ayzbcdefghijklmnopqrstuvw123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_./~!§');
  const spare = all.find((code) => !named.has(code));
  const inForms = forms.flatMap(({ pieces }) => pieces.flatMap((piece) => (typeof piece === 'object' ? codesOf(piece.literal) : [])));
  const allowed = letters === null ? null : new Set([...all, ...inForms]);
  const isAllowed = (code: number): boolean => allowed === null || allowed.has(code);
  if (spare === undefined) {
    const every = [...new Set([...all, ...named])].filter(isAllowed);
    return () => every;
  }
  return (state) => {
    const next = new Set([spare]);
    state.forEach((positions, index) => {
      for (const position of positions) for (const code of lists[index]?.[position] ?? []) if (isAllowed(code)) next.add(code);
    });
    return [...next];
  };
}

function lettersOfToken(token: number, folded: boolean): readonly number[] {
  if (token === runInPart || token === oneInPart) return [colon];
  if (token < 0) return [];
  return folded ? [token, ...codesOf(String.fromCodePoint(token).toUpperCase())] : [token];
}
