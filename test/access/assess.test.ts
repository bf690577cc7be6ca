import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Assessment, assessReading } from '../../src/access/assess.ts';
import { readFiles } from '../../src/access/read.ts';
import type { TrailPath } from '../../src/access/types.ts';
import type { AssessWorld } from '../../src/access/world.ts';
import { aCount, aReading, aSpec, aWorld, management, partner, quilt, roleArn, stranger } from './assess-support.ts';
import { type Call, calls, truthOf, worldOfTrails, writeTrail } from './trails.ts';

const reading = {
  window: { since: null, before: null },
  workers: 1,
  signal: new AbortController().signal,
  progress: () => undefined,
};

const assess = (path: Partial<TrailPath>, world: Partial<AssessWorld> = {}): Assessment =>
  assessReading(aReading([aCount(path)]), aWorld(world));
const verdictOf = (path: Partial<TrailPath>, world: Partial<AssessWorld> = {}): string => assess(path, world).paths[0]?.verdict ?? 'none';

const rowOf = ({ principal, network, viaService, bucket, verdict }: Assessment['paths'][number]): string =>
  [principal, `${network.kind} ${network.value}`, viaService, bucket, verdict].join(' | ');

function counted(rows: readonly (readonly [string, number])[]): { readonly [row: string]: number } {
  const counts: Record<string, number> = {};
  for (const [row, events] of rows) counts[row] = (counts[row] ?? 0) + events;
  return counts;
}

describe('a trail whose truth is known', () => {
  it('is judged as the table says, path by path and event by event', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(calls, { minLength: 1, maxLength: 80 }), async (made) => {
        const dir = mkdtempSync(join(tmpdir(), 'trail-'));
        writeTrail(dir, made);
        const read = await readFiles([dir], reading);
        const { paths, alreadyDenied } = assessReading(read, worldOfTrails());
        const truths = made.map(truthOf);
        expect(counted(paths.map((path) => [rowOf(path), path.events]))).toEqual(
          counted(truths.flatMap(({ row }) => (row === null ? [] : [[row, 1] as const]))),
        );
        expect(alreadyDenied).toBe(truths.filter(({ refused }) => refused).length);
        expect([read.considered, read.errors]).toEqual([made.length, []]);
        for (const { verdict, why, remedies } of paths) {
          expect(why.length).toBeGreaterThan(0);
          if (verdict !== 'newly-denied') expect(remedies).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('has every kind of caller and way in all three verdicts, so that the comparison says something', () => {
    const verdicts = fc.sample(calls, { numRuns: 3000, seed: 7 }).map((call: Call) => truthOf(call).row?.split(' | ').at(-1));
    for (const verdict of ['passes', 'newly-denied', 'unknown'])
      expect(verdicts.filter((each) => each === verdict).length).toBeGreaterThan(100);
  });
});

describe('newly denied', () => {
  it('is a call that AWS did not refuse', () => {
    expect(verdictOf({ outcome: 'authorized' })).toBe('newly-denied');
  });

  it('is no call that AWS refused already: it is counted apart', () => {
    expect(assess({ outcome: 'denied' })).toMatchObject({ alreadyDenied: 1, paths: [] });
  });

  it('is nobody whom the SCP does not bind', () => {
    expect(verdictOf({ accountId: partner, principalArn: roleArn('x', partner) })).toBe('passes');
    expect(
      verdictOf({ accountId: management, principalArn: roleArn('x', management) }, { bound: { ids: new Set(), complete: false } }),
    ).toBe('passes');
    expect(verdictOf({ accountId: stranger, principalArn: roleArn('x', stranger) })).toBe('passes');
    expect(verdictOf({ identityType: 'AWSAccount', principalArn: null, accountId: 'anonymous' })).toBe('passes');
    expect(verdictOf({ principalArn: `arn:aws:iam::${quilt}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX` })).toBe('passes');
  });

  it('is everybody whom the policy of the test bucket denies', () => {
    const bucket = 'quilt-test';
    expect(verdictOf({ bucket, accountId: partner, principalArn: roleArn('x', partner) })).toBe('newly-denied');
    expect(verdictOf({ bucket, accountId: management, principalArn: roleArn('x', management) })).toBe('newly-denied');
    expect(verdictOf({ bucket, identityType: 'AWSAccount', principalArn: null, accountId: 'anonymous' })).toBe('newly-denied');
    expect(verdictOf({ bucket, identityType: 'AWSService', principalArn: null, accountId: null })).toBe('passes');
  });

  it('is unknown where nobody can tell whether the account is under a target', () => {
    const open = { bound: { ids: new Set([quilt]), complete: false } };
    const other = { accountId: partner, principalArn: roleArn('x', partner) };
    expect(assess(other, open).paths[0]).toMatchObject({
      verdict: 'unknown',
      why: [`whether account ${partner} is under a target of the SCP is not known`],
    });
    expect(verdictOf({ ...other, sourceIpAddress: '192.0.2.1' }, open)).toBe('passes');
    expect(verdictOf({ ...other, bucket: 'quilt-test' }, open)).toBe('newly-denied');
  });

  it('is unknown where the record does not tell whether the role is service-linked', () => {
    const unnamed = { identityType: 'AWSAccount', principalArn: null, principalId: 'AROAX', accountId: quilt };
    expect(verdictOf(unnamed)).toBe('unknown');
    expect(verdictOf({ ...unnamed, principalId: 'AIDAX' })).toBe('newly-denied');
    expect(verdictOf({ ...unnamed, bucket: 'quilt-test' })).toBe('newly-denied');
  });

  it('is unknown where the record does not tell who called, unless the network is trusted', () => {
    const nobody = { identityType: null, principalArn: null, principalId: null, accountId: null, bucket: 'quilt-test' };
    expect(verdictOf(nobody)).toBe('unknown');
    expect(verdictOf({ ...nobody, vpcEndpointId: 'vpce-0a0a0a0a' })).toBe('passes');
  });
});

it('events are told by day and verdict, those that were refused already left out', () => {
  const { days } = assessReading(
    aReading([
      aCount({}, { events: 5, days: [dayOf('2026-05-02', 3), dayOf('2026-05-03', 2)] }),
      aCount({ eventName: 'HeadObject' }, { events: 1, days: [dayOf('2026-05-01', 1)] }),
      aCount({ sourceIpAddress: '192.0.2.1' }, { events: 10, days: [dayOf('2026-05-03', 10)] }),
      aCount({ outcome: 'denied' }, { events: 7, days: [dayOf('2026-05-03', 7)] }),
      aCount({ bucket: 'others' }, { events: 7, days: [dayOf('2026-05-03', 7)] }),
    ]),
    aWorld(),
  );
  expect(days).toEqual([
    { day: '2026-05-01', passes: 0, newlyDenied: 1, unknown: 0 },
    { day: '2026-05-02', passes: 0, newlyDenied: 3, unknown: 0 },
    { day: '2026-05-03', passes: 10, newlyDenied: 2, unknown: 0 },
  ]);
});

const dayOf = (day: string, events: number) => ({ day, events });

describe('a path', () => {
  it('holds all calls that a person would act on alike, with their actions, times and reasons', () => {
    const { paths } = assessReading(
      aReading([
        aCount({ eventName: 'GetObject' }, { events: 3, firstSeen: '2026-05-02T00:00:00Z', lastSeen: '2026-05-03T00:00:00Z' }),
        aCount({ eventName: 'HeadObject' }, { events: 2, firstSeen: '2026-05-01T00:00:00Z', lastSeen: '2026-05-01T00:00:00Z' }),
        aCount({ eventName: 'ListObjects' }, { events: 1, firstSeen: '2026-05-04T00:00:00Z', lastSeen: '2026-05-04T00:00:00Z' }),
        aCount({ sourceIpAddress: '192.0.2.1' }, { events: 10 }),
      ]),
      aWorld(),
    );
    expect(paths.map(({ events, verdict }) => [events, verdict])).toEqual([
      [10, 'passes'],
      [6, 'newly-denied'],
    ]);
    expect(paths[1]).toMatchObject({
      principal: roleArn('quilt/Reader'),
      network: { kind: 'ip', value: '198.51.100.7' },
      viaService: null,
      bucket: 'quilt-data',
      actions: ['s3:GetObject', 's3:ListBucket'],
      firstSeen: '2026-05-01T00:00:00Z',
      lastSeen: '2026-05-04T00:00:00Z',
      why: [
        'it comes from 198.51.100.7, which is in no trusted range',
        'it carries no tag NetworkRestrictedExempt (by --principal-tags)',
        'denied by the SCP',
      ],
    });
    expect(paths[0]?.why).toEqual(['it comes from 192.0.2.1, which is trusted']);
  });

  it('is divided where only some sessions brought the exempt tag', () => {
    const { paths } = assessReading(
      aReading([aCount({}, { events: 2 }), aCount({}, { events: 5, sessionTags: { NetworkRestrictedExempt: '1' } })]),
      aWorld(),
    );
    expect(paths.map(({ events, verdict }) => [events, verdict])).toEqual([
      [5, 'passes'],
      [2, 'newly-denied'],
    ]);
  });

  it('says that tags which IAM tells are those of today', () => {
    const facts = { tags: { NetworkRestrictedExempt: '' }, trustedServices: [] };
    const principals = new Map([[roleArn('quilt/Reader'), facts]]);
    expect(assess({}, { principals }).paths[0]?.why).toEqual(['it carries the tag NetworkRestrictedExempt (as IAM tells its tags today)']);
    const bare = new Map([[roleArn('quilt/Reader'), { ...facts, tags: {} }]]);
    expect(assess({}, { principals: bare }).paths[0]?.why).toContain(
      'it carries no tag NetworkRestrictedExempt (as IAM tells its tags today)',
    );
  });

  it('of a presigned URL says whose network counts', () => {
    expect(assess({ presigned: true }).paths[0]?.why).toContain('a presigned URL is judged by the network of whoever opens it');
  });

  it('of a bucket whose account is not told is open only where the SCP asks for it', () => {
    const spec = aSpec({ resourceAccounts: [quilt] });
    expect(verdictOf({ bucketAccountId: null })).toBe('newly-denied');
    expect(verdictOf({ bucketAccountId: null }, { spec })).toBe('unknown');
    expect(assess({ bucketAccountId: stranger }, { spec }).paths[0]?.why).toEqual(['the SCP is about buckets of other accounts']);
  });

  it('is judged by the ARN of the VPC where the perimeter compares ARNs', () => {
    const spec = aSpec({ vpcKey: 'arn' });
    expect(verdictOf({ vpcEndpointId: 'vpce-0a0a0a0a' }, { spec })).toBe('passes');
    expect(verdictOf({ vpcEndpointId: 'vpce-0b0b0b0b' }, { spec })).toBe('newly-denied');
  });
});
