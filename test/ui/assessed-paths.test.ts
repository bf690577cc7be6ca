import { expect, test } from 'vitest';
import type { AssessedPath } from '../../src/access/assess.ts';
import { plainPaint } from '../../src/ui/paint.ts';
import { pathTable } from '../../src/ui/render-assessed-paths.ts';

const page = { paint: plainPaint, width: 80, verbose: false, plain: false };

const path = (bucket: string, address: string, events: number): AssessedPath => ({
  principal: 'arn:aws:iam::444455556666:role/Analyst',
  network: { kind: 'ip', value: address },
  viaService: null,
  bucket,
  actions: ['s3:GetObject'],
  events,
  firstSeen: '2026-05-01T12:00:00Z',
  lastSeen: '2026-05-02T12:00:00Z',
  verdict: 'unknown',
  why: [`it comes from ${address}, and ${bucket} is in scope`],
  remedies: [],
});

const lines = (paths: readonly AssessedPath[], verbose = false): readonly string[] =>
  pathTable('Unknown', paths, { ...page, verbose })
    .split('\n')
    .slice(2);

test('paths that differ in bucket and address alone are one row, with the sum of their events', () => {
  const alike = [path('quilt-a', '203.0.113.1', 3), path('quilt-b', '203.0.113.1', 2), path('quilt-c', '203.0.113.2', 1)];
  expect(lines(alike)).toEqual([
    '         6  2026-05-02  role Analyst (444455556666) → quilt-a and 2 more',
    '                        buckets, from 203.0.113.1 and 1 more address: GetObject',
    '                        (it comes from 203.0.113.1, and quilt-a is in scope)',
  ]);
});

test('two buckets are both named, and with --verbose all are', () => {
  const two = [path('quilt-a', '203.0.113.1', 3), path('quilt-b', '203.0.113.1', 2)];
  expect(lines(two).join('\n')).toContain('→ quilt-a, quilt-b,');
  expect(lines([...two, path('quilt-c', '203.0.113.1', 1)], true).join('\n')).toMatch(/quilt-a, quilt-b,\s+quilt-c,/);
});

test('paths of another verdict’s reason stay rows of their own', () => {
  const other = { ...path('quilt-b', '203.0.113.1', 2), why: ['nothing is known of it'] };
  expect(lines([path('quilt-a', '203.0.113.1', 3), other]).filter((line) => line.includes('2026-05-02'))).toHaveLength(2);
});
