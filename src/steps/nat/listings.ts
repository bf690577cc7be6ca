// Who has written an Elastic IP down: then it is not given back to AWS, who would hand it to somebody else.
import pLimit from 'p-limit';
import { findBucket, listBuckets } from '../../aws/bucket.ts';
import { findBucketPolicy } from '../../aws/bucket-policy.ts';
import { readOrUnknown } from '../../aws/refused.ts';
import { findGroupsAdmitting } from '../../aws/security-group.ts';
import type { StepContext } from '../context.ts';

/**
 * Sentences that name what lists the address, alone or as /32: bucket policies of the account and security groups of the
 * Region. What may not be read is named too: it may list it. What partners list in other accounts cannot be seen.
 */
export async function listingsOf(publicIp: string, accountId: string, ctx: StepContext): Promise<readonly string[]> {
  const [groups, policies] = await Promise.all([
    readOrUnknown('ec2:DescribeSecurityGroups', () => findGroupsAdmitting(`${publicIp}/32`, ctx)),
    bucketsListing(publicIp, accountId, ctx),
  ]);
  const ofGroups = groups.known
    ? groups.value.map(({ id, name }) => `security group ${id} (${name}) lists ${publicIp}`)
    : [`security groups may list ${publicIp}: ${groups.action} is refused`];
  return [...ofGroups, ...policies];
}

async function bucketsListing(publicIp: string, owner: string, ctx: StepContext): Promise<readonly string[]> {
  const buckets = await readOrUnknown('s3:ListAllMyBuckets', () => listBuckets(ctx));
  if (!buckets.known) return [`bucket policies may list ${publicIp}: s3:ListAllMyBuckets is refused`];
  const atOnce = pLimit(16);
  const lists = async ({ name, region }: { readonly name: string; readonly region: string | null }) => {
    const policy = await readOrUnknown('s3:GetBucketPolicy', async () => {
      const where = region ?? (await findBucket(name, owner, ctx)).region ?? ctx.aws.region;
      return await findBucketPolicy({ name, owner, region: where }, ctx);
    });
    if (!policy.known) return [`the policy of bucket ${name} may list ${publicIp}: ${policy.action} is refused`];
    return policy.value !== null && isListed(publicIp, policy.value) ? [`the policy of bucket ${name} lists ${publicIp}`] : [];
  };
  return (await Promise.all(buckets.value.map((bucket) => atOnce(() => lists(bucket))))).flat();
}

/** Whether the text names exactly this address, alone or as /32. */
export const isListed = (publicIp: string, text: string): boolean =>
  [`"${publicIp}"`, `"${publicIp}/32"`].some((form) => text.includes(form));
