import { expect, test } from 'vitest';
import { newBucket } from '../../src/sandbox/s3/state.ts';
import type { World } from '../../src/sandbox/world.ts';
import { differences, emptyWorld, readable } from '../support/world.ts';

function worldWith(...buckets: readonly (readonly [name: string, policy: string | null])[]): World {
  const world = emptyWorld();
  for (const [name, policy] of buckets) {
    world.s3.buckets[name] = newBucket({ name, accountId: '111122223333', region: 'us-east-1', createdAt: 0, policy });
  }
  return world;
}

test('worlds that differ only in time, sequence, sessions and the order of keys are the same', () => {
  const one = worldWith(['a', null], ['b', '{}']);
  const other = worldWith(['b', '{}'], ['a', null]);
  other.sequence = 99;
  other.clock.base += 1;
  const key = Object.values(other.accessKeys)[0];
  if (key) other.accessKeys.ASIASESSION = { ...key, expiresAt: 1 };
  other.faults.push({ type: 'async', failure: { kind: 'policy-type' }, remaining: 1 });
  expect(differences(one, other)).toEqual([]);
});

test('what differs is told by its path, and what is ignored is not', () => {
  const one = worldWith(['a', '{"x":1}'], ['b', null]);
  const other = worldWith(['a', '{"x":2}']);
  const found = differences(one, other);
  expect(found.map(({ path }) => path)).toEqual(['s3.buckets.a.policy', 's3.buckets.b']);
  expect(readable(found)).toContain('- s3.buckets.a.policy: "{\\"x\\":1}"\n+ s3.buckets.a.policy: "{\\"x\\":2}"');
  expect(differences(one, other, ['s3.buckets.*.policy']).map(({ path }) => path)).toEqual(['s3.buckets.b']);
});
