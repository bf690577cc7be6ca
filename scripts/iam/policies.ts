// The permissions that the program needs, as IAM policies with placeholders. docs/iam/*.json is made from this, and
// test/permissions compares it with the calls that the program really makes.
import { allOf, type Grant, type Policy } from './grants.ts';

/** What is to be filled in, with what stands for it. */
export const placeholders = {
  REGION: "the Region of Quilt's stack",
  ACCOUNT_ID: "the account of Quilt's stack",
  VPC_ID: "the VPC of Quilt's stack",
  STACK_NAME: "Quilt's CloudFormation stack",
  TEST_BUCKET: 'the clean bucket on which the policy is proven first',
  BREAK_GLASS_ROLE: 'the role that the perimeter exempts, by which you would get back in',
  LOG_BUCKET: "the bucket of CloudTrail's files",
  RESULTS_BUCKET: "the bucket of Athena's results",
  MANAGEMENT_ACCOUNT_ID: "the organization's management account",
  ORGANIZATION_ID: "the organization's id, such as o-a1b2c3d4e5",
} as const;

const ec2 = (type: string): string => `arn:aws:ec2:REGION:ACCOUNT_ID:${type}/*`;
const vpc = 'arn:aws:ec2:REGION:ACCOUNT_ID:vpc/VPC_ID';
const inVpc = { ArnEquals: { 'ec2:Vpc': vpc } };
const tagged = (key: 'RequestTag' | 'ResourceTag') => ({ Null: { [`aws:${key}/quilt-perimeter:place`]: 'false' } });

const quiltRead: readonly Grant[] = [
  {
    sid: 'ReadNetwork',
    actions: {
      ...allOf('required', 'ec2', [
        'DescribeAddresses',
        'DescribeInternetGateways',
        'DescribeNatGateways',
        'DescribeNetworkInterfaces',
        'DescribePrefixLists',
        'DescribeRouteTables',
        'DescribeSecurityGroups',
        'DescribeSubnets',
        'DescribeVpcAttribute',
        'DescribeVpcEndpointServices',
        'DescribeVpcEndpoints',
        'DescribeVpcs',
      ]),
      'ec2:GetManagedPrefixListEntries': 'optional',
      'route53:ListHostedZonesByVPC': 'optional',
      'servicequotas:GetServiceQuota': 'optional',
    },
    resources: ['*'],
  },
  {
    sid: 'ReadWhatUsesTheBuckets',
    actions: {
      ...allOf('optional', 'lambda', ['ListFunctions']),
      ...allOf('optional', 'synthetics', ['DescribeCanaries', 'DescribeCanariesLastRun', 'GetCanaryRuns']),
      ...allOf('optional', 'cloudtrail', ['DescribeTrails', 'GetEventSelectors', 'GetTrailStatus']),
      ...allOf('optional', 'iam', ['GetAccountAuthorizationDetails', 'GetRolePolicy', 'ListUserTags']),
      // By them a break-glass role is known and judged, without which there may be too few ways back (QP310).
      ...allOf('required', 'iam', [
        'GetPolicy',
        'GetPolicyVersion',
        'GetRole',
        'ListAttachedRolePolicies',
        'ListRolePolicies',
        'ListRoleTags',
        'ListRoles',
      ]),
    },
    resources: ['*'],
  },
  {
    sid: 'FindStacks',
    actions: allOf('required', 'cloudformation', ['DescribeStacks', 'GetTemplateSummary']),
    resources: ['*'],
  },
  {
    sid: 'ReadStack',
    actions: {
      ...allOf('optional', 'cloudformation', ['GetStackPolicy', 'GetTemplate', 'ListChangeSets', 'ListStackResources']),
      ...allOf('required', 'cloudformation', ['DescribeChangeSet', 'DescribeStackEvents']),
    },
    resources: ['arn:aws:cloudformation:REGION:ACCOUNT_ID:stack/STACK_NAME/*'],
  },
  {
    sid: 'FindBuckets',
    actions: { 's3:GetAccountPublicAccessBlock': 'optional', 's3:ListAllMyBuckets': 'required' },
    resources: ['*'],
  },
  {
    sid: 'ReadBuckets',
    actions: {
      ...allOf('optional', 's3', ['GetBucketPolicyStatus', 'GetBucketPublicAccessBlock', 'GetBucketTagging', 'ListBucketVersions']),
      ...allOf('required', 's3', ['GetBucketPolicy', 'ListBucket']),
    },
    resources: ['arn:aws:s3:::*'],
  },
  {
    // Keys that do not exist: nothing is read.
    sid: 'Probe',
    actions: { 's3:GetObject': 'required' },
    resources: ['arn:aws:s3:::*/quilt-perimeter-probe/*'],
  },
];

const quiltWrite: readonly Grant[] = [
  {
    sid: 'MakeThingsOfOurs',
    actions: allOf('required', 'ec2', ['AllocateAddress', 'CreateNatGateway', 'CreateSecurityGroup', 'CreateVpcEndpoint']),
    resources: [ec2('elastic-ip'), ec2('natgateway'), ec2('security-group'), ec2('vpc-endpoint')],
    condition: tagged('RequestTag'),
  },
  {
    sid: 'TagThemWhenMade',
    actions: { 'ec2:CreateTags': 'required' },
    resources: [ec2('elastic-ip'), ec2('natgateway'), ec2('security-group'), ec2('vpc-endpoint')],
    condition: {
      StringEquals: { 'ec2:CreateAction': ['AllocateAddress', 'CreateNatGateway', 'CreateSecurityGroup', 'CreateVpcEndpoint'] },
      ...tagged('RequestTag'),
    },
  },
  {
    sid: 'MakeThemInThisVpc',
    actions: allOf('required', 'ec2', ['CreateSecurityGroup', 'CreateVpcEndpoint', 'ModifyVpcAttribute']),
    resources: [vpc],
  },
  {
    sid: 'PutThemInItsSubnetsAndTables',
    actions: allOf('required', 'ec2', ['CreateNatGateway', 'CreateRoute', 'CreateVpcEndpoint', 'DeleteRoute', 'ModifyVpcEndpoint']),
    resources: [ec2('route-table'), ec2('security-group'), ec2('subnet')],
    condition: inVpc,
  },
  {
    sid: 'ChangeEndpointsThatStand',
    actions: { 'ec2:ModifyVpcEndpoint': 'required' },
    resources: [ec2('vpc-endpoint')],
  },
  {
    sid: 'PrivateDns',
    actions: { 'route53:AssociateVPCWithHostedZone': 'required' },
    resources: ['arn:aws:route53:::hostedzone/*', vpc],
  },
  {
    sid: 'ChangeAndRemoveThingsOfOurs',
    actions: allOf('required', 'ec2', [
      'AuthorizeSecurityGroupIngress',
      'CreateNatGateway',
      'DeleteNatGateway',
      'DeleteSecurityGroup',
      'DeleteVpcEndpoints',
      'ReleaseAddress',
      'RevokeSecurityGroupIngress',
    ]),
    resources: [ec2('elastic-ip'), ec2('natgateway'), ec2('security-group'), ec2('vpc-endpoint')],
    condition: tagged('ResourceTag'),
  },
  {
    sid: 'MakeRulesOfThem',
    actions: { 'ec2:AuthorizeSecurityGroupIngress': 'required' },
    resources: [ec2('security-group-rule')],
  },
  {
    sid: 'TestBucketPolicy',
    actions: allOf('required', 's3', ['DeleteBucketPolicy', 'PutBucketPolicy']),
    resources: ['arn:aws:s3:::TEST_BUCKET'],
  },
  {
    sid: 'StackParameter',
    actions: allOf('required', 'cloudformation', ['CreateChangeSet', 'DeleteChangeSet', 'ExecuteChangeSet']),
    resources: ['arn:aws:cloudformation:REGION:ACCOUNT_ID:stack/STACK_NAME/*'],
    condition: {
      StringLike: {
        'cloudformation:ChangeSetName': ['quilt-perimeter-*', 'arn:aws:cloudformation:REGION:ACCOUNT_ID:changeSet/quilt-perimeter-*'],
      },
    },
  },
  {
    sid: 'TryTheWayBack',
    actions: { 'sts:AssumeRole': 'optional' },
    resources: ['arn:aws:iam::ACCOUNT_ID:role/BREAK_GLASS_ROLE'],
  },
];

const logs: readonly Grant[] = [
  {
    sid: 'ReadLogs',
    actions: allOf('required', 's3', ['GetObject', 'ListBucket']),
    resources: ['arn:aws:s3:::LOG_BUCKET', 'arn:aws:s3:::LOG_BUCKET/*'],
  },
  {
    sid: 'AskAthena',
    actions: {
      ...allOf('required', 'athena', ['GetQueryExecution', 'GetQueryResults', 'GetTableMetadata', 'StartQueryExecution']),
      ...allOf('optional', 'athena', ['GetWorkGroup', 'StopQueryExecution']),
    },
    resources: ['arn:aws:athena:REGION:ACCOUNT_ID:workgroup/*', 'arn:aws:athena:REGION:ACCOUNT_ID:datacatalog/*'],
  },
  {
    sid: 'AthenaReadsLogsAndWritesResults',
    actions: allOf('required', 's3', ['AbortMultipartUpload', 'GetBucketLocation', 'GetObject', 'ListBucket', 'PutObject']),
    resources: ['arn:aws:s3:::RESULTS_BUCKET', 'arn:aws:s3:::RESULTS_BUCKET/*', 'arn:aws:s3:::LOG_BUCKET'],
    condition: { 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'athena.amazonaws.com' } },
  },
  {
    sid: 'AthenaReadsTheTable',
    actions: allOf('required', 'glue', ['GetDatabase', 'GetPartitions', 'GetTable']),
    resources: ['catalog', 'database/*', 'table/*'].map((each) => `arn:aws:glue:REGION:ACCOUNT_ID:${each}`),
    condition: { 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'athena.amazonaws.com' } },
  },
];

const organizationRead: readonly Grant[] = [
  {
    sid: 'ReadOrganization',
    actions: {
      ...allOf('required', 'organizations', [
        'DescribeAccount',
        'DescribeOrganization',
        'DescribeOrganizationalUnit',
        'DescribePolicy',
        'ListParents',
        'ListPolicies',
        'ListPoliciesForTarget',
        'ListRoots',
        'ListTargetsForPolicy',
      ]),
      ...allOf('optional', 'organizations', [
        'ListAccounts',
        'ListAccountsForParent',
        'ListOrganizationalUnitsForParent',
        'ListTagsForResource',
      ]),
      'iam:ListOrganizationsFeatures': 'optional',
    },
    resources: ['*'],
  },
];

const isScp = { StringEquals: { 'organizations:PolicyType': 'SERVICE_CONTROL_POLICY' } };
const organization = (rest: string): string => `arn:aws:organizations::MANAGEMENT_ACCOUNT_ID:${rest}`;

const organizationWrite: readonly Grant[] = [
  {
    sid: 'MakeScp',
    actions: { 'organizations:CreatePolicy': 'required' },
    resources: ['*'],
    condition: isScp,
  },
  {
    sid: 'ChangeScp',
    actions: allOf('required', 'organizations', ['AttachPolicy', 'DeletePolicy', 'DetachPolicy', 'UpdatePolicy']),
    resources: [organization('policy/ORGANIZATION_ID/service_control_policy/*')],
    condition: isScp,
  },
  {
    sid: 'AttachScp',
    actions: allOf('required', 'organizations', ['AttachPolicy', 'DetachPolicy']),
    resources: ['account', 'ou', 'root'].map((kind) => organization(`${kind}/ORGANIZATION_ID/*`)),
    condition: isScp,
  },
  {
    sid: 'EnableScps',
    actions: { 'organizations:EnablePolicyType': 'required' },
    resources: [organization('root/ORGANIZATION_ID/*')],
    condition: isScp,
  },
  {
    sid: 'TryTheWayBackAsRole',
    // Without it there may be too few ways back (QP310).
    actions: { 'sts:AssumeRole': 'required' },
    resources: ['arn:aws:iam::ACCOUNT_ID:role/BREAK_GLASS_ROLE'],
  },
  {
    sid: 'TryTheWayBackAsRoot',
    actions: { 'sts:AssumeRoot': 'optional' },
    resources: ['arn:aws:iam::ACCOUNT_ID:root'],
    condition: { StringEquals: { 'sts:TaskPolicyArn': 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy' } },
  },
];

/** All policies, by the name of their file. `side`: whose credentials they are for. */
export const policies: readonly Policy[] = [
  { name: 'quilt-read', side: 'quilt', grants: quiltRead },
  { name: 'quilt-write', side: 'quilt', grants: quiltWrite },
  { name: 'quilt-logs', side: 'quilt', grants: logs },
  { name: 'organization-read', side: 'organization', grants: organizationRead },
  { name: 'organization-write', side: 'organization', grants: organizationWrite },
];
