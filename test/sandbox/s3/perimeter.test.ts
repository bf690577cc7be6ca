import { describe, expect, it } from 'vitest';
import { minify } from '../../../src/policy/document.ts';
import { bucketStatements, type PerimeterSpec, scpDocument } from '../../../src/policy/perimeter.ts';
import { probeStatements } from '../../../src/policy/probe.ts';
import { authorizeS3 } from '../../../src/sandbox/s3/authorize.ts';
import type { Caller } from '../../../src/sandbox/types.ts';
import type { World } from '../../../src/sandbox/world.ts';
import { account, anonymous, attachScp, type CallOptions, management, s3, s3World, session, start, stranger } from './support.ts';

const spec: PerimeterSpec = {
  partition: 'aws',
  buckets: ['quilt*'],
  trustedVpcs: [{ id: 'vpc-00000001', arn: `arn:aws:ec2:us-east-1:${account}:vpc/vpc-00000001` }],
  vpcKey: 'id',
  trustedCidrs: ['192.0.2.0/24'],
  exemptTag: 'NetworkRestrictedExempt',
  resourceAccounts: [],
  accessPoints: false,
  protectExemptTag: null,
  organizationId: 'o-example1234',
  expires: null,
};

const tlsOnly = minify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: 'arn:aws:s3:::quilt-data/*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
});

const object = { Bucket: 'quilt-data', Key: 'b.txt' };
const outside = session('Admin');
const office = session('Admin', account, { network: { publicIp: '192.0.2.7' } });
const tagged = session('Admin', account, { tags: { NetworkRestrictedExempt: 'yes' } });
const later = start + 10 * 60_000;

const refused = (world: World, caller: Caller, options: CallOptions = {}): boolean =>
  s3(world, 'GetObject', object, { caller, now: later, ...options }).code === 'AccessDenied';

const putPerimeter = (world: World, at = start): void => {
  const text = minify({ Version: '2012-10-17', Statement: bucketStatements(spec, 'quilt-data') });
  expect(s3(world, 'PutBucketPolicy', { Bucket: 'quilt-data', Policy: text }, { now: at, caller: office }).code).toBeUndefined();
};

describe('the perimeter in the sandbox', () => {
  it('as a bucket policy refuses who is outside and lets the others pass', () => {
    const world = s3World();
    putPerimeter(world);
    expect(refused(world, outside)).toBe(true);
    expect(refused(world, anonymous)).toBe(true);
    expect(refused(world, office)).toBe(false);
    expect(refused(world, tagged)).toBe(false);
    expect(refused(world, session('Admin', stranger, { tags: { NetworkRestrictedExempt: 'yes' } }))).toBe(true);
  });

  it('as a bucket policy locks its operator out of undoing it, root excepted', () => {
    const world = s3World();
    putPerimeter(world);
    const remove = (caller: Caller): string | undefined =>
      s3(world, 'DeleteBucketPolicy', { Bucket: 'quilt-data' }, { caller, now: later }).code;
    expect(remove(outside)).toBe('AccessDenied');
    const root: Caller = { ...outside, kind: 'root', arn: `arn:aws:iam::${account}:root`, roleArn: null };
    expect(s3(world, 'GetObject', object, { caller: root, now: later }).code).toBe('AccessDenied');
    expect(remove(root)).toBeUndefined();
  });

  it('as an SCP refuses members, root included, and not the management account', () => {
    const world = s3World();
    attachScp(world, scpDocument(spec), start);
    expect(refused(world, outside)).toBe(true);
    expect(refused(world, office)).toBe(false);
    const root: Caller = { ...outside, kind: 'root', arn: `arn:aws:iam::${account}:root`, roleArn: null };
    expect(s3(world, 'DeleteBucketPolicy', { Bucket: 'quilt-data' }, { caller: root, now: later }).code).toBe('AccessDenied');
    world.s3.buckets['quilt-data'] = { ...bucketOf(world), accountId: management };
    expect(refused(world, session('Admin', management))).toBe(false);
  });

  it('says which policy denies, with its ARN where it has one', () => {
    const world = s3World();
    putPerimeter(world);
    expect(s3(world, 'GetObject', object, { caller: outside, now: later }).message).toBe(
      `User: ${outside.arn} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::quilt-data/b.txt" with an explicit deny in a resource-based policy`,
    );
    s3(world, 'DeleteBucketPolicy', { Bucket: 'quilt-data' }, { caller: office });
    attachScp(world, scpDocument(spec), start);
    expect(s3(world, 'GetObject', object, { caller: outside, now: later }).message).toBe(
      `User: ${outside.arn} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::quilt-data/b.txt" with an explicit deny in a service control policy: arn:aws:organizations::${management}:policy/o-example1234/service_control_policy/p-perimeter1`,
    );
    const nobody = session('Reader', account, { network: { publicIp: '192.0.2.7' } });
    expect(s3(world, 'PutObject', object, { caller: nobody, now: later }).message).toContain(
      'because no identity-based policy allows the s3:PutObject action',
    );
  });

  it('by its probe stops denying when the clock passes its date', () => {
    const world = s3World();
    const expires = new Date(start + 55 * 60_000).toISOString();
    const probe = probeStatements(spec, {
      kind: 'bucket',
      bucket: 'quilt-data',
      controlKey: 'control',
      sentinelKey: 'sentinel',
      expires,
      control: true,
    });
    s3(world, 'PutBucketPolicy', { Bucket: 'quilt-data', Policy: minify({ Version: '2012-10-17', Statement: probe }) });
    const get = (Key: string, now: number, caller: Caller): string | undefined =>
      s3(world, 'GetObject', { Bucket: 'quilt-data', Key }, { caller, now }).code;
    expect(get('control', later, office)).toBe('AccessDenied');
    expect(get('sentinel', later, office)).toBe('NoSuchKey');
    expect(get('sentinel', later, outside)).toBe('AccessDenied');
    expect(get('control', start + 56 * 60_000, outside)).toBe('NoSuchKey');
    expect(get('sentinel', start + 56 * 60_000, outside)).toBe('NoSuchKey');
  });
});

describe('front ends', () => {
  it('learn of a bucket policy after 2 to 20 s, each for itself, in both directions', () => {
    const world = s3World();
    putPerimeter(world);
    expect(refused(world, outside, { now: start + 1_900, frontEnd: 0 })).toBe(false);
    expect(refused(world, outside, { now: start + 10_000, frontEnd: 0.1 })).toBe(true);
    expect(refused(world, outside, { now: start + 10_000, frontEnd: 0.9 })).toBe(false);
    expect(refused(world, outside, { now: start + 20_000, frontEnd: 0.99 })).toBe(true);
    s3(world, 'DeleteBucketPolicy', { Bucket: 'quilt-data' }, { caller: office, now: later });
    expect(refused(world, outside, { now: later + 10_000, frontEnd: 0.9 })).toBe(true);
    expect(refused(world, outside, { now: later + 10_000, frontEnd: 0.1 })).toBe(false);
    expect(refused(world, outside, { now: later + 20_000, frontEnd: 0.99 })).toBe(false);
  });

  it('learn of an SCP after 5 to 60 s', () => {
    const world = s3World();
    attachScp(world, scpDocument(spec), start);
    expect(refused(world, outside, { now: start + 4_900, frontEnd: 0 })).toBe(false);
    expect(refused(world, outside, { now: start + 30_000, frontEnd: 0.1 })).toBe(true);
    expect(refused(world, outside, { now: start + 30_000, frontEnd: 0.9 })).toBe(false);
    expect(refused(world, outside, { now: start + 60_000, frontEnd: 0.99 })).toBe(true);
  });

  it('answer GetBucketPolicy with the new policy at once', () => {
    const world = s3World();
    putPerimeter(world);
    expect(s3(world, 'GetBucketPolicy', { Bucket: 'quilt-data' }, { now: start, caller: office }).Policy).toContain(
      'QuiltPerimeterNetwork',
    );
  });

  it('that have settled answer as all will', () => {
    const world = s3World();
    putPerimeter(world);
    const ask = {
      caller: outside,
      action: 's3:GetObject',
      resource: 'arn:aws:s3:::quilt-data/b.txt',
      bucket: bucketOf(world),
      region: 'us-east-1',
      now: start,
    };
    expect(authorizeS3(world, { ...ask, frontEnd: 0 }).allowed).toBe(true);
    expect(authorizeS3(world, { ...ask, frontEnd: 'settled' }).allowed).toBe(false);
  });

  it('remember only the policies that some of them still answer by', () => {
    const world = s3World();
    for (let n = 0; n < 50; n++) {
      s3(world, 'PutBucketPolicy', { Bucket: 'quilt-data', Policy: tlsOnly }, { now: start + n * 60_000 });
    }
    expect(bucketOf(world).replacedPolicies.length).toBe(1);
  });
});

function bucketOf(world: World): World['s3']['buckets'][string] {
  const bucket = world.s3.buckets['quilt-data'];
  if (bucket === undefined) throw new Error('no bucket');
  return bucket;
}
