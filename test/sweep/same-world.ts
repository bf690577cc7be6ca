// Whether two worlds are the same but for the names that AWS gives: ids, addresses and times. Names are given anew by what
// they stand for (colour refinement): a thing's colour is made of what its record says and of the colours of the things it
// names, until no more things can be told apart. Two worlds that come out equal are the same under a renaming one to one.
import { createHash } from 'node:crypto';
import type { World } from '../../src/sandbox/world.ts';
import { canonicalWorld, type Plain } from '../../src/sandbox/world-view.ts';
import { differencesOf, readable } from '../support/world.ts';

/** What differs between two worlds that came from the same one, as lines to read; empty: nothing but names. */
export function unlike(one: World, other: World, origin: World, ignore: readonly string[]): string {
  const known = namesIn(view(origin));
  return readable(differencesOf(renamed(view(one), known), renamed(view(other), known), ignore));
}

const view = (world: World): Plain => canonicalWorld(world, Number.MAX_SAFE_INTEGER);

// Ids of EC2 and Organizations, the tail of a change set's ARN, addresses alone or in a DNS name.
const name = /(?:\b[a-z]+(?:-[a-z]+)*-)?\b0[0-9a-f]{16}\b|\b\d{1,3}(?:\.\d{1,3}){3}\b|\bip-\d+-\d+-\d+-\d+\b/g;
const isoTime = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
/** Numbers from here on are times: milliseconds since 1970. */
const times = Date.parse('2020-01-01T00:00:00Z');

/** All names and times in a value. */
export function namesIn(value: Plain): ReadonlySet<string> {
  const found = new Set<string>();
  visit(value, (text) => {
    for (const [each] of text.matchAll(name)) found.add(each);
    for (const [each] of text.matchAll(isoTime)) found.add(each);
  });
  return found;
}

function visit(value: Plain, see: (text: string) => void): void {
  if (typeof value === 'string') see(value);
  else if (typeof value === 'number') see(new Date(isTime(value) ? value : 0).toISOString());
  else if (isList(value)) for (const item of value) visit(item, see);
  else if (isMap(value)) {
    for (const [key, item] of Object.entries(value)) {
      see(key);
      visit(item, see);
    }
  }
}

/**
 * The value with every name that is not known replaced by one that follows from what it stands for, and every time that is
 * not known by `<time>`. Lists in which names occur stand for sets: they are sorted.
 */
export function renamed(value: Plain, known: ReadonlySet<string>): Plain {
  const timeless = withoutTimes(value, known);
  return replaced(timeless, coloursOf(timeless, known));
}

function withoutTimes(value: Plain, known: ReadonlySet<string>): Plain {
  const hide = (text: string) => text.replace(isoTime, (each) => (known.has(each) ? each : '<time>'));
  if (typeof value === 'string') return hide(value);
  if (typeof value === 'number') return isTime(value) && !known.has(new Date(value).toISOString()) ? '<time>' : value;
  if (isList(value)) return value.map((item) => withoutTimes(item, known));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [hide(key), withoutTimes(item, known)]));
}

type Colours = ReadonlyMap<string, string>;

function coloursOf(value: Plain, known: ReadonlySet<string>): Colours {
  const unknown = [...namesIn(value)].filter((each) => !known.has(each));
  let colours: Colours = new Map(unknown.map((each) => [each, kindOf(each)]));
  for (;;) {
    const refined = refine(value, colours);
    if (countOf(refined) > countOf(colours)) {
      colours = refined;
      continue;
    }
    const twin = firstTwin(refined);
    if (twin === null) return refined;
    // Whichever of them is taken: equal worlds may then look different, never different ones equal.
    colours = new Map([...refined, [twin, hash(['one of', refined.get(twin) ?? ''])]]);
  }
}

const countOf = (colours: Colours): number => new Set(colours.values()).size;

/** A name that shares its colour with another one. */
function firstTwin(colours: Colours): string | null {
  const byColour = new Map<string, string[]>();
  for (const [each, colour] of colours) byColour.set(colour, [...(byColour.get(colour) ?? []), each]);
  const [twins] = [...byColour].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, names]) => (names.length > 1 ? [names] : []));
  return twins?.sort()[0] ?? null;
}

const kindOf = (each: string): string => (/^\d+\./.test(each) || each.startsWith('ip-') ? 'address' : each.replace(/0[0-9a-f]{16}$/, ''));

/** One round: each name's colour, with all that is said where it occurs. */
function refine(value: Plain, colours: Colours): Colours {
  const said = new Map<string, string[]>();
  const note = (text: string, where: readonly string[]) => {
    for (const [each] of text.matchAll(name)) if (colours.has(each)) said.set(each, [...(said.get(each) ?? []), hash(where)]);
  };
  const walk = (node: Plain, path: readonly string[], around: string): void => {
    if (typeof node === 'string') note(node, [...path, painted(node, colours), around]);
    else if (isList(node)) {
      const isSet = hasNames(node, colours);
      for (const [index, item] of node.entries()) walk(item, [...path, isSet ? '*' : String(index)], isMap(item) ? '' : around);
    } else if (isMap(node)) {
      const here = digest(node, colours);
      for (const [key, item] of Object.entries(node)) {
        note(key, [...path, 'key', digest(item, colours)]);
        walk(item, [...path, painted(key, colours)], here);
      }
    }
  };
  walk(value, [], '');
  return new Map([...colours].map(([each, colour]) => [each, hash([kindOf(each), colour, ...(said.get(each) ?? []).sort()])]));
}

/** A value's content under these colours. */
function digest(node: Plain, colours: Colours): string {
  if (typeof node === 'string') return JSON.stringify(painted(node, colours));
  if (isList(node)) {
    const items = node.map((item) => digest(item, colours));
    return hash(['list', ...(hasNames(node, colours) ? items.sort() : items)]);
  }
  if (!isMap(node)) return JSON.stringify(node);
  return hash([
    'map',
    ...Object.entries(node)
      .map(([key, item]) => `${painted(key, colours)}=${digest(item, colours)}`)
      .sort(),
  ]);
}

const painted = (text: string, colours: Colours): string =>
  text.replace(name, (each) => {
    const colour = colours.get(each);
    return colour === undefined ? each : `<${kindOf(each)}${colour.slice(-12)}>`;
  });

function hasNames(node: Plain, colours: Colours): boolean {
  if (typeof node === 'string') return [...node.matchAll(name)].some(([each]) => colours.has(each));
  if (isList(node)) return node.some((item) => hasNames(item, colours));
  return isMap(node) && Object.entries(node).some(([key, item]) => hasNames(key, colours) || hasNames(item, colours));
}

function replaced(node: Plain, colours: Colours): Plain {
  if (typeof node === 'string') return painted(node, colours);
  if (isList(node)) {
    const items = node.map((item) => replaced(item, colours));
    if (!hasNames(node, colours)) return items;
    return items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (!isMap(node)) return node;
  const entries = Object.entries(node).map(([key, item]): [string, Plain] => [painted(key, colours), replaced(item, colours)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const hash = (parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);

const isTime = (value: number): boolean => value >= times && value < 4 * times;

const isList = (value: Plain): value is readonly Plain[] => Array.isArray(value);

const isMap = (value: Plain): value is { readonly [key: string]: Plain } => typeof value === 'object' && value !== null && !isList(value);
