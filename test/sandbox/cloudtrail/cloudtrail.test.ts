import { describe, expect, test } from 'vitest';
import { cloudTrailModel } from '../../../src/sandbox/cloudtrail/model.ts';
import { newTrail } from '../../../src/sandbox/cloudtrail/state.ts';
import { buildScenario } from '../../../src/sandbox/scenarios/index.ts';
import { directCalls } from '../../support/direct-calls.ts';

const accountId = '444455556666';
const arn = `arn:aws:cloudtrail:us-east-1:${accountId}:trail/own`;

function withTrails() {
  const world = buildScenario('greenfield', { now: Date.parse('2026-06-01T09:00:00Z'), speed: 60, seed: 1 });
  const trail = { accountId, bucket: 'company-trail' };
  world.cloudTrail = {
    trails: [
      newTrail({ ...trail, name: 'own', homeRegion: 'us-east-1' }),
      newTrail({ ...trail, name: 'far', homeRegion: 'eu-west-1' }),
      newTrail({ ...trail, name: 'alone', homeRegion: 'eu-west-1', multiRegion: false }),
    ],
  };
  return directCalls(cloudTrailModel, world);
}

describe('CloudTrail', () => {
  test('describes the trails that reach a Region, or those at home in it', () => {
    const calls = withTrails();
    const names = (input = {}) => calls.run('DescribeTrails', input).trailList.map(({ Name }: { Name: string }) => Name);
    expect(names()).toEqual(['own', 'far']);
    expect(names({ includeShadowTrails: false })).toEqual(['own']);
    expect(names({ trailNameList: [arn] })).toEqual(['own']);
    expect(calls.run('ListTrails').Trails).toHaveLength(3);
  });

  test('knows a trail by its ARN everywhere and by its name at home', () => {
    const calls = withTrails();
    expect(calls.run('GetTrail', { Name: 'own' }).Trail).toMatchObject({ TrailARN: arn, S3BucketName: 'company-trail' });
    expect(calls.run('GetTrailStatus', { Name: arn })).toEqual({ IsLogging: true });
    expect(calls.run('GetEventSelectors', { TrailName: arn }).EventSelectors).toHaveLength(1);
    expect(calls.refusal('GetTrail', { Name: 'far' }).code).toBe('TrailNotFoundException');
    expect(calls.refusal('GetTrail', { Name: arn }, 'management').code).toBe('TrailNotFoundException');
  });

  test('answers advanced selectors where there are any', () => {
    const calls = withTrails();
    const [trail] = calls.world.cloudTrail?.trails ?? [];
    trail?.advancedEventSelectors.push({ Name: 'data', FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }] });
    const answer = calls.run('GetEventSelectors', { TrailName: arn });
    expect(answer.EventSelectors).toBeUndefined();
    expect(answer.AdvancedEventSelectors).toHaveLength(1);
  });
});
