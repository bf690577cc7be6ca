// QP4xx: what speaks against the SCP, and QP601.
import { addBucket } from '../../src/sandbox/scenarios/buckets.ts';
import { accounts } from '../../src/sandbox/scenarios/company.ts';
import { addRole } from '../../src/sandbox/scenarios/identities.ts';
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

const reads = (resources: readonly string[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: resources }] });

/** A function without a VPC, or a canary, as a role that the stack does not have. */
const outside = (
  quilt: QuiltWorld,
  { name, policy = reads(['*']), kind = 'functions' }: { name: string; policy?: string; kind?: 'functions' | 'canaries' },
) => {
  const role = addRole(quilt.draft, quilt.accountId, { name: `${name}-role`, trustedBy: { Service: 'lambda.amazonaws.com' } });
  role.inlinePolicies.Own = policy;
  quilt.world.lambda ??= { functions: [], canaries: [] };
  quilt.world.lambda[kind].push({ name, accountId: quilt.accountId, region: 'us-east-1', roleArn: role.arn, vpc: null });
  return role;
};
/** The template of the stack without a VPC for one of its resources. */
const withoutVpc = (logicalId: string, property: string) => (quilt: QuiltWorld) => {
  for (const stack of Object.values(quilt.world.cloudformation.stacks)) {
    const template = JSON.parse(stack.content.template);
    delete template.Resources[logicalId].Properties[property];
    stack.content.template = JSON.stringify(template);
  }
};
const serviceRole = (quilt: QuiltWorld, service: string, policy: string, tags: { [key: string]: string } = {}) => {
  const role = addRole(quilt.draft, quilt.accountId, { name: 'Delivery', trustedBy: { Service: service }, tags });
  role.inlinePolicies.Own = policy;
};

findingCases('QP409', {
  "is not raised where the stack's functions and canaries are in its VPC": { raises: [] },
  'is a warning for functions and service roles of brownfield that are not the stack’s': {
    scenario: 'brownfield',
    raises: [
      {
        severity: 'warning',
        subjects: ['nightly-report', 'RawDataDelivery'],
        detail:
          'function nightly-report (role nightly-report-role) on every bucket in scope; role RawDataDelivery of firehose.amazonaws.com on quilt-raw-data-444455556666',
        remedy:
          /--function-name nightly-report --vpc-config SubnetIds=subnet-.*aws iam tag-role --role-name ROLE --tags Key=NetworkRestrictedExempt/,
      },
    ],
  },
  "is an error for a function of the stack's": {
    build: withoutVpc('PackagerFunction', 'VpcConfig'),
    raises: [
      {
        severity: 'error',
        subjects: ['quilt-prod-packager'],
        detail: 'function quilt-prod-packager (role quilt-prod-PackagerRole) on every bucket in scope',
        remedy: '--role-name quilt-prod-PackagerRole',
      },
    ],
  },
  "is an error for the function of a custom resource of the stack's": {
    build: withoutVpc('MigrationFunction', 'VpcConfig'),
    raises: [{ severity: 'error', subjects: ['quilt-prod-migration'], remedy: '--function-name quilt-prod-migration' }],
  },
  "is an error for a canary of the stack's, told once": {
    build: withoutVpc('SearchCanary', 'VPCConfig'),
    raises: [{ severity: 'error', subjects: ['quilt-prod-search'], detail: 'canary quilt-prod-search', remedy: 'aws iam tag-role' }],
  },
  'is a warning for a canary that is not the stack’s': {
    build: (quilt) => void outside(quilt, { name: 'probe', kind: 'canaries' }),
    raises: [{ severity: 'warning', subjects: ['probe'], detail: 'canary probe (role probe-role)', remedy: '--role-name probe-role' }],
  },
  'is not raised for a function whose role may not use S3, or only other buckets': {
    build: (quilt) => {
      outside(quilt, { name: 'a', policy: reads(['arn:aws:s3:::corp-*/*']) });
      outside(quilt, { name: 'b', policy: reads(['arn:aws:sqs:*:*:*']) });
    },
    raises: [],
  },
  'is not raised for a role that its boundary keeps from S3': {
    build: (quilt) => {
      const arn = `arn:aws:iam::${quilt.accountId}:policy/NoS3`;
      outside(quilt, { name: 'bounded' }).permissionsBoundary = arn;
      const account = quilt.world.iam.accounts[quilt.accountId];
      const document = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }] });
      if (account)
        account.policies[arn] = {
          arn,
          id: 'ANPAX',
          name: 'NoS3',
          path: '/',
          defaultVersion: 'v1',
          versions: { v1: document },
          createdAt: 0,
        };
    },
    raises: [],
  },
  'is raised for a role that only the bucket’s policy allows': {
    build: (quilt) => {
      const role = outside(quilt, { name: 'allowed-there', policy: reads(['arn:aws:sqs:*:*:*']) });
      const bucket = quilt.world.s3.buckets[`quilt-raw-data-${quilt.accountId}`];
      if (bucket)
        bucket.policy = JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: role.arn }, Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket.name}/*` }],
        });
    },
    raises: [{ severity: 'warning', subjects: ['allowed-there'], detail: 'on quilt-raw-data-444455556666', remedy: 'allowed-there' }],
  },
  'is raised where the policy allows it only under a condition that cannot be told': {
    build: (quilt) =>
      void outside(quilt, {
        name: 'by-prefix',
        policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 's3:ListBucket', Resource: '*', Condition: { StringLike: { 's3:prefix': 'reports/*' } } }],
        }),
      }),
    raises: [{ severity: 'warning', subjects: ['by-prefix'], remedy: 'by-prefix' }],
  },
  'is not raised for an exempt role': {
    build: (quilt) => {
      outside(quilt, { name: 'exempt' }).tags.NetworkRestrictedExempt = 'true';
      serviceRole(quilt, 'glue.amazonaws.com', reads(['*']), { networkrestrictedexempt: '' });
    },
    raises: [],
  },
  'is not raised for roles of services that run in VPCs or act as CloudFormation does': {
    build: (quilt) => serviceRole(quilt, 'cloudformation.amazonaws.com', reads(['*'])),
    raises: [],
  },
  'is a warning for a role that S3 replicates with': {
    build: (quilt) => serviceRole(quilt, 's3.amazonaws.com', reads(['arn:aws:s3:::quilt-genomics-*/*'])),
    raises: [
      {
        severity: 'warning',
        subjects: ['Delivery'],
        detail: 'role Delivery of s3.amazonaws.com on quilt-genomics-444455556666',
        remedy: /^exempt the role: aws iam tag-role --role-name Delivery/,
      },
    ],
  },
  'is unknown where functions may not be listed': unread('lambda:ListFunctions', []),
  'is unknown where canaries may not be listed': unread('synthetics:DescribeCanaries', []),
  'is unknown where roles may not be read, and names what runs outside': {
    ...unread('iam:GetAccountAuthorizationDetails', ['chat-notifier', 'nightly-report']),
    scenario: 'brownfield',
  },
  "is unknown which are the stack's where its resources may not be listed": {
    scenario: 'brownfield',
    denied: ['cloudformation:ListStackResources'],
    raises: [
      {
        severity: 'unknown',
        subjects: ['nightly-report', 'RawDataDelivery'],
        detail: 'cloudformation:ListStackResources',
        remedy: 'allow cloudformation:ListStackResources',
      },
      { severity: 'warning', subjects: ['nightly-report', 'RawDataDelivery'], remedy: 'nightly-report' },
    ],
  },
});

findingCases('QP415', {
  'is not raised where a range of more than one address is trusted': { raises: [] },
  'is raised where no range is trusted': {
    wanted: { trustedCidrs: [] },
    raises: [{ severity: 'warning', subjects: [], detail: 'no public range is trusted', remedy: '--trusted-cidr' }],
  },
  'is raised where only single addresses are': {
    wanted: { trustedCidrs: ['198.51.100.10/32', '2600:1f18::1/128'] },
    raises: [
      {
        severity: 'warning',
        subjects: ['198.51.100.10/32', '2600:1f18::1/128'],
        detail: '198.51.100.10/32, 2600:1f18::1/128',
        remedy: '--trusted-cidr',
      },
    ],
  },
});
