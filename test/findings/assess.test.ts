// What a replay cannot prove: each finding of the coverage ledger, and when it is not raised.
import { describe, expect, test } from 'vitest';
import { assessReading } from '../../src/access/assess.ts';
import type { TrailPath, TrailReading } from '../../src/access/types.ts';
import type { AssessWorld } from '../../src/access/world.ts';
import type { Finding, FindingCode } from '../../src/findings.ts';
import { aCount, aPath, aReading, aWorld, partner, quilt, roleArn } from '../access/assess-support.ts';

function raised(
  code: FindingCode,
  path: Partial<TrailPath>,
  world: Partial<AssessWorld> = {},
  reading: Partial<TrailReading> = {},
): Finding | null {
  const { coverage } = assessReading(aReading([aCount(path)], reading), aWorld(world));
  return coverage.find((finding) => finding.code === code) ?? null;
}

describe('QP602', () => {
  const coverage = (...days: string[]): Partial<TrailReading> => ({
    from: '2026-05-01T10:00:00Z',
    to: '2026-05-05T10:00:00Z',
    coverage: [{ accountId: quilt, region: 'us-east-1', days }],
  });

  test('names the days without any record, between the first and the last', () => {
    expect(raised('QP602', {}, {}, coverage('2026-05-01', '2026-05-03', '2026-05-05'))?.subjects).toEqual([
      `${quilt} in us-east-1: 2026-05-02, 2026-05-04`,
    ]);
    expect(raised('QP602', {}, {}, coverage('2026-05-01', '2026-05-05'))?.detail).toBe(`${quilt} in us-east-1: 2026-05-02 to 2026-05-04`);
    expect(raised('QP602', {}, {}, coverage('2026-05-01', '2026-05-02', '2026-05-03', '2026-05-04', '2026-05-05'))).toBeNull();
  });

  test('counts the days that were asked for, whose end is not among them', () => {
    const window = { since: Date.parse('2026-04-30T00:00:00Z'), before: Date.parse('2026-05-02T00:00:00Z') };
    expect(raised('QP602', {}, { window }, coverage('2026-05-01'))?.detail).toBe(`${quilt} in us-east-1: 2026-04-30`);
  });

  test('names a bucket’s Region of which there is nothing', () => {
    const reading = coverage('2026-05-01', '2026-05-02', '2026-05-03', '2026-05-04', '2026-05-05');
    expect(raised('QP602', { awsRegion: 'eu-west-1' }, {}, reading)?.detail).toBe(`${quilt} in eu-west-1: no day at all`);
  });
});

describe('QP603', () => {
  test('names principals whose tags nobody tells', () => {
    expect(raised('QP603', {}, { otherTags: null })?.subjects).toEqual([roleArn('quilt/Reader')]);
    expect(raised('QP603', {}, {})).toBeNull();
    expect(raised('QP603', { outcome: 'denied' }, { otherTags: null })).toBeNull();
  });
});

describe('QP604', () => {
  test('names endpoints that are in no inventory', () => {
    expect(raised('QP604', { vpcEndpointId: 'vpce-0c0c0c0c' })?.subjects).toEqual(['vpce-0c0c0c0c']);
    expect(raised('QP604', { vpcEndpointId: 'vpce-0a0a0a0a' })).toBeNull();
  });
});

describe('QP605', () => {
  test('is raised where sessions could not be told apart', () => {
    expect(raised('QP605', {}, {}, { sessionTagsIncomplete: true })?.severity).toBe('warning');
    expect(raised('QP605', {})).toBeNull();
  });
});

describe('QP606', () => {
  const copy = { identityType: 'AWSAccount', principalArn: null, principalId: 'AROAX', accountId: partner, bucket: 'quilt-test' };
  const untold = { otherTags: null };

  test('names accounts that only the owner’s trail tells of', () => {
    expect(raised('QP606', copy, untold)?.subjects).toEqual([partner]);
    const read = [
      { accountId: quilt, region: 'us-east-1', days: ['2026-05-01'] },
      { accountId: partner, region: 'us-east-1', days: ['2026-05-01'] },
    ];
    expect(raised('QP606', copy, untold, { coverage: read })).toBeNull();
    expect(raised('QP606', { ...copy, principalArn: roleArn('x', partner) }, untold)).toBeNull();
  });

  test('is not raised where nothing hangs on it', () => {
    expect(raised('QP606', { ...copy, bucket: 'quilt-data' }, untold)).toBeNull();
    expect(raised('QP603', { ...copy, bucket: 'quilt-data' }, untold)).toBeNull();
    expect(raised('QP604', { ...copy, bucket: 'quilt-data', vpcEndpointId: 'vpce-0c0c0c0c' }, untold)).toBeNull();
  });
});

describe('QP607', () => {
  test('names accounts of which nobody can tell whether they are under a target', () => {
    const open = { bound: { ids: new Set([quilt]), complete: false } };
    expect(raised('QP607', { accountId: partner, principalArn: roleArn('x', partner) }, open)?.subjects).toEqual([partner]);
    expect(raised('QP607', aPath(), open)).toBeNull();
  });
});
