// Arbitraries for what is not network: identities, buckets, the stack, the organization, and what the operator chose.
import fc from 'fast-check';
import { mostly } from './mostly.ts';
import type { AccountParts, BucketParts, ChoiceParts, OrganizationParts, StackParts } from './parts.ts';

const reads = [
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeSecurityGroupRules',
  'ec2:DescribeAddresses',
  'route53:ListHostedZonesByVPC',
  'servicequotas:GetServiceQuota',
  's3:GetBucketPolicy',
  's3:GetBucketPolicyStatus',
  's3:GetBucketTagging',
  's3:GetBucketPublicAccessBlock',
  's3:GetAccountPublicAccessBlock',
  's3:ListBucketVersions',
  's3:ListBucket',
  's3:ListAllMyBuckets',
  'iam:GetRole',
  'iam:ListRoles',
  'iam:ListRoleTags',
  'iam:GetRolePolicy',
  'iam:ListRolePolicies',
  'cloudformation:ListStackResources',
  'cloudformation:ListChangeSets',
  'cloudformation:GetTemplate',
  'cloudformation:GetTemplateSummary',
  'cloudformation:GetStackPolicy',
  'organizations:DescribeOrganization',
  'organizations:ListRoots',
  'organizations:ListParents',
  'organizations:ListPolicies',
  'organizations:ListPoliciesForTarget',
  'organizations:ListTargetsForPolicy',
  'organizations:ListTagsForResource',
  'organizations:DescribePolicy',
] as const;

export const accountShape: fc.Arbitrary<AccountParts> = fc.record({
  operatorFrom: mostly<AccountParts['operatorFrom']>('trusted', 'untrusted', 'vpn', 'flapping', 'stack-subnet'),
  operatorTag: mostly<AccountParts['operatorTag']>('none', 'role', 'session'),
  operatorIs: mostly<AccountParts['operatorIs']>('role', 'user', 'identity-center'),
  breakGlass: mostly(true, false),
  refused: fc.oneof(
    { withCrossShrink: true },
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom(...reads), { maxLength: 4 }) },
  ),
});

export const bucketShape: fc.Arbitrary<BucketParts> = fc.record({
  policy: mostly<BucketParts['policy']>(
    'none',
    'tls',
    'partner',
    'public',
    'allow-list',
    'perimeter-like',
    'our-sid',
    'big',
    'denies-operator',
  ),
  objects: mostly<BucketParts['objects']>('none', 'one', 'delete-marker'),
  versioning: mostly<BucketParts['versioning']>('never', 'Enabled', 'Suspended'),
  region: mostly<BucketParts['region']>('here', 'elsewhere'),
  blocksPublicPolicy: mostly(true, false),
  isOutsidePattern: mostly(false, true),
  isOfAnotherAccount: fc.oneof(
    { withCrossShrink: true },
    { weight: 20, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  others: fc.uniqueArray(mostly<BucketParts['others'][number]>('not-quilts', 'elsewhere', 'allow-list', 'cross-account'), { maxLength: 2 }),
});

const statuses = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'IMPORT_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'CREATE_IN_PROGRESS',
  'CREATE_FAILED',
  'ROLLBACK_IN_PROGRESS',
  'ROLLBACK_FAILED',
  'ROLLBACK_COMPLETE',
  'DELETE_IN_PROGRESS',
  'DELETE_FAILED',
  'UPDATE_IN_PROGRESS',
  'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_FAILED',
  'UPDATE_ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_FAILED',
  'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
  'REVIEW_IN_PROGRESS',
  'IMPORT_IN_PROGRESS',
  'IMPORT_ROLLBACK_IN_PROGRESS',
  'IMPORT_ROLLBACK_FAILED',
  'IMPORT_ROLLBACK_COMPLETE',
] as const;

export const stackShape: fc.Arbitrary<StackParts> = fc.record({
  status: mostly<string>(...statuses),
  parameter: mostly<StackParts['parameter']>('ApiGatewayVPCEndpointId', 'ApiGatewayVPCEndpoint', 'none'),
  value: mostly<StackParts['value']>('empty', 'another-endpoint'),
  otherChangeSets: mostly(0, 1, 2),
  policy: mostly<StackParts['policy']>('none', 'allows', 'denies-api', 'denies-all'),
  isNested: mostly(false, true),
  functionsOutside: mostly(false, true),
  transform: mostly(false, true),
  owner: mostly<StackParts['owner']>('nobody', 'terraform', 'cloudformation'),
});

export const organizationShape: fc.Arbitrary<OrganizationParts> = fc.record({
  is: mostly<OrganizationParts['is']>('all-features', 'billing-only', 'absent'),
  depth: fc.integer({ min: 0, max: 5 }),
  quiltAt: fc.integer({ min: 0, max: 5 }),
  quiltIsManagement: mostly(false, true),
  policyType: fc.constantFrom<OrganizationParts['policyType']>('off', 'off', 'on', 'on', 'on', 'pending'),
  attached: mostly(0, 1, 3, 4, 8, 9),
  ourName: mostly<OrganizationParts['ourName']>('free', 'taken', 'taken-attached'),
  controlTower: mostly(false, true),
});

export const choiceShape: fc.Arbitrary<ChoiceParts> = fc.record({
  targets: fc.oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: fc.constant<ChoiceParts['targets']>(['account']) },
    {
      weight: 2,
      arbitrary: fc.uniqueArray(mostly<ChoiceParts['targets'][number]>('account', 'unit', 'root', 'other-account', 'unknown'), {
        minLength: 1,
        maxLength: 3,
      }),
    },
  ),
  nat: mostly<ChoiceParts['nat']>('auto', 'single', 'per-zone', 'none'),
  privateDns: mostly(true, false),
  vpcKey: mostly<ChoiceParts['vpcKey']>('id', 'arn'),
  protectExemptTag: mostly(false, true),
  accessPoints: mostly(false, true),
  resourceAccounts: mostly(false, true),
  trustedVpcs: mostly(true, false),
  operatorIp: mostly<ChoiceParts['operatorIp']>('not-given', 'given'),
  skipProbes: fc.oneof(
    { withCrossShrink: true },
    { weight: 15, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  skip: fc.oneof(
    { withCrossShrink: true },
    { weight: 6, arbitrary: fc.constant<ChoiceParts['skip']>([]) },
    {
      weight: 1,
      arbitrary: fc.uniqueArray(
        fc.constantFrom<ChoiceParts['skip'][number]>('endpoints', 'nat', 'bucket-policy', 'scp', 'stack-parameter'),
        { maxLength: 2 },
      ),
    },
  ),
  isReckless: fc.oneof(
    { withCrossShrink: true },
    { weight: 12, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});
