import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { PerimeterError } from '../../src/errors.ts';

const problem = (text: string): PerimeterError => {
  try {
    parseConfig(text, 'q.yaml');
  } catch (error) {
    if (error instanceof PerimeterError) return error;
    throw error;
  }
  throw new Error('it was accepted');
};

describe('a wrong file is one line with line and column (exit 2)', () => {
  test.each([
    ['version: 1\nfoo: 1\n', 'line 2, column 1): unknown key foo'],
    ['version: 1\nstack:\n  nam: x\n', 'line 3, column 3): unknown key stack.nam'],
    ['version: 1\nstack: quilt\n', 'line 2, column 8): stack: expected keys'],
    ['version: 1\naccept: QP101\n', 'line 2, column 9): accept: expected a list'],
    ['version: 1\nperimeter: {accessPoints: 3}\n', 'line 2, column 27): perimeter.accessPoints: expected true or false'],
    ['version: 1\nnat: {mode: both}\n', 'line 2, column 13): nat.mode: expected one of auto, single, per-zone, none'],
    ['version: 1\nperimeter:\n  buckets: []\n', 'line 3, column 12): perimeter.buckets: an empty list'],
    ['version: 1\nperimeter:\n  buckets: ["*"]\n', 'line 3, column 13): perimeter.buckets.0: "*": * matches every bucket'],
    ['version: 1\nperimeter:\n  trustedCidrs: [10.0.0.0/8]\n', 'never matches it'],
    ['version: 1\nnetwork: {vpc: vpc-1}\n', 'line 2, column 16): network.vpc: "vpc-1": expected a VPC id'],
    ['version: 1\naccept: [QP999]\n', 'line 2, column 10): accept.0: "QP999": there is no such finding'],
    ['version: 1\nversion: 1\n', 'line 2, column 1): Map keys must be unique'],
    ['version: 1\nstack: [\n', 'line 3, column 1)'],
    ['stack: {name: a}\n', '"version: 1" is missing'],
    ['', 'expected keys such as "version: 1"'],
    ['- version: 1\n', 'expected keys such as "version: 1"'],
    ['version: "1"\n', 'expected "version: 1"'],
  ])('%j', (text, expected) => {
    const error = problem(text);
    expect(error.summary).toContain(expected);
    expect(error.summary).toContain('q.yaml');
    expect(error.summary).not.toContain('\n');
    expect(error.exitCode).toBe(2);
  });
});

test('a file of a newer version is refused as that', () => {
  const error = problem('# ours\nversion: 2\nunheard: of\n');
  expect(error.code).toBe('CONFIG_VERSION');
  expect(error.summary).toContain('line 2, column 10): version 2 is newer');
});

test('account ids keep their digits, quoted or not', () => {
  expect(
    parseConfig('version: 1\norganization:\n  targets: [012345678901, "111122223333", 111122223333]\n', 'q.yaml').organization?.targets,
  ).toEqual(['012345678901', '111122223333', '111122223333']);
});

test('an alias is told where it stands, and how to write the text instead', () => {
  const text = 'version: 1\nperimeter:\n  buckets: [*quilt]\n';
  expect(() => parseConfig(text, 'q.yaml')).toThrow(/line 3, column 13.*\*quilt is an alias; put it into quotes/);
  expect(() => parseConfig('version: 1\nperimeter:\n  *!', 'q.yaml')).toThrow(PerimeterError);
});

test('any text is either a configuration or one clear error', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('', 'version: 1\n', 'version: 1\nperimeter:\n  '), (text, before) => {
      try {
        parseConfig(before + text, 'q.yaml');
      } catch (error) {
        expect(error).toBeInstanceOf(PerimeterError);
      }
    }),
  );
});

test('a missing file is none, but an error where --config named it', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'qp-config-'));
  expect(await loadConfig(join(dir, 'a.yaml'), false)).toBeNull();
  await expect(loadConfig(join(dir, 'a.yaml'), true)).rejects.toThrow(/there is no such file/);
  await writeFile(join(dir, 'b.yaml'), 'version: 1\n');
  expect((await loadConfig(join(dir, 'b.yaml'), true))?.config).toEqual({ version: 1 });
  await expect(loadConfig(dir, false)).rejects.toThrow(/EISDIR/);
});
