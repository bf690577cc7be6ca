// What the wizard reads only to make a question worth asking: which buckets are clean, and the organization's tree.
import type { BucketPlace } from '../aws/bucket.ts';
import type { AwsContext } from '../aws/context.ts';
import type { OrganizationTree } from '../aws/organization-tree.ts';
import type { Known } from '../ports.ts';
import type { Survey } from '../steps/landscape.ts';
import type { Candidate } from '../steps/resolve-choices.ts';

// Two reads a bucket: enough for a list that a person reads, little enough for thousands of buckets.
const mostBuckets = 40;

/** The candidates with what is in them, clean ones first; those beyond the first forty as they were. */
export async function withCleanFirst(candidates: readonly Candidate[], survey: Survey, ctx: AwsContext): Promise<readonly Candidate[]> {
  const read = await Promise.all(
    candidates.slice(0, mostBuckets).map(async (candidate) => {
      const { clean, detail } = await contentsOf(
        { name: candidate.value, owner: survey.quilt.accountId, region: survey.quilt.region },
        ctx,
      );
      return { clean, candidate: { ...candidate, detail } };
    }),
  );
  const of = (clean: boolean): readonly Candidate[] => read.filter((each) => each.clean === clean).map((each) => each.candidate);
  return [...of(true), ...of(false), ...candidates.slice(mostBuckets)];
}

async function contentsOf(bucket: BucketPlace, ctx: AwsContext): Promise<{ readonly clean: boolean; readonly detail: string }> {
  const { isBucketEmpty } = await import('../aws/bucket.ts');
  const { findBucketPolicy } = await import('../aws/bucket-policy.ts');
  const { readOrUnknown } = await import('../aws/refused.ts');
  const [empty, policy] = await Promise.all([
    readOrUnknown('s3:ListBucketVersions', () => isBucketEmpty(bucket, ctx)),
    readOrUnknown('s3:GetBucketPolicy', () => findBucketPolicy(bucket, ctx)),
  ]);
  const contents = empty.known ? (empty.value ? 'empty' : 'has objects') : 'contents not known';
  const rules = policy.known ? (policy.value === null || policy.value === undefined ? 'no policy' : 'has a policy') : 'policy not known';
  return { clean: contents === 'empty' && rules === 'no policy', detail: `${contents}, ${rules}` };
}

/** The organization's tree; unknown where these credentials may not read it. */
export async function organizationTree(ctx: AwsContext): Promise<Known<OrganizationTree>> {
  const { readTree } = await import('../aws/organization-tree.ts');
  const { readOrUnknown } = await import('../aws/refused.ts');
  return readOrUnknown('organizations:ListRoots', () => readTree(ctx));
}
