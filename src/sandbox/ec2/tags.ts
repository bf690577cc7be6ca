import type {
  CreateTagsCommandInput,
  DeleteTagsCommandInput,
  DescribeTagsCommandInput,
  DescribeTagsCommandOutput,
  ResourceType,
  Tag,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { matcher, page } from './filters.ts';
import { tableOfId } from './ids.ts';
import { invalidValue, need, read, write } from './operation.ts';
import type { TableName, Tags } from './state.ts';
import { change, findOwn, own, seen } from './store.ts';

const mostTags = 50;

/** What EC2 calls the things of each table. */
export const resourceTypes: { readonly [table in TableName]: ResourceType } = {
  vpcs: 'vpc',
  subnets: 'subnet',
  routeTables: 'route-table',
  internetGateways: 'internet-gateway',
  egressOnlyInternetGateways: 'egress-only-internet-gateway',
  natGateways: 'natgateway',
  addresses: 'elastic-ip',
  vpcEndpoints: 'vpc-endpoint',
  securityGroups: 'security-group',
  networkInterfaces: 'network-interface',
  prefixLists: 'prefix-list',
  transitGateways: 'transit-gateway',
  transitGatewayAttachments: 'transit-gateway-attachment',
  peeringConnections: 'vpc-peering-connection',
};

function putTag(tags: Tags, tag: Tag): void {
  const key = tag.Key ?? '';
  if (key === '') throw invalidValue('Tag keys must not be empty');
  if (key.length > 127) throw invalidValue(`Tag key exceeds the maximum length of 127 characters: ${key}`);
  if (key.toLowerCase().startsWith('aws:')) throw invalidValue("Tag keys starting with 'aws:' are reserved for internal use");
  if ((tag.Value ?? '').length > 255) throw invalidValue(`Tag value exceeds the maximum length of 255 characters: ${tag.Value}`);
  tags[key] = tag.Value ?? '';
  if (Object.keys(tags).length > mostTags)
    throw new AwsError('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.');
}

/** The tags that a creation asks for. Throws InvalidParameterValue for another resource type than the created one's. */
export function tagsFrom(specifications: readonly TagSpecification[] | undefined, type: ResourceType): Tags {
  const tags: Tags = {};
  for (const specification of specifications ?? []) {
    if (specification.ResourceType !== type)
      throw invalidValue(`'${specification.ResourceType}' is not a valid taggable resource type for this operation.`);
    for (const tag of specification.Tags ?? []) {
      if (Object.hasOwn(tags, tag.Key ?? '')) throw invalidValue(`Duplicate tag key '${tag.Key}' specified.`);
      putTag(tags, tag);
    }
  }
  return tags;
}

/** Tags as the API answers them. */
export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function changeTags(world: World, call: Call, ids: readonly string[], how: (tags: Tags) => void): void {
  const changes: (() => void)[] = [];
  for (const id of ids) {
    if (id.startsWith('sgr-')) {
      const group = own(world, call, 'securityGroups').find((g) => g.rules.some((rule) => rule.id === id));
      if (!group) throw new AwsError('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`);
      changes.push(() =>
        change(world, call, 'securityGroups', group, (g) => {
          for (const rule of g.rules) if (rule.id === id) how(rule.tags);
        }),
      );
      continue;
    }
    const table = tableOfId(id);
    if (!table) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
    const item = findOwn(world, call, table, id);
    how({ ...item.tags });
    changes.push(() => change(world, call, table, item, (i) => how(i.tags)));
  }
  for (const apply of changes) apply();
}

export const createTags = write((world: World, input: CreateTagsCommandInput, call: Call) => {
  const tags = need(input.Tags, 'Tag');
  changeTags(world, call, need(input.Resources, 'ResourceId'), (present) => {
    for (const tag of tags) putTag(present, tag);
  });
  return {};
});

// A tag without a value is removed whatever its value; with one, only where the value is the same. Without tags: all.
export const deleteTags = write((world: World, input: DeleteTagsCommandInput, call: Call) => {
  changeTags(world, call, need(input.Resources, 'ResourceId'), (present) => {
    if (!input.Tags || input.Tags.length === 0) for (const key of Object.keys(present)) if (!key.startsWith('aws:')) delete present[key];
    for (const { Key = '', Value } of input.Tags ?? []) if (Value === undefined || present[Key] === Value) delete present[Key];
  });
  return {};
});

export const describeTags = read(
  (world: World, input: DescribeTagsCommandInput, call: Call): Omit<DescribeTagsCommandOutput, '$metadata'> => {
    const all = (Object.keys(resourceTypes) as TableName[]).flatMap((table) =>
      seen(world, call, table)
        .filter((item) => item.ownerId === call.caller.accountId)
        .flatMap((item) =>
          Object.entries(item.tags).map(([Key, Value]) => ({ ResourceId: item.id, ResourceType: resourceTypes[table], Key, Value })),
        ),
    );
    const keyOf = (tag: (typeof all)[number]) => `${tag.ResourceId}/${tag.Key}`;
    all.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const matches = matcher<(typeof all)[number]>(
      input.Filters,
      { key: (t) => t.Key, value: (t) => t.Value, 'resource-id': (t) => t.ResourceId, 'resource-type': (t) => t.ResourceType },
      (tag) => ({ [tag.Key]: tag.Value }),
    );
    const { items, NextToken } = page(all, input, keyOf, matches);
    return { Tags: [...items], NextToken };
  },
);
