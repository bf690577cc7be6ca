// QP4xx: what speaks against the SCP, and QP601. QP409 and QP415 need CloudTrail.
import { addBucket } from '../../src/sandbox/scenarios/buckets.ts';
import { accounts } from '../../src/sandbox/scenarios/company.ts';
import { addServiceControlPolicy, enablePolicyType } from '../../src/sandbox/scenarios/organization.ts';
import { findingCases, unread } from '../support/finding-cases.ts';
import type { QuiltWorld } from '../support/quilt-world.ts';

const harmless = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'Stay', Effect: 'Deny', Action: 'organizations:LeaveOrganization', Resource: '*' }],
};

/** So many SCPs on the target, FullAWSAccess among them. */
const attached = (count: number) => (quilt: QuiltWorld) => {
  enablePolicyType(quilt.draft, quilt.organization);
  for (let index = 1; index < count; index += 1)
    addServiceControlPolicy(quilt.draft, quilt.organization, `Guard${index}`, harmless, [quilt.accountId]);
};
const attachedTo = ({ organization }: QuiltWorld, target: string): readonly string[] =>
  organization.attachments
    .filter(({ targetId, policyId }) => targetId === target && !policyId.includes('RCP'))
    .map(({ policyId }) => policyId);

/** The organization's side has the credentials of the Quilt account. */
const noManagement = ({ world }: QuiltWorld) => {
  world.identities.management = world.identities.operator ?? '';
};
const buckets = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `quilt-data-of-team-number-${index}*`);

findingCases('QP401', {
  'is raised where the organization has consolidated billing only': {
    build: ({ organization }) => {
      organization.featureSet = 'CONSOLIDATED_BILLING';
    },
    raises: ({ organization }) => [
      { severity: 'error', subjects: [organization.id], detail: 'CONSOLIDATED_BILLING', remedy: 'aws organizations enable-all-features' },
    ],
  },
  'is not raised where it has all features': { raises: [] },
  'is unknown where the organization cannot be read': unread('organizations:DescribeOrganization', ({ accountId }) => [accountId]),
});

findingCases('QP402', {
  "is raised where the credentials are the Quilt account's": {
    build: noManagement,
    raises: ({ accountId }) => [
      { severity: 'error', subjects: [accountId, accounts.management], detail: accounts.management, remedy: '--org-profile' },
    ],
  },
  'is raised where the organization may not be read': {
    denied: ['organizations:*'],
    raises: [
      { severity: 'error', subjects: [accounts.management], detail: 'organizations:DescribeOrganization', remedy: '--org-role-arn' },
    ],
  },
  ...Object.fromEntries(
    ['ListRoots', 'ListParents', 'DescribeAccount', 'ListPolicies', 'ListPoliciesForTarget'].map((operation) => [
      `is raised where organizations:${operation} is refused, and names it`,
      {
        denied: [`organizations:${operation}`],
        raises: [
          {
            severity: 'error' as const,
            subjects: [accounts.management],
            detail: `organizations:${operation}`,
            remedy: `allow organizations:${operation} to arn:aws:sts::${accounts.management}:assumed-role/OrganizationAdmin`,
          },
        ],
      },
    ]),
  ),
  'is raised where the account is in no organization': {
    build: ({ world }) => {
      world.organizations.organization = null;
    },
    raises: [{ severity: 'error', subjects: [accounts.management], detail: 'in no organization', remedy: '--skip scp' }],
  },
  "is not raised with the management account's": { raises: [] },
});

findingCases('QP403', {
  'is an error over 10,240 characters': {
    wanted: { buckets: buckets(120) },
    raises: [{ severity: 'error', subjects: ['QuiltDataPerimeter'], detail: 'more than 10240', remedy: 'patterns of --bucket (120)' }],
  },
  'is a warning over 5,120': {
    wanted: { buckets: buckets(60) },
    raises: [{ severity: 'warning', subjects: ['QuiltDataPerimeter'], detail: '5120', remedy: 'ranges of --trusted-cidr (1)' }],
  },
  'is not raised below that': { wanted: { buckets: buckets(20) }, raises: [] },
  'is told where the organization cannot be read': {
    wanted: { buckets: buckets(120) },
    denied: ['organizations:ListRoots'],
    raises: [{ severity: 'error', subjects: ['QuiltDataPerimeter'], detail: 'more than 10240', remedy: '--bucket (120)' }],
  },
});

findingCases('QP404', {
  'is an error where ten are attached': {
    build: attached(10),
    raises: (quilt) => [
      {
        severity: 'error',
        subjects: [quilt.accountId, ...attachedTo(quilt, quilt.accountId)],
        detail: 'Guard9',
        remedy: `detach SCPs of ${quilt.accountId}`,
      },
    ],
  },
  'is a warning where five are': {
    build: attached(5),
    raises: (quilt) => [
      {
        severity: 'warning',
        subjects: [quilt.accountId, ...attachedTo(quilt, quilt.accountId)],
        detail: 'FullAWSAccess',
        remedy: '--target',
      },
    ],
  },
  'is not raised where four are': { build: attached(4), raises: [] },
  "is unknown where the target's SCPs cannot be read": unread('organizations:ListPoliciesForTarget', ({ accountId }) => [accountId]),
});

findingCases('QP405', {
  "is an error where it is the stack's account": {
    scenario: 'single-account',
    raises: [{ severity: 'error', subjects: [accounts.management], detail: "the stack's account", remedy: '--skip scp' }],
  },
  'is a warning where another account in scope is it': {
    wanted: { resourceAccounts: [accounts.management, accounts.quilt] },
    raises: [{ severity: 'warning', subjects: [accounts.management], remedy: `bucket policy on the buckets of ${accounts.management}` }],
  },
  'is a warning where it is a target': {
    wanted: { targets: [accounts.quilt, accounts.management] },
    raises: [{ severity: 'warning', subjects: [accounts.management], remedy: 'member account' }],
  },
  'is a warning where the root is a target, which holds it': {
    wanted: ({ organization }) => ({ targets: [accounts.quilt, organization.root.id] }),
    raises: [{ severity: 'warning', subjects: [accounts.management], remedy: `bucket policy on the buckets of ${accounts.management}` }],
  },
  'is not raised where none is': { raises: [] },
  'is unknown where the organization cannot be read': unread('organizations:DescribeOrganization', ({ accountId }) => [accountId]),
});

findingCases('QP406', {
  'is raised where VPCs are compared by id': {
    raises: ({ vpc, vpn }) => [{ severity: 'info', subjects: [vpc.id, vpn.id], remedy: '--vpc-key arn' }],
  },
  'is not raised where they are compared by ARN': { wanted: { vpcKey: 'arn' }, raises: [] },
});

findingCases('QP407', {
  'is raised where the SCP names bucket ARNs only': {
    raises: [{ severity: 'warning', subjects: ['quilt*'], remedy: 'perimeter.accessPoints: true' }],
  },
  'is not raised where it names access points': { wanted: { accessPoints: true }, raises: [] },
});

const markAll = ({ world, stack }: QuiltWorld) => {
  for (const bucket of Object.values(world.s3.buckets)) bucket.tags['quilt-stack'] = stack.name;
};

findingCases('QP408', {
  "names what the pattern matches and is not the stack's": {
    build: ({ draft, accountId }) => void addBucket(draft, { name: 'quilts-of-vermont', accountId }),
    raises: ({ accountId }) => [
      {
        severity: 'warning',
        subjects: [`quilt-genomics-${accountId}`, 'quilts-of-vermont'],
        detail: 'also matches',
        remedy: '--bucket PATTERN',
      },
    ],
  },
  'names what it misses of the stack': {
    build: markAll,
    wanted: { buckets: ['quilt-perimeter*', 'quilt-raw*'] },
    raises: ({ accountId }) => [
      {
        severity: 'warning',
        subjects: [`quilt-analytics-${accountId}`, `quilt-service-${accountId}`],
        detail: 'misses',
        remedy: '--bucket',
      },
    ],
  },
  'is not raised where all carry a tag of the stack': { build: markAll, raises: [] },
  'is unknown for buckets whose tags cannot be read': unread('s3:GetBucketTagging', ({ accountId }) =>
    ['curated-data', 'genomics', 'raw-data'].map((name) => `quilt-${name}-${accountId}`),
  ),
  "is unknown where the stack's resources cannot be listed": unread('cloudformation:ListStackResources', ['quilt*']),
});

const ownPolicy = ({ draft, organization }: QuiltWorld) => addServiceControlPolicy(draft, organization, 'QuiltDataPerimeter', harmless, []);

findingCases('QP410', {
  'is raised where a policy of that name has other content and another description': {
    build: (quilt) => void ownPolicy(quilt),
    raises: ({ organization }) => [
      {
        severity: 'error',
        subjects: Object.values(organization.policies).flatMap(({ id, name }) => (name === 'QuiltDataPerimeter' ? [id] : [])),
        remedy: '--policy-name',
      },
    ],
  },
  'is not raised under another name': { build: (quilt) => void ownPolicy(quilt), wanted: { policyName: 'Other' }, raises: [] },
  'is unknown where policies cannot be listed': unread('organizations:ListPolicies', ['QuiltDataPerimeter']),
});

findingCases('QP411', {
  'is raised where Control Tower and Landing Zone Accelerator are at work': {
    build: (quilt) => {
      for (const name of ['aws-guardrails-AbCdEf', 'AWSAccelerator-Guardrails-1'])
        addServiceControlPolicy(quilt.draft, quilt.organization, name, harmless, []);
    },
    raises: ({ organization }) => [
      {
        severity: 'warning',
        subjects: ['Control Tower', 'Landing Zone Accelerator'],
        detail: organization.id,
        remedy: 'tell whoever runs it',
      },
    ],
  },
  'is raised by the names that Landing Zone Accelerator ships with': {
    build: (quilt) => void addServiceControlPolicy(quilt.draft, quilt.organization, 'AcceleratorGuardrails1', harmless, []),
    raises: [{ severity: 'warning', subjects: ['Landing Zone Accelerator'], detail: 'names of other SCPs', remedy: 'rollback' }],
  },
  'is not raised by other SCPs': { scenario: 'brownfield', raises: [] },
  'is unknown where policies cannot be listed': unread('organizations:ListPolicies', [accounts.management]),
});

findingCases('QP412', {
  'is raised where a bucket grants to an account that the SCP does not bind': {
    scenario: 'brownfield',
    raises: ({ accountId }) => [
      { severity: 'warning', subjects: [`quilt-curated-data-${accountId}`], detail: accounts.analytics, remedy: 'resource control policy' },
    ],
  },
  'is not raised where that account is a target': {
    scenario: 'brownfield',
    wanted: { targets: [accounts.quilt, accounts.analytics] },
    raises: [],
  },
  'is not raised where no bucket grants to others': { raises: [] },
  'is unknown for buckets whose policies cannot be read': unread('s3:GetBucketPolicy', ({ world }) =>
    Object.keys(world.s3.buckets).filter((name) => name.startsWith('quilt')),
  ),
  'is unknown where buckets cannot be listed': unread('s3:ListAllMyBuckets', ['quilt*']),
});

findingCases('QP413', {
  'is raised as long as the SCP is not wide and attached': {
    raises: ({ testBucket }) => [{ severity: 'error', subjects: [testBucket.name], remedy: '--accept QP413' }],
  },
});

findingCases('QP414', {
  'is raised by a pattern that also matches buckets of other accounts': {
    raises: [
      {
        severity: 'warning',
        subjects: ['quilt*'],
        detail: 'quilt-lambda-us-east-1',
        remedy: 'perimeter.resourceAccounts: ["444455556666"]',
      },
    ],
  },
  'is not raised where accounts are named': { wanted: { resourceAccounts: [accounts.quilt] }, raises: [] },
  'is not raised where buckets are named': {
    wanted: ({ accountId, testBucket }) => ({ buckets: [testBucket.name, `quilt-raw-data-${accountId}`] }),
    raises: [],
  },
});

const quiltBuckets = ({ world }: QuiltWorld): readonly string[] => Object.keys(world.s3.buckets).filter((name) => name.startsWith('quilt'));

findingCases('QP601', {
  'names the buckets whose calls no trail has, and the selector': {
    raises: (quilt) => [
      {
        severity: 'warning',
        subjects: quiltBuckets(quilt),
        detail: 'no reads are logged and no writes are logged',
        remedy: '"StartsWith":["arn:aws:s3:::quilt"]',
      },
    ],
  },
  'is not raised where a trail logs them': { scenario: 'brownfield', raises: [] },
  'names those that are left out': {
    build: ({ world, accountId }) => {
      const [trail] = world.cloudTrail?.trails ?? [];
      if (trail)
        trail.eventSelectors = [{ DataResources: [{ Type: 'AWS::S3::Object', Values: [`arn:aws:s3:::quilt-raw-data-${accountId}/`] }] }];
    },
    wanted: ({ accountId, testBucket }) => ({ buckets: [`quilt-raw-data-${accountId}`, testBucket.name] }),
    raises: ({ testBucket }) => [
      { severity: 'warning', subjects: [testBucket.name], detail: testBucket.name, remedy: `"StartsWith":["arn:aws:s3:::quilt-raw-data` },
    ],
  },
  'is raised where the trail does not log any more': {
    scenario: 'brownfield',
    build: ({ world }) => {
      for (const trail of world.cloudTrail?.trails ?? []) trail.logging = false;
    },
    raises: (quilt) => [{ severity: 'warning', subjects: quiltBuckets(quilt), remedy: 'put-event-selectors' }],
  },
  'is unknown where trails cannot be listed': unread('cloudtrail:DescribeTrails', quiltBuckets),
  'is unknown where selectors cannot be read': { ...unread('cloudtrail:GetEventSelectors', quiltBuckets), scenario: 'brownfield' },
});
