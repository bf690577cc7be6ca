import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as values from '../../src/config/values.ts';

describe('a trusted range', () => {
  test.each(['198.51.100.0/24', '203.0.113.7/32', '192.0.2.0/24', '2001:db8::/32', '52.0.0.0/8'])('accepts %s', (cidr) => {
    expect(values.trustedCidr(cidr)).toBeNull();
  });

  test.each([
    '10.0.0.0/8',
    '10.1.2.0/24',
    '172.16.0.0/12',
    '172.31.255.0/24',
    '192.168.1.0/24',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    'fc00::/7',
    'fd12:3456::/32',
    'fe80::/10',
    '8.0.0.0/5',
    '::ffff:10.0.0.0/104',
  ])('refuses %s, which AWS never matches, and names --client-cidr', (cidr) => {
    expect(values.trustedCidr(cidr)).toMatch(/AWS never matches it.*--client-cidr/);
  });

  test.each(['0.0.0.0/0', '::/0'])('refuses %s', (cidr) => {
    expect(values.trustedCidr(cidr)).toMatch(/every address/);
    expect(values.clientCidr(cidr)).toMatch(/every address/);
  });

  test('with host bits set is refused and the network is named', () => {
    expect(values.trustedCidr('198.51.100.7/24')).toBe('it has host bits set; the network is 198.51.100.0/24');
    expect(values.clientCidr('10.0.0.1/8')).toBe('it has host bits set; the network is 10.0.0.0/8');
    expect(values.trustedCidr('2001:db8::1/32')).toBe('it has host bits set; the network is 2001:db8::/32');
  });

  test.each(['198.51.100.0', '198.51.100/24', '300.0.0.0/8', 'x/24', '', '198.51.100.0/33', '198.51.100.0/-1'])(
    'refuses %s as no CIDR',
    (cidr) => {
      expect(values.trustedCidr(cidr)).toMatch(/CIDR notation/);
    },
  );

  test('is refused whenever it overlaps a private one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 32 }), fc.integer({ min: 0, max: 0xffffff }), (bits, low) => {
        const address = (0x0a000000 + low) >>> 0;
        const network = bits === 32 ? address : (address & ~(0xffffffff >>> bits)) >>> 0;
        const text = [24, 16, 8, 0].map((shift) => (network >>> shift) & 255).join('.');
        expect(values.trustedCidr(`${text}/${bits}`)).toMatch(/RFC 1918/);
        expect(values.clientCidr(`${text}/${bits}`)).toBeNull();
      }),
    );
  });
});

test.each([
  [values.vpcId, 'vpc-0123456789abcdef0', 'vpc-xyz'],
  [values.vpcId, 'vpc-0a1b2c3d', 'subnet-0a1b2c3d'],
  [values.subnetId, 'subnet-0123456789abcdef0', 'subnet-'],
  [values.targetId, '111122223333', '11112222333'],
  [values.targetId, 'ou-ab12-cdefghij', 'ou-ab12'],
  [values.targetId, 'r-ab12', 'r-'],
  [values.roleArn, 'arn:aws-us-gov:iam::111122223333:role/path/Name', 'arn:aws:iam::1:role/x'],
  [values.region, 'us-gov-west-1', 'useast1'],
  [values.bucketPattern, 'quilt*', 'Quilt*'],
  [values.bucketName, 'quilt-test', 'Quilt'],
  [values.ipAddress, '203.0.113.50', '203.0.113'],
  [values.ipAddress, '2001:db8::1', '1234'],
  [values.findingCode, 'QP413', 'QP999'],
  [values.tagKey, 'NetworkRestrictedExempt', 'aws:x'],
])('%# takes %s and refuses %s', (check, right, wrong) => {
  expect(check(right)).toBeNull();
  expect(check(wrong)).not.toBeNull();
});

test.each(['', '*', '**', '?*'])('the bucket pattern %j is refused: it matches none or every bucket', (pattern) => {
  expect(values.bucketPattern(pattern)).toMatch(/name (one|a prefix) such as quilt\*/);
});
