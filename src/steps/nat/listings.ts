// Who has written an Elastic IP down: then it is not given back to AWS, who would hand it to somebody else.
import pLimit from 'p-limit';
import { findBucket, listBuckets } from '../../aws/bucket.ts';
import { findBucketPolicy } from '../../aws/bucket-policy.ts';
import { readOrUnknown } from '../../aws/refused.ts';
import { findGroupsAdmitting } from '../../aws/security-group.ts';
import type { StepContext } from '../context.ts';

/**
 * Sentences that name what lists the address, alone or as /32: bucket policies of the account and security groups of the
 * Region, as far as they may be read. What partners list in other accounts cannot be seen.
 */
export async function listingsOf(publicIp: string, accountId: string, ctx: StepContext): Promise<readonly string[]> {
  const [groups, policies] = await Promise.all([
    readOrUnknown('ec2:DescribeSecurityGroups', () => findGroupsAdmitting(`${publicIp}/32`, ctx)),
    bucketsListing(publicIp, accountId, ctx),
  ]);
  return [
    ...(groups.known ? groups.value.map(({ id, name }) => `security group ${id} (${name}) lists ${publicIp}`) : []),
    ...policies.map((bucket) => `the policy of bucket ${bucket} lists ${publicIp}`),
  ];
}

async function bucketsListing(publicIp: string, owner: string, ctx: StepContext): Promise<readonly string[]> {
  const buckets = await readOrUnknown('s3:ListAllMyBuckets', () => listBuckets(ctx));
  if (!buckets.known) return [];
  const atOnce = pLimit(16);
  const lists = async ({ name, region }: { readonly name: string; readonly region: string | null }) => {
    const policy = await readOrUnknown('s3:GetBucketPolicy', async () => {
      const where = region ?? (await findBucket(name, owner, ctx)).region ?? ctx.aws.region;
      return await findBucketPolicy({ name, owner, region: where }, ctx);
    });
    return policy.known && policy.value !== null && isListed(publicIp, policy.value) ? [name] : [];
  };
  return (await Promise.all(buckets.value.map((bucket) => atOnce(() => lists(bucket))))).flat();
}

/** Whether the text names exactly this address, alone or as /32. */
export const isListed = (publicIp: string, text: string): boolean =>
  [`"${publicIp}"`, `"${publicIp}/32"`].some((form) => text.includes(form));
