import { DescribePrefixListsCommand, GetManagedPrefixListEntriesCommand } from '@aws-sdk/client-ec2';
import { failed } from '../errors.ts';
import type { AwsContext } from './context.ts';
import { allPages } from './pages.ts';

/**
 * The Region's prefix list of S3: its id, and its CIDRs as DescribePrefixLists tells them (none where it tells none).
 * @throws PerimeterError `NO_PREFIX_LIST` (failed) where the Region has none
 */
export async function findS3PrefixList(ctx: AwsContext): Promise<{ readonly id: string; readonly cidrs: readonly string[] }> {
  const name = `com.amazonaws.${ctx.aws.region}.s3`;
  const read = async (NextToken: string | undefined) => {
    const answer = await ctx.aws.ec2.send(
      new DescribePrefixListsCommand({
        Filters: [{ Name: 'prefix-list-name', Values: [name] }],
        ...(NextToken === undefined ? {} : { NextToken }),
      }),
    );
    return { items: answer.PrefixLists, next: answer.NextToken };
  };
  const list = (await allPages('DescribePrefixLists', read, ctx)).find(({ PrefixListName }) => PrefixListName === name);
  if (list?.PrefixListId === undefined) {
    throw failed('NO_PREFIX_LIST', `reading prefix list (${name}): this Region has none`, 'check --region');
  }
  return { id: list.PrefixListId, cidrs: list.Cidrs ?? [] };
}

/** The CIDRs of a managed prefix list. */
export async function findPrefixListCidrs(id: string, ctx: AwsContext): Promise<readonly string[]> {
  const read = async (NextToken: string | undefined) => {
    const answer = await ctx.aws.ec2.send(
      new GetManagedPrefixListEntriesCommand({ PrefixListId: id, MaxResults: 100, ...(NextToken === undefined ? {} : { NextToken }) }),
    );
    return { items: answer.Entries, next: answer.NextToken };
  };
  return (await allPages('GetManagedPrefixListEntries', read, ctx)).map(({ Cidr }) => Cidr).filter((cidr) => cidr !== undefined);
}
