// From a recorded path to the request that the policies will be asked about: what the record tells, what AWS and files add, and
// what stays open (aws-facts E and F).
import type { ContextValues } from '../policy/context.ts';
import type { PerimeterRequest } from '../policy/judge.ts';
import { type CalledBy, calledBy } from './called-by.ts';
import { type From, fromWhere } from './from.ts';
import { actionOf, resourceOf } from './request-of.ts';
import type { TrailPath } from './types.ts';
import { type Who, whoOf } from './who.ts';
import type { AccountSet, AssessWorld, PrincipalFacts, PrincipalTags } from './world.ts';

export interface Derived {
  readonly request: PerimeterRequest;
  readonly who: Who;
  readonly by: CalledBy;
  readonly from: From;
  /** Tags of the principal, a session's own on top; null: not known. */
  readonly tags: PrincipalTags | null;
  readonly bucket: string;
  readonly presigned: boolean;
}

/**
 * What AWS will see of such a call.
 * @param sessionTags what the session is known to have brought along
 */
export function derive(path: TrailPath, bucket: string, sessionTags: PrincipalTags, world: AssessWorld): Derived {
  const { spec } = world;
  const who = whoOf(path, spec.partition);
  const facts = factsOf(who, world);
  const by = calledBy(path, who, facts);
  const from = fromWhere(path, by, world);
  const ownTags = tagsOf(who, world);
  const unknown = [
    ...from.unknown,
    ...(by.how === 'unsure' ? ['aws:ViaAWSService'] : []),
    ...(ownTags === null && !carries(sessionTags, spec.exemptTag) ? [tagKey(spec.exemptTag)] : []),
    ...(who.kind === 'unnamed' ? ['aws:PrincipalArn'] : []),
    ...(path.bucketAccountId === null ? ['aws:ResourceAccount'] : []),
    ...(organizationOf(who, world) === 'unknown' ? ['aws:PrincipalOrgID'] : []),
  ];
  const context: ContextValues = {
    ...from.context,
    ...(by.how === 'forwarded' ? { 'aws:ViaAWSService': 'true' } : {}),
    ...Object.fromEntries(Object.entries({ ...ownTags, ...sessionTags }).map(([key, value]) => [tagKey(key), value])),
    ...(path.bucketAccountId === null ? {} : { 'aws:ResourceAccount': path.bucketAccountId }),
    ...(organizationOf(who, world) === 'member' && spec.organizationId !== null ? { 'aws:PrincipalOrgID': spec.organizationId } : {}),
    ...(path.awsRegion === null ? {} : { 'aws:RequestedRegion': path.awsRegion }),
  };
  const request: PerimeterRequest = {
    principal: who.principal,
    action: actionOf(path.eventName),
    resource: resourceOf(bucket, path.eventName, spec.partition),
    ...(path.bucketAccountId === null ? {} : { resourceAccount: path.bucketAccountId }),
    ...(world.managementAccountId === null ? {} : { managementAccount: world.managementAccountId }),
    context,
    unknown,
  };
  return { request, who, by, from, tags: ownTags === null ? null : { ...ownTags, ...sessionTags }, bucket, presigned: path.presigned };
}

export const tagKey = (key: string): string => `aws:PrincipalTag/${key}`;

/** What AWS tells of the principal; null where it was not asked or could not tell. */
export const factsOf = (who: Who, world: AssessWorld): PrincipalFacts | null =>
  who.identity === null ? null : (world.principals.get(who.identity) ?? null);

/** Keys of tags are compared without regard to case (E5). */
export const carries = (tags: PrincipalTags, key: string): boolean =>
  Object.keys(tags).some((each) => each.toLowerCase() === key.toLowerCase());

/** What is known of an account; `maybe` where it is in no list and the list is not whole. */
export const isIn = (set: AccountSet, accountId: string): 'yes' | 'no' | 'maybe' =>
  set.ids.has(accountId) ? 'yes' : set.complete ? 'no' : 'maybe';

// Root users, services and nobody have no tags (E17).
function tagsOf(who: Who, world: AssessWorld): PrincipalTags | null {
  if (who.kind === 'anonymous' || who.kind === 'service' || who.kind === 'root') return {};
  return world.namedTags.get(who.identity ?? who.name) ?? factsOf(who, world)?.tags ?? world.otherTags;
}

function organizationOf(who: Who, { members }: AssessWorld): 'member' | 'stranger' | 'unknown' {
  if (who.kind === 'anonymous' || who.kind === 'service') return 'stranger';
  if (who.accountId === null) return 'unknown';
  const answer = isIn(members, who.accountId);
  return answer === 'yes' ? 'member' : answer === 'no' ? 'stranger' : 'unknown';
}
