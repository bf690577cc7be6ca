import { describe, expect, test } from 'vitest';
import { pathsOf, settingsOf } from '../../src/config/settings.ts';

describe('defaults < file < flags', () => {
  test('nothing said', () => {
    expect(settingsOf(null, {}).wanted).toMatchObject({
      stack: null,
      privateDns: true,
      nat: 'auto',
      buckets: ['quilt*'],
      exemptTag: 'NetworkRestrictedExempt',
      policyName: 'QuiltDataPerimeter',
      vpcKey: 'id',
      targets: [],
      accept: [],
    });
  });

  test('the file over defaults, flags over the file', () => {
    const file = { version: 1 as const, stack: { name: 'a' }, nat: { mode: 'none' as const }, perimeter: { buckets: ['data-*'] } };
    const { wanted, fromFlags } = settingsOf(file, { stack: 'b', bucket: ['x-*', 'y-*', 'x-*'], privateDns: 'off' });
    expect(wanted).toMatchObject({ stack: 'b', nat: 'none', buckets: ['x-*', 'y-*'], privateDns: false });
    expect(fromFlags).toEqual({
      'stack.name': '--stack b',
      'perimeter.buckets': '--bucket x-*,y-*,x-*',
      'endpoints.apiGateway.privateDns': '--private-dns off',
    });
  });

  test('the organization has credentials of its own or none', () => {
    const settings = settingsOf(null, { profile: 'p', roleArn: 'arn:aws:iam::111122223333:role/R', orgProfile: 'o' });
    expect(settings.quilt).toEqual({ profile: 'p', roleArn: 'arn:aws:iam::111122223333:role/R' });
    expect(settings.organization).toEqual({ profile: 'o', roleArn: null });
  });
});

test.each([
  [{ vpc: 'vpc-1' }, /reading --vpc \(vpc-1\): expected a VPC id/],
  [{ target: ['1111'] }, /reading --target \(1111\)/],
  [{ trustedCidr: ['192.168.0.0/16'] }, /reading --trusted-cidr .*AWS never matches it.*--client-cidr/],
  [{ clientCidr: ['10.0.0.0/0'] }, /host bits/],
  [{ bucket: [''] }, /reading --bucket \(empty\)/],
  [{ nat: 'two' }, /reading --nat \(two\): expected one of auto, single, per-zone, none/],
  [{ privateDns: 'yes' }, /expected one of on, off/],
  [{ accept: ['QP1'] }, /reading --accept \(QP1\)/],
  [{ operatorIp: '1.2.3' }, /reading --operator-ip/],
])('a wrong flag %j is one line and exit 2', (flags, expected) => {
  expect(() => settingsOf(null, flags)).toThrow(expected);
});

test('the sandbox keeps all its files to itself', () => {
  expect(pathsOf({ dir: 'x' }, '/home/me', false)).toEqual({
    dir: '/home/me/x',
    config: '/home/me/x/quilt-perimeter.yaml',
    configNamed: false,
    state: '/home/me/x/.quilt-perimeter',
  });
  expect(pathsOf({}, '/home/me', true)).toEqual({
    dir: '/home/me',
    config: '/home/me/.quilt-perimeter/sandbox/quilt-perimeter.yaml',
    configNamed: false,
    state: '/home/me/.quilt-perimeter/sandbox',
  });
});
