import type {
  DescribeManagedPrefixListsCommandInput,
  DescribeManagedPrefixListsCommandOutput,
  DescribePrefixListsCommandInput,
  DescribePrefixListsCommandOutput,
  GetManagedPrefixListEntriesCommandInput,
  GetManagedPrefixListEntriesCommandOutput,
} from '@aws-sdk/client-ec2';
import type { Call } from '../types.ts';
import type { World } from '../world.ts';
import { answer, type Fields, page, prefixListSizes } from './filters.ts';
import { malformed, notFound, wellFormed } from './ids.ts';
import { need, read } from './operation.ts';
import { awsPrefixLists } from './regions.ts';
import type { Tags } from './state.ts';
import { seen } from './store.ts';
import { tagList } from './tags.ts';

interface List {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly entries: readonly { readonly cidr: string; readonly description: string | null }[];
  readonly tags: Tags;
}

const fields: Fields<List> = { 'prefix-list-id': (l) => l.id, 'prefix-list-name': (l) => l.name, 'owner-id': (l) => l.ownerId };

function awsLists(region: string): List[] {
  return awsPrefixLists(region).map(({ id, name, cidrs }) => ({
    id,
    name,
    ownerId: 'AWS',
    family: 'IPv4',
    entries: cidrs.map((cidr) => ({ cidr, description: null })),
    tags: {},
  }));
}

function chosen(lists: readonly List[], ids: readonly string[] | undefined): List[] {
  const sorted = [...lists].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (!ids?.length) return sorted;
  for (const id of ids) {
    if (!wellFormed('prefixLists', id)) throw malformed('prefixLists', id);
    if (!sorted.some((list) => list.id === id)) throw notFound('prefixLists', id);
  }
  return sorted.filter((list) => ids.includes(list.id));
}

// Only AWS's own lists; DescribeManagedPrefixLists has the customer's too.
export const describePrefixLists = read(
  (_world: World, input: DescribePrefixListsCommandInput, call: Call): Omit<DescribePrefixListsCommandOutput, '$metadata'> => {
    const { items, NextToken } = answer(chosen(awsLists(call.region), input.PrefixListIds), input, fields);
    return {
      PrefixLists: items.map((list) => ({ PrefixListId: list.id, PrefixListName: list.name, Cidrs: list.entries.map((e) => e.cidr) })),
      NextToken,
    };
  },
);

export const describeManagedPrefixLists = read(
  (world: World, input: DescribeManagedPrefixListsCommandInput, call: Call): Omit<DescribeManagedPrefixListsCommandOutput, '$metadata'> => {
    const lists = chosen([...awsLists(call.region), ...seen(world, call, 'prefixLists')], input.PrefixListIds);
    const { items, NextToken } = answer(lists, input, fields, prefixListSizes);
    return {
      PrefixLists: items.map((list) => ({
        PrefixListId: list.id,
        PrefixListName: list.name,
        PrefixListArn: `arn:aws:ec2:${call.region}:${list.ownerId === 'AWS' ? 'aws' : list.ownerId}:prefix-list/${list.id}`,
        OwnerId: list.ownerId,
        AddressFamily: list.family,
        State: 'create-complete',
        ...(list.ownerId === 'AWS' ? {} : { MaxEntries: list.entries.length, Version: 1 }),
        Tags: tagList(list.tags),
      })),
      NextToken,
    };
  },
);

export const getManagedPrefixListEntries = read(
  (
    world: World,
    input: GetManagedPrefixListEntriesCommandInput,
    call: Call,
  ): Omit<GetManagedPrefixListEntriesCommandOutput, '$metadata'> => {
    const lists = [...awsLists(call.region), ...seen(world, call, 'prefixLists')];
    const [list] = chosen(lists, [need(input.PrefixListId, 'PrefixListId')]);
    const entries = [...(list?.entries ?? [])].sort((a, b) => (a.cidr < b.cidr ? -1 : 1));
    const { items, NextToken } = page(
      entries,
      input,
      (entry) => entry.cidr,
      () => true,
      prefixListSizes,
    );
    return {
      Entries: items.map((e) => ({ Cidr: e.cidr, ...(e.description === null ? {} : { Description: e.description }) })),
      NextToken,
    };
  },
);
