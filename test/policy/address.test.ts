import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { cidrMatcher, cidrShape } from '../../src/policy/address.ts';

const version4 = fc.ipV4();
const version6 = fc.ipV6();

/** The address as one number, worked out by another way than the matcher's. */
const numberOf = (text: string): bigint => BigInt(`0x${Buffer.from(ipaddr.parse(text).toByteArray()).toString('hex')}`);

const near = (text: string, bit: number): string => {
  const bytes = ipaddr.parse(text).toByteArray();
  return ipaddr.fromByteArray(bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte))).toString();
};

describe('an address', () => {
  for (const [version, addresses, width] of [
    [4, version4, 32],
    [6, version6, 128],
  ] as const) {
    it(`of version ${version} lies in a block that begins with the same bits, and in no other`, () => {
      fc.assert(
        fc.property(addresses, fc.nat(width), fc.nat(width - 1), (address, bits, bit) => {
          const other = near(address, bit);
          const rest = BigInt(width - bits);
          expect(cidrMatcher(`${address}/${bits}`)(address)).toBe(true);
          expect(cidrMatcher(`${address}/${bits}`)(other)).toBe(numberOf(address) >> rest === numberOf(other) >> rest);
          expect(cidrMatcher(address)(other)).toBe(false);
        }),
        { numRuns: 300 },
      );
    });
  }

  it('of one version lies in no block of the other', () => {
    fc.assert(
      fc.property(version4, version6, (four, six) => {
        expect(cidrMatcher('::/0')(four)).toBe(false);
        expect(cidrMatcher('0.0.0.0/0')(six)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('that is none matches nothing', () => {
    for (const text of [
      '',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.256',
      '1.2.3.04',
      '1.2.3.',
      '.1.2.3',
      '1..2.3',
      '1.2.3.4 ',
      '0x1.2.3.4',
      'fe80::1%eth0',
    ]) {
      expect(cidrMatcher('0.0.0.0/0')(text), text).toBe(false);
      expect(cidrMatcher('::/0')(text), text).toBe(false);
      expect(cidrShape(text), text).toBeNull();
    }
  });

  it('is the same however version 6 writes it', () => {
    expect(cidrMatcher('2001:DB8:0:0:0:0:0:1')('2001:db8::1')).toBe(true);
  });

  it('asked about after another one is not taken for that', () => {
    const matches = cidrMatcher('203.0.113.0/24');
    expect([matches('203.0.113.7'), matches('198.51.100.7'), matches('203.0.113.7'), matches('')]).toEqual([true, false, true, false]);
  });

  it('has a block with a shape, which a wrong length has not', () => {
    expect(cidrShape('10.0.0.0/8')).toEqual({ version: 4, bits: 8 });
    expect(cidrShape('2001:db8::/32')).toEqual({ version: 6, bits: 32 });
    expect(cidrShape('203.0.113.7')).toEqual({ version: 4, bits: 32 });
    for (const wrong of ['10.0.0.0/33', '2001:db8::/129', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1'])
      expect(cidrShape(wrong), wrong).toBeNull();
  });
});
