// The models behind the wire: what the SDK's clients make of their answers.
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { minify } from '../../../src/policy/document.ts';
import { bucketStatements } from '../../../src/policy/perimeter.ts';
import { models } from '../../../src/sandbox/models.ts';
import { requestHandlerOf } from '../../../src/sandbox/request-handler.ts';
import { createSandbox } from '../../../src/sandbox/sandbox.ts';
import type { World } from '../../../src/sandbox/world.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { account, s3World, stranger } from './support.ts';

function setUp() {
  const world: World = s3World();
  const key = (name: string, network: World['accessKeys'][string]['network']): void => {
    world.accessKeys[name] = {
      secretAccessKey: 'secret',
      sessionToken: null,
      accountId: account,
      arn: `arn:aws:sts::${account}:assumed-role/Admin/someone`,
      userId: 'AROAADMIN:someone',
      kind: 'role-session',
      roleArn: `arn:aws:iam::${account}:role/Admin`,
      tags: {},
      network,
      expiresAt: null,
    };
  };
  key('AKIAOFFICE', { publicIp: '192.0.2.7' });
  key('AKIAFLAPPING', { publicIp: '192.0.2.7', flap: ['192.0.2.7', '198.51.100.9'] });
  const clock = new VirtualClock();
  const sandbox = createSandbox({ world, models, time: clock.asSandboxTime() });
  const client = (accessKeyId: string, region = 'us-east-1'): S3Client =>
    new S3Client({
      region,
      credentials: { accessKeyId, secretAccessKey: 'secret' },
      requestHandler: requestHandlerOf(sandbox),
      maxAttempts: 1,
    });
  return { world, clock, client, office: client('AKIAOFFICE') };
}

const bucket = { Bucket: 'quilt-data' };
const failure = async (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: { name: string; message: string; $metadata: { httpStatusCode: number }; $response?: { headers: Record<string, string> } }) => ({
      name: error.name,
      status: error.$metadata.httpStatusCode,
      message: error.message,
      region: error.$response?.headers['x-amz-bucket-region'],
    }),
  );

describe('S3 over the wire', () => {
  it('puts, gets, copies, lists and deletes objects', async () => {
    const { office } = setUp();
    const Key = 'a b/ü+&=?.txt';
    const put = await office.send(new PutObjectCommand({ ...bucket, Key, Body: 'hello', ContentType: 'text/plain', Metadata: { a: 'b' } }));
    const got = await office.send(new GetObjectCommand({ ...bucket, Key }));
    expect(await got.Body?.transformToString()).toBe('hello');
    expect(got).toMatchObject({ ContentLength: 5, ContentType: 'text/plain', ETag: put.ETag, Metadata: { a: 'b' } });
    expect((await office.send(new HeadObjectCommand({ ...bucket, Key }))).ContentLength).toBe(5);
    await office.send(new CopyObjectCommand({ ...bucket, Key: 'copy', CopySource: `quilt-data/${encodeURIComponent(Key)}` }));
    const listed = await office.send(new ListObjectsV2Command({ ...bucket, MaxKeys: 2, Delimiter: '/' }));
    expect(listed).toMatchObject({ KeyCount: 2, IsTruncated: true, CommonPrefixes: [{ Prefix: 'a b/' }, { Prefix: 'a/' }] });
    const removed = await office.send(new DeleteObjectsCommand({ ...bucket, Delete: { Objects: [{ Key }, { Key: 'copy' }] } }));
    expect(removed.Deleted).toHaveLength(2);
    expect(await failure(office.send(new GetObjectCommand({ ...bucket, Key })))).toMatchObject({ name: 'NoSuchKey', status: 404 });
    expect(await failure(office.send(new HeadObjectCommand({ ...bucket, Key })))).toMatchObject({ name: 'NotFound', status: 404 });
  });

  it('keeps versions', async () => {
    const { office } = setUp();
    await office.send(new PutBucketVersioningCommand({ ...bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const put = await office.send(new PutObjectCommand({ ...bucket, Key: 'b.txt', Body: 'wasp' }));
    const listed = await office.send(new ListObjectVersionsCommand({ ...bucket, Prefix: 'b.txt' }));
    expect(listed.Versions?.map((version) => [version.VersionId, version.IsLatest])).toEqual([
      [put.VersionId, true],
      ['null', false],
    ]);
  });

  it('tells where a bucket is, whatever it answers', async () => {
    const { office, client } = setUp();
    expect((await office.send(new ListBucketsCommand({ MaxBuckets: 1 }))).ContinuationToken).toBeDefined();
    expect((await office.send(new HeadBucketCommand(bucket))).BucketRegion).toBe('us-east-1');
    expect(await failure(office.send(new HeadBucketCommand({ Bucket: 'quilt-eu' })))).toMatchObject({ status: 301, region: 'eu-west-1' });
    expect((await client('AKIAOFFICE', 'eu-west-1').send(new HeadBucketCommand({ Bucket: 'quilt-eu' }))).BucketRegion).toBe('eu-west-1');
    expect(await failure(office.send(new HeadBucketCommand({ ...bucket, ExpectedBucketOwner: stranger })))).toMatchObject({
      status: 403,
      region: 'us-east-1',
    });
    expect(await failure(office.send(new HeadBucketCommand({ Bucket: 'nowhere' })))).toMatchObject({ status: 404 });
    expect((await office.send(new GetBucketLocationCommand({ Bucket: 'quilt-eu' }))).LocationConstraint).toBe('eu-west-1');
    expect((await office.send(new GetBucketLocationCommand(bucket))).LocationConstraint).toBeUndefined();
    await office.send(new CreateBucketCommand({ Bucket: 'quilt-new' }));
    expect((await office.send(new ListBucketsCommand({ Prefix: 'quilt-n' }))).Buckets?.map((one) => one.Name)).toEqual(['quilt-new']);
  });

  it('takes a bucket policy as text and gives it back byte for byte', async () => {
    const { office } = setUp();
    expect(await failure(office.send(new GetBucketPolicyCommand(bucket)))).toMatchObject({ name: 'NoSuchBucketPolicy', status: 404 });
    const Policy = `{ "Version": "2012-10-17",\n "Statement": { "Sid": "é<&>", "Effect": "Allow", "Principal": {"AWS": "${account}"}, "Action": "s3:*", "Resource": "arn:aws:s3:::quilt-data" } }\n`;
    await office.send(new PutBucketPolicyCommand({ ...bucket, Policy }));
    expect((await office.send(new GetBucketPolicyCommand(bucket))).Policy).toBe(Policy);
    expect((await office.send(new GetBucketPolicyStatusCommand(bucket))).PolicyStatus?.IsPublic).toBe(false);
    await office.send(new DeleteBucketPolicyCommand(bucket));
    expect(await failure(office.send(new PutBucketPolicyCommand({ ...bucket, Policy: '{' })))).toMatchObject({
      name: 'MalformedPolicy',
      status: 400,
    });
    expect((await office.send(new GetPublicAccessBlockCommand(bucket))).PublicAccessBlockConfiguration?.BlockPublicPolicy).toBe(true);
    expect(await failure(office.send(new GetBucketTaggingCommand(bucket)))).toMatchObject({ name: 'NoSuchTagSet', status: 404 });
  });

  it('answers a caller whose address alternates now one way and now the other', async () => {
    const { clock, client, office } = setUp();
    const spec = { partition: 'aws', buckets: ['quilt*'], trustedVpcs: [], vpcKey: 'id', trustedCidrs: ['192.0.2.0/24'] } as const;
    const more = { exemptTag: 'x', resourceAccounts: [], accessPoints: false, protectExemptTag: null, organizationId: null, expires: null };
    const Policy = minify({ Version: '2012-10-17', Statement: bucketStatements({ ...spec, ...more }, 'quilt-data') });
    await office.send(new PutBucketPolicyCommand({ ...bucket, Policy }));
    clock.advance(60_000);
    const flapping = client('AKIAFLAPPING');
    const answers: string[] = [];
    for (let n = 0; n < 8; n++)
      answers.push((await failure(flapping.send(new GetObjectCommand({ ...bucket, Key: 'b.txt' }))))?.name ?? 'ok');
    expect(answers.filter((answer) => answer === 'AccessDenied')).toHaveLength(4);
    expect(await failure(office.send(new GetObjectCommand({ ...bucket, Key: 'b.txt' })))).toBeNull();
  });
});
