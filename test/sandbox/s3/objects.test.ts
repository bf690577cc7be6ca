import { describe, expect, it } from 'vitest';
import { newObject } from '../../../src/sandbox/s3/state.ts';
import { type Answer, anonymous, s3, s3World, session, start } from './support.ts';

const bucket = { Bucket: 'quilt-data' };
const text = (answer: Answer): string => Buffer.from(answer.Body as Uint8Array).toString('utf8');

describe('objects', () => {
  it('come back as they were put, with type, metadata, ETag and checksum', () => {
    const world = s3World();
    const put = s3(world, 'PutObject', {
      ...bucket,
      Key: 'k',
      Body: Buffer.from('123456789'),
      ContentType: 'text/plain',
      Metadata: { a: 'b' },
    });
    expect(put).toMatchObject({ ETag: '"25f9e794323b453885f5181f1b624d0b"', ChecksumCRC32: 'y/Q5Jg==' });
    const got = s3(world, 'GetObject', { ...bucket, Key: 'k', ChecksumMode: 'ENABLED' });
    expect(text(got)).toBe('123456789');
    expect(got).toMatchObject({
      ContentLength: 9,
      ContentType: 'text/plain',
      Metadata: { a: 'b' },
      ETag: put.ETag,
      ChecksumCRC32: 'y/Q5Jg==',
    });
    expect(s3(world, 'HeadObject', { ...bucket, Key: 'k' })).toMatchObject({ ContentLength: 9, LastModified: new Date(start) });
    expect(s3(world, 'PutObject', { ...bucket, Key: 'k', Body: 'x', IfNoneMatch: '*' })).toMatchObject({
      code: 'PreconditionFailed',
      status: 412,
    });
  });

  it.each([
    ['bytes=2-4', '345', 'bytes 2-4/9'],
    ['bytes=7-', '89', 'bytes 7-8/9'],
    ['bytes=-3', '789', 'bytes 6-8/9'],
    ['bytes=-20', '123456789', 'bytes 0-8/9'],
    ['bytes=8-100', '9', 'bytes 8-8/9'],
    ['bytes=4-2', '123456789', undefined],
    ['bytes=0-1,3-4', '123456789', undefined],
  ])('are read in part: %s', (Range, part, ContentRange) => {
    const world = s3World();
    s3(world, 'PutObject', { ...bucket, Key: 'k', Body: Buffer.from('123456789') });
    const got = s3(world, 'GetObject', { ...bucket, Key: 'k', Range, ChecksumMode: 'ENABLED' });
    expect([text(got), got.ContentRange, got.ContentLength]).toEqual([part, ContentRange, part.length]);
  });

  it('are not read from behind their end', () => {
    const world = s3World();
    s3(world, 'PutObject', { ...bucket, Key: 'k', Body: Buffer.from('123456789') });
    expect(s3(world, 'GetObject', { ...bucket, Key: 'k', Range: 'bytes=9-' })).toMatchObject({ code: 'InvalidRange', status: 416 });
  });

  it('that are missing are told with 404 to who may list, and with 403 to who may not', () => {
    const world = s3World();
    const missing = { ...bucket, Key: 'missing' };
    expect(s3(world, 'GetObject', missing)).toMatchObject({ code: 'NoSuchKey', status: 404 });
    expect(s3(world, 'GetObject', missing, { caller: session('Reader') })).toMatchObject({ code: 'AccessDenied', status: 403 });
    expect(text(s3(world, 'GetObject', { ...bucket, Key: 'b.txt' }, { caller: session('Reader') }))).toBe('bee');
  });

  it('are refused to anonymous callers unless a policy lets everybody read', () => {
    const world = s3World();
    const data = world.s3.buckets['quilt-data'];
    if (data === undefined) throw new Error('no bucket');
    expect(s3(world, 'GetObject', { ...bucket, Key: 'b.txt' }, { caller: anonymous })).toMatchObject({
      code: 'AccessDenied',
      message: 'Access Denied',
    });
    data.policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::quilt-data/*' }],
    });
    expect(s3(world, 'GetObject', { ...bucket, Key: 'b.txt' }, { caller: anonymous }).code).toBe('AccessDenied');
    data.publicAccessBlock = null;
    expect(text(s3(world, 'GetObject', { ...bucket, Key: 'b.txt' }, { caller: anonymous }))).toBe('bee');
  });

  it('are copied when the source may be read and the target written', () => {
    const world = s3World();
    const copy = (of: object, caller = session('Admin')): ReturnType<typeof s3> =>
      s3(world, 'CopyObject', { ...bucket, Key: 'copy', CopySource: 'quilt-data/a%2F1.txt', ...of }, { caller });
    expect(copy({}).code).toBeUndefined();
    expect(text(s3(world, 'GetObject', { ...bucket, Key: 'copy' }))).toBe('one');
    expect(copy({ CopySource: '/quilt-data/nothing' })).toMatchObject({ code: 'NoSuchKey' });
    expect(copy({}, session('Reader'))).toMatchObject({ code: 'AccessDenied' });
  });

  it('are deleted in bulk, each refusal listed', () => {
    const world = s3World();
    const answer = s3(world, 'DeleteObjects', { ...bucket, Delete: { Objects: [{ Key: 'b.txt' }, { Key: 'not there' }] } });
    expect(answer).toEqual({ Deleted: [{ Key: 'b.txt' }, { Key: 'not there' }] });
    const refused = s3(world, 'DeleteObjects', { ...bucket, Delete: { Objects: [{ Key: 'a/1.txt' }] } }, { caller: session('Reader') });
    expect(refused.Errors).toMatchObject([{ Key: 'a/1.txt', Code: 'AccessDenied' }]);
    expect(Object.keys(world.s3.buckets['quilt-data']?.objects ?? {})).toEqual(['a/1.txt', 'a/2.txt']);
  });
});

describe('versioned objects', () => {
  it('keep their versions, and deleting puts a marker', () => {
    const world = s3World();
    s3(world, 'PutBucketVersioning', { ...bucket, VersioningConfiguration: { Status: 'Enabled' } });
    const second = s3(world, 'PutObject', { ...bucket, Key: 'b.txt', Body: 'wasp' });
    const marker = s3(world, 'DeleteObject', { ...bucket, Key: 'b.txt' });
    expect(marker).toMatchObject({ DeleteMarker: true });
    expect(s3(world, 'GetObject', { ...bucket, Key: 'b.txt' })).toMatchObject({
      code: 'NoSuchKey',
      fields: { 'x-amz-delete-marker': 'true' },
    });
    expect(text(s3(world, 'GetObject', { ...bucket, Key: 'b.txt', VersionId: 'null' }))).toBe('bee');
    expect(text(s3(world, 'GetObject', { ...bucket, Key: 'b.txt', VersionId: second.VersionId }))).toBe('wasp');
    const listed = s3(world, 'ListObjectVersions', { ...bucket, Prefix: 'b' });
    expect((listed.Versions as { VersionId: string; IsLatest: boolean }[]).map((one) => [one.VersionId, one.IsLatest])).toEqual([
      [second.VersionId, false],
      ['null', false],
    ]);
    expect(listed.DeleteMarkers).toMatchObject([{ VersionId: marker.VersionId, IsLatest: true }]);
    s3(world, 'DeleteObject', { ...bucket, Key: 'b.txt', VersionId: marker.VersionId });
    expect(text(s3(world, 'GetObject', { ...bucket, Key: 'b.txt' }))).toBe('wasp');
  });
});

describe('listings', () => {
  it('come in pages, in order of bytes', () => {
    const world = s3World();
    const data = world.s3.buckets['quilt-data'];
    if (data === undefined) throw new Error('no bucket');
    for (const key of ['é', 'Z', '~']) data.objects[key] = [newObject(key, start)];
    const keys: string[] = [];
    let token: unknown;
    do {
      const page = s3(world, 'ListObjectsV2', { ...bucket, MaxKeys: 2, ...(token === undefined ? {} : { ContinuationToken: token }) });
      keys.push(...(page.Contents as { Key: string }[]).map((one) => one.Key));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    expect(keys).toEqual(['Z', 'a/1.txt', 'a/2.txt', 'b.txt', '~', 'é']);
  });

  it('roll up at a delimiter, also over pages', () => {
    const world = s3World();
    expect(s3(world, 'ListObjectsV2', { ...bucket, Delimiter: '/' })).toMatchObject({
      KeyCount: 2,
      CommonPrefixes: [{ Prefix: 'a/' }],
      Contents: [{ Key: 'b.txt' }],
      IsTruncated: false,
    });
    const first = s3(world, 'ListObjectsV2', { ...bucket, Delimiter: '/', MaxKeys: 1 });
    expect(first).toMatchObject({ CommonPrefixes: [{ Prefix: 'a/' }], IsTruncated: true });
    const second = s3(world, 'ListObjectsV2', { ...bucket, Delimiter: '/', MaxKeys: 1, ContinuationToken: first.NextContinuationToken });
    expect(second).toMatchObject({ Contents: [{ Key: 'b.txt' }], IsTruncated: false });
  });

  it('of versions go on in the middle of a key', () => {
    const world = s3World();
    s3(world, 'PutBucketVersioning', { ...bucket, VersioningConfiguration: { Status: 'Enabled' } });
    s3(world, 'PutObject', { ...bucket, Key: 'a/1.txt', Body: 'x' });
    const first = s3(world, 'ListObjectVersions', { ...bucket, MaxKeys: 1 });
    expect(first).toMatchObject({ IsTruncated: true, NextKeyMarker: 'a/1.txt' });
    const second = s3(world, 'ListObjectVersions', {
      ...bucket,
      MaxKeys: 1,
      KeyMarker: first.NextKeyMarker,
      VersionIdMarker: first.NextVersionIdMarker,
    });
    expect(second.Versions).toMatchObject([{ Key: 'a/1.txt', VersionId: 'null' }]);
  });

  it('need the permission to list', () => {
    const world = s3World();
    for (const operation of ['ListObjectsV2', 'ListObjects', 'ListObjectVersions', 'ListMultipartUploads']) {
      expect(s3(world, operation, bucket, { caller: session('Reader') }).code).toBe('AccessDenied');
      expect(s3(world, operation, bucket).code).toBeUndefined();
    }
  });
});
