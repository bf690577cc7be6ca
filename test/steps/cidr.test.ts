import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contains, covers } from '../../src/steps/cidr.ts';

const ipv4 = fc.tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 1, max: 30 })).map(([address, bits]) => {
  const network = bits === 0 ? 0 : (address & (0xffffffff << (32 - bits))) >>> 0;
  return { network, bits, cidr: `${[24, 16, 8, 0].map((shift) => (network >>> shift) & 255).join('.')}/${bits}` };
});

test('a range contains itself and what is narrower in it, never what is wider', () => {
  expect(contains('10.0.0.0/16', '10.0.0.0/16')).toBe(true);
  expect(contains('10.0.0.0/16', '10.0.7.0/24')).toBe(true);
  expect(contains('10.0.0.0/16', '10.0.0.0/8')).toBe(false);
  expect(contains('2001:db8::/32', '2001:db8:1::/48')).toBe(true);
  expect(contains('0.0.0.0/0', '2001:db8:1::/48')).toBe(false);
});

test('the halves of a range cover it together, one of them does not', () => {
  fc.assert(
    fc.property(ipv4, ({ network, bits, cidr }) => {
      const upper = (network | (1 << (31 - bits))) >>> 0;
      const half = (address: number) => `${[24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')}/${bits + 1}`;
      expect(covers([half(network), half(upper)], cidr)).toBe(true);
      expect(covers([half(network)], cidr)).toBe(false);
      expect(covers([], cidr)).toBe(false);
    }),
  );
});

test('a range with a hole in it is not covered', () => {
  expect(covers(['10.0.0.0/18', '10.0.64.0/18', '10.0.192.0/18'], '10.0.0.0/16')).toBe(false);
  expect(covers(['10.0.0.0/18', '10.0.64.0/18', '10.0.128.0/17'], '10.0.0.0/16')).toBe(true);
});
