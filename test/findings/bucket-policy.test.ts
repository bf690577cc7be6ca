// QP3xx: what speaks against the perimeter on the test bucket, and who is still let in. QP302 shows in `apply` only.
import { expect, test } from 'vitest';
import { type BucketState, newObject } from '../../src/sandbox/s3/state.ts';
import { findingCases, unread } from '../support/finding-cases.ts';
import { planOn } from '../support/plan-on.ts';
import type { QuiltWorld } from '../support/quilt-world.ts';

const policyOf = (bucket: BucketState, statement: object): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Principal: '*', Action: 's3:*', Resource: [`arn:aws:s3:::${bucket.name}`, `arn:aws:s3:::${bucket.name}/*`], ...statement },
    ],
  });
const onlyTls = { Sid: 'Tls', Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
const toEverybody = { Sid: 'Open', Effect: 'Allow', Action: 's3:GetObject' };
const testPolicy = (statement: object) => (quilt: QuiltWorld) => {
  quilt.testBucket.policy = policyOf(quilt.testBucket, statement);
};
const testName = ({ testBucket }: QuiltWorld): readonly string[] => [testBucket.name];

/** The operator comes with a role of this name, whose tags are these. */
function comesAs({ world, iam, accountId }: QuiltWorld, name: string, path = '/', tags: { [key: string]: string } = {}): void {
  const arn = `arn:aws:iam::${accountId}:role${path}${name}`;
  const admin = iam.roles.PlatformAdmin;
  const keyId = world.identities.operator ?? '';
  const key = world.accessKeys[keyId];
  if (!admin || !key) throw new Error('the scenario has no operator');
  iam.roles[name] = { ...admin, name, path, arn, tags };
  world.accessKeys[keyId] = { ...key, arn: `arn:aws:sts::${accountId}:assumed-role/${name}/operator`, roleArn: arn, tags };
}
const operatorOf = (quilt: QuiltWorld) => `arn:aws:sts::${quilt.accountId}:assumed-role/PlatformAdmin/operator`;

findingCases('QP301', {
  'is raised where S3 sees the operator come from an address that nobody trusts': {
    wanted: { operatorIp: '203.0.113.50' },
    raises: (quilt) => [
      {
        severity: 'error',
        subjects: [operatorOf(quilt), quilt.testBucket.name],
        detail: 'from 203.0.113.50 would be denied s3:DeleteBucketPolicy',
        remedy: /--trusted-cidr 203\.0\.113\.50\/32.*aws iam tag-role --role-name PlatformAdmin/,
      },
    ],
  },
  'is unknown where the tags that may exempt the operator cannot be read': {
    ...unread('iam:ListRoleTags', (quilt) => [operatorOf(quilt), quilt.testBucket.name]),
    wanted: { operatorIp: '203.0.113.50' },
  },
  'is not raised from a trusted address': { wanted: { operatorIp: '198.51.100.10' }, raises: [] },
  'is not raised where the operator carries the exempt tag': {
    build: (quilt) => comesAs(quilt, 'Exempt', '/', { NetworkRestrictedExempt: 'yes' }),
    wanted: { operatorIp: '203.0.113.50' },
    raises: [],
  },
  'is not raised where the address is not known beforehand': { scenario: 'locked-out', raises: [] },
  'is not raised for a role of Identity Center, whose session tags nobody tells': {
    build: (quilt) => comesAs(quilt, 'AWSReservedSSO_Admin_0123456789abcdef', '/aws-reserved/sso.amazonaws.com/'),
    wanted: { operatorIp: '203.0.113.50' },
    raises: [],
  },
});

test('QP301: where the address is not known a line says that the probe will tell', async () => {
  const { plan } = await planOn('locked-out');
  expect(plan.steps.find(({ id }) => id === 'bucket-policy')?.plan.notes.join()).toContain('--operator-ip');
});

findingCases('QP302', {
  'is raised beforehand where the first target does not bind this account': {
    wanted: ({ world }) => ({
      targets: [Object.keys(world.organizations.organization?.accounts ?? {}).find((id) => id === '666677778888') ?? ''],
    }),
    raises: [{ severity: 'error', subjects: ['666677778888'], detail: 'does not bind account', remedy: '--target 444455556666' }],
  },
  'is not raised beforehand where it binds it': { raises: [] },
});

findingCases('QP303', {
  'is raised by objects': {
    build: ({ world, testBucket }) => {
      testBucket.objects['a.csv'] = [newObject('a', world.clock.base)];
    },
    raises: (quilt) => [
      { severity: 'error', subjects: testName(quilt), detail: 'it has objects or versions', remedy: '--test-bucket NAME' },
    ],
  },
  'is raised by versions that are deleted': {
    build: ({ world, testBucket }) => {
      testBucket.versioning = 'Enabled';
      testBucket.objects['a.csv'] = [{ ...newObject('a', world.clock.base, { versionId: 'v1' }), deleteMarker: true }];
    },
    raises: (quilt) => [{ severity: 'error', subjects: testName(quilt), detail: 'it has objects or versions', remedy: '--accept QP303' }],
  },
  'is raised by a policy that is not of this tool': {
    build: testPolicy(onlyTls),
    raises: (quilt) => [{ severity: 'error', subjects: testName(quilt), detail: '1 statement(s)', remedy: 'the statements are merged' }],
  },
  'is raised by another Region': {
    build: ({ world, testBucket }) => {
      world.s3.buckets[testBucket.name] = { ...testBucket, region: 'eu-west-1' };
    },
    raises: (quilt) => [{ severity: 'error', subjects: testName(quilt), detail: 'it is in eu-west-1', remedy: 'of us-east-1' }],
  },
  'is raised by a name outside the bucket pattern': {
    wanted: { buckets: ['quilt-raw*'] },
    raises: (quilt) => [{ severity: 'error', subjects: testName(quilt), detail: 'the SCP could not be seen on it', remedy: 'quilt-raw*' }],
  },
  'is raised by a bucket of another account': {
    build: ({ world, testBucket }) => {
      world.s3.buckets[testBucket.name] = { ...testBucket, accountId: '999988887777' };
    },
    denied: ['s3:ListAllMyBuckets'],
    raises: (quilt) => [
      { severity: 'error', subjects: testName(quilt), detail: 'does not belong to account 444455556666', remedy: '--test-bucket' },
    ],
  },
  'is raised where its policy cannot be read, since nothing can be merged into it': {
    denied: ['s3:GetBucketPolicy'],
    raises: (quilt) => [{ severity: 'error', subjects: testName(quilt), detail: 's3:GetBucketPolicy', remedy: 'allow s3:GetBucketPolicy' }],
  },
  'is unknown where its objects cannot be listed': unread('s3:ListBucketVersions', testName),
  'is not raised by a clean bucket': { raises: [] },
});

test('QP303: a bucket that the account does not list is refused at once, with those that it has', async () => {
  await expect(planOn('greenfield', undefined, { testBucket: 'quilt-elsewhere' })).rejects.toMatchObject({ exitCode: 2 });
});

const openPolicy = (quilt: QuiltWorld): void => testPolicy(toEverybody)(quilt);

findingCases('QP304', {
  'is raised where the policy is public and the bucket blocks public policies': {
    build: openPolicy,
    raises: (quilt) => [
      { severity: 'error', subjects: testName(quilt), detail: 'Block Public Access', remedy: 'take the public statement out' },
    ],
  },
  'is raised where the account blocks them': {
    build: (quilt) => {
      openPolicy(quilt);
      const block = quilt.testBucket.publicAccessBlock;
      if (block) quilt.world.s3.accountPublicAccessBlocks[quilt.accountId] = block;
      quilt.testBucket.publicAccessBlock = null;
    },
    raises: (quilt) => [{ severity: 'error', subjects: testName(quilt), remedy: '--test-bucket' }],
  },
  'is not raised where neither does': {
    build: (quilt) => {
      openPolicy(quilt);
      quilt.testBucket.publicAccessBlock = null;
    },
    raises: [],
  },
  'is not raised by a policy that is not public': { build: testPolicy(onlyTls), raises: [] },
  "is unknown where the policy's status cannot be read": { ...unread('s3:GetBucketPolicyStatus', testName), build: openPolicy },
  "is unknown where the bucket's Block Public Access cannot be read": {
    ...unread('s3:GetBucketPublicAccessBlock', testName),
    build: openPolicy,
  },
  "is unknown where the account's cannot be read": {
    ...unread('s3:GetAccountPublicAccessBlock', testName),
    build: (quilt) => {
      openPolicy(quilt);
      quilt.testBucket.publicAccessBlock = null;
    },
  },
  'is unknown where the policy itself cannot be read': unread('s3:GetBucketPolicy', testName),
});

findingCases('QP305', {
  'is raised where the merged policy is too large': {
    build: testPolicy({ ...onlyTls, Condition: { StringEquals: { 'aws:SourceVpce': ['x'.repeat(20_000)] } } }),
    raises: (quilt) => [
      { severity: 'error', subjects: testName(quilt), detail: /\d+ bytes, \d+ too many/, remedy: 'join ranges of --trusted-cidr' },
    ],
  },
  'is not raised where it fits': { build: testPolicy(onlyTls), raises: [] },
  'is unknown where the policy cannot be read': unread('s3:GetBucketPolicy', testName),
});

const nobodyExempt = ({ iam }: QuiltWorld) => {
  if (iam.roles.BreakGlass) iam.roles.BreakGlass.tags = {};
};

findingCases('QP306', {
  'is raised where no role carries the exempt tag': {
    build: nobodyExempt,
    raises: [
      {
        severity: 'warning',
        subjects: ['NetworkRestrictedExempt'],
        detail: '444455556666',
        remedy: 'aws iam tag-role --role-name ROLE --tags Key=NetworkRestrictedExempt,Value=true',
      },
    ],
  },
  'is not raised where one does, in whatever case': {
    build: ({ iam }) => {
      if (iam.roles.BreakGlass) iam.roles.BreakGlass.tags = { networkrestrictedexempt: 'false' };
    },
    raises: [],
  },
  'is unknown where roles cannot be listed': unread('iam:ListRoles', ['NetworkRestrictedExempt']),
  "is unknown where no role shows it and some roles' tags cannot be read": {
    denied: ['iam:ListRoleTags'],
    build: nobodyExempt,
    raises: ({ iam }) => [
      {
        severity: 'unknown',
        subjects: [Object.keys(iam.roles).sort()[0] ?? ''],
        detail: 'iam:ListRoleTags',
        remedy: 'allow iam:ListRoleTags',
      },
    ],
  },
});

findingCases('QP307', {
  'is raised where nothing protects the exempt tag': {
    raises: [{ severity: 'warning', subjects: ['NetworkRestrictedExempt'], remedy: 'perimeter.protectExemptTag: true' }],
  },
  'is not raised where the SCP does': { wanted: { protectExemptTag: true }, raises: [] },
});

findingCases('QP308', {
  'is raised for a role of Identity Center': {
    build: (quilt) => comesAs(quilt, 'AWSReservedSSO_Admin_0123456789abcdef', '/aws-reserved/sso.amazonaws.com/'),
    raises: ({ accountId }) => [
      {
        severity: 'warning',
        subjects: [`arn:aws:sts::${accountId}:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/operator`],
        remedy: '--trusted-cidr ADDRESS/32',
      },
    ],
  },
  'is not raised for another role': { raises: [] },
});

const denyOutside = (operator: string) => ({
  Effect: 'Deny',
  Condition: { NotIpAddress: { 'aws:SourceIp': '198.51.100.0/24' }, [operator]: { 'aws:PrincipalIsAWSService': 'false' } },
});

findingCases('QP309', {
  'is raised by a Deny that uses Bool on aws:PrincipalIsAWSService': {
    build: ({ bucket }) => {
      const raw = bucket('quilt-raw-data');
      raw.policy = policyOf(raw, denyOutside('Bool'));
    },
    raises: ({ bucket }) => [{ severity: 'warning', subjects: [bucket('quilt-raw-data').name], detail: 'Bool', remedy: 'BoolIfExists' }],
  },
  'is not raised by BoolIfExists': {
    build: ({ bucket }) => {
      const raw = bucket('quilt-raw-data');
      raw.policy = policyOf(raw, denyOutside('BoolIfExists'));
    },
    raises: [],
  },
  'is unknown for buckets whose policies cannot be read': unread('s3:GetBucketPolicy', ({ world }) =>
    Object.keys(world.s3.buckets).filter((name) => name.startsWith('quilt')),
  ),
  'is unknown where buckets cannot be listed': unread('s3:ListAllMyBuckets', ['quilt*']),
});

findingCases('QP311', {
  'is raised wherever the policy is to be put on': {
    raises: (quilt) => [{ severity: 'warning', subjects: testName(quilt), detail: 'service-linked roles', remedy: 'nothing to do' }],
  },
});

findingCases('QP312', {
  'is raised by a statement with our Sid and other content': {
    build: testPolicy({ Sid: 'QuiltPerimeterNetwork', Effect: 'Deny', Action: 's3:PutObject' }),
    raises: ({ testBucket }) => [
      { severity: 'error', subjects: [testBucket.name, 'QuiltPerimeterNetwork'], remedy: 'rename QuiltPerimeterNetwork' },
    ],
  },
  'is not raised by other statements': { build: testPolicy(onlyTls), raises: [] },
  'is unknown where the policy cannot be read': unread('s3:GetBucketPolicy', testName),
});

// In `apply` it is an error, told by the certificate: test/steps/exercise.test.ts and test/whole/certificate.test.ts.
findingCases('QP310', {
  'is not foreseen where operator and break-glass role share nothing': { raises: [] },
  'is not foreseen where root access may be centralized': {
    build: ({ iam }) => {
      delete iam.roles.BreakGlass;
    },
    raises: [],
  },
  'is a warning where no two of the ways back that there are can be independent': {
    scenario: 'single-account',
    build: ({ iam }) => {
      delete iam.roles.BreakGlass;
    },
    raises: (quilt) => [{ severity: 'warning', subjects: testName(quilt), detail: 'no two are independent', remedy: '--accept QP310' }],
  },
  'is not foreseen with --skip-probes, which exercises nothing anyway': {
    scenario: 'single-account',
    build: ({ iam }) => {
      delete iam.roles.BreakGlass;
    },
    wanted: { skipProbes: true },
    raises: [],
  },
});
