// Filters as AWS names them, and pages.
import type { Filter } from '@aws-sdk/client-ec2';
import { AwsError } from '../types.ts';
import type { Tags } from './state.ts';

type Value = string | number | boolean | null | undefined;

/** Filter name → the values of an item that one of the filter's values must match. */
export interface Fields<T> {
  readonly [filter: string]: (item: T) => Value | readonly Value[];
}

export interface PageInput {
  readonly Filters?: readonly Filter[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly NextToken: string | undefined;
}

/** What MaxResults an operation takes; `clamps`: a greater one counts as the most. */
export interface PageSizes {
  readonly least: number;
  readonly most: number;
  readonly clamps: boolean;
}

const usualSizes: PageSizes = { least: 5, most: 1000, clamps: false };
/** DescribeVpcEndpoints and DescribeVpcEndpointServices (EC2 API reference). */
export const endpointSizes: PageSizes = { least: 1, most: 1000, clamps: true };
/** The managed prefix list operations (EC2 API reference). */
export const prefixListSizes: PageSizes = { least: 1, most: 100, clamps: false };

// `*` stands for any number of characters, `?` for one; a backslash takes their meaning away. Values are case-sensitive.
function pattern(value: string): RegExp {
  const source = value.replace(/\\([\s\S])|([*?])|([\s\S])/gu, (_, escaped: string, wild: string, plain: string) => {
    if (wild) return wild === '*' ? '[\\s\\S]*' : '[\\s\\S]';
    return (escaped ?? plain).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 'u');
}

function tagValues(filter: string, tags: Tags): readonly Value[] | null {
  if (filter === 'tag-key') return Object.keys(tags);
  if (filter === 'tag-value') return Object.values(tags);
  if (!filter.startsWith('tag:')) return null;
  const key = filter.slice(4);
  return Object.hasOwn(tags, key) ? [tags[key]] : [];
}

/** A test whether an item passes all filters. Throws InvalidParameterValue for a filter that the operation does not know. */
export function matcher<T>(filters: readonly Filter[] | undefined, fields: Fields<T>, tagsOf: (item: T) => Tags): (item: T) => boolean {
  const tests = (filters ?? []).map((filter) => {
    const name = filter.Name ?? '';
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const byTag = name === 'tag-key' || name === 'tag-value' || name.startsWith('tag:');
    if (!field && !byTag) throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
    const patterns = (filter.Values ?? []).map(pattern);
    if (patterns.length === 0) throw new AwsError('InvalidParameterValue', `The filter '${name}' must have at least one value`);
    return (item: T) => {
      const values = field ? field(item) : tagValues(name, tagsOf(item));
      const list = Array.isArray(values) ? values : [values];
      return list.some((v: Value) => v !== null && v !== undefined && patterns.some((p) => p.test(String(v))));
    };
  });
  return (item) => tests.every((test) => test(item));
}

/**
 * One page of the items that match. With MaxResults, AWS cuts the page before it filters: pages may be short or empty
 * and still carry a token. The token names the last item of the page, so it survives what comes and goes meanwhile.
 * Throws InvalidParameterValue for a MaxResults out of range and InvalidPaginationToken for a token that is not ours.
 */
export function page<T>(
  items: readonly T[],
  input: PageInput,
  keyOf: (item: T) => string,
  matches: (item: T) => boolean,
  sizes: PageSizes = usualSizes,
): PageOf<T> {
  const size = input.MaxResults === undefined ? undefined : checkedSize(input.MaxResults, sizes);
  const candidates = size === undefined ? items.filter(matches) : items;
  const after = input.NextToken ? tokenKey(input.NextToken) : null;
  const rest = after === null ? candidates : candidates.filter((item) => keyOf(item) > after);
  const cut = rest.slice(0, size ?? sizes.most);
  const last = cut.at(-1);
  return {
    items: size === undefined ? cut : cut.filter(matches),
    NextToken: last !== undefined && rest.length > cut.length ? Buffer.from(`after:${keyOf(last)}`).toString('base64url') : undefined,
  };
}

function checkedSize(asked: number, { least, most, clamps }: PageSizes): number {
  if (asked > most && clamps) return most;
  if (asked >= least && asked <= most) return asked;
  const bound = asked < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  throw new AwsError('InvalidParameterValue', `Value ( ${asked} ) for parameter maxResults is invalid. Expecting a value ${bound}.`);
}

function tokenKey(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith('after:'))
    throw new AwsError('InvalidPaginationToken', 'The specified pagination token is not valid or is expired.');
  return text.slice('after:'.length);
}

/** Filters and pages resources that have an id and tags. */
export function answer<T extends { readonly id: string; readonly tags: Tags }>(
  items: readonly T[],
  input: PageInput,
  fields: Fields<T>,
  sizes: PageSizes = usualSizes,
): PageOf<T> {
  return page(
    items,
    input,
    (item) => item.id,
    matcher(input.Filters, fields, (item) => item.tags),
    sizes,
  );
}
