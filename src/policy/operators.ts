// The condition operators: how each compares, and what it does with several values, with none, and with a key not known.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
import { cidrMatcher } from './address.ts';
import { keyName, lookup, type RequestContext } from './context.ts';
import { type ConditionBlock, listOf } from './document.ts';
import { globArn, globPieces, type Matcher, type Piece, piecesOf } from './match.ts';
import { every, maybe, no, not, or, some, type Truth, truthOf, yes } from './truth.ts';
import { type Template, templateOf } from './variables.ts';

/** One operator applied to one key. */
export interface Clause {
  readonly operator: string;
  /** As the policy writes it. */
  readonly key: string;
  readonly values: readonly string[];
  /** Keys in lower case on which the clause depends: its own and those of its variables. */
  readonly keys: readonly string[];
  test(context: RequestContext): Truth;
}

/** The clauses of a condition block; all must hold. `variables`: `${…}` is replaced, which Version 2012-10-17 turns on. */
export function clausesOf(condition: ConditionBlock | undefined, variables: boolean): readonly Clause[] {
  return Object.entries(condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => clauseOf(operator, key, listOf(values).map(String), variables)),
  );
}

/** How an operator's name is read; null where there is no such operator. */
export function operatorOf(name: string): { readonly base: string; readonly ifExists: boolean; readonly set: 'all' | 'any' | null } | null {
  const match = /^(?:(forallvalues|foranyvalue):)?([a-z]+?)(ifexists)?$/.exec(name.toLowerCase());
  const base = match?.[2];
  if (base === undefined || (base === 'null' ? match?.[3] !== undefined : !comparisons.has(base))) return null;
  return { base, ifExists: match?.[3] !== undefined, set: match?.[1] === undefined ? null : match[1] === 'forallvalues' ? 'all' : 'any' };
}

interface Comparison {
  readonly negated: boolean;
  /** Whether `*` and `?` in the policy's value are wildcards. */
  readonly wildcards: boolean;
  /** Whether the policy's value may have variables: text, ARNs and Booleans alone. */
  readonly variables: boolean;
  matcher(pieces: readonly Piece[]): Matcher;
}

const textOf = (pieces: readonly Piece[]): string => pieces.map((piece) => (typeof piece === 'object' ? piece.literal : piece)).join('');

const plain = (matcher: (value: string) => Matcher): Omit<Comparison, 'negated'> => ({
  wildcards: false,
  variables: false,
  matcher: (pieces) => matcher(textOf(pieces)),
});

const text = (matcher: (value: string) => Matcher): Omit<Comparison, 'negated'> => ({ ...plain(matcher), variables: true });

const ordered = (read: (text: string) => number | null, holds: (one: number, other: number) => boolean): Omit<Comparison, 'negated'> =>
  plain((value) => {
    const bound = read(value);
    return (text) => {
      const number = read(text);
      return bound !== null && number !== null && holds(number, bound);
    };
  });

/** A number of the numeric operators; null where the text is none. */
export const numberOf = (text: string): number | null => (/^\s*[+-]?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null);

/**
 * A time of the date operators in milliseconds: ISO 8601 as the W3C restricts it, in UTC where no zone is told, or seconds since
 * the epoch; null where the text is none.
 */
export function timeOf(text: string): number | null {
  if (/^\d{5,}(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const form = /^\d{4}(?:-\d\d(?:-\d\d)?)?(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text);
  if (form === null) return null;
  // Without a zone JavaScript takes this machine's.
  const time = Date.parse(form[1] !== undefined && form[2] === undefined ? `${text}Z` : text);
  return Number.isNaN(time) ? null : time;
}

const equal = (one: number, other: number): boolean => one === other;
const less = (one: number, other: number): boolean => one < other;
const lessOrEqual = (one: number, other: number): boolean => one <= other;
const greater = (one: number, other: number): boolean => one > other;
const greaterOrEqual = (one: number, other: number): boolean => one >= other;

const arn: Omit<Comparison, 'negated'> = { wildcards: true, variables: true, matcher: globArn };

const comparisons: ReadonlyMap<string, Comparison> = new Map(
  Object.entries<Omit<Comparison, 'negated'>>({
    stringequals: text((value) => (given) => given === value),
    stringequalsignorecase: text((value) => (given) => given.toLowerCase() === value.toLowerCase()),
    stringlike: { wildcards: true, variables: true, matcher: globPieces },
    numericequals: ordered(numberOf, equal),
    numericlessthan: ordered(numberOf, less),
    numericlessthanequals: ordered(numberOf, lessOrEqual),
    numericgreaterthan: ordered(numberOf, greater),
    numericgreaterthanequals: ordered(numberOf, greaterOrEqual),
    dateequals: ordered(timeOf, equal),
    datelessthan: ordered(timeOf, less),
    datelessthanequals: ordered(timeOf, lessOrEqual),
    dategreaterthan: ordered(timeOf, greater),
    dategreaterthanequals: ordered(timeOf, greaterOrEqual),
    bool: text((value) => (given) => given.toLowerCase() === value.toLowerCase()),
    binaryequals: plain((value) => (given) => given === value),
    ipaddress: plain(cidrMatcher),
    arnequals: arn,
    arnlike: arn,
  }).flatMap(([name, comparison]) => {
    const negation = negatedName(name);
    const positive: [string, Comparison] = [name, { ...comparison, negated: false }];
    return negation === null ? [positive] : [positive, [negation, { ...comparison, negated: true }] as [string, Comparison]];
  }),
);

function negatedName(name: string): string | null {
  if (name === 'ipaddress') return 'notipaddress';
  const match = /^(string|numeric|date|arn)(equals|equalsignorecase|like)$/.exec(name);
  return match === null ? null : `${match[1]}not${match[2]}`;
}

function clauseOf(operator: string, key: string, values: readonly string[], variables: boolean): Clause {
  const name = keyName(key);
  const read = operatorOf(operator);
  // AWS may know an operator that this does not: nothing can be said then.
  if (read === null) return { operator, key, values, keys: [name], test: () => maybe };
  if (read.base === 'null') return { operator, key, values, keys: [name], test: nullTest(name, values) };
  const comparison = comparisons.get(read.base);
  if (comparison === undefined) return { operator, key, values, keys: [name], test: () => maybe };
  const patterns = patternsOf(comparison, values, variables);
  const { negated } = comparison;
  // One value of the request: negation over several values is NOR (E3).
  const one = (value: string, context: RequestContext): Truth => {
    const matched = patterns.test(value, context);
    return negated ? not(matched) : matched;
  };
  // Without a set operator, several values of the request match if any does, and under negation if none does.
  const all = read.set === 'all' || (read.set === null && negated);
  const absent = read.ifExists || all ? yes : no;
  // A set operator takes an empty text for no value at all.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
  const isEmpty = (found: readonly string[]): boolean => found.length === 0 || (read.set !== null && found.every((value) => value === ''));
  const test = (context: RequestContext): Truth => {
    const found = lookup(context, name);
    if (found === 'unknown') return maybe;
    if (found === 'absent' || isEmpty(found)) return absent;
    const [only] = found;
    if (only !== undefined && found.length === 1) return one(only, context);
    return all ? every(found, (value) => one(value, context)) : some(found, (value) => one(value, context));
  };
  return { operator, key, values, keys: [name, ...patterns.keys], test };
}

/** `Null: { key: "true" }` holds where the key is absent, `"false"` where it is there (E1). */
function nullTest(name: string, values: readonly string[]): (context: RequestContext) => Truth {
  const wantsAbsent = values.some((value) => value.toLowerCase() === 'true');
  const wantsPresent = values.some((value) => value.toLowerCase() === 'false');
  return (context) => {
    const found = lookup(context, name);
    if (found === 'unknown') return wantsAbsent === wantsPresent ? truthOf(wantsAbsent) : maybe;
    return truthOf(found === 'absent' || found.length === 0 ? wantsAbsent : wantsPresent);
  };
}

interface Patterns {
  readonly keys: readonly string[];
  /** Does the value match any of the policy's values. */
  test(value: string, context: RequestContext): Truth;
}

function patternsOf(comparison: Comparison, values: readonly string[], variables: boolean): Patterns {
  const fixed: Matcher[] = [];
  const templates: Template[] = [];
  for (const value of values) {
    const template = variables && comparison.variables ? templateOf(value, comparison.wildcards) : null;
    if (template !== null) templates.push(template);
    else fixed.push(comparison.matcher(comparison.wildcards ? piecesOf(value) : [{ literal: value }]));
  }
  const test = (value: string, context: RequestContext): Truth => {
    for (const matches of fixed) if (matches(value)) return yes;
    let result: Truth = no;
    for (const template of templates) {
      const pieces = template.resolve(context);
      // A variable without a value equals nothing.
      if (pieces !== null) result = or(result, pieces === 'unknown' ? maybe : truthOf(comparison.matcher(pieces)(value)));
    }
    return result;
  };
  return { keys: templates.flatMap((template) => template.keys), test };
}
