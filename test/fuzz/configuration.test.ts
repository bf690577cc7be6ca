// Bad quilt-perimeter.yaml in bulk: a configuration, or one error with its line and column; nothing else.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { configJsonSchema } from '../../src/config/schema.ts';
import { cases, clearErrorOf } from './support.ts';

const whole = {
  version: 1,
  aws: { profile: 'quilt', region: 'us-east-1', roleArn: 'arn:aws:iam::111122223333:role/x' },
  organization: { profile: 'org', roleArn: 'arn:aws:iam::111122223333:role/y', targets: ['111122223333', 'ou-ab12-cdefghij'] },
  stack: { name: 'quilt-prod', parameter: 'ApiGatewayVPCEndpointId' },
  network: { vpc: 'vpc-0123456789abcdef0', subnets: ['subnet-0123456789abcdef0'] },
  endpoints: { apiGateway: { privateDns: true } },
  nat: { mode: 'auto' },
  perimeter: {
    buckets: ['quilt*'],
    trustedVpcs: ['vpc-0123456789abcdef0'],
    trustedCidrs: ['198.51.100.0/24'],
    clientCidrs: ['10.0.0.0/16'],
    exemptTag: 'NetworkRestrictedExempt',
    policyName: 'QuiltDataPerimeter',
    vpcKey: 'id',
    resourceAccounts: ['111122223333'],
    accessPoints: false,
    protectExemptTag: false,
    tagAdministrator: 'arn:aws:iam::111122223333:role/z',
  },
  test: { bucket: 'quilt-test' },
  operator: { ip: '198.51.100.7' },
  accept: ['QP413'],
};
const valid = `# ours\n${stringify(whole)}`;
const place = /\(q\.yaml, line \d+, column \d+\): ./;

const parsed = (text: string) => clearErrorOf(() => parseConfig(text, 'q.yaml'));

/** Every path to a key of the whole file; those of sections end in an object. */
const paths = (node: unknown, at: readonly string[] = []): readonly (readonly string[])[] =>
  typeof node !== 'object' || node === null || Array.isArray(node)
    ? []
    : Object.entries(node).flatMap(([key, value]) => [[...at, key], ...paths(value, [...at, key])]);

/** The whole file with another value at a path. */
const changed = (path: readonly string[], value: unknown): string => stringify(withValue(whole, path, value));

function withValue(node: object, [key = '', ...rest]: readonly string[], value: unknown): object {
  const now: unknown = Reflect.get(node, key);
  const put = rest.length === 0 ? value : withValue(Object(now), rest, value);
  // As JSON has it, `__proto__` is a key like another.
  return Object.fromEntries([...Object.entries(node).filter(([each]) => each !== key), [key, put]]);
}

test('the file that is mutated holds every key of the schema, and is right', async () => {
  interface Node {
    readonly properties?: { readonly [key: string]: Node };
  }
  const inSchema = (node: Node, at: readonly string[] = []): readonly string[] =>
    Object.entries(node.properties ?? {}).flatMap(([key, child]) => [[...at, key].join('.'), ...inSchema(child, [...at, key])]);
  expect(
    paths(whole)
      .map((path) => path.join('.'))
      .sort(),
  ).toEqual([...inSchema(configJsonSchema())].sort());
  expect(await parsed(valid)).toBeNull();
});

describe.each(paths(whole).map((path) => [path.join('.'), path] as const))('%s', (name, path) => {
  const right = path.reduce<unknown>((node, key) => Reflect.get(Object(node), key), whole);
  const wrong: readonly unknown[] = [
    ...[null, '', ' ', 'x'.repeat(70_000), 'a\u0000b', { a: 1 }, [[]], [{}], [null], ['']],
    ...(typeof right === 'boolean' ? ['yes', 'true', 0] : [true]),
    ...(Array.isArray(right) ? ['text'] : [[right]]),
  ];

  test('of a wrong type or form is told with its line and column', async () => {
    for (const value of wrong) {
      const error = await parsed(changed(path, value));
      expect([JSON.stringify(value).slice(0, 60), error?.exitCode]).toEqual([JSON.stringify(value).slice(0, 60), 2]);
      expect(error?.summary).toMatch(place);
      expect(error?.summary.length).toBeLessThan(1000);
      if (name !== 'version') expect(error?.summary).toContain(name);
    }
  });

  test('with an unknown key in it or beside it is told at that key', async () => {
    for (const key of ['unheard', '__proto__', 'constructor', 'toString', 'prototype', '']) {
      const beside = [...path.slice(0, -1), key];
      const text = changed(beside, { polluted: 1 });
      const error = await parsed(text);
      expect(error?.summary).toMatch(place);
      expect(error?.summary).toContain(beside.join('.'));
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    }
  });
});

test.each([
  [
    'a bomb of aliases',
    `version: 1\na: &a [x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`}, *a]`).join('\n')}`,
  ],
  ['nesting without end', `version: 1\nstack: ${'['.repeat(50_000)}`],
  ['nested maps without end', `version: 1\nstack: ${'{a: '.repeat(50_000)}`],
  ['indentation without end', `version: 1\n${Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')}`],
  ['lists in lists without end', `version: 1\nstack: ${'- '.repeat(20_000)}`],
  ['many keys', `version: 1\n${Array.from({ length: 4000 }, (_, i) => `k${i}: 1`).join('\n')}`],
  ['tabs', 'version: 1\nstack:\n\tname: x\n'],
  ['a tag of a language', 'version: 1\nstack: !!js/function "function () { return 1 }"\n'],
  ['a tag of ours', 'version: 1\nstack: {name: !mine x}\n'],
  ['a merge key', 'version: 1\nstack:\n  <<: {name: x}\n'],
  ['two documents', 'version: 1\n---\nversion: 1\n'],
  ['a directive', '%YAML 9.9\n---\nversion: 2\n'],
  ['a NUL byte', 'version: 1\nstack: {name: "a\u0000b"}\n'],
  ['a key that is a list', 'version: 1\n? [a, b]\n: 1\n'],
  ['a key that is the rest of the file', `? ${stringify(whole).replaceAll('\n', '\n  ')}`],
  ['a key that is a map of several lines', 'version: 1\n? a: 1\n  b: 2\n: 1\n'],
  ['a key of several lines', 'version: 1\n? |\n  a\n  b\n: 1\n'],
  ['a key with a control character', 'version: 1\n"a\\nb": 1\n'],
  ['a key without end', `version: 1\n? ${'k'.repeat(5000)}\n: 1\n`],
  ['a key that is null', 'version: 1\n? \n: 1\n'],
  ['a duplicate key', 'version: 1\nstack: {name: a, name: b}\n'],
  ['an anchor', 'version: 1\nstack: &a {name: *a}\n'],
  ['a binary', 'version: 1\nstack: {name: !!binary aGVsbG8=}\n'],
  ['a number too large', 'version: 99999999999999999999999999\n'],
  ['not a number', 'version: .nan\n'],
])('%s is one clear error, at once', async (_what, text) => {
  const began = performance.now();
  const error = await parsed(text);
  expect(error?.exitCode).toBe(2);
  expect(error?.summary).toMatch(place);
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('a byte order mark, CRLF and what YAML has besides are no errors', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'quilt-perimeter-fuzz-'));
  for (const text of [
    `\ufeff${valid}`,
    valid.replaceAll('\n', '\r\n'),
    `---\n${valid}...\n`,
    `%YAML 1.2\n---\n${valid}`,
    JSON.stringify(whole),
  ]) {
    const path = join(dir, 'q.yaml');
    writeFileSync(path, text);
    expect((await loadConfig(path, true))?.config).toEqual(whole);
  }
});

test('a file that is too large, not UTF-8 or without an end is one clear error', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'quilt-perimeter-fuzz-'));
  const path = join(dir, 'q.yaml');
  for (const [content, expected] of [
    ['#'.repeat(66_000), 'larger than'],
    [Buffer.from([0x76, 0xff, 0xfe]), 'it is not UTF-8'],
    [Buffer.from(valid, 'utf16le'), ''],
  ] as const) {
    writeFileSync(path, content);
    const error = await clearErrorOf(() => loadConfig(path, true));
    expect(error).toMatchObject({ exitCode: 2, summary: expect.stringContaining(expected) });
  }
  expect(await clearErrorOf(() => loadConfig('/dev/zero', true))).toMatchObject({ summary: expect.stringContaining('larger than') });
});

const mutation = fc.record({
  at: fc.nat({ max: valid.length - 1 }),
  length: fc.integer({ min: 0, max: 12 }),
  with: fc.oneof(
    fc.constantFrom(
      '',
      ':',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '|',
      '>',
      '&a ',
      '*a',
      '!!js ',
      '#',
      '\t',
      '\r',
      '\u0000',
      '? ',
      '<<: ',
      '---\n',
      '\ufeff',
      '1e999',
      '0x',
      '~',
    ),
    fc.string({ maxLength: 8, unit: 'binary' }),
  ),
});

test('a right file with a few places changed is right or one clear error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
      const text = mutations.reduce((file, { at, length, with: put }) => file.slice(0, at) + put + file.slice(at + length), valid);
      const error = await parsed(text);
      if (error !== null) expect([error.exitCode, place.test(error.summary)]).toEqual([2, true]);
    }),
    cases(1500),
  );
});

test('any data written as YAML is a configuration or one clear error', async () => {
  const value = fc.anything({
    withDate: true,
    withNullPrototype: true,
    maxDepth: 4,
    key: fc.oneof(fc.constantFrom(...Object.keys(whole), '__proto__'), fc.string()),
  });
  await fc.assert(
    fc.asyncProperty(value, fc.constantFrom(...Object.keys(whole)), async (data, key) => {
      const error = await parsed(stringify({ ...whole, [key]: data }, { aliasDuplicateObjects: false }) ?? '');
      if (error !== null) expect([error.exitCode, place.test(error.summary)]).toEqual([2, true]);
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    cases(500),
  );
});
