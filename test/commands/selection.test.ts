import { expect, test } from 'vitest';
import { selectSteps } from '../../src/commands/selection.ts';

test('all six steps, in order, where nothing is said', () => {
  expect(selectSteps({})).toEqual({ steps: ['discover', 'endpoints', 'nat', 'bucket-policy', 'scp', 'stack-parameter'], leftOut: [] });
});

test('--until stops after its step', () => {
  expect(selectSteps({ until: 'bucket-policy' }).steps).toEqual(['discover', 'endpoints', 'nat', 'bucket-policy']);
});

test('--only and --skip, discover always among them, and said aloud', () => {
  expect(selectSteps({ only: ['scp', 'nat'] })).toEqual({
    steps: ['discover', 'nat', 'scp'],
    leftOut: ['Only these steps (--only): scp, nat.'],
  });
  expect(selectSteps({ skip: ['scp'], skipProbes: true })).toEqual({
    steps: ['discover', 'endpoints', 'nat', 'bucket-policy', 'stack-parameter'],
    leftOut: ['Left out on purpose (--skip): scp.', expect.stringContaining('--skip-probes')],
  });
});

test.each([
  [{ until: 'x' }, /reading --until \(x\)/],
  [{ only: [''] }, /reading --only \(empty\)/],
  [{ skip: ['scp', 'y'] }, /reading --skip \(y\)/],
  [{ skip: ['discover'] }, /discover cannot be skipped/],
])('%j is bad input', (flags, expected) => {
  expect(() => selectSteps(flags)).toThrow(expected);
  expect(() => selectSteps(flags)).toThrow(expect.objectContaining({ exitCode: 2 }));
});
