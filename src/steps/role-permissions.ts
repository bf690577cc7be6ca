// Whether an exempt role may take a bucket's policy off, as far as its own policies and the bucket's tell. Whether the
// perimeter lets it pass is for S3 to say.
import type { RoleGrants } from '../aws/role.ts';
import type { WayBack } from '../engine/types.ts';
import { type PolicyDocument, parsePolicy } from '../policy/document.ts';
import { type AccessRequest, evaluate } from '../policy/evaluate.ts';

export interface RoleQuestion {
  readonly way: WayBack;
  readonly bucket: string;
  readonly owner: string;
  readonly region: string;
  readonly grants: RoleGrants;
  /** As it stands now; null: none. */
  readonly bucketPolicy: string | null;
}

// What a session of the role would bring along, and nobody knows beforehand.
const open = ['aws:SourceIp', 'aws:SourceVpc', 'aws:SourceVpcArn', 'aws:SourceVpce', 'aws:PrincipalOrgID', 'aws:PrincipalTag/*'];

/**
 * Why the role's call may be forbidden; null where its policies allow it whatever it brings along and the bucket's policy does
 * not deny it for certain. Policies of the organization are not among them.
 */
export function whyForbidden({ way, bucket, owner, region, grants, bucketPolicy }: RoleQuestion): string | null {
  const identity = documentsOf(grants.policies.map(({ document }) => document));
  const boundary = documentsOf(grants.boundary === null ? [] : [grants.boundary]);
  const resource = documentsOf(bucketPolicy === null ? [] : [bucketPolicy]);
  if (identity === null || boundary === null || resource === null) return "its policies, or the bucket's, cannot be understood";
  const partition = way.principal.split(':')[1] ?? 'aws';
  const request: AccessRequest = {
    principal: way.principal,
    role: way.principal,
    action: way.call,
    resource: `arn:${partition}:s3:::${bucket}`,
    resourceAccount: owner,
    // Any value of the tag exempts.
    context: {
      'aws:RequestedRegion': region,
      ...Object.fromEntries(way.passesBy.filter((key) => key.startsWith('aws:PrincipalTag/')).map((key) => [key, 'true'])),
    },
    unknown: open,
    policies: { identity, ...(boundary.length === 0 ? {} : { boundary }) },
  };
  const own = evaluate(request);
  if (own.decision === 'unknown') return `its policies allow ${way.call} only under conditions: ${own.dependsOn.join(', ')}`;
  if (own.decision !== 'allowed') return `its policies forbid ${way.call}, or do not allow it`;
  const [policy] = resource;
  if (policy === undefined) return null;
  const onBucket = evaluate({ ...request, policies: { ...request.policies, resource: policy } });
  return onBucket.decision === 'explicitDeny' ? `the bucket's policy denies it ${way.call}` : null;
}

/** Null where one of them is no policy. */
function documentsOf(texts: readonly string[]): readonly PolicyDocument[] | null {
  const parsed = texts.map(parsePolicy);
  return parsed.every((each) => each.ok) ? parsed.map(({ document }) => document) : null;
}
