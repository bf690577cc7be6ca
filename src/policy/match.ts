// Patterns as IAM means them: `*` any run of characters, `?` any one, no character classes, and no way for a pattern to
// take more than time proportional to the product of both lengths.

export type Matcher = (text: string) => boolean;

/** A piece of a pattern: literal text, or a wildcard. Values put in for policy variables are literal whatever they contain. */
export type Piece = { readonly literal: string } | '*' | '?';

/** The pieces of a pattern in which `*` and `?` are wildcards. */
export function piecesOf(pattern: string): readonly Piece[] {
  return pattern
    .split(/([*?])/)
    .filter((part) => part !== '')
    .map((part) => (part === '*' || part === '?' ? part : { literal: part }));
}

/** Whole-text match with wildcards. */
export function glob(pattern: string): Matcher {
  return globPieces(piecesOf(pattern));
}

/** Whole-text match of pieces. */
export function globPieces(pieces: readonly Piece[]): Matcher {
  const [first, second] = pieces;
  if (first === undefined) return (text) => text === '';
  if (pieces.length === 1 && first === '*') return () => true;
  if (pieces.length === 1 && typeof first === 'object') return (text) => text === first.literal;
  if (pieces.length === 2 && typeof first === 'object' && second === '*') return (text) => text.startsWith(first.literal);
  const codes = pieces.flatMap((piece) => (piece === '*' ? [anyRun] : piece === '?' ? [anyOne] : codesOf(piece.literal)));
  return (text) => matches(codes, text);
}

/**
 * The ARN operators: the six parts are matched one by one, so that a wildcard does not reach over a colon; the last part
 * holds whatever colons are left (E5). A pattern with fewer parts that ends in `*` lets that one reach to the end.
 */
export function globArn(pieces: readonly Piece[]): Matcher {
  const parts = splitPieces(pieces);
  const open = parts.length < arnParts && parts.at(-1)?.at(-1) === '*';
  if (parts.length < arnParts && !open) return () => false;
  const matchers = parts.map(globPieces);
  return (text) => {
    const values = split(text, parts.length);
    return (
      (open || values.length === arnParts) && values.length === matchers.length && matchers.every((match, i) => match(values[i] ?? ''))
    );
  };
}

/** Parts of an ARN, the last one with whatever colons are left. */
export const arnParts = 6;
const anyRun = -1;
const anyOne = -2;

const codesOf = (text: string): readonly number[] => Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));

/** Splits at colons into at most `most` parts; the last one keeps its colons. */
function split(text: string, most: number): readonly string[] {
  const parts = text.split(':');
  return parts.length <= most ? parts : [...parts.slice(0, most - 1), parts.slice(most - 1).join(':')];
}

function splitPieces(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const parts: Piece[][] = [[]];
  const add = (piece: Piece): void => {
    parts.at(-1)?.push(piece);
  };
  for (const piece of pieces) {
    if (typeof piece !== 'object') {
      add(piece);
      continue;
    }
    const [head = '', ...rest] = split(piece.literal, arnParts - parts.length + 1);
    if (head !== '') add({ literal: head });
    for (const part of rest) parts.push(part === '' ? [] : [{ literal: part }]);
  }
  return parts;
}

// Remembers the last `*` alone and goes on from there on a mismatch.
function matches(pattern: readonly number[], text: string): boolean {
  let at = 0;
  let from = 0;
  let star = -1;
  let taken = 0;
  while (from < text.length) {
    const code = pattern[at];
    if (code === anyRun) {
      star = at++;
      taken = from;
    } else if (code === anyOne) {
      at++;
      // A character beyond the first 65,536 is two units long.
      from += isPair(text, from) ? 2 : 1;
    } else if (code !== undefined && code === text.charCodeAt(from)) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++taken;
    } else {
      return false;
    }
  }
  while (pattern[at] === anyRun) at++;
  return at === pattern.length;
}

const isPair = (text: string, at: number): boolean => (text.codePointAt(at) ?? 0) > 0xffff;
