import http from 'node:http';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { AwsError } from '../../../src/sandbox/types.ts';
import { crc32Of } from '../../../src/sandbox/wire/checksum.ts';
import { operatorKeyId } from '../../support/world.ts';
import { overHttp, stub } from './stub.ts';

interface Stored {
  readonly body: Uint8Array;
  readonly metadata: Record<string, string> | undefined;
}

const moment = new Date('2026-01-02T03:04:05.000Z');
const policies = new Map<string, string>();
const locations = new Map<string, string>();
const objects = new Map<string, Stored>();
const bucketExists = (name: string) => {
  if (name === 'nope') throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
  if (name === 'elsewhere') throw new AwsError('PermanentRedirect', 'Use the other endpoint', 301, { Region: 'eu-west-1' });
};
const objectAt = (key: string): Stored => {
  const stored = objects.get(key);
  if (!stored) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
  return stored;
};

const wire = stub({
  s3: {
    ListBuckets: () => ({ Buckets: [{ Name: 'quilt-a', CreationDate: moment }], Owner: { ID: 'o' } }),
    HeadBucket: (input: { Bucket: string }) => {
      bucketExists(input.Bucket);
      return { BucketRegion: 'us-east-1' };
    },
    CreateBucket: (input: { Bucket: string; CreateBucketConfiguration: { LocationConstraint: string } }) => {
      locations.set(input.Bucket, input.CreateBucketConfiguration.LocationConstraint);
      return { Location: `/${input.Bucket}` };
    },
    GetBucketLocation: (input: { Bucket: string }) => ({ LocationConstraint: locations.get(input.Bucket) }),
    GetBucketPolicy: (input: { Bucket: string }) => {
      bucketExists(input.Bucket);
      const Policy = policies.get(input.Bucket);
      if (Policy === undefined)
        throw new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404, { BucketName: input.Bucket });
      return { Policy };
    },
    PutBucketPolicy: (input: { Bucket: string; Policy: string }) => void policies.set(input.Bucket, input.Policy),
    DeleteBucketPolicy: (input: { Bucket: string }) => void policies.delete(input.Bucket),
    GetBucketPolicyStatus: () => ({ PolicyStatus: { IsPublic: true } }),
    PutObject: (input: { Key: string; Body: Uint8Array; Metadata?: Record<string, string> }) => {
      objects.set(input.Key, { body: input.Body, metadata: input.Metadata });
      return { ETag: '"e"' };
    },
    GetObject: (input: { Key: string; Range?: string }) => {
      const { body, metadata } = objectAt(input.Key);
      if (input.Range) return { Body: body.subarray(0, 2), ContentRange: `bytes 0-1/${body.length}`, ContentLength: 2 };
      return { Body: body, ContentLength: body.length, ETag: '"e"', LastModified: moment, Metadata: metadata, ContentType: 'text/plain' };
    },
    HeadObject: (input: { Key: string }) => ({ ContentLength: objectAt(input.Key).body.length, LastModified: moment, ETag: '"e"' }),
    DeleteObjects: (input: { Delete: { Objects: { Key: string }[] } }) => ({ Deleted: input.Delete.Objects.map(({ Key }) => ({ Key })) }),
    ListObjectsV2: () => ({
      IsTruncated: false,
      KeyCount: objects.size,
      Contents: [...objects.keys()].map((Key) => ({ Key, Size: 1, LastModified: moment })),
    }),
  },
});

let server: RunningServer;
beforeAll(async () => {
  server = await wire.listen();
});
afterAll(() => server.close());

const loopback = new http.Agent({
  lookup: (_host, options, callback) =>
    options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4),
});

const clients = {
  'in process': () => new S3Client(wire.inProcess),
  'in process, path style': () => new S3Client({ ...wire.inProcess, forcePathStyle: true }),
  'over HTTP, path style': () => new S3Client({ ...overHttp(server.url), forcePathStyle: true }),
  'over HTTP, virtual host': () =>
    new S3Client({
      ...overHttp(server.url.replace('127.0.0.1', 'localhost')),
      requestHandler: { httpAgent: loopback },
    }),
};

describe.each(Object.entries(clients))('%s', (way, client) => {
  test('buckets are listed, headed, made and located', async () => {
    const s3 = client();
    const { Buckets } = await s3.send(new ListBucketsCommand({ MaxBuckets: 10, Prefix: 'q' }));
    expect(Buckets?.[0]).toMatchObject({ Name: 'quilt-a', CreationDate: moment });
    expect(wire.last()).toEqual({ MaxBuckets: 10, Prefix: 'q' });
    expect((await s3.send(new HeadBucketCommand({ Bucket: 'quilt-a' }))).BucketRegion).toBe('us-east-1');
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'nope' }))).rejects.toMatchObject({ name: 'NotFound' });
    const Bucket = `b-${way.replace(/\W+/g, '-')}`;
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe('eu-west-1');
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'quilt-a' }))).LocationConstraint).toBeUndefined();
  });

  test('policies are kept byte for byte', async () => {
    const s3 = client();
    const Bucket = 'quilt-a';
    const Policy = '{ "Version": "2012-10-17",\n "Statement": [], "Id": "é" }';
    await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({ name: 'NoSuchBucketPolicy', BucketName: Bucket });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy, ExpectedBucketOwner: '111122223333' }));
    expect(wire.last()).toMatchObject({ ExpectedBucketOwner: '111122223333' });
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
    expect((await s3.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic).toBe(true);
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    expect(policies.size).toBe(0);
  });

  test('objects keep their bytes, odd keys and metadata, streamed or not', async () => {
    const s3 = client();
    const Bucket = 'quilt-a';
    const Key = 'a b/ü+c%//.txt';
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hello', Metadata: { who: 'me' }, ContentType: 'text/plain' }));
    expect(wire.last()).toMatchObject({ Key, ChecksumCRC32: crc32Of(Buffer.from('hello')) });
    const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(await got.Body?.transformToString()).toBe('hello');
    expect(got).toMatchObject({ Metadata: { who: 'me' }, LastModified: moment, ChecksumCRC32: crc32Of(Buffer.from('hello')) });
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength).toBe(5);
    const part = await s3.send(new GetObjectCommand({ Bucket, Key, Range: 'bytes=0-1' }));
    expect([part.$metadata.httpStatusCode, await part.Body?.transformToString()]).toEqual([206, 'he']);

    const Body = Readable.from([Buffer.from('str'), Buffer.from('eam')]);
    await s3.send(new PutObjectCommand({ Bucket, Key: 's', Body, ContentLength: 6 }));
    expect(Buffer.from(objectAt('s').body).toString()).toBe('stream');
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'zz' }))).rejects.toMatchObject({ name: 'NoSuchKey', Key: 'zz' });
    const listed = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(listed.Contents?.map(({ Key: key }) => key)).toEqual([Key, 's']);
    const deleted = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }, { Key: 's' }] } }));
    expect(deleted.Deleted).toHaveLength(2);
    objects.clear();
  });

  test('a redirect to another Region names it in the header, even without a body', async () => {
    const headed = client().send(new HeadBucketCommand({ Bucket: 'elsewhere' }));
    await expect(headed).rejects.toMatchObject({ $metadata: { httpStatusCode: 301 } });
    const got = client().send(new GetBucketPolicyCommand({ Bucket: 'elsewhere' }));
    await expect(got).rejects.toMatchObject({ name: 'PermanentRedirect', $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } } });
  });
});

test('an unsigned request is anonymous, a presigned one is its signer', async () => {
  objects.set('k', { body: Buffer.from('v'), metadata: undefined });
  expect(await (await fetch(`${server.url}/quilt-a/k`)).text()).toBe('v');
  expect(wire.lastCall()).toMatchObject({ caller: { kind: 'anonymous', arn: 'anonymous' }, region: 'us-east-1' });
  const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${operatorKeyId}%2F20260601%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature=0`;
  expect((await fetch(`${server.url}/quilt-a/k?${query}`)).status).toBe(200);
  expect(wire.lastCall()).toMatchObject({ caller: { kind: 'user' }, region: 'eu-west-1' });
  expect((await fetch(`${server.url}/quilt-a/k?AWSAccessKeyId=${operatorKeyId}&Signature=x`)).status).toBe(200);
  expect(wire.lastCall().caller.kind).toBe('user');
});

test('a body that does not match its checksum is refused', async () => {
  const headers = { 'x-amz-checksum-crc32': crc32Of(Buffer.from('other')) };
  const response = await fetch(`${server.url}/quilt-a/k`, { method: 'PUT', body: 'this', headers });
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('<Code>BadDigest</Code>')]);
});

test('a body framed in chunks with a trailer is unframed', async () => {
  const body = `5;chunk-signature=0\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:${crc32Of(Buffer.from('hello world'))}\r\n\r\n`;
  const headers = { 'content-encoding': 'gzip,aws-chunked', 'x-amz-decoded-content-length': '11' };
  expect((await fetch(`${server.url}/quilt-a/c`, { method: 'PUT', body, headers })).status).toBe(200);
  expect(wire.last()).toMatchObject({ ContentEncoding: 'gzip', ContentLength: 11, ChecksumCRC32: crc32Of(Buffer.from('hello world')) });
  const torn = await fetch(`${server.url}/quilt-a/c`, { method: 'PUT', body: '5\r\nhel', headers });
  expect(await torn.text()).toContain('<Code>IncompleteBody</Code>');
});
