// What a request says of itself: condition keys with their values, keys known to be absent, and keys not known.
import type { OneOrMore } from './document.ts';

export type ContextValues = { readonly [key: string]: OneOrMore<string | number | boolean> };

/** The values of a key, all as text; `absent` where it is known not to be there, `unknown` where it may or may not be. */
export type Lookup = readonly string[] | 'absent' | 'unknown';

export interface RequestContext {
  /** By key in lower case: key names are case-insensitive, tag keys too (E5). */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Keys in lower case. */
  readonly unknown: ReadonlySet<string>;
  /** Beginnings of keys in lower case, from entries such as `aws:PrincipalTag/*`. */
  readonly unknownPrefixes: readonly string[];
}

/**
 * The context of one request. A key in neither `values` nor `unknown` is absent. An entry of `unknown` that ends in `/*`
 * stands for every key that begins so and has no value. `base`: values, by key in lower case, that `values` add to and
 * `unknown` takes away by name.
 */
export function requestContext(
  values: ContextValues,
  unknown: readonly string[] = [],
  base: ReadonlyMap<string, readonly string[]> = new Map(),
): RequestContext {
  const map = new Map(base);
  const names = unknown.map((key) => key.toLowerCase());
  for (const name of names) map.delete(name);
  for (const [key, value] of Object.entries(values)) {
    map.set(key.toLowerCase(), (Array.isArray(value) ? value : [value]).map(String));
  }
  return {
    values: map,
    unknown: new Set(names),
    unknownPrefixes: names.filter((name) => name.endsWith('/*')).map((name) => name.slice(0, -1)),
  };
}

/** `key` in lower case. */
export function lookup(context: RequestContext, key: string): Lookup {
  const values = context.values.get(key);
  if (values !== undefined) return values;
  if (context.unknown.has(key)) return 'unknown';
  for (const prefix of context.unknownPrefixes) if (key.startsWith(prefix)) return 'unknown';
  return 'absent';
}
