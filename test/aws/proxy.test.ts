import { expect, test } from 'vitest';
import { agentsFor, bypassesProxy } from '../../src/aws/proxy.ts';

test.each([
  ['', 'ec2.us-east-1.amazonaws.com', 443, false],
  ['*', 'ec2.us-east-1.amazonaws.com', 443, true],
  ['.amazonaws.com', 'ec2.us-east-1.amazonaws.com', 443, true],
  ['amazonaws.com', 'ec2.us-east-1.amazonaws.com', 443, true],
  ['*.amazonaws.com', 'ec2.us-east-1.amazonaws.com', 443, true],
  ['amazonaws.com', 'notamazonaws.com', 443, false],
  ['AMAZONAWS.com', 'S3.Amazonaws.COM', 443, true],
  ['amazonaws.com:8443', 's3.amazonaws.com', 443, false],
  ['amazonaws.com:443', 's3.amazonaws.com', 443, true],
  ['10.0.0.0/8', '10.1.2.3', 443, true],
  ['10.0.0.0/8', '11.1.2.3', 443, false],
  ['10.0.0.0/8', 'ten.example.com', 443, false],
  ['169.254.169.254', '169.254.169.254', 80, true],
  ['fd00::/8', '[fd00::1]', 443, true],
  ['[fd00::1]:443', '[fd00::1]', 443, true],
  ['a.test, b.test c.test', 'b.test', 443, true],
  ['', 'localhost', 80, true],
  ['', '127.0.0.1', 80, true],
  ['', '[::1]', 80, true],
])('NO_PROXY %j and %s:%i: goes past is %s', (noProxy, host, port, expected) => {
  expect(bypassesProxy(noProxy, host, port)).toBe(expected);
});

test('a proxy that is no URL is bad input, and its password is not shown', () => {
  expect(() => agentsFor({ HTTPS_PROXY: 'socks5://me:hunter2@proxy' }, true)).toThrow(/reading HTTPS_PROXY/);
  expect(() => agentsFor({ HTTPS_PROXY: 'socks5://me:hunter2@proxy' }, true)).not.toThrow(/hunter2/);
});
