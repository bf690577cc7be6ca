// What a request says of itself: condition keys with their values, keys known to be absent, and keys not known.
import type { OneOrMore } from './document.ts';
import { type Asker, impliedBy } from './principal.ts';

export type ContextValues = { readonly [key: string]: OneOrMore<string | number | boolean> };

/** The values of a key, all as text; `absent` where it is known not to be there, `unknown` where it may or may not be. */
export type Lookup = readonly string[] | 'absent' | 'unknown';

/** Left as the request gives it: most of it is never looked at. */
export interface RequestContext {
  readonly values: ContextValues;
  /** The keys of `values`. */
  readonly names: readonly string[];
  readonly unknown: readonly string[];
  /** Some keys follow from who asks; null: none do. */
  readonly asker: Asker | null;
}

/**
 * The context of one request. A key in neither `values` nor `unknown` is absent, unless it follows from the asker. An entry of
 * `unknown` that ends in `/*` stands for every key that begins so and has no value.
 */
export function requestContext(values: ContextValues, unknown: readonly string[] = [], asker: Asker | null = null): RequestContext {
  return { values, names: Object.keys(values), unknown, asker };
}

/** `key` as `keyName` has it. */
export function lookup({ values, names, unknown, asker }: RequestContext, key: string): Lookup {
  // Of two spellings of one key the later counts.
  for (let i = names.length - 1; i >= 0; i--) {
    const name = names[i];
    if (name === undefined || !isSame(name, key)) continue;
    const given = values[name];
    return typeof given === 'string' ? [given] : Array.isArray(given) ? given.map(String) : [String(given)];
  }
  for (const name of unknown) if (isSame(name, key) || isUnder(name, key)) return 'unknown';
  const value = asker === null ? undefined : impliedBy(asker, key);
  return value === undefined ? 'absent' : [value];
}

/**
 * A key's name in lower case: key names are case-insensitive, tag keys too (E5). A text that would grow longer stays as it is,
 * so that names of different lengths are different names.
 */
export function keyName(text: string): string {
  let name = keyNames.get(text);
  if (name === undefined) {
    if (keyNames.size >= mostKeyNames) keyNames.clear();
    const lower = text.toLowerCase();
    name = lower.length === text.length ? lower : text;
    keyNames.set(text, name);
  }
  return name;
}

// The same few spellings come again and again.
const keyNames = new Map<string, string>();
const mostKeyNames = 10_000;

const isSame = (name: string, key: string): boolean => name.length === key.length && (name === key || keyName(name) === key);

const isUnder = (name: string, key: string): boolean => name.endsWith('/*') && key.startsWith(keyName(name.slice(0, -1)));

/** The context with these values of `key`, in lower case; the empty list makes it absent. */
export function withValue(context: RequestContext, key: string, values: readonly string[]): RequestContext {
  return { ...context, values: { ...context.values, [key]: values }, names: [...context.names, key] };
}

/** What the context says of a key, in lower case: its values, none where it is made absent; null where nothing is said. */
export const saidIn =
  (context: RequestContext) =>
  (key: string): readonly string[] | null => {
    const found = lookup(context, key);
    return typeof found === 'string' ? null : found;
  };
