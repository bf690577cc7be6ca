// What is attached now, as S3, EC2 and Organizations tell it.
import { findBucketPolicy } from '../aws/bucket-policy.ts';
import type { AwsContext } from '../aws/context.ts';
import { restrictsPublicBuckets } from '../aws/public-access.ts';
import { readOrUnknown } from '../aws/refused.ts';
import { findPolicy, listPoliciesOf } from '../aws/service-control-policy.ts';
import type { OrganizationPolicy } from '../aws/types.ts';
import { type PolicyDocument, parsePolicy } from '../policy/document.ts';
import type { PerimeterRequest } from '../policy/judge.ts';
import { type Known, known, unknown } from '../ports.ts';
import { whyUnbound } from './against-folder.ts';
import type { Asked } from './asked-request.ts';
import { pathOf } from './organization-path.ts';
import type { Online } from './perimeter-say.ts';

export interface AttachedScp {
  readonly policy: OrganizationPolicy;
  /** The root, unit or account that it is attached to. */
  readonly target: string;
  readonly document: PolicyDocument;
}

export interface LivePolicies {
  /** Known null: the bucket has none. */
  readonly bucket: Known<PolicyDocument | null>;
  /** By level, the root first; no level where no SCP binds the principal. */
  readonly scp: Known<readonly (readonly AttachedScp[])[]>;
  /** Whether Block Public Access keeps strangers from buckets with a public policy. */
  readonly restrictsPublic: Known<boolean>;
}

/** Reads the policies around a request; each that is refused is unknown by itself. */
export async function livePolicies({ request, asker, bucket }: Asked, { survey, session, input }: Online): Promise<LivePolicies> {
  const { ctx } = session;
  const place = bucket.region === null ? null : { name: bucket.name, owner: bucket.owner ?? survey.quilt.accountId, region: bucket.region };
  const isStranger = asker.kind !== 'service' && asker.accountId !== bucket.owner;
  const [policy, restrictsPublic, scp] = await Promise.all([
    place === null
      ? unknown('s3:GetBucketPolicy', `S3 does not tell where bucket ${bucket.name} is`)
      : readOrUnknown('s3:GetBucketPolicy', () => findBucketPolicy(place, ctx)),
    place !== null && isStranger ? readOrUnknown('s3:GetBucketPublicAccessBlock', () => restrictsPublicBuckets(place, ctx)) : known(false),
    // Without the policy type no SCP binds anybody.
    areOn(input) ? scpsOf(request, asker.accountId, ctx) : known([]),
  ]);
  return { bucket: policy.known ? documentIn(policy.value, 's3:GetBucketPolicy') : policy, scp, restrictsPublic };
}

const areOn = ({ landscape: { organization } }: Online['input']): boolean =>
  !organization.known || organization.value.policyType === 'ENABLED';

async function scpsOf(request: PerimeterRequest, account: string | null, ctx: AwsContext): Promise<LivePolicies['scp']> {
  if (account === null || whyUnbound(request) !== null) return known([]);
  const path = await pathOf(account, ctx);
  if (!path.known) return path;
  const contents = new Map<string, PolicyDocument>();
  const levels: AttachedScp[][] = [];
  // Organizations allows few reads a second (D15).
  for (const target of path.value ?? []) {
    const level = await readOrUnknown('organizations:ListPoliciesForTarget', () => listPoliciesOf(target, ctx));
    if (!level.known) return level;
    const attached: AttachedScp[] = [];
    for (const policy of level.value) {
      const document = contents.get(policy.id) ?? (await contentOf(policy.id, ctx));
      if ('action' in document) return document;
      contents.set(policy.id, document);
      attached.push({ policy, target, document });
    }
    levels.push(attached);
  }
  return known(levels);
}

async function contentOf(id: string, ctx: AwsContext): Promise<PolicyDocument | (Known<never> & { readonly known: false })> {
  const action = 'organizations:DescribePolicy';
  const read = await readOrUnknown(action, () => findPolicy(id, ctx));
  if (!read.known) return read;
  const document = documentIn(read.value?.content ?? null, action);
  if (!document.known) return document;
  return document.value ?? { Statement: [] };
}

/** The document of a policy's text; unknown where it cannot be understood. */
export function documentIn(text: string | null, action: string): Known<PolicyDocument | null> {
  if (text === null) return known(null);
  const parsed = parsePolicy(text);
  return parsed.ok ? known(parsed.document) : unknown(action, parsed.reason);
}
