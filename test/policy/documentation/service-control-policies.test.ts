// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples.html and the pages under it
import { describe, expect, it } from 'vitest';
import type { ContextValues } from '../../../src/policy/context.ts';
import { evaluate } from '../../../src/policy/evaluate.ts';
import { account, allowAll, asScp, printed } from './examples.ts';

const asRole = (name: string) => ({
  principal: `arn:aws:iam::${account}:role/${name}`,
});

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
describe('…scps_examples_general.html', () => {
  it('nothing outside of two Regions but global services, and two roles pass', () => {
    const policy = printed({
      Sid: 'DenyAllOutsideEU',
      Effect: 'Deny',
      NotAction: ['cloudfront:*', 'iam:*', 'organizations:*', 's3:GetAccountPublic*', 's3:ListAllMyBuckets', 'sts:*', 'support:*'],
      Resource: '*',
      Condition: {
        StringNotEquals: { 'aws:RequestedRegion': ['eu-central-1', 'eu-west-1'] },
        ArnNotLike: {
          'aws:PrincipalARN': ['arn:aws:iam::*:role/Role1AllowedToBypassThisSCP', 'arn:aws:iam::*:role/Role2AllowedToBypassThisSCP'],
        },
      },
    });
    const run = (region: string, action = 'ec2:RunInstances') => ({ action, context: { 'aws:RequestedRegion': region } });
    expect(asScp(policy, run('eu-west-1'))).toBe('allowed');
    expect(asScp(policy, run('us-east-1'))).toBe('explicitDeny');
    expect(asScp(policy, run('us-east-1', 'iam:CreateRole'))).toBe('allowed');
    expect(asScp(policy, run('us-east-1', 's3:GetAccountPublicAccessBlock'))).toBe('allowed');
    expect(asScp(policy, run('us-east-1', 's3:GetObject'))).toBe('explicitDeny');
    expect(asScp(policy, { ...run('us-east-1'), ...asRole('Role2AllowedToBypassThisSCP') })).toBe('allowed');
    expect(asScp(policy, { ...run('us-east-1'), ...asRole('Role3') })).toBe('explicitDeny');
    const session = `arn:aws:sts::${account}:assumed-role/Role1AllowedToBypassThisSCP/someone`;
    expect(asScp(policy, { ...run('us-east-1'), principal: session })).toBe('allowed');
  });

  const changes = ['iam:AttachRolePolicy', 'iam:DeleteRole', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:UpdateRole'];
  const target = 'arn:aws:iam::*:role/name-of-role-to-deny';
  const change = { action: 'iam:DeleteRole', resource: `arn:aws:iam::${account}:role/name-of-role-to-deny` };

  it('nobody changes one role', () => {
    const policy = printed({ Sid: 'DenyAccessToASpecificRole', Effect: 'Deny', Action: changes, Resource: [target] });
    expect(asScp(policy, change)).toBe('explicitDeny');
    expect(asScp(policy, { ...change, action: 'iam:GetRole' })).toBe('allowed');
    expect(asScp(policy, { ...change, resource: `arn:aws:iam::${account}:role/another` })).toBe('allowed');
  });

  it('nobody but the administrator changes it', () => {
    const policy = printed({
      Sid: 'DenyAccessWithException',
      Effect: 'Deny',
      Action: changes,
      Resource: [target],
      Condition: { StringNotLike: { 'aws:PrincipalARN': 'arn:aws:iam::*:role/name-of-admin-role-to-allow' } },
    });
    expect(asScp(policy, { ...change, ...asRole('name-of-admin-role-to-allow') })).toBe('allowed');
    expect(asScp(policy, { ...change, ...asRole('another') })).toBe('explicitDeny');
  });

  it('instances are stopped with multi-factor authentication alone', () => {
    const policy = printed({
      Sid: 'DenyStopAndTerminateWhenMFAIsNotPresent',
      Effect: 'Deny',
      Action: ['ec2:StopInstances', 'ec2:TerminateInstances'],
      Resource: '*',
      Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': false } },
    });
    const stop = (context: ContextValues) => asScp(policy, { action: 'ec2:StopInstances', context });
    expect(stop({ 'aws:MultiFactorAuthPresent': true })).toBe('allowed');
    expect(stop({ 'aws:MultiFactorAuthPresent': false })).toBe('explicitDeny');
    expect(stop({})).toBe('explicitDeny');
  });

  it('the root user of a member account does not use EC2', () => {
    const policy = printed({
      Sid: 'RestrictEC2ForRoot',
      Effect: 'Deny',
      Action: ['ec2:*'],
      Resource: ['*'],
      Condition: { StringLike: { 'aws:PrincipalArn': ['arn:aws:iam::*:root'] } },
    });
    expect(asScp(policy, { principal: `root:${account}`, action: 'ec2:RunInstances' })).toBe('explicitDeny');
    expect(asScp(policy, { principal: `root:${account}`, action: 's3:ListAllMyBuckets' })).toBe('allowed');
    expect(asScp(policy, { action: 'ec2:RunInstances' })).toBe('allowed');
  });

  it('member accounts do not leave', () => {
    const policy = printed({ Effect: 'Deny', Action: ['organizations:LeaveOrganization'], Resource: '*' });
    expect(asScp(policy, { action: 'organizations:LeaveOrganization' })).toBe('explicitDeny');
    expect(asScp(policy, { action: 'organizations:DescribeOrganization' })).toBe('allowed');
  });
});

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_ec2.html
describe('…scps_examples_ec2.html', () => {
  it('instances are of type t2.micro', () => {
    const policy = printed({
      Sid: 'RequireMicroInstanceType',
      Effect: 'Deny',
      Action: 'ec2:RunInstances',
      Resource: ['arn:aws:ec2:*:*:instance/*'],
      Condition: { StringNotEquals: { 'ec2:InstanceType': 't2.micro' } },
    });
    const run = (type: string, resource = `arn:aws:ec2:us-east-1:${account}:instance/i-1`) =>
      asScp(policy, { action: 'ec2:RunInstances', resource, context: { 'ec2:InstanceType': type } });
    expect(run('t2.micro')).toBe('allowed');
    expect(run('m5.large')).toBe('explicitDeny');
    expect(run('m5.large', `arn:aws:ec2:us-east-1:${account}:volume/v-1`)).toBe('allowed');
  });
});

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_ram.html
describe('…scps_examples_ram.html', () => {
  const share = (context: ContextValues, principal = `arn:aws:iam::${account}:user/anna`) => ({
    principal,
    action: 'ram:CreateResourceShare',
    context,
  });

  it('nothing is shared outside of the organization', () => {
    const policy = printed({
      Effect: 'Deny',
      Action: ['ram:CreateResourceShare', 'ram:UpdateResourceShare'],
      Resource: '*',
      Condition: { Bool: { 'ram:RequestedAllowsExternalPrincipals': 'true' } },
    });
    expect(asScp(policy, share({ 'ram:RequestedAllowsExternalPrincipals': true }))).toBe('explicitDeny');
    expect(asScp(policy, share({ 'ram:RequestedAllowsExternalPrincipals': false }))).toBe('allowed');
    expect(asScp(policy, share({}))).toBe('allowed');
  });

  it('two accounts alone share prefix lists', () => {
    const policy = printed({
      Sid: 'OnlyNamedAccountsCanSharePrefixLists',
      Effect: 'Deny',
      Action: ['ram:AssociateResourceShare', 'ram:CreateResourceShare'],
      Resource: '*',
      Condition: {
        StringNotEquals: { 'aws:PrincipalAccount': ['111111111111', '222222222222'] },
        StringEquals: { 'ram:RequestedResourceType': 'ec2:PrefixList' },
      },
    });
    const list = { 'ram:RequestedResourceType': 'ec2:PrefixList' };
    expect(asScp(policy, share(list))).toBe('explicitDeny');
    expect(asScp(policy, share(list, 'arn:aws:iam::222222222222:user/anna'))).toBe('allowed');
    expect(asScp(policy, share({ 'ram:RequestedResourceType': 'ec2:Subnet' }))).toBe('allowed');
  });

  it('nothing is shared with organizations or their units', () => {
    const policy = printed({
      Effect: 'Deny',
      Action: ['ram:CreateResourceShare', 'ram:AssociateResourceShare'],
      Resource: '*',
      Condition: {
        'ForAnyValue:StringLike': { 'ram:Principal': ['arn:aws:organizations::*:organization/*', 'arn:aws:organizations::*:ou/*'] },
      },
    });
    expect(asScp(policy, share({ 'ram:Principal': ['111111111111', 'arn:aws:organizations::1:ou/o-1/ou-1'] }))).toBe('explicitDeny');
    expect(asScp(policy, share({ 'ram:Principal': ['111111111111'] }))).toBe('allowed');
  });

  it('things are shared with those listed and with nobody else', () => {
    const listed = [
      'arn:aws:organizations::123456789012:organization/o-12345abcdef',
      'arn:aws:organizations::123456789012:ou/o-12345abcdef/ou-98765fedcba',
      '111111111111',
    ];
    const policy = printed({
      Effect: 'Deny',
      Action: ['ram:AssociateResourceShare', 'ram:CreateResourceShare'],
      Resource: '*',
      Condition: { 'ForAnyValue:StringNotEquals': { 'ram:Principal': listed } },
    });
    expect(asScp(policy, share({ 'ram:Principal': listed }))).toBe('allowed');
    expect(asScp(policy, share({ 'ram:Principal': ['111111111111', '222222222222'] }))).toBe('explicitDeny');
    expect(asScp(policy, share({}))).toBe('allowed');
  });
});

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_tagging.html
describe('…scps_examples_tagging.html', () => {
  it('secrets and instances are made with a tag', () => {
    const untagged = { Null: { 'aws:RequestTag/Project': 'true' } };
    const policy = printed([
      {
        Sid: 'DenyCreateSecretWithNoProjectTag',
        Effect: 'Deny',
        Action: 'secretsmanager:CreateSecret',
        Resource: '*',
        Condition: untagged,
      },
      {
        Sid: 'DenyRunInstanceWithNoProjectTag',
        Effect: 'Deny',
        Action: 'ec2:RunInstances',
        Resource: ['arn:aws:ec2:*:*:instance/*', 'arn:aws:ec2:*:*:volume/*'],
        Condition: untagged,
      },
    ]);
    expect(asScp(policy, { action: 'secretsmanager:CreateSecret' })).toBe('explicitDeny');
    expect(asScp(policy, { action: 'secretsmanager:CreateSecret', context: { 'aws:RequestTag/project': 'x' } })).toBe('allowed');
    expect(asScp(policy, { action: 'ec2:RunInstances', resource: `arn:aws:ec2:us-east-1:${account}:volume/v` })).toBe('explicitDeny');
    expect(asScp(policy, { action: 'ec2:RunInstances', resource: `arn:aws:ec2:us-east-1:${account}:subnet/s` })).toBe('allowed');
  });

  it('tags are changed by those alone whose own tag is that of the resource', () => {
    const admin = 'arn:aws:iam::123456789012:role/org-admins/iam-admin';
    const deny = { Effect: 'Deny', Action: ['ec2:CreateTags', 'ec2:DeleteTags'], Resource: ['*'] } as const;
    const policy = printed([
      {
        ...deny,
        Sid: 'DenyModifyTagsIfResAuthzTagAndPrinTagDontMatch',
        Condition: {
          StringNotEquals: { 'ec2:ResourceTag/access-project': '${aws:PrincipalTag/access-project}', 'aws:PrincipalArn': admin },
          Null: { 'ec2:ResourceTag/access-project': false },
        },
      },
      {
        ...deny,
        Sid: 'DenyModifyResAuthzTagIfPrinTagDontMatch',
        Condition: {
          StringNotEquals: { 'aws:RequestTag/access-project': '${aws:PrincipalTag/access-project}', 'aws:PrincipalArn': admin },
          'ForAnyValue:StringEquals': { 'aws:TagKeys': ['access-project'] },
        },
      },
      {
        ...deny,
        Sid: 'DenyModifyTagsIfPrinTagNotExists',
        Condition: { StringNotEquals: { 'aws:PrincipalArn': admin }, Null: { 'aws:PrincipalTag/access-project': true } },
      },
    ]);
    const tag = (context: ContextValues, principal = `arn:aws:iam::${account}:user/anna`) =>
      asScp(policy, { principal, action: 'ec2:CreateTags', context });
    const own = { 'aws:PrincipalTag/access-project': 'blue' };
    expect(tag({ ...own, 'ec2:ResourceTag/access-project': 'blue', 'aws:TagKeys': ['note'] })).toBe('allowed');
    expect(tag({ ...own, 'ec2:ResourceTag/access-project': 'red', 'aws:TagKeys': ['note'] })).toBe('explicitDeny');
    const retag = { 'aws:TagKeys': ['access-project'], 'aws:RequestTag/access-project': 'red' };
    expect(tag({ ...own, 'ec2:ResourceTag/access-project': 'blue', ...retag })).toBe('explicitDeny');
    expect(tag({ ...own, ...retag, 'aws:RequestTag/access-project': 'blue' })).toBe('allowed');
    expect(tag({ 'aws:TagKeys': ['note'] })).toBe('explicitDeny');
    expect(tag({ 'aws:TagKeys': ['note'] }, admin)).toBe('allowed');
  });
});

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_vpc.html and …_config.html
describe('…scps_examples_vpc.html and …scps_examples_config.html', () => {
  it.each([
    [['ec2:DeleteFlowLogs', 'logs:DeleteLogGroup', 'logs:DeleteLogStream'], 'logs:DeleteLogGroup', 'logs:CreateLogGroup'],
    [['ec2:AttachInternetGateway', 'globalaccelerator:Create*'], 'globalaccelerator:CreateListener', 'ec2:CreateSubnet'],
    [['config:DeleteConfigRule', 'config:StopConfigurationRecorder'], 'config:StopConfigurationRecorder', 'config:PutConfigRule'],
  ])('a list of actions is denied: %j', (actions, denied, spared) => {
    const policy = printed({ Effect: 'Deny', Action: actions, Resource: '*' });
    expect(asScp(policy, { action: denied })).toBe('explicitDeny');
    expect(asScp(policy, { action: spared })).toBe('allowed');
  });
});

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
describe('…scps_evaluation.html', () => {
  const s3 = printed({ Effect: 'Allow', Action: 's3:*', Resource: '*' });
  const ec2 = printed({ Effect: 'Allow', Action: 'ec2:*', Resource: '*' });
  const decide = (action: string, scp: NonNullable<Parameters<typeof evaluate>[0]['policies']['scp']>) =>
    evaluate({
      principal: `arn:aws:iam::${account}:user/anna`,
      action,
      resource: '*',
      context: {},
      policies: { identity: [allowAll], scp },
    }).decision;

  it('an Allow is needed at every level from the root down to the account', () => {
    expect(decide('s3:GetObject', [[allowAll], [allowAll], [allowAll]])).toBe('allowed');
    for (const level of [0, 1, 2]) {
      const scp = [[allowAll], [allowAll], [allowAll]].map((documents, index) => (index === level ? [ec2] : documents));
      expect(decide('s3:GetObject', scp)).toBe('implicitDeny');
    }
  });

  it('several policies of one level add up', () => {
    expect(decide('s3:GetObject', [[allowAll], [ec2, s3]])).toBe('allowed');
  });

  it('a Deny at any level is enough', () => {
    const deny = printed({ Effect: 'Deny', Action: 's3:*', Resource: '*' });
    for (const level of [0, 1, 2]) {
      const scp = [[allowAll], [allowAll], [allowAll]].map((documents, index) => (index === level ? [...documents, deny] : documents));
      expect(decide('s3:GetObject', scp)).toBe('explicitDeny');
    }
  });

  it('SCPs grant nothing', () => {
    const request = { principal: `arn:aws:iam::${account}:user/anna`, action: 's3:GetObject', resource: '*', context: {} };
    expect(evaluate({ ...request, policies: { identity: [], scp: [[allowAll]] } }).decision).toBe('implicitDeny');
  });
});
