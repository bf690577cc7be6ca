// Whether two worlds are the same but for the names that AWS gives: ids, addresses and times. Names are given anew by what
// they stand for (colour refinement): a thing's colour is made of what its record says and of the colours of the things it
// names, until no more things can be told apart. Two worlds that come out equal are the same under a renaming one to one.
import { createHash } from 'node:crypto';
import type { World } from '../../src/sandbox/world.ts';
import { canonicalWorld, type Plain } from '../../src/sandbox/world-view.ts';
import { differencesOf, readable } from '../support/world.ts';

/**
 * What differs between two worlds that came from the same one, as lines to read; empty: nothing but names. `ignore`: paths
 * that are left out; `*` stands for one part.
 */
export function unlike(one: World, other: World, origin: World, ignore: readonly string[]): string {
  const known = namesIn(canonicalWorld(origin, atLast));
  const patterns = ignore.map((pattern) => pattern.split('.'));
  const view = (world: World) => renamed(without(canonicalWorld(world, atLast), patterns), known);
  return readable(differencesOf(view(one), view(other), []));
}

const atLast = Number.MAX_SAFE_INTEGER;

/** Left out before anything is named: what is ignored must not colour what is not. */
function without(value: Plain, patterns: readonly (readonly string[])[]): Plain {
  if (patterns.length === 0 || (!isList(value) && !isMap(value))) return value;
  const under = (key: string) => patterns.filter(([first]) => first === '*' || first === key).map(([, ...rest]) => rest);
  const kept = (key: string) => !under(key).some((rest) => rest.length === 0);
  if (isList(value)) return value.flatMap((item, index) => (kept(String(index)) ? [without(item, under(String(index)))] : []));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => kept(key))
      .map(([key, item]) => [key, without(item, under(key))]),
  );
}

// Ids of EC2 and Organizations, the tail of a change set's ARN; addresses, alone or in a DNS name.
const name = /(?:\b[a-z]+-)?\b0[0-9a-f]{16}\b|\b\d{1,3}(?:\.\d{1,3}){3}\b|\bip-\d+-\d+-\d+-\d+\b/g;
const isoTime = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
/** Numbers from here on are times: milliseconds since 1970. */
const times = Date.parse('2020-01-01T00:00:00Z');

/** All names and times in a value. */
export function namesIn(value: Plain): ReadonlySet<string> {
  const found = new Set<string>();
  const see = (text: string): void => {
    for (const [each] of text.matchAll(name)) found.add(each);
    for (const [each] of text.matchAll(isoTime)) found.add(each);
  };
  const visit = (node: Plain): void => {
    if (typeof node === 'string') see(node);
    else if (typeof node === 'number' && isTime(node)) found.add(String(node));
    else if (isList(node)) node.forEach(visit);
    else if (isMap(node)) {
      for (const [key, item] of Object.entries(node)) {
        see(key);
        visit(item);
      }
    }
  };
  visit(value);
  return found;
}

/**
 * The value with every name that is not known replaced by one that follows from what it stands for, and every time that is
 * not known by `<time>`. Lists in which such names occur stand for sets: they are sorted.
 */
export function renamed(value: Plain, known: ReadonlySet<string>): Plain {
  const timeless = withoutTimes(value, known);
  const unknown = new Set([...namesIn(timeless)].filter((each) => !known.has(each)));
  let painting = new Painting(timeless, new Map([...unknown].map((each) => [each, kindOf(each)])), new Map());
  for (;;) {
    const refined = painting.refined();
    if (refined.colourCount === painting.colourCount) break;
    painting = refined;
  }
  for (let twin = painting.firstTwin(); twin !== null; twin = painting.firstTwin()) {
    // Whichever of the twins is taken: equal worlds may then come out different, never different ones equal.
    painting = painting.apart(twin);
    for (let refined = painting.refined(); refined.colourCount > painting.colourCount; refined = painting.refined()) painting = refined;
  }
  return painting.result();
}

function withoutTimes(value: Plain, known: ReadonlySet<string>): Plain {
  const hide = (text: string) => text.replace(isoTime, (each) => (known.has(each) ? each : '<time>'));
  if (typeof value === 'string') return hide(value);
  if (typeof value === 'number') return isTime(value) && !known.has(String(value)) ? '<time>' : value;
  if (isList(value)) return value.map((item) => withoutTimes(item, known));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [hide(key), withoutTimes(item, known)]));
}

/** A value whose unknown names have colours. */
class Painting {
  readonly #value: Plain;
  readonly #colours: ReadonlyMap<string, string>;
  /** Of the parts in which no unknown name occurs: their digest, the same under all colours. */
  readonly #constant: Map<object, string | null>;
  readonly colourCount: number;

  constructor(value: Plain, colours: ReadonlyMap<string, string>, constant: Map<object, string | null>) {
    this.#value = value;
    this.#colours = colours;
    this.#constant = constant;
    this.colourCount = new Set(colours.values()).size;
  }

  /** A round: each name's colour, with all that is said where it occurs. */
  refined(): Painting {
    const said = new Map<string, string[]>();
    const note = (text: string, where: readonly string[]): void => {
      for (const [each] of text.matchAll(name)) if (this.#colours.has(each)) said.set(each, [...(said.get(each) ?? []), hash(where)]);
    };
    const walk = (node: Plain, path: readonly string[], around: string): void => {
      if (typeof node === 'string') note(node, [...path, this.#painted(node), around]);
      else if (node === null || typeof node !== 'object' || !this.#hasNames(node)) return;
      else if (isList(node)) for (const item of node) walk(item, [...path, '*'], around);
      else if (isMap(node)) {
        const here = this.#digest(node);
        for (const [key, item] of Object.entries(node)) {
          note(key, [...path, 'key', this.#digest(item)]);
          walk(item, [...path, this.#painted(key)], here);
        }
      }
    };
    walk(this.#value, [], '');
    const colours = [...this.#colours].map(([each, colour]): [string, string] => [each, hash([colour, ...(said.get(each) ?? []).sort()])]);
    return new Painting(this.#value, new Map(colours), this.#constant);
  }

  /** A name that shares its colour with another one; null: all can be told apart. */
  firstTwin(): string | null {
    const byColour = new Map<string, string[]>();
    for (const [each, colour] of this.#colours) byColour.set(colour, [...(byColour.get(colour) ?? []), each]);
    const [twins] = [...byColour].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, names]) => (names.length > 1 ? [names] : []));
    return twins?.sort()[0] ?? null;
  }

  apart(twin: string): Painting {
    const colour = hash(['one of', this.#colours.get(twin) ?? '']);
    return new Painting(this.#value, new Map([...this.#colours, [twin, colour]]), this.#constant);
  }

  result(): Plain {
    const replaced = (node: Plain): Plain => {
      if (typeof node === 'string') return this.#painted(node);
      if (node === null || typeof node !== 'object' || !this.#hasNames(node)) return node;
      if (isList(node)) return node.map(replaced).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
      if (!isMap(node)) return node;
      const entries = Object.entries(node).map(([key, item]): [string, Plain] => [this.#painted(key), replaced(item)]);
      return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
    };
    return replaced(this.#value);
  }

  #digest(node: Plain): string {
    if (typeof node === 'string') return JSON.stringify(this.#painted(node));
    if (node === null || typeof node !== 'object') return JSON.stringify(node);
    this.#hasNames(node);
    const constant = this.#constant.get(node);
    if (typeof constant === 'string') return constant;
    if (isList(node)) return hash(['set', ...node.map((item) => this.#digest(item)).sort()]);
    if (!isMap(node)) return '';
    return hash([
      'map',
      ...Object.entries(node)
        .map(([key, item]) => `${this.#painted(key)}=${this.#digest(item)}`)
        .sort(),
    ]);
  }

  #painted(text: string): string {
    return text.replace(name, (each) => {
      const colour = this.#colours.get(each);
      return colour === undefined ? each : `<${kindOf(each)}${colour.slice(-12)}>`;
    });
  }

  /** Whether an unknown name occurs in it; once per part, since the names are the same under all colours. */
  #hasNames(node: Plain): boolean {
    if (typeof node === 'string') return [...node.matchAll(name)].some(([each]) => this.#colours.has(each));
    if (node === null || typeof node !== 'object') return false;
    const known = this.#constant.get(node);
    if (known !== undefined) return known === null;
    const found = isList(node)
      ? node.map((item) => this.#hasNames(item)).includes(true)
      : isMap(node) &&
        Object.entries(node)
          .map(([key, item]) => this.#hasNames(key) || this.#hasNames(item))
          .includes(true);
    this.#constant.set(node, found ? null : hash([JSON.stringify(node)]));
    return found;
  }
}

const kindOf = (each: string): string => (/^\d+\./.test(each) || each.startsWith('ip-') ? 'address' : each.replace(/0[0-9a-f]{16}$/, ''));

const hash = (parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);

const isTime = (value: number): boolean => value >= times && value < 4 * times;

const isList = (value: Plain): value is readonly Plain[] => Array.isArray(value);

const isMap = (value: Plain): value is { readonly [key: string]: Plain } => typeof value === 'object' && value !== null && !isList(value);
