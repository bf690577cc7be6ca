import { describe, expect, it } from 'vitest';
import { newBucket } from '../../../src/sandbox/s3/state.ts';
import { account, management, s3, s3Control, s3World, session, start, stranger } from './support.ts';

const bucket = { Bucket: 'quilt-data' };
const policyText = (principal: object | string, action = 's3:GetObject'): string =>
  JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: principal, Action: action, Resource: ['arn:aws:s3:::quilt-data/*', 'arn:aws:s3:::quilt-data'] },
      ],
    },
    null,
    2,
  );

describe('ListBuckets', () => {
  it("answers the caller's own account's buckets in pages", () => {
    const world = s3World();
    for (const name of ['aaa', 'zzz'])
      world.s3.buckets[name] = newBucket({ name, accountId: account, region: 'us-east-1', createdAt: start });
    world.s3.buckets['not-ours'] = newBucket({ name: 'not-ours', accountId: stranger, region: 'us-east-1', createdAt: start });
    const first = s3(world, 'ListBuckets', { MaxBuckets: 3 });
    const second = s3(world, 'ListBuckets', { MaxBuckets: 3, ContinuationToken: first.ContinuationToken });
    expect([first, second].flatMap((page) => (page.Buckets as { Name: string }[]).map((one) => one.Name))).toEqual([
      'aaa',
      'quilt-data',
      'quilt-eu',
      'zzz',
    ]);
    expect(second.ContinuationToken).toBeUndefined();
    expect(first.Buckets).toContainEqual({
      Name: 'quilt-eu',
      CreationDate: new Date(start),
      BucketRegion: 'eu-west-1',
      BucketArn: 'arn:aws:s3:::quilt-eu',
    });
  });

  it('filters by prefix and Region, and refuses a role without the permission', () => {
    const world = s3World();
    expect(s3(world, 'ListBuckets', { Prefix: 'quilt-e' }).Buckets).toHaveLength(1);
    expect(s3(world, 'ListBuckets', { BucketRegion: 'us-east-1' }).Buckets).toHaveLength(1);
    expect(s3(world, 'ListBuckets', {}, { caller: session('Reader') }).code).toBe('AccessDenied');
  });
});

describe('reaching a bucket', () => {
  it('tells the Region with every answer, refusals included', () => {
    const world = s3World();
    expect(s3(world, 'HeadBucket', bucket)).toMatchObject({ BucketRegion: 'us-east-1' });
    expect(s3(world, 'HeadBucket', bucket, { caller: session('Reader') })).toMatchObject({
      status: 403,
      fields: { 'x-amz-bucket-region': 'us-east-1' },
    });
    expect(s3(world, 'HeadBucket', { Bucket: 'quilt-eu' })).toMatchObject({ status: 301, fields: { 'x-amz-bucket-region': 'eu-west-1' } });
    expect(s3(world, 'HeadBucket', { Bucket: 'nowhere' })).toMatchObject({ status: 404, code: 'NoSuchBucket' });
  });

  it('answers its location everywhere, with nothing for us-east-1', () => {
    const world = s3World();
    expect(s3(world, 'GetBucketLocation', bucket).LocationConstraint).toBeUndefined();
    expect(s3(world, 'GetBucketLocation', { Bucket: 'quilt-eu' }).LocationConstraint).toBe('eu-west-1');
  });

  it('refuses a bucket that is not the expected account’s', () => {
    const world = s3World();
    expect(s3(world, 'GetBucketPolicy', { ...bucket, ExpectedBucketOwner: stranger })).toMatchObject({ status: 403, code: 'AccessDenied' });
    expect(s3(world, 'HeadBucket', { ...bucket, ExpectedBucketOwner: account }).code).toBeUndefined();
  });
});

describe('CreateBucket and DeleteBucket', () => {
  it('make a bucket in the Region of the request and remove it when it is empty', () => {
    const world = s3World();
    const eu = { region: 'eu-west-1' };
    expect(
      s3(world, 'CreateBucket', { Bucket: 'quilt-new', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }, eu).code,
    ).toBeUndefined();
    expect(world.s3.buckets['quilt-new']).toMatchObject({ region: 'eu-west-1', accountId: account, policy: null });
    expect(s3(world, 'PutObject', { Bucket: 'quilt-new', Key: 'k', Body: 'x' }, eu).code).toBeUndefined();
    expect(s3(world, 'DeleteBucket', { Bucket: 'quilt-new' }, eu)).toMatchObject({ status: 409, code: 'BucketNotEmpty' });
    s3(world, 'DeleteObject', { Bucket: 'quilt-new', Key: 'k' }, eu);
    expect(s3(world, 'DeleteBucket', { Bucket: 'quilt-new' }, eu).code).toBeUndefined();
    expect(world.s3.buckets['quilt-new']).toBeUndefined();
  });

  it('refuse names that are taken, malformed, or in another Region', () => {
    const world = s3World();
    const create = (Bucket: string, accountId = account, region = 'us-east-1'): string | undefined =>
      s3(world, 'CreateBucket', { Bucket }, { caller: session('Admin', accountId), region }).code;
    expect(create('quilt-data', stranger)).toBe('BucketAlreadyExists');
    expect(create('quilt-data')).toBeUndefined();
    expect(create('Quilt')).toBe('InvalidBucketName');
    expect(create('quilt-x', account, 'eu-west-1')).toBe('IllegalLocationConstraintException');
  });
});

describe('bucket policies', () => {
  it('are kept byte for byte', () => {
    const world = s3World();
    const text = policyText({ AWS: account });
    expect(s3(world, 'PutBucketPolicy', { ...bucket, Policy: text }).code).toBeUndefined();
    expect(s3(world, 'GetBucketPolicy', bucket).Policy).toBe(text);
    expect(s3(world, 'DeleteBucketPolicy', bucket).code).toBeUndefined();
    expect(s3(world, 'DeleteBucketPolicy', bucket).code).toBeUndefined();
    expect(s3(world, 'GetBucketPolicy', bucket)).toMatchObject({ code: 'NoSuchBucketPolicy', status: 404 });
  });

  it('answer 405 to another account that has the permission, and 403 to one that has not', () => {
    const world = s3World();
    const caller = session('Admin', management);
    expect(s3(world, 'PutBucketPolicy', { ...bucket, Policy: policyText({ AWS: account }) }, { caller })).toMatchObject({ status: 403 });
    s3(world, 'PutBucketPolicy', { ...bucket, Policy: policyText({ AWS: management }, 's3:*') });
    expect(s3(world, 'DeleteBucketPolicy', bucket, { caller, frontEnd: 0, now: start + 60_000 })).toMatchObject({
      status: 405,
      code: 'MethodNotAllowed',
    });
  });

  it('are refused over 20 KB', () => {
    const big = policyText({ AWS: Array.from({ length: 600 }, (_, n) => `arn:aws:iam::${account}:role/a-rather-long-name-${n}`) });
    expect(s3(s3World(), 'PutBucketPolicy', { ...bucket, Policy: big }).code).toBe('PolicyTooLarge');
  });

  it.each([
    ['{', 'valid JSON'],
    [policyText({ AWS: account }).replace('Principal', 'Princpal'), 'unknown element Princpal'],
    [policyText({ AWS: account }).replaceAll('quilt-data', 'other'), 'invalid resource'],
    [policyText({ AWS: account }, 'iam:GetRole'), 'invalid action'],
    [policyText({ AWS: 'nobody' }), 'Invalid principal'],
    [policyText({ AWS: account }).replace('"Principal"', '"Condition":{"Sounds":{"aws:a":"b"}},"Principal"'), 'Invalid Condition type'],
    [
      policyText({ AWS: account }).replace('"Principal"', '"Condition":{"IpAddress":{"aws:SourceIp":"here"}},"Principal"'),
      'Invalid IP address',
    ],
    [policyText({ AWS: account }).replace(/"Principal": \{[^}]*\},/, ''), 'Missing required field Principal'],
  ])('are refused where S3 would not take them: %s', (Policy, message) => {
    const answer = s3(s3World(), 'PutBucketPolicy', { ...bucket, Policy });
    expect(answer).toMatchObject({ code: 'MalformedPolicy', status: 400 });
    expect(answer.message).toContain(message);
  });

  it('that are public are refused while Block Public Access is on, for the bucket or the account', () => {
    const world = s3World();
    const put = () => s3(world, 'PutBucketPolicy', { ...bucket, Policy: policyText('*') });
    expect(put()).toMatchObject({ code: 'AccessDenied', status: 403 });
    expect(put().message).toContain('BlockPublicPolicy');
    s3(world, 'DeletePublicAccessBlock', bucket);
    s3Control(world, 'PutPublicAccessBlock', { AccountId: account, PublicAccessBlockConfiguration: { BlockPublicPolicy: true } });
    expect(put().code).toBe('AccessDenied');
    s3Control(world, 'DeletePublicAccessBlock', { AccountId: account });
    expect(put().code).toBeUndefined();
    expect(s3(world, 'GetBucketPolicyStatus', bucket).PolicyStatus).toEqual({ IsPublic: true });
  });
});

describe('settings', () => {
  it('are read as they were put, and absent ones have their own errors', () => {
    const world = s3World();
    expect(s3(world, 'GetBucketTagging', bucket)).toMatchObject({ code: 'NoSuchTagSet', status: 404 });
    s3(world, 'PutBucketTagging', { ...bucket, Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } });
    expect(s3(world, 'GetBucketTagging', bucket).TagSet).toEqual([{ Key: 'a', Value: 'b' }]);
    expect(s3(world, 'GetBucketVersioning', bucket)).toEqual({});
    s3(world, 'PutBucketVersioning', { ...bucket, VersioningConfiguration: { Status: 'Enabled' } });
    expect(s3(world, 'GetBucketVersioning', bucket)).toEqual({ Status: 'Enabled' });
    expect(s3(world, 'GetPublicAccessBlock', bucket).PublicAccessBlockConfiguration).toMatchObject({ BlockPublicPolicy: true });
    s3(world, 'DeletePublicAccessBlock', bucket);
    expect(s3(world, 'GetPublicAccessBlock', bucket)).toMatchObject({ code: 'NoSuchPublicAccessBlockConfiguration', status: 404 });
    expect(s3(world, 'GetPublicAccessBlock', bucket, { caller: session('Reader') }).code).toBe('AccessDenied');
  });

  it('of an account are the caller’s own only', () => {
    const world = s3World();
    expect(s3Control(world, 'GetPublicAccessBlock', { AccountId: account })).toMatchObject({
      code: 'NoSuchPublicAccessBlockConfiguration',
    });
    expect(s3Control(world, 'GetPublicAccessBlock', { AccountId: stranger })).toMatchObject({ code: 'AccessDenied' });
  });

  it('list access points in pages', () => {
    const world = s3World();
    for (const name of ['one', 'two', 'three']) {
      world.s3.accessPoints.push({
        name,
        accountId: account,
        region: 'us-east-1',
        bucket: 'quilt-data',
        vpcId: name === 'two' ? 'vpc-1' : null,
      });
    }
    const first = s3Control(world, 'ListAccessPoints', { AccountId: account, MaxResults: 2 });
    const second = s3Control(world, 'ListAccessPoints', { AccountId: account, MaxResults: 2, NextToken: first.NextToken });
    const names = [first, second].flatMap((page) => (page.AccessPointList as { Name: string }[]).map((point) => point.Name));
    expect(names).toEqual(['one', 'three', 'two']);
    expect(second.AccessPointList).toMatchObject([{ NetworkOrigin: 'VPC', VpcConfiguration: { VpcId: 'vpc-1' } }]);
  });
});
