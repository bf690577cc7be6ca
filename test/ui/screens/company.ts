// One company for all screens: names of every kind, one thing of each, and as many of some as a list must bear.
import type { Applied, Change, PipelinePlan, RollbackSummary, RunSummary, StatusStep } from '../../../src/engine/types.ts';
import { stopped } from '../../../src/errors.ts';
import { finding } from '../../../src/findings.ts';
import type { Place } from '../../../src/ports.ts';
import type { Tree } from '../../../src/ui/render-tree.ts';

export const place: Place = {
  partition: 'aws',
  accountId: '444455556666',
  region: 'us-east-1',
  organizationId: 'o-306c4e32b8',
  managementAccountId: '111122223333',
  stack: 'quilt-prod',
  vpc: 'vpc-0576232877c460d3a',
};

/** Named as people name buckets, tags and accounts: in any script. */
export const wide = { account: '数据平台 Quilt 本番', unit: 'Datenpools 🧬', subnet: '私有子网-a' } as const;

const bucketPolicy = (statements: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const tls = { Sid: 'AllowSSLRequestsOnly', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::quilt-genomics/*' };
const perimeter = {
  Sid: 'QuiltPerimeterNetwork',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: ['arn:aws:s3:::quilt-genomics', 'arn:aws:s3:::quilt-genomics/*'],
  Condition: { StringNotEqualsIfExists: { 'aws:SourceVpc': ['vpc-0576232877c460d3a'] } },
};

const change = (given: Partial<Change> & Pick<Change, 'key' | 'summary' | 'reason'>): Change => ({
  action: 'create',
  target: { accountId: place.accountId, region: place.region, type: 'AWS::EC2::VPCEndpoint', name: 'x' },
  before: null,
  after: null,
  risk: 'additive',
  confirm: 'c',
  needs: [],
  seconds: null,
  usdPerMonth: null,
  ...given,
});

export const nat = change({
  key: 'nat/gateway',
  summary: 'NAT gateway in us-east-1a (public subnet subnet-07bc85747da02903f)',
  reason: "Quilt's private services need public Internet services such as Amazon ECR and Amazon SNS (B18)",
  seconds: 180,
  usdPerMonth: 32.85,
});

export const endpoint = change({
  key: 'endpoints/api',
  summary: `interface endpoint for API Gateway in ${wide.subnet}, us-east-1b, us-east-1c, private DNS on`,
  reason: "Quilt's services reach its API through it without leaving the VPC, and the stack's parameter takes its id",
  risk: 'access-affecting',
  seconds: 180,
  usdPerMonth: 21.9,
});

export const onBucket = change({
  key: 'bucket-policy/quilt-genomics',
  action: 'update',
  summary: 'Put the perimeter on bucket quilt-genomics',
  reason: 'one clean bucket shows that Quilt and the other services reach it as expected before the organization is bound',
  risk: 'access-affecting',
  seconds: 5,
  before: { policy: bucketPolicy([tls]) },
  after: { bucket: 'quilt-genomics', policy: bucketPolicy([tls, perimeter]) },
});

export const attach = change({
  key: 'scp/attach',
  summary: `Attach SCP QuiltDataPerimeter to account ${wide.account} (444455556666)`,
  reason: 'probe statements only, until S3 has shown that you can still work under them',
  risk: 'organization-wide',
  seconds: 300,
});

const evidence = {
  ...finding('QP413', { detail: 'nothing shows that Quilt reaches bucket quilt-genomics', subjects: [] }),
  accepted: false,
};
const exposed = finding('QP105', { detail: 'rtb-052cb604c2307a2e3: open S3 connections drop and are not resumed', subjects: [] });

const sentence = [
  'Deny s3:* on quilt-genomics, unless any of these holds:',
  '  · the request comes from VPC vpc-0576232877c460d3a',
  '  · the principal carries the tag NetworkRestrictedExempt, whatever its value, in any account',
].join('\n');

const remedy = [
  'Network: from 3 of 13 places something will be denied:',
  '  · quilt-public-a, quilt-public-b: igw-0fc814b54967dd9b0, each client’s own public address',
  '    → aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0b47bd02a54c96e8c --add-route-table-ids rtb-087bbfe54c4f29e91',
].join('\n');

const step = (given: Partial<PipelinePlan['steps'][number]['plan']>) => ({
  changes: [],
  confirmations: [],
  findings: [],
  notes: [],
  ...given,
});

export const plan: PipelinePlan = {
  steps: [
    { id: 'discover', title: 'Discover what stands', state: 'done', plan: step({ notes: [`account ${wide.account}`] }) },
    { id: 'endpoints', title: 'Private endpoints', state: 'pending', plan: step({ changes: [endpoint], findings: [exposed] }) },
    { id: 'nat', title: 'Egress for private subnets', state: 'pending', plan: step({ changes: [nat] }) },
    {
      id: 'bucket-policy',
      title: 'Put the perimeter on the test bucket',
      state: 'pending',
      plan: step({ changes: [onBucket], notes: [sentence] }),
    },
    {
      id: 'scp',
      title: 'Put the perimeter on the organization',
      state: 'blocked',
      plan: step({ changes: [attach], notes: [remedy], findings: [evidence] }),
    },
    { id: 'stack-parameter', title: "Set the stack's endpoint parameter", state: 'skipped', plan: step({}) },
  ],
};

/** `n` route tables, each with a route to make. */
export const manyChanges = (n: number): PipelinePlan => ({
  steps: [
    {
      id: 'nat',
      title: 'Egress for private subnets',
      state: 'pending',
      plan: step({
        changes: Array.from({ length: n }, (_, index) =>
          change({ key: `nat/${index}`, summary: `default route of rtb-${index} to the NAT gateway`, reason: 'it has no default route' }),
        ),
      }),
    },
  ],
});

const made = (change: Change, id: string): Applied => ({
  step: 'nat',
  change,
  generation: 1,
  token: 't',
  run: 'r',
  made: { id, fields: {} },
});

export const stoppedRun: RunSummary = {
  outcome: 'stopped',
  steps: [
    { id: 'discover', state: 'done', made: [], findings: [], certificates: [] },
    { id: 'endpoints', state: 'done', made: [made(endpoint, 'vpce-0f313d0872c07c16d')], findings: [], certificates: [] },
    { id: 'nat', state: 'done', made: [made(nat, 'nat-0b1f17ab8dbe42293')], findings: [], certificates: [] },
    { id: 'bucket-policy', state: 'done', made: [made(onBucket, 'quilt-genomics')], findings: [], certificates: [] },
    { id: 'scp', state: 'blocked', made: [], findings: [], certificates: [] },
    { id: 'stack-parameter', state: 'pending', made: [], findings: [], certificates: [] },
  ],
  stoppedBy: stopped(
    'QP413',
    'nothing shows that Quilt reaches the test bucket (QP413): quilt-genomics',
    'look in the catalog whether Quilt reads and writes quilt-genomics, then pass --accept QP413',
    'quilt-genomics',
  ),
};

export const rolledBack: RollbackSummary = {
  outcome: 'done',
  undone: [made(onBucket, 'quilt-genomics'), made(nat, 'nat-0b1f17ab8dbe42293'), made(endpoint, 'vpce-0f313d0872c07c16d')],
  kept: [],
  noticed: [],
  notRestored: ['The policy type SERVICE_CONTROL_POLICY stays enabled.'],
};

export const facts = {
  place,
  at: '2026-11-24T00:05:32.424Z',
  runId: 'uv7uadbwr6dy',
  operator: 'arn:aws:sts::444455556666:assumed-role/PlatformAdmin/operator',
  leftOut: ['Live probes are left out (--skip-probes): nothing proves that this operator can undo what is put on.'],
  next: ['quilt-perimeter status: what stands and what is pending', 'quilt-perimeter rollback: put everything back'],
} as const;

export const status: readonly StatusStep[] = [
  { id: 'discover', state: 'done', changes: [] },
  { id: 'endpoints', state: 'done', changes: [{ key: 'endpoints/api', state: 'done', journal: null, aws: null }] },
  {
    id: 'bucket-policy',
    state: 'drifted',
    changes: [
      {
        key: `bucket-policy/${wide.subnet}`,
        state: 'drifted',
        journal: { policy: '私有'.repeat(40) },
        aws: { policy: 'ab'.repeat(80) },
      },
    ],
  },
  { id: 'scp', state: 'pending', changes: [{ key: 'scp/attach', state: 'pending', journal: null, aws: null }] },
];

/** An organization of so many accounts in one unit. */
export const organization = (accounts: number): Tree => ({
  target: { arn: '', type: 'ROOT', id: 'r-c9c0', name: 'Root' },
  children: [
    {
      target: { arn: '', type: 'ORGANIZATIONAL_UNIT', id: 'ou-c9c0-1', name: wide.unit },
      children: Array.from({ length: accounts }, (_, index) => ({
        target: { arn: '', type: 'ACCOUNT', id: `${100_000_000_000 + index}`, name: index === 0 ? wide.account : `account ${index}` },
        children: [],
      })),
    },
    { target: { arn: '', type: 'ACCOUNT', id: '111122223333', name: 'Management' }, children: [] },
  ],
});
