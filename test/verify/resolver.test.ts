// Names asked of a DNS server.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isServer, type Names, namesBy, systemNames } from '../../src/verify/resolver.ts';
import { type DnsServer, serveDns, type Told } from '../support/dns-server.ts';

const told: { readonly [name: string]: Told } = {
  'both.example': ['10.1.0.5', '10.1.0.6', 'fd00::5'],
  'four.example': ['52.216.1.1'],
  'six.example': ['2600:1f00::1'],
  'empty.example': [],
  'broken.example': 'server-failure',
  'silent.example': 'silence',
};
let server: DnsServer;
let names: Names;

beforeAll(async () => {
  server = await serveDns((name) => told[name] ?? 'no-such-name');
  names = namesBy(server.server, { timeout: 50, tries: 1 });
});
afterAll(() => server.close());

test.each([
  ['both.example', { found: true, addresses: ['10.1.0.5', '10.1.0.6', 'fd00::5'] }],
  ['four.example', { found: true, addresses: ['52.216.1.1'] }],
  ['six.example', { found: true, addresses: ['2600:1f00::1'] }],
  ['empty.example', { found: false, why: 'none', code: 'ENODATA' }],
  ['other.example', { found: false, why: 'none', code: 'ENOTFOUND' }],
  ['broken.example', { found: false, why: 'failed', code: 'ESERVFAIL' }],
  ['silent.example', { found: false, why: 'failed', code: 'ETIMEOUT' }],
])('%s', async (name, answer) => {
  expect(await names.resolve(name)).toEqual(answer);
});

test('who answered is said', () => {
  expect(names.by).toBe(`DNS server ${server.server}`);
});

test("this machine's own resolver knows its hosts file", async () => {
  const answer = await systemNames.resolve('localhost');
  expect(answer.found && answer.addresses.some((address) => address === '127.0.0.1' || address === '::1')).toBe(true);
});

test.each([
  ['10.0.0.2', true],
  ['10.0.0.2:53', true],
  ['fd00::2', true],
  ['[fd00::2]:5353', true],
  ['10.0.0.2:0', false],
  ['10.0.0.2:65536', false],
  ['10.0.0.256', false],
  ['[10.0.0.2]:53', false],
  ['fd00::2:', false],
  ['dns.example', false],
  ['', false],
  ['10.0.0.2:53:1', false],
])('%j is a server: %s', (text, is) => {
  expect(isServer(text)).toBe(is);
});
