// https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html
import { describe, expect, it } from 'vitest';
import type { ContextValues } from '../../../src/policy/context.ts';
import { account, asBucketPolicy, printed } from './examples.ts';

const bucket = 'arn:aws:s3:::amzn-s3-demo-bucket';
const other = (accountId: string) => `arn:aws:iam::${accountId}:user/dana`;
const get = (context: ContextValues = {}) => ({ principal: 'anonymous', action: 's3:GetObject', resource: `${bucket}/key`, context });
/** The owner's root needs no Allow: what is denied it is denied by the policy. */
const owner = (context: ContextValues = {}, key = 'key') => ({
  principal: `root:${account}`,
  action: 's3:GetObject',
  resource: `${bucket}/${key}`,
  context,
});

describe('…example-bucket-policies.html', () => {
  it('several accounts may put objects with the public-read ACL', () => {
    const policy = printed({
      Sid: 'AddPublicReadCannedAcl',
      Effect: 'Allow',
      Principal: { AWS: ['arn:aws:iam::111122223333:root', 'arn:aws:iam::444455556666:root'] },
      Action: ['s3:PutObject', 's3:PutObjectAcl'],
      Resource: `${bucket}/*`,
      Condition: { StringEquals: { 's3:x-amz-acl': ['public-read'] } },
    });
    const put = (accountId: string, context: ContextValues) =>
      asBucketPolicy(policy, {
        principal: other(accountId),
        resourceAccount: account,
        action: 's3:PutObject',
        resource: `${bucket}/key`,
        context,
      });
    expect(put('111122223333', { 's3:x-amz-acl': 'public-read' })).toBe('allowed');
    expect(put('444455556666', { 's3:x-amz-acl': 'public-read' })).toBe('allowed');
    expect(put('444455556666', { 's3:x-amz-acl': 'private' })).toBe('implicitDeny');
    expect(put('444455556666', {})).toBe('implicitDeny');
    expect(put('777788889999', { 's3:x-amz-acl': 'public-read' })).toBe('implicitDeny');
  });

  it('everybody may read', () => {
    const policy = printed({
      Sid: 'PublicRead',
      Effect: 'Allow',
      Principal: '*',
      Action: ['s3:GetObject', 's3:GetObjectVersion'],
      Resource: [`${bucket}/*`],
    });
    expect(asBucketPolicy(policy, get())).toBe('allowed');
    expect(asBucketPolicy(policy, { ...get(), principal: other('777788889999'), resourceAccount: account })).toBe('allowed');
    expect(asBucketPolicy(policy, { ...get(), action: 's3:PutObject' })).toBe('implicitDeny');
    expect(asBucketPolicy(policy, { ...get(), action: 's3:ListBucket', resource: bucket })).toBe('implicitDeny');
  });

  it('objects must be encrypted with the key that the policy names', () => {
    const policy = printed({
      Sid: 'DenyObjectsThatAreNotSSEKMSWithSpecificKey',
      Principal: '*',
      Effect: 'Deny',
      Action: 's3:PutObject',
      Resource: `${bucket}/*`,
      Condition: { ArnNotEqualsIfExists: { 's3:x-amz-server-side-encryption-aws-kms-key-id': `arn:aws:kms:us-east-1:${account}:key/a` } },
    });
    const put = (context: ContextValues) => asBucketPolicy(policy, { ...owner(context), action: 's3:PutObject' });
    expect(put({ 's3:x-amz-server-side-encryption-aws-kms-key-id': `arn:aws:kms:us-east-1:${account}:key/a` })).toBe('allowed');
    expect(put({ 's3:x-amz-server-side-encryption-aws-kms-key-id': `arn:aws:kms:us-east-1:${account}:key/b` })).toBe('explicitDeny');
    expect(put({})).toBe('explicitDeny');
  });

  it('no request but from the range of addresses', () => {
    const policy = printed({
      Sid: 'IPAllow',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [bucket, `${bucket}/*`],
      Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
    });
    expect(asBucketPolicy(policy, owner({ 'aws:SourceIp': '192.0.2.77' }))).toBe('allowed');
    expect(asBucketPolicy(policy, owner({ 'aws:SourceIp': '203.0.113.7' }))).toBe('explicitDeny');
    expect(asBucketPolicy(policy, owner({ 'aws:SourceVpc': 'vpc-1' }))).toBe('explicitDeny');
  });

  it('IPv4 and IPv6 ranges, and ranges within them that are left out', () => {
    const policy = printed({
      Sid: 'AllowIPmix',
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:*',
      Resource: [bucket, `${bucket}/*`],
      Condition: {
        IpAddress: { 'aws:SourceIp': ['54.240.143.0/24', '2001:DB8:1234:5678::/64'] },
        NotIpAddress: { 'aws:SourceIp': ['54.240.143.128/30', '2001:DB8:1234:5678:ABCD::/80'] },
      },
    });
    const from = (address: string) => asBucketPolicy(policy, get({ 'aws:SourceIp': address }));
    expect(from('54.240.143.1')).toBe('allowed');
    expect(from('2001:DB8:1234:5678::1')).toBe('allowed');
    expect(from('54.240.143.129')).toBe('implicitDeny');
    expect(from('2001:DB8:1234:5678:ABCD::1')).toBe('implicitDeny');
  });

  it('objects may be got from the pages of a web site', () => {
    const policy = printed({
      Sid: 'Allow only GET requests originating from www.example.com and example.com.',
      Effect: 'Allow',
      Principal: '*',
      Action: ['s3:GetObject', 's3:GetObjectVersion'],
      Resource: `${bucket}/*`,
      Condition: { StringLike: { 'aws:Referer': ['http://www.example.com/*', 'http://example.com/*'] } },
    });
    expect(asBucketPolicy(policy, get({ 'aws:Referer': 'http://www.example.com/page?x=1' }))).toBe('allowed');
    expect(asBucketPolicy(policy, get({ 'aws:Referer': 'http://example.com' }))).toBe('implicitDeny');
    expect(asBucketPolicy(policy, get({ 'aws:Referer': 'https://example.com/page' }))).toBe('implicitDeny');
    expect(asBucketPolicy(policy, get())).toBe('implicitDeny');
  });

  it('every request must come by TLS', () => {
    const policy = printed({
      Sid: 'RestrictToTLSRequestsOnly',
      Action: 's3:*',
      Effect: 'Deny',
      Resource: [bucket, `${bucket}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      Principal: '*',
    });
    expect(asBucketPolicy(policy, owner())).toBe('allowed');
    expect(asBucketPolicy(policy, owner({ 'aws:SecureTransport': 'false' }))).toBe('explicitDeny');
  });

  it('a CloudFront origin access identity may read, nobody else', () => {
    const policy = printed({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EH1HDMB1FH2TC' },
      Action: 's3:GetObject',
      Resource: `${bucket}/*`,
    });
    expect(asBucketPolicy(policy, get())).toBe('implicitDeny');
    expect(asBucketPolicy(policy, { ...get(), principal: 'service:cloudfront.amazonaws.com' })).toBe('implicitDeny');
  });

  it('CloudFront reads for one distribution', () => {
    const policy = printed({
      Effect: 'Allow',
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Action: 's3:GetObject',
      Resource: `${bucket}/*`,
      Condition: { StringEquals: { 'aws:SourceArn': `arn:aws:cloudfront::${account}:distribution/EDFDVBD6EXAMPLE` } },
    });
    const from = (arn: string) =>
      asBucketPolicy(policy, { ...get({ 'aws:SourceArn': arn }), principal: 'service:cloudfront.amazonaws.com' });
    expect(from(`arn:aws:cloudfront::${account}:distribution/EDFDVBD6EXAMPLE`)).toBe('allowed');
    expect(from(`arn:aws:cloudfront::${account}:distribution/OTHER`)).toBe('implicitDeny');
  });

  describe('multi-factor authentication', () => {
    const deny = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: `${bucket}/taxdocuments/*`,
    } as const;
    const read = { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: `${bucket}/*` } as const;
    const tax = (context: ContextValues) => owner(context, 'taxdocuments/2026');

    it('is required for a folder', () => {
      const policy = printed([{ ...deny, Condition: { Null: { 'aws:MultiFactorAuthAge': true } } }]);
      expect(asBucketPolicy(policy, tax({}))).toBe('explicitDeny');
      expect(asBucketPolicy(policy, tax({ 'aws:MultiFactorAuthAge': 60 }))).toBe('allowed');
      expect(asBucketPolicy(policy, owner())).toBe('allowed');
    });

    it('must not be older than an hour, while everybody reads the rest', () => {
      const policy = printed([
        { ...deny, Condition: { Null: { 'aws:MultiFactorAuthAge': true } } },
        { ...deny, Condition: { NumericGreaterThan: { 'aws:MultiFactorAuthAge': 3600 } } },
        read,
      ]);
      expect(asBucketPolicy(policy, tax({ 'aws:MultiFactorAuthAge': 3600 }))).toBe('allowed');
      expect(asBucketPolicy(policy, tax({ 'aws:MultiFactorAuthAge': 3601 }))).toBe('explicitDeny');
      expect(asBucketPolicy(policy, tax({}))).toBe('explicitDeny');
      expect(asBucketPolicy(policy, get())).toBe('allowed');
      expect(asBucketPolicy(policy, { ...get(), resource: `${bucket}/taxdocuments/2026` })).toBe('explicitDeny');
    });
  });

  it('another account may upload, giving the owner full control', () => {
    const policy = printed({
      Sid: 'PolicyForAllowUploadWithACL',
      Effect: 'Allow',
      Principal: { AWS: '111122223333' },
      Action: 's3:PutObject',
      Resource: `${bucket}/*`,
      Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
    });
    const put = (context: ContextValues) =>
      asBucketPolicy(policy, {
        principal: other('111122223333'),
        resourceAccount: account,
        action: 's3:PutObject',
        resource: `${bucket}/k`,
        context,
      });
    expect(put({ 's3:x-amz-acl': 'bucket-owner-full-control' })).toBe('allowed');
    expect(put({})).toBe('implicitDeny');
  });

  it('S3 writes inventories of one bucket', () => {
    const policy = printed({
      Sid: 'InventoryAndAnalyticsExamplePolicy',
      Effect: 'Allow',
      Principal: { Service: 's3.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: [`${bucket}/*`],
      Condition: {
        ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::amzn-s3-demo-source-bucket' },
        StringEquals: { 'aws:SourceAccount': account, 's3:x-amz-acl': 'bucket-owner-full-control' },
      },
    });
    const write = (of: ContextValues, principal = 'service:s3.amazonaws.com') =>
      asBucketPolicy(policy, {
        principal,
        action: 's3:PutObject',
        resource: `${bucket}/inventory`,
        context: {
          'aws:SourceArn': 'arn:aws:s3:::amzn-s3-demo-source-bucket',
          'aws:SourceAccount': account,
          's3:x-amz-acl': 'bucket-owner-full-control',
          ...of,
        },
      });
    expect(write({})).toBe('allowed');
    expect(write({ 'aws:SourceAccount': '111122223333' })).toBe('implicitDeny');
    expect(write({ 'aws:SourceArn': 'arn:aws:s3:::another' })).toBe('implicitDeny');
    expect(write({}, 'service:logging.s3.amazonaws.com')).toBe('implicitDeny');
  });

  it('Storage Lens writes its export for one account', () => {
    const policy = printed({
      Sid: 'S3StorageLensExamplePolicy',
      Effect: 'Allow',
      Principal: { Service: 'storage-lens.s3.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: `${bucket}/destination-prefix/StorageLens/111122223333/*`,
      Condition: {
        StringEquals: {
          's3:x-amz-acl': 'bucket-owner-full-control',
          'aws:SourceAccount': '111122223333',
          'aws:SourceArn': 'arn:aws:s3:us-east-1:111122223333:storage-lens/dashboard',
        },
      },
    });
    const write = (folder: string) =>
      asBucketPolicy(policy, {
        principal: 'service:storage-lens.s3.amazonaws.com',
        action: 's3:PutObject',
        resource: `${bucket}/destination-prefix/StorageLens/${folder}/export`,
        context: {
          's3:x-amz-acl': 'bucket-owner-full-control',
          'aws:SourceAccount': '111122223333',
          'aws:SourceArn': 'arn:aws:s3:us-east-1:111122223333:storage-lens/dashboard',
        },
      });
    expect(write('111122223333')).toBe('allowed');
    expect(write('444455556666')).toBe('implicitDeny');
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html
describe('…example-bucket-policies-vpc-endpoint.html', () => {
  it('only one VPC endpoint', () => {
    const policy = printed({
      Sid: 'Access-to-specific-VPCE-only',
      Principal: '*',
      Action: 's3:*',
      Effect: 'Deny',
      Resource: [bucket, `${bucket}/*`],
      Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-0abcdef1234567890' } },
    });
    expect(asBucketPolicy(policy, owner({ 'aws:SourceVpce': 'vpce-0abcdef1234567890' }))).toBe('allowed');
    expect(asBucketPolicy(policy, owner({ 'aws:SourceVpce': 'vpce-1' }))).toBe('explicitDeny');
    expect(asBucketPolicy(policy, owner({ 'aws:SourceIp': '192.0.2.1' }))).toBe('explicitDeny');
  });

  it('only one VPC', () => {
    const policy = printed({
      Sid: 'Access-to-specific-VPC-only',
      Principal: '*',
      Action: 's3:*',
      Effect: 'Deny',
      Resource: [bucket, `${bucket}/*`],
      Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1234567890abcdef0' } },
    });
    expect(asBucketPolicy(policy, owner({ 'aws:SourceVpc': 'vpc-1234567890abcdef0' }))).toBe('allowed');
    expect(asBucketPolicy(policy, owner({ 'aws:SourceVpc': 'vpc-1' }))).toBe('explicitDeny');
  });
});
