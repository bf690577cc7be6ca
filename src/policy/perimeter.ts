// The perimeter as statements: who passes is said once, here, and the SCP, the bucket policy and the probes are made of it.
import type { ConditionBlock, PolicyDocument, Statement } from './document.ts';

export interface PerimeterSpec {
  readonly partition: string;
  /** Bucket names or patterns, such as `quilt*`. */
  readonly buckets: readonly string[];
  readonly trustedVpcs: readonly { readonly id: string; readonly arn: string }[];
  /** Compare `aws:SourceVpc` by id, or `aws:SourceVpcArn` (E8, E9). */
  readonly vpcKey: 'id' | 'arn';
  readonly trustedCidrs: readonly string[];
  readonly exemptTag: string;
  /** Where not empty, the SCP binds only buckets of these accounts (K16). */
  readonly resourceAccounts: readonly string[];
  /** The SCP names access points too (C13). */
  readonly accessPoints: boolean;
  /** The SCP keeps everybody but this role (its ARN, wildcards allowed) from setting the exempt tag (E17). */
  readonly protectExemptTag: { readonly administrator: string } | null;
  readonly organizationId: string | null;
  /** ISO time after which the statements stop denying by themselves (K9); null: never. */
  readonly expires: string | null;
}

/** An SCP has no Principal and sees only its members; a bucket policy sees everybody, anonymous requests included (E2). */
export type PolicyKind = 'scp' | 'bucket';

/** The SCP: the form of the example policy, with the options that the spec turns on. */
export function scpDocument(spec: PerimeterSpec): PolicyDocument {
  const network: Statement = {
    Sid: 'QuiltPerimeterNetwork',
    Effect: 'Deny',
    Action: 's3:*',
    Resource: [...spec.buckets.flatMap((bucket) => bucketArns(spec.partition, bucket)), ...accessPointArns(spec)],
    Condition: perimeterCondition(spec, 'scp'),
  };
  return { Version: '2012-10-17', Statement: [network, ...tagStatements(spec)] };
}

/**
 * The bucket policy's statements for one bucket. The second one closes what the tag's exemption opens to other accounts,
 * which can tag themselves (K15); it stands only where the organization is known.
 */
export function bucketStatements(spec: PerimeterSpec, bucket: string): readonly Statement[] {
  const deny = (Sid: string, Condition: ConditionBlock): Statement => ({
    Sid,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: bucketArns(spec.partition, bucket),
    Condition,
  });
  const outside = outsideCondition(spec);
  return [
    deny('QuiltPerimeterNetwork', perimeterCondition(spec, 'bucket')),
    ...(outside === null ? [] : [deny('QuiltPerimeterOutsideOrganization', outside)]),
  ];
}

/** The condition block under which a request is outside the perimeter. All of it must hold for the Deny to match (E3). */
export function perimeterCondition(spec: PerimeterSpec, kind: PolicyKind): ConditionBlock {
  return {
    ...vpcCondition(spec),
    Null: { [`aws:PrincipalTag/${spec.exemptTag}`]: 'true' },
    ...networkCondition(spec, kind),
  };
}

/**
 * The statement in words, for `what` (bucket names or patterns): what bounds the Deny, then one line for each way to pass,
 * any one of which is enough.
 */
export function explainPerimeter(spec: PerimeterSpec, what: string): string {
  const bounds = [
    ...(spec.resourceAccounts.length === 0 ? [] : [`, in buckets of account ${anyOf(spec.resourceAccounts)} only`]),
    ...(spec.expires === null ? [] : [`, until ${spec.expires}`]),
  ];
  return [`Deny s3:* on ${what}${bounds.join('')}, unless any of these holds:`, ...waysIn(spec).map((way) => `  · ${way}`)].join('\n');
}

/** Who passes: any one of these is enough. Without full stops. */
export function waysIn(spec: PerimeterSpec): readonly string[] {
  return [
    ...(spec.trustedVpcs.length === 0
      ? []
      : [`the request comes from VPC ${anyOf(spec.trustedVpcs.map((vpc) => (spec.vpcKey === 'id' ? vpc.id : vpc.arn)))}`]),
    ...(spec.trustedCidrs.length === 0 ? [] : [`the request comes from ${anyOf(spec.trustedCidrs)}`]),
    `the principal carries the tag ${spec.exemptTag}, whatever its value`,
    'the principal is an AWS service, or an AWS service makes the call on its behalf',
  ];
}

const anyOf = (values: readonly string[]): string => values.join(' or ');

/** The bucket's own ARN and that of everything in it. */
export function bucketArns(partition: string, bucket: string): readonly string[] {
  return [`arn:${partition}:s3:::${bucket}`, `arn:${partition}:s3:::${bucket}/*`];
}

/** The bucket policy's condition for principals outside the organization: no exemption by tag. Null where the organization is unknown. */
export function outsideCondition(spec: PerimeterSpec): ConditionBlock | null {
  if (spec.organizationId === null) return null;
  const vpc = vpcCondition(spec);
  return {
    ...vpc,
    StringNotEqualsIfExists: { ...vpc.StringNotEqualsIfExists, 'aws:PrincipalOrgID': spec.organizationId },
    ...networkCondition(spec, 'bucket'),
  };
}

function vpcCondition(spec: PerimeterSpec): ConditionBlock {
  if (spec.trustedVpcs.length === 0) return {};
  return spec.vpcKey === 'id'
    ? { StringNotEqualsIfExists: { 'aws:SourceVpc': spec.trustedVpcs.map((vpc) => vpc.id) } }
    : { ArnNotEqualsIfExists: { 'aws:SourceVpcArn': spec.trustedVpcs.map((vpc) => vpc.arn) } };
}

function networkCondition(spec: PerimeterSpec, kind: PolicyKind): ConditionBlock {
  const services = { 'aws:PrincipalIsAWSService': 'false', 'aws:ViaAWSService': 'false' };
  return {
    ...(spec.trustedCidrs.length === 0 ? {} : { NotIpAddressIfExists: { 'aws:SourceIp': spec.trustedCidrs } }),
    ...(kind === 'scp' ? { Bool: services } : { BoolIfExists: services }),
    ...(kind === 'bucket' || spec.resourceAccounts.length === 0 ? {} : { StringEquals: { 'aws:ResourceAccount': spec.resourceAccounts } }),
    ...expiry(spec),
  };
}

const expiry = (spec: PerimeterSpec): ConditionBlock =>
  spec.expires === null ? {} : { DateLessThan: { 'aws:CurrentTime': spec.expires } };

// A request through an access point has the access point's ARN, whose name says nothing of the bucket's (C13): the account is
// all that can limit it. The Region is empty for multi-Region access points.
function accessPointArns(spec: PerimeterSpec): readonly string[] {
  if (!spec.accessPoints) return [];
  const accounts = spec.resourceAccounts.length === 0 ? ['*'] : spec.resourceAccounts;
  return accounts.map((account) => `arn:${spec.partition}:s3:*:${account}:accesspoint/*`);
}

// Tag keys of IAM are case-insensitive, aws:TagKeys shows them as they were sent (E5).
function tagStatements(spec: PerimeterSpec): readonly Statement[] {
  if (spec.protectExemptTag === null) return [];
  return [
    {
      Sid: 'QuiltPerimeterExemptTag',
      Effect: 'Deny',
      Action: ['iam:CreateRole', 'iam:CreateUser', 'iam:TagRole', 'iam:TagUser', 'iam:UntagRole', 'iam:UntagUser', 'sts:TagSession'],
      Resource: '*',
      Condition: {
        'ForAnyValue:StringEqualsIgnoreCase': { 'aws:TagKeys': [spec.exemptTag] },
        ArnNotLikeIfExists: { 'aws:PrincipalArn': spec.protectExemptTag.administrator },
        ...expiry(spec),
      },
    },
  ];
}
