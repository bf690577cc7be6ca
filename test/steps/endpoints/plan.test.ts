import { describe, expect, test } from 'vitest';
import { markTags } from '../../../src/aws/tags.ts';
import { endpointKeys } from '../../../src/steps/endpoints/keys.ts';
import { planEndpoints } from '../../../src/steps/endpoints/plan.ts';
import type { Network } from '../../../src/steps/landscape.ts';
import { markFor } from '../../../src/steps/mark.ts';
import {
  accountId,
  aGroup,
  aLandscape,
  aNetwork,
  anEndpoint,
  aRoute,
  aSurvey,
  aVpc,
  s3PrefixListId,
  someChoices,
  vpcId,
  withTables,
} from '../../support/landscape.ts';

const keys = endpointKeys(vpcId);
const apiService = 'com.amazonaws.us-east-1.execute-api';
const planOf = (network: Partial<Network> = {}, choices = {}) => planEndpoints(aLandscape({ network }), someChoices(choices));
const keysOf = (network: Partial<Network> = {}, choices = {}) => planOf(network, choices).plan.changes.map(({ key }) => key);
const changeOf = (key: string, network: Partial<Network> = {}, choices = {}) =>
  planOf(network, choices).plan.changes.find((change) => change.key === key);
const ours = (key: string) => markTags(markFor(key, aLandscape(), someChoices()), 'name');
const privateTables = ['rtb-private-a', 'rtb-private-b', 'rtb-private-c'];
const done: Partial<Network> = {
  endpoints: [
    anEndpoint('vpce-api', { type: 'Interface', serviceName: apiService, privateDns: true, securityGroupIds: ['sg-1'] }),
    anEndpoint('vpce-s3', { routeTableIds: privateTables }),
  ],
};

test('in a VPC without endpoints: group, rules, API Gateway endpoint and the S3 endpoint', () => {
  expect(keysOf()).toEqual([keys.group, keys.rules, keys.api, keys.s3]);
  expect(planOf().endpoint).toEqual({ ref: keys.api, field: 'id' });
});

test('where both endpoints stand on all tables the plan is empty, and the standing endpoint is the result', () => {
  expect(planOf(done).plan.changes).toEqual([]);
  expect(planOf(done).plan.confirmations).toEqual([]);
  expect(planOf(done).endpoint).toBe('vpce-api');
});

describe('the API Gateway endpoint', () => {
  test('takes one private subnet of each zone that the service supports', () => {
    const service = { ...aNetwork().apiService, zones: ['us-east-1a', 'us-east-1c'] };
    expect(changeOf(keys.api, { apiService: service })?.after).toMatchObject({
      subnetIds: ['subnet-private-a', 'subnet-private-c'],
      privateDns: true,
    });
  });

  test('costs 7.30 USD a month and zone in us-east-1, and an unknown sum elsewhere', () => {
    expect(changeOf(keys.api)?.usdPerMonth).toBe(21.9);
    const network = aNetwork();
    const quilt = { ...aSurvey(network).quilt, region: 'eu-west-1' };
    const elsewhere = planEndpoints(aLandscape({ survey: { quilt } }), someChoices()).plan.changes.find(({ key }) => key === keys.api);
    expect(elsewhere?.usdPerMonth).toBeNull();
  });

  test('is access-affecting with private DNS and needs its DNS attributes, additive without', () => {
    expect(changeOf(keys.api)).toMatchObject({ risk: 'access-affecting', confirm: 'endpoints/access' });
    expect(changeOf(keys.api)?.needs).toEqual([keys.group, keys.rules, keys.dnsSupport, keys.dnsHostnames]);
    const without = { privateDns: false };
    expect(changeOf(keys.api, {}, without)).toMatchObject({
      risk: 'additive',
      confirm: 'endpoints/additive',
      after: { privateDns: false },
    });
    expect(keysOf({ dnsHostnames: false }, without)).toEqual([keys.group, keys.rules, keys.api, keys.s3]);
  });

  test('is reused where one stands, of several the one that the stack holds', () => {
    const endpoints = ['vpce-1', 'vpce-2'].map((id) => anEndpoint(id, { type: 'Interface', serviceName: apiService, privateDns: true }));
    expect(planOf({ endpoints }).endpoint).toBe('vpce-1');
    const stack = aLandscape().stack.stack;
    const parameters = stack.parameters.map((parameter) =>
      parameter.key === 'ApiGatewayVPCEndpointId' ? { ...parameter, value: 'vpce-2' } : parameter,
    );
    const held = aLandscape({ network: { endpoints }, stack: { stack: { ...stack, parameters } } });
    expect(planEndpoints(held, someChoices()).endpoint).toBe('vpce-2');
  });

  test('of ours that stands without private DNS gets it; that of others is left so, and said so', () => {
    const endpoints = [anEndpoint('vpce-1', { type: 'Interface', serviceName: apiService, tags: ours(keys.api) })];
    expect(changeOf(keys.privateDns, { endpoints })).toMatchObject({ risk: 'access-affecting', after: { endpointId: 'vpce-1' } });
    const foreign = [anEndpoint('vpce-1', { type: 'Interface', serviceName: apiService })];
    expect(keysOf({ endpoints: foreign })).toEqual([keys.s3]);
    expect(planOf({ endpoints: foreign }).plan.notes.join()).toContain('--private-dns-enabled');
  });

  test('is planned until it is available, ours being found by its mark', () => {
    const pending = anEndpoint('vpce-1', { type: 'Interface', serviceName: apiService, state: 'pending', tags: ours(keys.api) });
    expect(keysOf({ endpoints: [pending] })).toContain(keys.api);
    expect(keysOf({ endpoints: [{ ...pending, state: 'available' }] })).not.toContain(keys.api);
    expect(keysOf({ endpoints: [{ ...pending, state: 'failed' }] })).toContain(keys.api);
  });

  test('is not planned in a VPC that is shared from another account', () => {
    const plan = planOf({ vpc: aVpc({ ownerId: '444455556666' }) });
    expect(plan.plan.changes).toEqual([]);
    expect(plan.endpoint).toBeNull();
  });
});

describe('DNS attributes', () => {
  test('that are off are turned on, host names after DNS support, the endpoint after both', () => {
    const network = { dnsSupport: false, dnsHostnames: false };
    expect(keysOf(network).slice(0, 2)).toEqual([keys.dnsSupport, keys.dnsHostnames]);
    expect(changeOf(keys.dnsHostnames, network)).toMatchObject({ before: { value: false }, risk: 'additive', needs: [keys.dnsSupport] });
    expect(changeOf(keys.api, network)?.needs).toEqual(expect.arrayContaining([keys.dnsSupport, keys.dnsHostnames]));
  });
});

describe('the security group', () => {
  const vpn = aVpc({ id: 'vpc-vpn', cidrs: ['172.20.0.0/16'] });

  test('admits all CIDRs of the VPC, IPv6 too, and by default those of the trusted VPCs', () => {
    const vpc = aVpc({ cidrs: ['10.0.0.0/16', '100.64.0.0/16'], ipv6Cidrs: ['2001:db8::/56'] });
    const landscape = aLandscape({ network: { vpc }, survey: { vpcs: [vpc, vpn] } });
    const rules = planEndpoints(landscape, someChoices({ trustedVpcs: ['vpc-vpn'] })).plan.changes.find(({ key }) => key === keys.rules);
    expect(rules?.after).toMatchObject({ cidrs: ['10.0.0.0/16', '100.64.0.0/16', '2001:db8::/56', '172.20.0.0/16'] });
  });

  test('admits the client CIDRs instead where they are given, and never everybody nor a trusted public range', () => {
    const landscape = aLandscape({ survey: { vpcs: [aVpc(), vpn] } });
    const choices = someChoices({
      trustedVpcs: ['vpc-vpn'],
      clientCidrs: ['192.168.0.0/16', '0.0.0.0/0'],
      trustedCidrs: ['198.51.100.0/24'],
    });
    const rules = planEndpoints(landscape, choices).plan.changes.find(({ key }) => key === keys.rules);
    expect(rules?.after).toMatchObject({ cidrs: ['10.0.0.0/16', '192.168.0.0/16'] });
  });

  test('of ours gets only what it lacks, kept with what was there', () => {
    const rule = { protocol: 'tcp', fromPort: 443, toPort: 443, cidrs: ['10.0.0.0/16'], ipv6Cidrs: [], groupIds: [], prefixListIds: [] };
    const network: Partial<Network> = {
      securityGroups: [aGroup('sg-1', { ingress: [rule], tags: ours(keys.group) })],
      endpoints: [anEndpoint('vpce-1', { type: 'Interface', serviceName: apiService, privateDns: true, tags: ours(keys.api) })],
    };
    expect(keysOf(network)).toEqual([keys.s3]);
    expect(changeOf(keys.rules, network, { clientCidrs: ['192.168.0.0/16'] })).toMatchObject({
      before: { cidrs: ['10.0.0.0/16'] },
      after: { groupId: 'sg-1', cidrs: ['10.0.0.0/16', '192.168.0.0/16'] },
    });
  });

  test('of a reused endpoint is left alone', () => {
    expect(keysOf(done)).toEqual([]);
  });
});

describe('the S3 endpoint', () => {
  test('goes onto the tables that the private subnets really use, the main table where they have no other', () => {
    expect(changeOf(keys.s3)?.after).toMatchObject({ routeTableIds: privateTables });
    const routeTables = withTables(aNetwork().routeTables, { 'rtb-private-b': { subnetIds: [] }, 'rtb-private-c': { subnetIds: [] } });
    expect(changeOf(keys.s3, { routeTables })?.after).toMatchObject({ routeTableIds: ['rtb-private-a', 'rtb-main'] });
  });

  test('that stands gets the missing tables, one change after the other', () => {
    const network = { endpoints: [anEndpoint('vpce-s3', { routeTableIds: ['rtb-private-b'] })] };
    const added = planOf(network).plan.changes.filter(({ key }) => key.startsWith(keys.s3));
    expect(added.map(({ key }) => key)).toEqual([keys.s3Table('rtb-private-a'), keys.s3Table('rtb-private-c')]);
    expect(added[0]).toMatchObject({ risk: 'access-affecting', after: { endpointId: 'vpce-s3', routeTableId: 'rtb-private-a' } });
    expect(added[1]?.needs).toEqual([keys.s3Table('rtb-private-a')]);
  });

  test('leaves a table alone that leads to S3 by a route only', () => {
    const routeTables = withTables(aNetwork().routeTables, {
      'rtb-private-a': { routes: [aRoute(s3PrefixListId, 'vpc-endpoint', 'vpce-s3')] },
    });
    expect(changeOf(keys.s3, { routeTables })?.after).toMatchObject({ routeTableIds: ['rtb-private-b', 'rtb-private-c'] });
  });

  test('is made anew where those that stand are going', () => {
    const network = { endpoints: [anEndpoint('vpce-s3', { routeTableIds: privateTables, state: 'deleting' })] };
    expect(keysOf(network)).toContain(keys.s3);
  });

  test('of ours is planned until it is available', () => {
    const endpoints = [anEndpoint('vpce-s3', { routeTableIds: privateTables, state: 'pending', tags: ours(keys.s3) })];
    expect(changeOf(keys.s3, { endpoints })?.after).toMatchObject({ routeTableIds: privateTables });
    const foreign = [anEndpoint('vpce-s3', { routeTableIds: privateTables, state: 'pending' })];
    expect(keysOf({ endpoints: foreign })).not.toContain(keys.s3);
  });
});

test('every change names its account, has a confirmation of the plan, and its key begins with the step', () => {
  const { plan } = planOf({ dnsSupport: false, dnsHostnames: false });
  const ids = plan.confirmations.map(({ id }) => id);
  for (const change of plan.changes) {
    expect(change.target.accountId).toBe(accountId);
    expect(ids).toContain(change.confirm);
    expect(change.key).toMatch(/^endpoints\/vpc-0a1b\//);
  }
  for (const { text } of plan.confirmations) expect(text).toMatch(/\?$/);
});
