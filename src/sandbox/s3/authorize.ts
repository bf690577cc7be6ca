// Whether S3 lets a request through: every policy that AWS would ask, as the front end that answers knows it.
import { type AccessRequest, type Decision, evaluate, type Policies } from '../../policy/evaluate.ts';
import { isPublic } from '../../policy/shapes.ts';
import { type PathToS3, pathToS3 } from '../ec2/reach.ts';
import { AwsError, type Caller } from '../types.ts';
import type { World } from '../world.ts';
import { contextOf } from './context.ts';
import { documentOf, documentsOf } from './documents.ts';
import { identityPolicies } from './identity.ts';
import { type FrontEnd, organizationPoliciesInForce, policyInForce } from './propagation.ts';
import { accessDenied, refusalOf } from './refusal.ts';
import type { BucketState } from './state.ts';

export interface S3Question {
  readonly caller: Caller;
  /** Such as `s3:GetObject`. */
  readonly action: string;
  /** ARN, or `*` for actions without a resource. */
  readonly resource: string;
  /** Null where the request is about no bucket that exists: then the caller's own account is asked. */
  readonly bucket: BucketState | null;
  readonly region: string;
  /** Simulated milliseconds since the epoch. */
  readonly now: number;
  readonly frontEnd: FrontEnd;
}

export interface S3Answer {
  readonly allowed: boolean;
  readonly decision: Decision;
  /** What S3 answers where it refuses; null where it allows. */
  readonly error: AwsError | null;
  readonly arrival: PathToS3;
}

/**
 * Decides one request to S3. The error carries the bucket's Region as a header, as S3's answers do (C10). Ask with
 * `frontEnd: 'settled'` for what will hold once all changes have arrived.
 */
export function authorizeS3(world: World, question: S3Question): S3Answer {
  const { caller, bucket, region, now, frontEnd } = question;
  const resourceAccount = bucket?.accountId ?? caller.accountId;
  const arrival = pathToS3(world, caller.network, bucket?.region ?? region, now);
  if (arrival.via === 'none') return unreachable(arrival, arrival.reason);
  const organizationPolicies = (accountId: string, type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY') =>
    organizationPoliciesInForce(world.organizations, accountId, type, now, frontEnd, world.propagation);
  const scp = organizationPolicies(caller.accountId, 'SERVICE_CONTROL_POLICY');
  const rcp = organizationPolicies(resourceAccount, 'RESOURCE_CONTROL_POLICY');
  const bucketPolicy = bucket === null ? null : policyInForce(bucket, now, frontEnd, world.propagation);
  const managementAccount = world.organizations.organization?.managementAccountId;

  const request: AccessRequest = {
    principal: principalOf(caller),
    ...(caller.roleArn === null ? {} : { role: caller.roleArn }),
    action: question.action,
    resource: question.resource,
    resourceAccount,
    ...(managementAccount === undefined ? {} : { managementAccount }),
    ...(arrival.via === 'endpoint' && arrival.endpointType === 'Gateway' ? { endpointType: 'gateway' } : {}),
    context: contextOf(world.organizations, { caller, arrival, resourceAccount, region: bucket?.region ?? region, now }),
    policies: policiesOf(world, caller, {
      bucketPolicy,
      endpointPolicy: arrival.via === 'endpoint' ? arrival.policyDocument : null,
      scp,
      rcp,
    }),
  };
  const decision = evaluate(request);
  const fields = bucket === null ? {} : { 'x-amz-bucket-region': bucket.region };
  if (decision.decision !== 'allowed') {
    const refused = { ...question, resourceAccount, decision, texts: { scp: scp ?? [], rcp: rcp ?? [] } };
    return { allowed: false, decision, error: refusalOf(refused, world.organizations.organization, fields), arrival };
  }
  const restricted = bucket !== null && bucketPolicy !== null && isRestricted(world, bucket, bucketPolicy, caller);
  return { allowed: !restricted, decision, error: restricted ? accessDenied(fields) : null, arrival };
}

// A client without a way to S3 sees its connection time out. The sandbox answers instead, so that nobody waits.
const unreachable = (arrival: PathToS3, reason: string): S3Answer => ({
  allowed: false,
  decision: { decision: 'implicitDeny', deniedBy: [], dependsOn: [], refused: true },
  error: new AwsError('RequestTimeout', `The connection to S3 timed out: ${reason}.`, 400),
  arrival,
});

const principalOf = (caller: Caller): string =>
  caller.kind === 'service' && !caller.arn.startsWith('service:') ? `service:${caller.arn}` : caller.arn;

interface Texts {
  readonly bucketPolicy: string | null;
  readonly endpointPolicy: string | null;
  readonly scp: readonly (readonly string[])[] | null;
  readonly rcp: readonly (readonly string[])[] | null;
}

function policiesOf(world: World, caller: Caller, texts: Texts): Policies {
  const { identity, boundary } = identityPolicies(world.iam, caller);
  const resource = texts.bucketPolicy === null ? null : documentOf(texts.bucketPolicy);
  const endpoint = texts.endpointPolicy === null ? null : documentOf(texts.endpointPolicy);
  return {
    identity: documentsOf(identity),
    ...(boundary === null ? {} : { boundary: documentsOf([boundary]) }),
    ...(resource === null ? {} : { resource }),
    ...(endpoint === null ? {} : { endpoint }),
    ...(texts.scp === null ? {} : { scp: texts.scp.map(documentsOf) }),
    ...(texts.rcp === null ? {} : { rcp: texts.rcp.map(documentsOf) }),
  };
}

/** RestrictPublicBuckets keeps strangers out of a bucket whose policy is public; the owner's account and services stay. */
function isRestricted(world: World, bucket: BucketState, policy: string, caller: Caller): boolean {
  const restricts =
    bucket.publicAccessBlock?.RestrictPublicBuckets === true ||
    world.s3.accountPublicAccessBlocks[bucket.accountId]?.RestrictPublicBuckets === true;
  if (!restricts || caller.kind === 'service' || caller.accountId === bucket.accountId) return false;
  const document = documentOf(policy);
  return document !== null && isPublic(document);
}
