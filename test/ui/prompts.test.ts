import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { plainPaint } from '../../src/ui/paint.ts';
import { themeFor } from '../../src/ui/prompts.ts';

const narrow = { output: Object.assign(new PassThrough(), { columns: 60 }), paint: plainPaint, above: () => null };

test('an answer stands beside the question where there is room, else on a line of its own', () => {
  const { answer } = themeFor('Which bucket may the bucket policy be tried on?', narrow).style;
  expect(answer('quilt-a')).toBe('quilt-a');
  expect(answer('quilt-perimeter-test')).toBe('\n  quilt-perimeter-test');
});

test('only the last line of a long question takes room', () => {
  const { answer } = themeFor('Which networks may reach the buckets, as S3\n  sees them?', narrow).style;
  expect(answer('198.51.100.0/24, 203.0.113.0/24')).toBe('198.51.100.0/24, 203.0.113.0/24');
});
