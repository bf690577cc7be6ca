// Reading what a change carries: `after` is plain JSON, so that it can be journaled, shown and resumed.
import type { Mark } from '../aws/tags.ts';
import { markOf } from '../aws/tags.ts';
import type { Tags } from '../aws/types.ts';
import { failed } from '../errors.ts';
import type { Json } from '../ports.ts';

/**
 * The field of a JSON object.
 * @throws PerimeterError `BAD_CHANGE` (failed) where `json` is no object or has no such field
 */
export function field(json: Json, name: string): Json {
  const value = isObject(json) ? json[name] : undefined;
  if (value === undefined) throw failed('BAD_CHANGE', `reading a change: it has no ${name}`, 'run plan again');
  return value;
}

/** A text field. Throws `BAD_CHANGE` where it is none, an unresolved ref for instance. */
export function text(json: Json, name: string): string {
  const value = field(json, name);
  if (typeof value !== 'string') throw failed('BAD_CHANGE', `reading a change: its ${name} is no text`, 'run plan again');
  return value;
}

/** A field that is a list of texts. */
export function texts(json: Json, name: string): readonly string[] {
  const value = field(json, name);
  const list = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  if (!Array.isArray(value) || list.length !== value.length) {
    throw failed('BAD_CHANGE', `reading a change: its ${name} is no list of texts`, 'run plan again');
  }
  return list;
}

/** A field that is true or false. */
export const truth = (json: Json, name: string): boolean => field(json, name) === true;

/** The `tags` field. */
export function tagsIn(json: Json): Tags {
  const value = field(json, 'tags');
  const tags: { [key: string]: string } = {};
  if (isObject(value)) for (const [key, text] of Object.entries(value)) if (typeof text === 'string') tags[key] = text;
  return tags;
}

/** The mark in the `tags` field. Throws `BAD_CHANGE` where it has none. */
export function markIn(json: Json): Mark {
  const mark = markOf(tagsIn(json));
  if (mark === null) throw failed('BAD_CHANGE', 'reading a change: its tags have no mark', 'run plan again');
  return mark;
}

/** Whether two lists hold the same texts, in whatever order. */
export const sameTexts = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((text) => other.includes(text));

/** Its fields; none where it is no object. */
export const fieldsOf = (json: Json): { readonly [key: string]: Json } => (isObject(json) ? json : {});

const isObject = (json: Json): json is { readonly [key: string]: Json } =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
