// What only `verify` takes.
import { expect, test } from 'vitest';
import { verifyFlagsOf } from '../../src/commands/verify-flags.ts';

test('without flags it looks once, asks nobody for names, and writes no file', () => {
  expect(verifyFlagsOf({})).toEqual({ waitSeconds: 0, junit: null, dns: null });
});

test.each([
  [true, null],
  ['10.0.0.2', '10.0.0.2'],
  ['[fd00::2]:5353', '[fd00::2]:5353'],
] as const)('--dns %s asks %s', (dns, server) => {
  expect(verifyFlagsOf({ dns }).dns).toEqual({ server });
});

test('a DNS server that is none is bad input', () => {
  for (const dns of ['resolver.example', '10.0.0.2:99999', '']) expect(() => verifyFlagsOf({ dns })).toThrow(`reading --dns (${dns}`);
});

test('the sandbox takes a DNS server alone: this machine knows the real names', () => {
  expect(() => verifyFlagsOf({ dns: true, sandbox: '' })).toThrow('the sandbox has no DNS of its own');
  expect(verifyFlagsOf({ dns: '127.0.0.1:5353', sandbox: '' }).dns).toEqual({ server: '127.0.0.1:5353' });
});
