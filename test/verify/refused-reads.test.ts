import { beforeAll, expect, test } from 'vitest';
import { type Applied, appliedWorld, checksOn, sandboxOf } from './applied.ts';

let applied: Applied;
beforeAll(async () => {
  applied = await appliedWorld();
});

/** Verify where neither side's operator may do these things any more. */
async function without(...actions: readonly string[]) {
  const sandbox = await sandboxOf(applied);
  const { iam, identities } = sandbox.world();
  for (const side of ['operator', 'management']) iam.deniedActions[identities[side] ?? ''] = [...actions];
  const checks = await checksOn(sandbox, applied.since);
  return checks.filter(({ state }) => state !== 'ok').map(({ id, state, evidence }) => ({ id, state, evidence }));
}

test.each([
  ['route53:ListHostedZonesByVPC', ['endpoints/dns-zones']],
  ['s3:GetBucketPolicy', ['bucket-policy/statements']],
  ['organizations:ListPolicies', ['scp/policy-type', 'scp/content', 'scp/attached/444455556666', 'scp/in-force']],
  ['synthetics:DescribeCanaries', ['canaries']],
] as const)('without %s what needs it is ?, and the permission is named', async (action, ids) => {
  const open = await without(action);
  expect(open.map(({ id }) => id)).toEqual(ids);
  for (const { state, evidence } of open) {
    expect(state).toBe('unknown');
    expect(evidence).toContain(action.split(':')[0] === 'organizations' ? 'organizations:' : action);
  }
});

test('whom nothing allows s3:GetObject S3 refuses, perimeter or not: the probes tell nothing, and say what they need', async () => {
  const open = await without('s3:GetObject');
  expect(open.map(({ id, state }) => [id, state])).toEqual([
    ['bucket-policy/probe', 'unknown'],
    ['scp/probe', 'unknown'],
  ]);
  for (const { evidence } of open) expect(evidence).toContain('the probe needs s3:GetObject and s3:ListBucket');
});
