// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
import { describe, expect, it } from 'vitest';
import type { ConditionBlock } from '../../../src/policy/document.ts';
import { account, asBucketPolicy, asIdentityPolicy, besideAllowAll, printed } from './examples.ts';

const accessKeys = (Condition: ConditionBlock) =>
  printed({ Effect: 'Allow', Action: 'iam:*AccessKey*', Resource: `arn:aws:iam::${account}:user/*`, Condition });
const createKey = { action: 'iam:CreateAccessKey', resource: `arn:aws:iam::${account}:user/bob` };

describe('…condition_operators.html#Conditions_String', () => {
  it('the principal must be tagged with the iamuser-admin job category', () => {
    const policy = accessKeys({ StringEquals: { 'aws:PrincipalTag/job-category': 'iamuser-admin' } });
    const tagged = (value: string) => ({ ...createKey, context: { 'aws:PrincipalTag/job-category': value } });
    expect(asIdentityPolicy(policy, tagged('iamuser-admin'))).toBe('allowed');
    expect(asIdentityPolicy(policy, tagged('IAMuser-admin'))).toBe('implicitDeny');
    expect(asIdentityPolicy(policy, createKey)).toBe('implicitDeny');
    expect(asIdentityPolicy(policy, { ...tagged('iamuser-admin'), action: 'iam:GetUser' })).toBe('implicitDeny');
  });

  it('a user manages their own home directory by StringLike with a policy variable', () => {
    const policy = printed([
      { Effect: 'Allow', Action: ['s3:ListAllMyBuckets', 's3:GetBucketLocation'], Resource: 'arn:aws:s3:::*' },
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: 'arn:aws:s3:::amzn-s3-demo-bucket',
        Condition: { StringLike: { 's3:prefix': ['', 'home/', 'home/${aws:username}/'] } },
      },
      {
        Effect: 'Allow',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::amzn-s3-demo-bucket/home/${aws:username}', 'arn:aws:s3:::amzn-s3-demo-bucket/home/${aws:username}/*'],
      },
    ]);
    const list = (prefix: string) => ({
      action: 's3:ListBucket',
      resource: 'arn:aws:s3:::amzn-s3-demo-bucket',
      context: { 's3:prefix': prefix },
    });
    const get = (key: string) => ({ action: 's3:GetObject', resource: `arn:aws:s3:::amzn-s3-demo-bucket/${key}` });
    expect(asIdentityPolicy(policy, list(''))).toBe('allowed');
    expect(asIdentityPolicy(policy, list('home/anna/'))).toBe('allowed');
    expect(asIdentityPolicy(policy, list('home/bob/'))).toBe('implicitDeny');
    expect(asIdentityPolicy(policy, get('home/anna/notes.txt'))).toBe('allowed');
    expect(asIdentityPolicy(policy, get('home/bob/notes.txt'))).toBe('implicitDeny');
    // A role has no aws:username.
    expect(asIdentityPolicy(policy, { ...get('home/anna/x'), principal: `arn:aws:sts::${account}:assumed-role/anna/anna` })).toBe(
      'implicitDeny',
    );
  });
});

describe('…condition_operators.html#Conditions_Numeric', () => {
  it('the requester can list up to 10 objects at a time', () => {
    const policy = printed({
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: 'arn:aws:s3:::amzn-s3-demo-bucket',
      Condition: { NumericLessThanEquals: { 's3:max-keys': '10' } },
    });
    const list = (context: { readonly [key: string]: string | number }) => ({
      action: 's3:ListBucket',
      resource: 'arn:aws:s3:::amzn-s3-demo-bucket',
      context,
    });
    expect(asIdentityPolicy(policy, list({ 's3:max-keys': '10' }))).toBe('allowed');
    expect(asIdentityPolicy(policy, list({ 's3:max-keys': 9 }))).toBe('allowed');
    expect(asIdentityPolicy(policy, list({ 's3:max-keys': 11 }))).toBe('implicitDeny');
    expect(asIdentityPolicy(policy, list({}))).toBe('implicitDeny');
  });
});

describe('…condition_operators.html#Conditions_Date', () => {
  it('the temporary security credentials were issued after the first second of 2020', () => {
    const policy = accessKeys({ DateGreaterThan: { 'aws:TokenIssueTime': '2020-01-01T00:00:01Z' } });
    const issued = (time: string) => ({ ...createKey, context: { 'aws:TokenIssueTime': time } });
    expect(asIdentityPolicy(policy, issued('2020-06-01T12:00:00Z'))).toBe('allowed');
    expect(asIdentityPolicy(policy, issued('2020-01-01T00:00:01Z'))).toBe('implicitDeny');
    expect(asIdentityPolicy(policy, issued('2019-12-31T23:59:59Z'))).toBe('implicitDeny');
    expect(asIdentityPolicy(policy, issued('1590969600'))).toBe('allowed');
    expect(asIdentityPolicy(policy, createKey)).toBe('implicitDeny');
  });
});

describe('…condition_operators.html#Conditions_Boolean', () => {
  it('all S3 actions are denied if the request is not over SSL', () => {
    const policy = printed({
      Sid: 'BooleanExample',
      Effect: 'Deny',
      Action: 's3:*',
      Resource: ['arn:aws:s3:::amzn-s3-demo-bucket', 'arn:aws:s3:::amzn-s3-demo-bucket/*'],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    const get = { action: 's3:GetObject', resource: 'arn:aws:s3:::amzn-s3-demo-bucket/key' };
    expect(besideAllowAll(policy, { ...get, context: { 'aws:SecureTransport': false } })).toBe('explicitDeny');
    expect(besideAllowAll(policy, { ...get, context: { 'aws:SecureTransport': true } })).toBe('allowed');
    expect(besideAllowAll(policy, get)).toBe('allowed');
    expect(asIdentityPolicy(policy, get)).toBe('implicitDeny');
  });

  it('a policy variable can be used', () => {
    const policy = accessKeys({ Bool: { 'aws:SecureTransport': '${aws:PrincipalTag/secure}' } });
    const tagged = (value: string) => ({ ...createKey, context: { 'aws:PrincipalTag/secure': value } });
    expect(asIdentityPolicy(policy, tagged('true'))).toBe('allowed');
    expect(asIdentityPolicy(policy, tagged('false'))).toBe('implicitDeny');
  });
});

describe('…condition_operators.html#Conditions_BinaryEquals', () => {
  it('the value is compared byte for byte', () => {
    const policy = accessKeys({ BinaryEquals: { key: 'QmluYXJ5VmFsdWVJbkJhc2U2NA==' } });
    expect(asIdentityPolicy(policy, { ...createKey, context: { key: 'QmluYXJ5VmFsdWVJbkJhc2U2NA==' } })).toBe('allowed');
    expect(asIdentityPolicy(policy, { ...createKey, context: { key: 'qmluYXJ5VmFsdWVJbkJhc2U2NA==' } })).toBe('implicitDeny');
    expect(asIdentityPolicy(policy, createKey)).toBe('implicitDeny');
  });
});

describe('…condition_operators.html#Conditions_IPAddress', () => {
  it('the request must come from the range 203.0.113.0 to 203.0.113.255', () => {
    const policy = accessKeys({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } });
    const from = (address: string) => ({ ...createKey, context: { 'aws:SourceIp': address } });
    expect(asIdentityPolicy(policy, from('203.0.113.0'))).toBe('allowed');
    expect(asIdentityPolicy(policy, from('203.0.113.255'))).toBe('allowed');
    expect(asIdentityPolicy(policy, from('203.0.114.0'))).toBe('implicitDeny');
    // Through a VPC endpoint the key is not there.
    expect(asIdentityPolicy(policy, { ...createKey, context: { 'aws:SourceVpc': 'vpc-1' } })).toBe('implicitDeny');
  });

  it('IPv4 and IPv6 addresses are mixed', () => {
    const policy = printed({
      Effect: 'Allow',
      Action: 'someservice:*',
      Resource: '*',
      Condition: { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:DB8:1234:5678::/64'] } },
    });
    const from = (address: string) => ({ action: 'someservice:Do', context: { 'aws:SourceIp': address } });
    expect(asIdentityPolicy(policy, from('203.0.113.9'))).toBe('allowed');
    expect(asIdentityPolicy(policy, from('2001:db8:1234:5678:ffff::1'))).toBe('allowed');
    expect(asIdentityPolicy(policy, from('2001:db8:1234:5679::1'))).toBe('implicitDeny');
  });

  it('without a prefix one address is meant', () => {
    const policy = accessKeys({ IpAddress: { 'aws:SourceIp': '203.0.113.7' } });
    expect(asIdentityPolicy(policy, { ...createKey, context: { 'aws:SourceIp': '203.0.113.7' } })).toBe('allowed');
    expect(asIdentityPolicy(policy, { ...createKey, context: { 'aws:SourceIp': '203.0.113.8' } })).toBe('implicitDeny');
  });
});

describe('…condition_operators.html#Conditions_ARN', () => {
  const pattern = 'arn:aws:someservice:*:111122223333:finance/*';
  const value = 'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt';

  it('an ARN operator matches between colons where a string operator reaches over them', () => {
    const given = { ...createKey, context: { 'aws:SourceArn': value } };
    expect(asIdentityPolicy(accessKeys({ StringLike: { 'aws:SourceArn': pattern } }), given)).toBe('allowed');
    expect(asIdentityPolicy(accessKeys({ ArnLike: { 'aws:SourceArn': pattern } }), given)).toBe('implicitDeny');
    expect(asIdentityPolicy(accessKeys({ ArnNotLike: { 'aws:SourceArn': pattern } }), given)).toBe('allowed');
    expect(asIdentityPolicy(accessKeys({ ArnNotEquals: { 'aws:SourceArn': pattern } }), given)).toBe('allowed');
  });

  it('a queue takes messages only on behalf of a topic', () => {
    const policy = printed({
      Effect: 'Allow',
      Principal: { AWS: '444455556666' },
      Action: 'SQS:SendMessage',
      Resource: `arn:aws:sqs:us-east-1:${account}:QUEUE-ID`,
      Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:sns:us-east-1:${account}:TOPIC-ID` } },
    });
    const send = {
      principal: 'root:444455556666',
      resourceAccount: account,
      action: 'sqs:SendMessage',
      resource: `arn:aws:sqs:us-east-1:${account}:QUEUE-ID`,
    };
    const onBehalf = (topic: string) => ({ ...send, context: { 'aws:SourceArn': `arn:aws:sns:us-east-1:${account}:${topic}` } });
    expect(asBucketPolicy(policy, onBehalf('TOPIC-ID'))).toBe('allowed');
    expect(asBucketPolicy(policy, onBehalf('TOPIC-2'))).toBe('implicitDeny');
    expect(asBucketPolicy(policy, send)).toBe('implicitDeny');
  });
});

describe('…condition_operators.html#Conditions_IfExists', () => {
  const types = ['t1.*', 't2.*', 'm3.*'];
  const run = (Condition: ConditionBlock) => printed({ Effect: 'Allow', Action: 'ec2:RunInstances', Resource: '*', Condition });
  const instance = (type: string) => ({ action: 'ec2:RunInstances', context: { 'ec2:InstanceType': type } });

  it('without it a key that only some resources have keeps the statement from matching the others', () => {
    const policy = run({ StringLike: { 'ec2:InstanceType': types } });
    expect(asIdentityPolicy(policy, instance('t2.micro'))).toBe('allowed');
    expect(asIdentityPolicy(policy, { action: 'ec2:RunInstances' })).toBe('implicitDeny');
  });

  it('with it the key is tested only where it is there', () => {
    const policy = run({ StringLikeIfExists: { 'ec2:InstanceType': types } });
    expect(asIdentityPolicy(policy, instance('t2.micro'))).toBe('allowed');
    expect(asIdentityPolicy(policy, instance('c5.large'))).toBe('implicitDeny');
    expect(asIdentityPolicy(policy, { action: 'ec2:RunInstances' })).toBe('allowed');
  });

  it('a Deny by StringNotEqualsIfExists still denies where the tag is missing', () => {
    const policy = printed({
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { StringNotEqualsIfExists: { 'aws:PrincipalTag/team': 'a' } },
    });
    expect(besideAllowAll(policy, createKey)).toBe('explicitDeny');
    expect(besideAllowAll(policy, { ...createKey, context: { 'aws:PrincipalTag/team': 'a' } })).toBe('allowed');
  });

  it('cannot be added to Null: such an operator is not known', () => {
    expect(asIdentityPolicy(accessKeys({ NullIfExists: { 'aws:TokenIssueTime': 'true' } }), createKey)).toBe('unknown');
  });
});

describe('…condition_operators.html#Conditions_Null', () => {
  it('the user must not be using temporary credentials', () => {
    const policy = printed({ Effect: 'Allow', Action: 'ec2:*', Resource: '*', Condition: { Null: { 'aws:TokenIssueTime': 'true' } } });
    expect(asIdentityPolicy(policy, { action: 'ec2:RunInstances' })).toBe('allowed');
    expect(asIdentityPolicy(policy, { action: 'ec2:RunInstances', context: { 'aws:TokenIssueTime': '2026-01-01T00:00:00Z' } })).toBe(
      'implicitDeny',
    );
  });
});

describe('…condition_operators.html: policy variables by operator', () => {
  // The text stands for itself: no number, date, address, bytes or truth value looks like it.
  const cases: readonly (readonly [string, string])[] = [
    ['NumericEquals', '7'],
    ['DateEquals', '2026-01-01T00:00:00Z'],
    ['BinaryEquals', 'QQ=='],
    ['IpAddress', '203.0.113.7'],
  ];
  it.each(cases)('%s takes none', (operator, value) => {
    const policy = accessKeys({ [operator]: { key: '${aws:PrincipalTag/value}' } });
    expect(asIdentityPolicy(policy, { ...createKey, context: { key: value, 'aws:PrincipalTag/value': value } })).toBe('implicitDeny');
  });

  it.each(['StringEquals', 'StringEqualsIgnoreCase', 'StringLike', 'ArnEquals', 'ArnLike'])('%s takes them', (operator) => {
    const arn = 'arn:aws:sns:us-east-1:123456789012:topic';
    const policy = accessKeys({ [operator]: { key: '${aws:PrincipalTag/value}' } });
    expect(asIdentityPolicy(policy, { ...createKey, context: { key: arn, 'aws:PrincipalTag/value': arn } })).toBe('allowed');
    expect(asIdentityPolicy(policy, { ...createKey, context: { key: arn, 'aws:PrincipalTag/value': 'x' } })).toBe('implicitDeny');
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
describe('…elements_condition.html', () => {
  it('names of keys are not case-sensitive', () => {
    const policy = accessKeys({ IpAddress: { 'aws:SourceIP': '203.0.113.0/24' } });
    expect(asIdentityPolicy(policy, { ...createKey, context: { 'AWS:SourceIp': '203.0.113.7' } })).toBe('allowed');
  });

  it('StringEquals matches johndoe alone, StringEqualsIgnoreCase JohnDoe too', () => {
    const as = (name: string) => ({ ...createKey, principal: `arn:aws:iam::${account}:user/${name}` });
    const equals = accessKeys({ StringEquals: { 'aws:username': 'johndoe' } });
    const ignoring = accessKeys({ StringEqualsIgnoreCase: { 'aws:username': 'johndoe' } });
    expect(asIdentityPolicy(equals, as('johndoe'))).toBe('allowed');
    expect(asIdentityPolicy(equals, as('JohnDoe'))).toBe('implicitDeny');
    expect(asIdentityPolicy(ignoring, as('JohnDoe'))).toBe('allowed');
  });

  it('a tag key written otherwise is the same key', () => {
    const policy = accessKeys({ StringEquals: { 'ec2:ResourceTag/TagKey1': 'Value1' } });
    expect(asIdentityPolicy(policy, { ...createKey, context: { 'ec2:ResourceTag/tagkey1': 'Value1' } })).toBe('allowed');
    expect(asIdentityPolicy(policy, { ...createKey, context: { 'ec2:ResourceTag/tagkey1': 'value1' } })).toBe('implicitDeny');
  });

  it('a condition on the current time', () => {
    const policy = accessKeys({ DateGreaterThan: { 'aws:CurrentTime': '2013-12-15T12:00:00Z' } });
    expect(asIdentityPolicy(policy, { ...createKey, context: { 'aws:CurrentTime': '2013-12-15T12:00:01Z' } })).toBe('allowed');
    expect(asIdentityPolicy(policy, { ...createKey, context: { 'aws:CurrentTime': '2013-12-15T12:00:00Z' } })).toBe('implicitDeny');
  });
});
