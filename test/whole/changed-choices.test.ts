// The perimeter stands, its ranges are changed, and the run that changes them is killed: its trials stand over what was
// applied before, which nobody changed.
import { describe, expect, test } from 'vitest';
import { WholeRun } from '../support/whole-run.ts';
import { changedSince, countsOf, killAfter, numbered, operationsOf } from './support.ts';

const applied = { accept: ['QP413', 'QP303'] } as const;
const changed = { ...applied, trustedCidrs: ['198.51.100.0/24', '192.0.2.0/28'] };

/** The perimeter stands on a test bucket that has a statement of somebody else. */
async function standing() {
  const run = await WholeRun.on('greenfield', {
    mutate({ s3, hints }) {
      const bucket = s3.buckets[hints.testBucket];
      if (bucket) bucket.policy = tlsOnly(bucket.name);
    },
  });
  const before = run.sandbox.snapshot();
  expect((await run.apply(applied)).stoppedBy).toBeNull();
  return { run, before };
}

const tlsOnly = (bucket: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: `arn:aws:s3:::${bucket}/*`,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  });

const { run: undisturbed } = await standing();
const sent = undisturbed.sandbox.writes().length;
await undisturbed.apply(changed);
const writes = numbered(operationsOf(undisturbed.sandbox.writes()).slice(sent));
const counts = countsOf(undisturbed);

test('changed ranges change the two policies and nothing else', () => {
  expect(new Set(writes.map(([, operation]) => operation))).toEqual(new Set(['PutBucketPolicy', 'UpdatePolicy']));
});

describe('a run that is killed right after one', () => {
  test.each(writes)('of its writes, %d, %s, the next apply ends as if nothing had happened', async (nth) => {
    const { run, before } = await standing();
    const revive = killAfter(run, { operation: null, nth });
    await expect(run.apply(changed)).rejects.toThrow();
    expect(revive()).toBe(true);
    expect((await run.apply(changed)).stoppedBy).toBeNull();
    expect(countsOf(run)).toEqual(counts);
    const until = run.sandbox.writes().length;
    await run.apply(changed);
    expect(operationsOf(run.sandbox.writes().slice(until))).toEqual([]);
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  });

  test.each(writes)('of its writes, %d, %s, everything can be put back at once', async (nth) => {
    const { run, before } = await standing();
    const revive = killAfter(run, { operation: null, nth });
    await expect(run.apply(changed)).rejects.toThrow();
    expect(revive()).toBe(true);
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  });
});
