// What a clause compares its key with, its variables put in.
import type { RequestContext } from './context.ts';
import { type Piece, piecesOf } from './match.ts';
import { type Clause, operatorOf } from './operators.ts';
import type { KeyType } from './possible.ts';
import type { Pattern } from './texts.ts';
import { templateOf } from './variables.ts';

/** A clause with what turns its variables on (Version 2012-10-17). */
export interface Use {
  readonly clause: Clause;
  readonly variables: boolean;
}

export interface Comparison {
  readonly type: KeyType | 'presence';
  /** Of text. */
  readonly pattern: Pattern | null;
  /** Of other types: the policy's value. */
  readonly value: string;
  /** False where the policy's value depends on a key that is not known, or the operator is not one that this tool knows. */
  readonly known: boolean;
}

/** What kind of values an operator compares, by its name without IfExists and set operator. */
export const typeOfOperator = (base: string): KeyType | 'presence' => {
  if (base === 'null') return 'presence';
  if (base.startsWith('numeric')) return 'number';
  if (base.startsWith('date')) return 'time';
  if (base.endsWith('ipaddress')) return 'address';
  return base === 'bool' ? 'boolean' : 'text';
};

/** Whether the policy's values may have variables: text, ARNs and Booleans alone. */
export const hasVariables = (base: string): boolean => ['text', 'boolean'].includes(typeOfOperator(base)) && !base.startsWith('binary');

/** The values of a clause, in a context. */
export function comparisonsOf({ clause, variables }: Use, context: RequestContext): readonly Comparison[] {
  const base = operatorOf(clause.operator)?.base ?? null;
  if (base === null) return [{ type: 'text', pattern: null, value: '', known: false }];
  const type = typeOfOperator(base);
  if (type === 'presence') return [{ type, pattern: null, value: '', known: true }];
  const wildcards = base.endsWith('like') || base.startsWith('arn');
  const compare = base.startsWith('arn') ? 'arn' : base.endsWith('ignorecase') || base === 'bool' ? 'folded' : 'text';
  return clause.values.map((value): Comparison => {
    const template = variables && hasVariables(base) ? templateOf(value, wildcards) : null;
    const pieces = template === null ? (wildcards ? piecesOf(value) : [{ literal: value }]) : template.resolve(context);
    if (pieces === 'unknown') return { type, pattern: null, value: '', known: false };
    if (pieces === null) return { type, pattern: null, value: '', known: true };
    return { type, pattern: { pieces, compare }, value: textOf(pieces), known: true };
  });
}

/** Pieces as a text, wildcards as they are written. */
export const textOf = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (typeof piece === 'object' ? piece.literal : piece)).join('');

/** Whether a pattern has no wildcards. */
export const isLiteral = ({ pieces }: Pattern): boolean => pieces.every((piece) => typeof piece === 'object');
