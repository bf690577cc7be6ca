// Tags of policies, units, accounts and the root.
import type {
  ListTagsForResourceCommandInput,
  Tag,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from '@aws-sdk/client-organizations';
import { guarded } from './access.ts';
import { bounded, constraint, invalidInput, need, refused } from './errors.ts';
import { page } from './pages.ts';
import type { Organization } from './state.ts';
import { nodeOf } from './tree.ts';

/** A request's tags as a table. Throws InvalidInputException (DUPLICATE_TAG_KEY, lengths, `aws:`) and ConstraintViolationException over 50. */
export function asTags(tags: readonly Tag[]): { [key: string]: string } {
  const table: { [key: string]: string } = {};
  for (const { Key, Value } of tags) {
    const key = bounded(need(Key, 'Key'), 'Key', 1, 128);
    if (key.startsWith('aws:')) throw invalidInput('INVALID_SYSTEM_TAGS_PARAMETER', 'Tag keys cannot begin with aws:.');
    if (key in table) throw invalidInput('DUPLICATE_TAG_KEY', 'Tag keys must be unique among the tags attached to the same entity.');
    table[key] = bounded(need(Value, 'Value'), 'Value', 0, 256);
  }
  if (Object.keys(table).length > 50)
    throw constraint('MAX_TAG_LIMIT_EXCEEDED', 'You have exceeded the number of tags allowed on this resource.');
  return table;
}

function tagsOf(organization: Organization, id: string | undefined): { [key: string]: string } {
  const resourceId = need(id, 'ResourceId');
  const tags = organization.policies[resourceId]?.tags ?? nodeOf(organization, resourceId)?.tags;
  if (!tags) throw refused('TargetNotFoundException', "We can't find a root, OU, account, or policy with the TargetId that you specified.");
  return tags;
}

export const tagging = {
  TagResource: guarded('write', (organization, input: TagResourceCommandInput) => {
    const tags = tagsOf(organization, input.ResourceId);
    const added = asTags(need(input.Tags, 'Tags'));
    asTags(Object.entries({ ...tags, ...added }).map(([Key, Value]) => ({ Key, Value })));
    Object.assign(tags, added);
    return {};
  }),

  UntagResource: guarded('write', (organization, input: UntagResourceCommandInput) => {
    const tags = tagsOf(organization, input.ResourceId);
    for (const key of need(input.TagKeys, 'TagKeys')) delete tags[key];
    return {};
  }),

  ListTagsForResource: guarded('read', (organization, input: ListTagsForResourceCommandInput, call) => {
    const tags = Object.entries(tagsOf(organization, input.ResourceId)).map(([Key, Value]) => ({ Key, Value }));
    const { items, ...more } = page(tags, input, call);
    return { Tags: items, ...more };
  }),
};
