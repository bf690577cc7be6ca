// The buckets in scope and the test bucket.
import pLimit from 'p-limit';
import { accountBlocksPublicPolicy } from '../aws/account-public-access.ts';
import { type BucketPlace, blocksPublicPolicy, findBucket, isBucketEmpty, isBucketPolicyPublic, readBucketTags } from '../aws/bucket.ts';
import { findBucketPolicy } from '../aws/bucket-policy.ts';
import type { AwsContext } from '../aws/context.ts';
import { readOrUnknown } from '../aws/refused.ts';
import type { Bucket } from '../aws/types.ts';
import { badInput } from '../errors.ts';
import { known, unknown } from '../ports.ts';
import type { Choices } from './choices.ts';
import type { BucketsSeen, Survey } from './landscape.ts';
import { matchesPattern } from './perimeter-spec.ts';

const atOnce = 24;

/**
 * Reads the buckets whose names match the patterns, and the test bucket.
 * @throws PerimeterError `unknown-bucket` (exit 2) where the test bucket is not there
 */
export async function readBuckets(survey: Survey, choices: Choices, ctx: AwsContext): Promise<BucketsSeen> {
  const listed = survey.buckets.known ? survey.buckets.value : [];
  const limit = pLimit(atOnce);
  const others = listed.filter(({ name }) => name !== choices.testBucket && matchesPattern(name, choices.buckets));
  const [test, accountBlockPublicPolicy, inScope] = await Promise.all([
    readTestBucket(survey, choices, ctx),
    readOrUnknown('s3:GetAccountPublicAccessBlock', () => accountBlocksPublicPolicy(survey.quilt.accountId, ctx)),
    Promise.all(others.map(({ name, region }) => limit(() => readOther(name, region, survey, ctx)))),
  ]);
  const scope = matchesPattern(choices.testBucket, choices.buckets) ? [...inScope, test.test] : inScope;
  return { ...test, accountBlockPublicPolicy, inScope: [...scope].sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** The test bucket alone, as a step looks at it again after its changes. */
export async function readTestBucket(
  survey: Survey,
  choices: Choices,
  ctx: AwsContext,
): Promise<Pick<BucketsSeen, 'test' | 'testIsOurs' | 'testIsEmpty'>> {
  const name = choices.testBucket;
  const owner = survey.quilt.accountId;
  const head = await findBucket(name, owner, ctx);
  if (head.state === 'gone') {
    throw badInput('BUCKET', `reading bucket (${name}): it is not there`, 'create it empty, or name another with --test-bucket');
  }
  const isListed = survey.buckets.known && survey.buckets.value.some((bucket) => bucket.name === name);
  const place: BucketPlace = { name, owner, region: head.region ?? ctx.aws.region };
  // HeadBucket answers 403 both to another account and to an owner without s3:ListBucket; the account's listing tells.
  if (head.state === 'not-ours' && !isListed) {
    const why = `bucket ${name} does not belong to account ${owner}, or s3:ListBucket is missing on it`;
    const region = head.region === null ? unknown('s3:ListBucket', why) : known(head.region);
    const hidden = (action: string) => unknown(action, why);
    return {
      test: {
        name,
        region,
        policy: hidden('s3:GetBucketPolicy'),
        policyIsPublic: hidden('s3:GetBucketPolicyStatus'),
        blockPublicPolicy: hidden('s3:GetBucketPublicAccessBlock'),
        tags: hidden('s3:GetBucketTagging'),
      },
      testIsOurs: false,
      testIsEmpty: hidden('s3:ListBucketVersions'),
    };
  }
  const [policy, policyIsPublic, blockPublicPolicy, tags, testIsEmpty] = await Promise.all([
    readOrUnknown('s3:GetBucketPolicy', () => findBucketPolicy(place, ctx)),
    readOrUnknown('s3:GetBucketPolicyStatus', () => isBucketPolicyPublic(place, ctx)),
    readOrUnknown('s3:GetBucketPublicAccessBlock', () => blocksPublicPolicy(place, ctx)),
    readOrUnknown('s3:GetBucketTagging', () => readBucketTags(place, ctx)),
    readOrUnknown('s3:ListBucketVersions', () => isBucketEmpty(place, ctx)),
  ]);
  const test: Bucket = { name, region: known(place.region), policy, policyIsPublic, blockPublicPolicy, tags };
  return { test, testIsOurs: true, testIsEmpty };
}

async function readOther(name: string, listedRegion: string | null, survey: Survey, ctx: AwsContext): Promise<Bucket> {
  const owner = survey.quilt.accountId;
  const region = listedRegion ?? (await findBucket(name, owner, ctx)).region;
  const place: BucketPlace = { name, owner, region: region ?? ctx.aws.region };
  const [policy, tags] = await Promise.all([
    readOrUnknown('s3:GetBucketPolicy', () => findBucketPolicy(place, ctx)),
    readOrUnknown('s3:GetBucketTagging', () => readBucketTags(place, ctx)),
  ]);
  const notAsked = (action: string) => unknown(action, 'asked of the test bucket only');
  return {
    name,
    region: region === null ? unknown('s3:ListBucket', `S3 did not tell the Region of ${name}`) : known(region),
    policy,
    policyIsPublic: notAsked('s3:GetBucketPolicyStatus'),
    blockPublicPolicy: notAsked('s3:GetBucketPublicAccessBlock'),
    tags,
  };
}
