// Bucket policies: kept byte for byte, checked as S3 checks them, and in force only after a while (C1, C5–C9).
import type { GetBucketPolicyCommandOutput, GetBucketPolicyStatusCommandOutput, PutBucketPolicyCommandInput } from '@aws-sdk/client-s3';
import { bucketPolicyLimit, bytesOf, listOf, type PolicyDocument, parsePolicy, type Statement } from '../../policy/document.ts';
import { operatorOf } from '../../policy/operators.ts';
import { isPublic } from '../../policy/shapes.ts';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { documentOf } from './documents.ts';
import { type BucketInput, bucketArn, openBucket, read, regionOf, write } from './operation.ts';
import { replacePolicy } from './propagation.ts';
import type { BucketState } from './state.ts';

export const bucketPolicies = {
  GetBucketPolicy: read((world, input: BucketInput, call): Omit<GetBucketPolicyCommandOutput, '$metadata'> => {
    const bucket = openOwn(world, input, call, 's3:GetBucketPolicy');
    return { Policy: policyOf(bucket) };
  }),

  PutBucketPolicy: write((world, input: PutBucketPolicyCommandInput, call): Record<string, never> => {
    const bucket = openOwn(world, input, call, 's3:PutBucketPolicy');
    const text = input.Policy ?? '';
    const document = checkedDocument(text, bucket);
    if (isPublic(document) && blocksPublicPolicy(world, bucket)) throw publicPolicy(bucket, call);
    replacePolicy(bucket, text, call.now, world.propagation);
    return {};
  }),

  /** Succeeds where there is none. */
  DeleteBucketPolicy: write((world, input: BucketInput, call): Record<string, never> => {
    const bucket = openOwn(world, input, call, 's3:DeleteBucketPolicy');
    if (bucket.policy !== null) replacePolicy(bucket, null, call.now, world.propagation);
    return {};
  }),

  GetBucketPolicyStatus: read((world, input: BucketInput, call): Omit<GetBucketPolicyStatusCommandOutput, '$metadata'> => {
    const document = documentOf(policyOf(openBucket(world, input, call, 's3:GetBucketPolicyStatus')));
    return { PolicyStatus: { IsPublic: document !== null && isPublic(document) } };
  }),
};

/** As `openBucket`; a caller of another account gets 405 even where it has the permission (C1). */
function openOwn(world: World, input: BucketInput, call: Call, action: string): BucketState {
  const bucket = openBucket(world, input, call, action);
  if (call.caller.accountId === bucket.accountId) return bucket;
  const fields = {
    Method: action.startsWith('s3:Get') ? 'GET' : action.startsWith('s3:Put') ? 'PUT' : 'DELETE',
    ResourceType: 'BUCKETPOLICY',
  };
  throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405, {
    ...fields,
    ...regionOf(bucket),
  });
}

function policyOf(bucket: BucketState): string {
  if (bucket.policy !== null) return bucket.policy;
  throw new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404, { BucketName: bucket.name, ...regionOf(bucket) });
}

const blocksPublicPolicy = (world: World, bucket: BucketState): boolean =>
  bucket.publicAccessBlock?.BlockPublicPolicy === true || world.s3.accountPublicAccessBlocks[bucket.accountId]?.BlockPublicPolicy === true;

const publicPolicy = (bucket: BucketState, call: Call): AwsError =>
  new AwsError(
    'AccessDenied',
    `User: ${call.caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "${bucketArn(bucket.name)}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
    403,
    regionOf(bucket),
  );

const malformed = (message: string): AwsError => new AwsError('MalformedPolicy', message, 400);

/** Throws PolicyTooLarge over 20 KB (C6) and MalformedPolicy where S3 would not take the policy. */
function checkedDocument(text: string, bucket: BucketState): PolicyDocument {
  if (bytesOf(text) > bucketPolicyLimit) {
    throw new AwsError('PolicyTooLarge', 'Your policy exceeds the maximum allowed document size.', 400);
  }
  const parsed = parsePolicy(text);
  if (!parsed.ok)
    throw malformed(
      parsed.reason.startsWith('it is not JSON')
        ? "Policies must be valid JSON and the first byte must be '{'"
        : `Invalid policy syntax: ${parsed.reason}`,
    );
  const { document } = parsed;
  if (document.Version !== undefined && document.Version !== '2012-10-17' && document.Version !== '2008-10-17') {
    throw malformed('The policy must contain a valid version string');
  }
  if (document.Statement.length === 0) throw malformed('Missing required field Statement');
  for (const statement of document.Statement) checkStatement(statement, bucket);
  return document;
}

function checkStatement(statement: Statement, bucket: BucketState): void {
  if (statement.Principal === undefined && statement.NotPrincipal === undefined) throw malformed('Missing required field Principal');
  const actions = listOf(statement.Action ?? statement.NotAction);
  if (actions.length === 0 || !actions.every((action) => action === '*' || /^s3:[a-z*?]+$/i.test(action)))
    throw malformed('Policy has invalid action');
  const resources = listOf(statement.Resource ?? statement.NotResource);
  if (resources.length === 0) throw malformed('Missing required field Resource');
  const own = bucketArn(bucket.name);
  if (!resources.every((resource) => resource === own || resource.startsWith(`${own}/`) || resource === `${own}*`)) {
    throw malformed('Policy has invalid resource');
  }
  checkPrincipal(statement);
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    if (operatorOf(operator) === null) throw malformed(`Invalid Condition type : ${operator}`);
    if (!Object.keys(keys).every((key) => /^[\w-]+:.+/.test(key))) throw malformed('Policy has an invalid condition key');
    if (
      operatorOf(operator)?.base.includes('ipaddress') &&
      !Object.values(keys).every((values) => listOf(values).every((value) => addressPattern.test(String(value))))
    ) {
      throw malformed('Invalid IP address in Conditions');
    }
  }
}

const addressPattern = /^[0-9a-fA-F.:]+(\/\d{1,3})?$/;

function checkPrincipal(statement: Statement): void {
  const principal = statement.Principal ?? statement.NotPrincipal;
  if (principal === undefined || principal === '*') return;
  for (const [kind, names] of Object.entries(principal)) {
    if (!['AWS', 'Service', 'Federated', 'CanonicalUser'].includes(kind)) throw malformed('Invalid principal in policy');
    if (kind === 'AWS' && !listOf(names).every((name) => principalPattern.test(name))) throw malformed('Invalid principal in policy');
  }
}

const principalPattern = /^(\*|\d{12}|A[A-Z0-9]{15,}|arn:[^:]+:(iam|sts)::(\d{12}|cloudfront):[^*?]+)$/;
