import { describe, expect, it } from 'vitest';
import type { ConditionBlock } from '../../../src/policy/document.ts';
import { account, asBucketPolicy, asIdentityPolicy, besideAllowAll, printed } from './examples.ts';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
describe('…condition-logic-multiple-context-keys-or-values.html', () => {
  const bucket = ['arn:aws:s3:::amzn-s3-demo-bucket', 'arn:aws:s3:::amzn-s3-demo-bucket/*'];
  const get = { action: 's3:GetObject', resource: 'arn:aws:s3:::amzn-s3-demo-bucket/key', principal: `arn:aws:iam::${account}:user/Ana` };
  const statement = (Condition: ConditionBlock) =>
    printed({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 's3:*', Resource: bucket, Condition });
  const decide = (Condition: ConditionBlock, context: { readonly [key: string]: string }) =>
    asIdentityPolicy({ ...statement(Condition), Statement: statement(Condition).Statement.map(withoutPrincipal) }, { ...get, context });
  const withoutPrincipal = ({ Principal: _principal, ...rest }: ReturnType<typeof statement>['Statement'][number]) => rest;

  it('operators and keys are ANDed, the values of one key ORed', () => {
    const condition = {
      StringEquals: { 'aws:PrincipalTag/department': ['finance', 'hr', 'legal'], 'aws:PrincipalTag/role': ['audit', 'security'] },
      ArnLike: { 'aws:PrincipalArn': [`arn:aws:iam::${account}:user/Ana`, `arn:aws:iam::${account}:user/Mary`] },
    };
    const tags = (department: string, role: string) => ({ 'aws:PrincipalTag/department': department, 'aws:PrincipalTag/role': role });
    expect(decide(condition, tags('hr', 'audit'))).toBe('allowed');
    expect(decide(condition, tags('hr', 'pull'))).toBe('implicitDeny');
    expect(decide(condition, tags('sales', 'audit'))).toBe('implicitDeny');
    expect(decide(condition, { 'aws:PrincipalTag/department': 'hr' })).toBe('implicitDeny');
    expect(decide(condition, { ...tags('hr', 'audit'), 'aws:PrincipalArn': `arn:aws:iam::${account}:user/Bob` })).toBe('implicitDeny');
  });

  it('several values of a negated operator are NOR', () => {
    const condition = { StringNotEquals: { 'aws:PrincipalTag/department': ['finance', 'hr'], 'aws:PrincipalTag/role': 'audit' } };
    const tags = (department: string, role: string) => ({ 'aws:PrincipalTag/department': department, 'aws:PrincipalTag/role': role });
    expect(decide(condition, tags('sales', 'writer'))).toBe('allowed');
    expect(decide(condition, tags('finance', 'writer'))).toBe('implicitDeny');
    expect(decide(condition, tags('hr', 'writer'))).toBe('implicitDeny');
    expect(decide(condition, tags('sales', 'audit'))).toBe('implicitDeny');
    expect(decide(condition, {})).toBe('allowed');
  });

  it('a Deny of everything that comes neither from a VPC nor from an address', () => {
    const policy = printed({
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: bucket,
      Condition: {
        StringNotEquals: { 'aws:SourceVpc': ['vpc-111bbb22', 'vpc-333ccc44'] },
        NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
      },
    });
    const from = (context: { readonly [key: string]: string }) =>
      asBucketPolicy(policy, { ...get, principal: 'root:123456789012', context });
    expect(from({ 'aws:SourceVpc': 'vpc-333ccc44' })).toBe('allowed');
    expect(from({ 'aws:SourceIp': '192.0.2.7' })).toBe('allowed');
    expect(from({ 'aws:SourceVpc': 'vpc-000' })).toBe('explicitDeny');
    expect(from({ 'aws:SourceIp': '198.51.100.7' })).toBe('explicitDeny');
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html, as it stood with DynamoDB's keys
describe('…multi-value-conditions.html', () => {
  const table = `arn:aws:dynamodb:us-east-1:${account}:table/Thread`;
  const attributes = (action: string, ...names: readonly string[]) => ({
    action,
    resource: table,
    context: { 'dynamodb:requestedAttributes': names },
  });

  it('ForAllValues: every requested attribute must be listed', () => {
    const policy = printed({
      Effect: 'Allow',
      Action: 'dynamodb:GetItem',
      Resource: table,
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:requestedAttributes': ['PostDateTime', 'Message', 'Tags'] } },
    });
    expect(asIdentityPolicy(policy, attributes('dynamodb:GetItem', 'PostDateTime', 'Message'))).toBe('allowed');
    expect(asIdentityPolicy(policy, attributes('dynamodb:GetItem', 'PostDateTime', 'ID'))).toBe('implicitDeny');
    expect(asIdentityPolicy(policy, attributes('dynamodb:GetItem', 'PostDateTime', 'UserName'))).toBe('implicitDeny');
  });

  it('ForAnyValue: one requested attribute that is listed is enough', () => {
    const policy = printed({
      Effect: 'Deny',
      Action: 'dynamodb:PutItem',
      Resource: table,
      Condition: { 'ForAnyValue:StringLike': { 'dynamodb:requestedAttributes': ['ID', 'PostDateTime'] } },
    });
    expect(besideAllowAll(policy, attributes('dynamodb:PutItem', 'PostDateTime', 'Message'))).toBe('explicitDeny');
    expect(besideAllowAll(policy, attributes('dynamodb:PutItem', 'UserName', 'Message', 'PostDateTime'))).toBe('explicitDeny');
    expect(besideAllowAll(policy, attributes('dynamodb:PutItem', 'UserName'))).toBe('allowed');
    expect(asIdentityPolicy(policy, attributes('dynamodb:PutItem', 'UserName'))).toBe('implicitDeny');
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
describe('…single-vs-multi-valued-context-keys.html', () => {
  const deny = (Condition: ConditionBlock) => printed({ Effect: 'Deny', Action: '*', Resource: '*', Condition });
  const denied = (Condition: ConditionBlock, context: { readonly [key: string]: string | readonly string[] }): boolean =>
    besideAllowAll(deny(Condition), { action: 'iam:TagUser', context }) === 'explicitDeny';

  it('ForAllValues is true where there is no key, or its value is an empty text', () => {
    for (const context of [{}, { 'aws:TagKeys': [] }, { 'aws:TagKeys': '' }]) {
      expect(denied({ 'ForAllValues:StringEquals': { 'aws:TagKeys': 'a' } }, context)).toBe(true);
      expect(denied({ 'ForAllValues:StringNotEquals': { 'aws:TagKeys': 'a' } }, context)).toBe(true);
    }
  });

  it('ForAnyValue is false where there is no key, or its value is an empty text, negated too', () => {
    for (const context of [{}, { 'aws:TagKeys': [] }, { 'aws:TagKeys': '' }]) {
      expect(denied({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'a' } }, context)).toBe(false);
      expect(denied({ 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': 'a' } }, context)).toBe(false);
      expect(denied({ 'ForAnyValue:StringEqualsIfExists': { 'aws:TagKeys': 'a' } }, context)).toBe(true);
    }
  });

  it('a key with one value is a set of one', () => {
    for (const set of ['ForAllValues', 'ForAnyValue']) {
      expect(denied({ [`${set}:StringEquals`]: { 'aws:SourceVpce': 'vpce-1' } }, { 'aws:SourceVpce': 'vpce-1' })).toBe(true);
      expect(denied({ [`${set}:StringEquals`]: { 'aws:SourceVpce': 'vpce-1' } }, { 'aws:SourceVpce': 'vpce-2' })).toBe(false);
    }
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition_examples-multi-valued-context-keys.html
describe('…examples-multi-valued-context-keys.html', () => {
  const tag = (...keys: readonly string[]) => ({ action: 'iam:TagUser', context: { 'aws:TagKeys': keys } });
  const restricted = (Condition: ConditionBlock) =>
    printed({ Sid: 'DenyRestrictedTags', Effect: 'Deny', Action: ['iam:Tag*', 'iam:UnTag*'], Resource: ['*'], Condition });

  it('ForAllValues with Null denies tagging with these prefixes alone', () => {
    const policy = restricted({
      Null: { 'aws:TagKeys': 'false' },
      'ForAllValues:StringLike': { 'aws:TagKeys': ['key1*', 'key2*', 'key3*'] },
    });
    expect(besideAllowAll(policy, tag('key1:legal'))).toBe('explicitDeny');
    expect(besideAllowAll(policy, tag('key1:legal', 'key2:personnel'))).toBe('explicitDeny');
    expect(besideAllowAll(policy, tag('key1:legal', 'other'))).toBe('allowed');
    expect(besideAllowAll(policy, { action: 'iam:TagUser' })).toBe('allowed');
    expect(besideAllowAll(policy, { ...tag('key1:legal'), action: 'iam:GetUser' })).toBe('allowed');
    expect(besideAllowAll(policy, { ...tag('key1:legal'), action: 'iam:UntagUser' })).toBe('explicitDeny');
  });

  it('ForAllValues:StringNotLike denies where no key has the prefix, and without keys', () => {
    const policy = restricted({ 'ForAllValues:StringNotLike': { 'aws:TagKeys': 'key1*' } });
    expect(besideAllowAll(policy, tag('key1:legal'))).toBe('allowed');
    expect(besideAllowAll(policy, tag('key1:hr', 'key1:personnel'))).toBe('allowed');
    expect(besideAllowAll(policy, tag('key2:audit'))).toBe('explicitDeny');
    expect(besideAllowAll(policy, { action: 'iam:TagUser' })).toBe('explicitDeny');
  });

  it('ForAnyValue denies snapshots with one of the tag keys', () => {
    const policy = printed({
      Effect: 'Deny',
      Action: ['ec2:CreateSnapshot', 'ec2:CreateSnapshots'],
      Resource: 'arn:aws:ec2:us-west-2::snapshot/*',
      Condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['environment', 'webserver'] } },
    });
    const snapshot = (...keys: readonly string[]) => ({
      action: 'ec2:CreateSnapshot',
      resource: 'arn:aws:ec2:us-west-2::snapshot/snap-1',
      context: { 'aws:TagKeys': keys },
    });
    expect(besideAllowAll(policy, snapshot('environment'))).toBe('explicitDeny');
    expect(besideAllowAll(policy, snapshot('costcenter', 'webserver'))).toBe('explicitDeny');
    expect(besideAllowAll(policy, snapshot('costcenter'))).toBe('allowed');
    expect(besideAllowAll(policy, snapshot())).toBe('allowed');
  });
});
