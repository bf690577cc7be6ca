// Marks: the tags by which this tool finds its own things again, half-made ones too, and by which others are known.
import type { Tag } from '@aws-sdk/client-ec2';
import type { Place } from '../ports.ts';
import type { Tags } from './types.ts';

const placeTag = 'quilt-perimeter:place';
const keyTag = 'quilt-perimeter:key';

/** What a mark says: the place, and the key of the change that made the thing. */
export interface Mark {
  readonly place: string;
  readonly key: string;
}

/**
 * The place as one tag value (at most 256 characters). The organization is not in it: it may be readable in one run and
 * not in the next, and a mark must stay the same.
 */
export const placeMark = (place: Pick<Place, 'partition' | 'accountId' | 'region' | 'stack' | 'vpc'>): string =>
  [place.partition, place.accountId, place.region, place.stack ?? '-', place.vpc ?? '-'].join('/').slice(0, 256);

/** The tags of a thing that `mark`'s change makes; `name` becomes its Name. */
export const markTags = (mark: Mark, name: string): Tags => ({ Name: name.slice(0, 256), [placeTag]: mark.place, [keyTag]: mark.key });

/** The mark in these tags, or null where it is not ours. */
export function markOf(tags: Tags): Mark | null {
  const place = tags[placeTag];
  const key = tags[keyTag];
  return place === undefined || key === undefined ? null : { place, key };
}

/** Whether these tags carry exactly this mark. */
export const isMarked = (tags: Tags, mark: Mark): boolean => tags[placeTag] === mark.place && tags[keyTag] === mark.key;

/** EC2 filters that narrow a listing to what carries the mark; the tags of what is found are compared all the same. */
export const markFilters = (mark: Mark): { readonly Name: string; readonly Values: string[] }[] => [
  { Name: `tag:${placeTag}`, Values: [mark.place] },
  { Name: `tag:${keyTag}`, Values: [mark.key] },
];

/** EC2's tag list as an object. */
export function fromTagList(list: readonly Tag[] | undefined): Tags {
  const tags: { [key: string]: string } = {};
  for (const { Key, Value } of list ?? []) if (Key !== undefined) tags[Key] = Value ?? '';
  return tags;
}

/** Tags as EC2's tag list, in a stable order. */
export const toTagList = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Key, Value]) => ({ Key, Value }));

/** The Name tag, or null. */
export const nameOf = (tags: Tags): string | null => tags.Name ?? null;

/** The tool that seems to own a thing with these tags (G17), with the tag that says so; null where none shows. */
export function ownerOf(tags: Tags): { readonly tool: 'CloudFormation' | 'Terraform'; readonly evidence: string } | null {
  for (const [key, value] of Object.entries(tags)) {
    const evidence = `${key}=${value}`;
    if (key.startsWith('aws:cloudformation:')) return { tool: 'CloudFormation', evidence };
    if (terraform.test(key) && !/^(false|no|0)$/i.test(value)) return { tool: 'Terraform', evidence };
    if (ownerKey.test(key) && terraform.test(value)) return { tool: 'Terraform', evidence };
  }
  return null;
}

const terraform = /terraform|terragrunt|opentofu|^tf[-_:]/i;
const ownerKey =
  /^(managed|created|provisioned|deployed|built)[-_ ]?(by|with|using)$|^(provisioner|tool|iac|source|orchestrator|automation)$/i;
