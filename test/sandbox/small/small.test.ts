import { describe, expect, it } from 'vitest';
import { buildScenario } from '../../../src/sandbox/scenarios/index.ts';
import { route53Model, serviceQuotasModel } from '../../../src/sandbox/small/model.ts';
import { directCalls } from '../../support/direct-calls.ts';

const now = Date.parse('2026-06-01T09:00:00Z');
const greenfield = () => buildScenario('greenfield', { now, speed: 60, seed: 1 });

describe('Service Quotas', () => {
  it.each([
    ['vpc', 'L-1B52E74A', 20],
    ['vpc', 'L-29B6F2EB', 50],
    ['vpc', 'L-FE5A380F', 5],
    ['ec2', 'L-0263D0A3', 5],
  ])('knows %s/%s with its default (A32, B11, B12)', (ServiceCode, QuotaCode, value) => {
    const calls = directCalls(serviceQuotasModel, greenfield());
    expect(calls.run('GetServiceQuota', { ServiceCode, QuotaCode }).Quota).toMatchObject({ ServiceCode, QuotaCode, Value: value });
  });

  it('tells the applied value apart from the default', () => {
    const world = greenfield();
    world.quotas.applied['444455556666/us-east-1/vpc/L-1B52E74A'] = 40;
    const calls = directCalls(serviceQuotasModel, world);
    const quota = { ServiceCode: 'vpc', QuotaCode: 'L-1B52E74A' };
    expect(calls.run('GetServiceQuota', quota).Quota.Value).toBe(40);
    expect(calls.run('GetAWSDefaultServiceQuota', quota).Quota.Value).toBe(20);
    expect(calls.run('GetServiceQuota', quota, 'management').Quota.Value).toBe(20);
  });

  it('lists a service’s quotas by pages and knows no others', () => {
    const calls = directCalls(serviceQuotasModel, greenfield());
    const first = calls.run('ListServiceQuotas', { ServiceCode: 'vpc', MaxResults: 2 });
    expect(first.Quotas).toHaveLength(2);
    expect(calls.run('ListServiceQuotas', { ServiceCode: 'vpc', NextToken: first.NextToken }).Quotas.length).toBeGreaterThan(0);
    expect(calls.refusal('GetServiceQuota', { ServiceCode: 'vpc', QuotaCode: 'L-0' }).code).toBe('NoSuchResourceException');
    expect(calls.refusal('ListServiceQuotas', { ServiceCode: 'x' }).code).toBe('NoSuchResourceException');
  });
});

describe('Route 53', () => {
  it('tells which private zones a VPC has', () => {
    const world = greenfield();
    const calls = directCalls(route53Model, world);
    const VPC = { VPCId: world.hints.vpc, VPCRegion: 'us-east-1' };
    expect(calls.run('ListHostedZonesByVPC', VPC).HostedZoneSummaries).toEqual([]);
    const input = { Name: 'execute-api.us-east-1.amazonaws.com', CallerReference: 'one', VPC };
    const { HostedZone } = calls.run('CreateHostedZone', input);
    expect(HostedZone).toMatchObject({ Name: 'execute-api.us-east-1.amazonaws.com.', Config: { PrivateZone: true } });
    const [zone] = calls.run('ListHostedZonesByVPC', VPC).HostedZoneSummaries;
    expect(zone).toMatchObject({ Name: 'execute-api.us-east-1.amazonaws.com.', Owner: { OwningAccount: '444455556666' } });
    expect(calls.run('GetHostedZone', { Id: HostedZone.Id }).VPCs).toEqual([VPC]);
    expect(calls.run('ListHostedZones')).toMatchObject({ IsTruncated: false, HostedZones: [{ Id: HostedZone.Id }] });
    expect(calls.refusal('CreateHostedZone', input).code).toBe('HostedZoneAlreadyExists');
    expect(calls.refusal('CreateHostedZone', { ...input, CallerReference: 'two' }).code).toBe('ConflictingDomainExists');
  });

  it('lists the zones of interface endpoints with private DNS as a service’s', () => {
    const world = greenfield();
    const calls = directCalls(route53Model, world);
    const { HostedZoneSummaries } = calls.run('ListHostedZonesByVPC', { VPCId: world.hints.trustedVpcs[0], VPCRegion: 'us-east-1' });
    expect(HostedZoneSummaries).toContainEqual(
      expect.objectContaining({ Name: 's3.us-east-1.amazonaws.com.', Owner: { OwningService: 'vpce.amazonaws.com' } }),
    );
  });

  it('refuses what is not the caller’s or not there', () => {
    const world = greenfield();
    const calls = directCalls(route53Model, world);
    const VPC = { VPCId: world.hints.vpc, VPCRegion: 'us-east-1' };
    expect(calls.refusal('ListHostedZonesByVPC', VPC, 'management').code).toBe('AccessDenied');
    expect(calls.refusal('ListHostedZonesByVPC', { ...VPC, VPCRegion: 'eu-west-1' }).code).toBe('InvalidVPCId');
    expect(calls.refusal('GetHostedZone', { Id: 'Z0' })).toMatchObject({ code: 'NoSuchHostedZone', status: 404 });
  });
});
