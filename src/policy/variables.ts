// Policy variables, `${key}` and `${key, 'default'}`: literal text once they are put in.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
import { keyName, lookup, type RequestContext } from './context.ts';
import { type Piece, piecesOf } from './match.ts';

/** A text with variables: what it comes to in a request, null where a variable has no value, `unknown` where it may have one. */
export interface Template {
  readonly keys: readonly string[];
  resolve(context: RequestContext): readonly Piece[] | null | 'unknown';
}

const variable = /\$\{([^}]*)\}/;

/** Null where the text has no variables: it is then compared as it stands. `wildcards`: `*` and `?` outside variables are such. */
export function templateOf(text: string, wildcards: boolean): Template | null {
  if (!variable.test(text)) return null;
  const parts = text.split(variable).map((part, index) => (index % 2 === 0 ? fixedPart(part, wildcards) : variablePart(part)));
  return {
    keys: parts.flatMap((part) => (part.key === null ? [] : [part.key])),
    resolve(context) {
      const pieces: Piece[] = [];
      let unknown = false;
      for (const part of parts) {
        const found = part.pieces(context);
        if (found === null) return null;
        if (found === 'unknown') unknown = true;
        else pieces.push(...found);
      }
      return unknown ? 'unknown' : pieces;
    },
  };
}

interface Part {
  readonly key: string | null;
  pieces(context: RequestContext): readonly Piece[] | null | 'unknown';
}

function fixedPart(text: string, wildcards: boolean): Part {
  const pieces = wildcards ? piecesOf(text) : literal(text);
  return { key: null, pieces: () => pieces };
}

function variablePart(inner: string): Part {
  const [, name = inner.trim(), fallback] = /^\s*([^,\s]+)\s*,\s*'(.*)'\s*$/.exec(inner) ?? [];
  if (name === '*' || name === '?' || name === '$') return { key: null, pieces: () => literal(name) };
  const key = keyName(name);
  return {
    key,
    pieces(context) {
      const values = lookup(context, key);
      if (values === 'unknown') return 'unknown';
      const [value] = values === 'absent' ? [] : values;
      // A key with several values cannot be put in.
      if (value !== undefined && values.length === 1) return literal(value);
      return fallback === undefined || (values.length > 1 && values !== 'absent') ? null : literal(fallback);
    },
  };
}

const literal = (text: string): readonly Piece[] => (text === '' ? [] : [{ literal: text }]);
