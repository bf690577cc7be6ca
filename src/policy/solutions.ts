// Policy variables solved: the values of an unknown key with which a text that holds it comes to what is known.
import { hasVariables, textOf, typeOfOperator, type Use } from './comparisons.ts';
import { keyName, lookup, type RequestContext, withValue } from './context.ts';
import { globArn, globPieces, type Matcher, type Piece } from './match.ts';
import { operatorOf } from './operators.ts';
import type { Classes } from './texts.ts';
import { type Template, templateOf } from './variables.ts';

/** A resource pattern with variables, beside the resource that is asked about. */
export interface ResourceUse {
  readonly template: Template;
  readonly resource: string;
}

/** A text with variables, and what it is compared with; null: that is not known either. */
export interface Subject {
  readonly template: Template;
  readonly texts: readonly string[] | null;
  matcher(pieces: readonly Piece[]): Matcher;
}

export const subjectOfResource = ({ template, resource }: ResourceUse): Subject => ({ template, texts: [resource], matcher: globPieces });

/** The templates of a clause on another key that hold `key`. */
export function subjectsOfClause({ clause, variables }: Use, key: string, context: RequestContext): readonly Subject[] {
  const base = operatorOf(clause.operator)?.base ?? 'null';
  const wildcards = base.endsWith('like') || base.startsWith('arn');
  const name = keyName(clause.key);
  if (!variables || !hasVariables(base)) return [];
  const found = lookup(context, name);
  return clause.values.flatMap((value) => {
    const template = templateOf(value, wildcards);
    if (template === null || !template.keys.includes(key)) return [];
    const isText = typeOfOperator(base) === 'text' && !base.endsWith('ignorecase');
    return [
      {
        template,
        texts: found === 'unknown' || !isText || name === key ? null : found === 'absent' ? [] : found,
        matcher: base.startsWith('arn')
          ? globArn
          : wildcards
            ? globPieces
            : (pieces: readonly Piece[]) => (text: string) => text === textOf(pieces),
      },
    ];
  });
}

const longestSolved = 120;
const mostSolutions = 40;

/** The values of `key` with which the template comes to one of the texts that it is compared with: parts of those. */
export function solutionsOf(key: string, { template, texts, matcher }: Subject, context: RequestContext): Classes<string> {
  if (texts === null) return { values: [], complete: false };
  const values = new Set<string>();
  for (const text of texts) {
    if (text.length > longestSolved) return { values: [...values], complete: false };
    const parts = new Set<string>();
    for (let from = 0; from <= text.length; from++) for (let to = from; to <= text.length; to++) parts.add(text.slice(from, to));
    for (const part of parts) {
      const pieces = template.resolve(withValue(context, key, [part]));
      if (pieces === 'unknown') return { values: [...values], complete: false };
      if (pieces !== null && matcher(pieces)(text)) values.add(part);
      if (values.size > mostSolutions) return { values: [...values], complete: false };
    }
  }
  return { values: [...values], complete: true };
}
