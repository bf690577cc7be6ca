import { describe, expect, it } from 'vitest';
import { policiesInForce } from '../../../src/sandbox/organizations/effective.ts';
import { buildScenario, scenarioNames, scenarioSummary } from '../../../src/sandbox/scenarios/index.ts';
import type { World } from '../../../src/sandbox/world.ts';

const now = Date.parse('2026-06-01T09:00:00Z');
const build = (name: string, seed = 1): World => buildScenario(name, { now, speed: 60, seed });
const values = <T>(table: { readonly [key: string]: T }): T[] => Object.values(table);

function parts(world: World) {
  const stack = values(world.cloudformation.stacks).find(({ name }) => name === world.hints.stack);
  if (!stack) throw new Error('no stack');
  const parameters = stack.content.parameters;
  const privateSubnets = (parameters.Subnets ?? '').split(',');
  const tableOf = (subnetId: string) =>
    values(world.ec2.routeTables).find(({ associations }) => associations.some((association) => association.subnetId === subnetId));
  const privateTables = privateSubnets.map((id) => tableOf(id));
  const organization = world.organizations.organization;
  if (!organization) throw new Error('no organization');
  const operator = world.accessKeys[world.identities.operator ?? ''];
  return { stack, parameters, privateSubnets, privateTables, tableOf, organization, operator };
}

const defaultTargets = (world: World): (string | undefined)[] =>
  parts(world).privateTables.map((table) => table?.routes.find(({ destination }) => destination === '0.0.0.0/0')?.target.kind);

describe.each(scenarioNames)('scenario %s', (name) => {
  it('is plain data, the same for the same seed, and described', () => {
    const world = build(name);
    expect(JSON.parse(JSON.stringify({ ...world, clock: null }))).toEqual({ ...world, clock: null });
    expect({ ...build(name), clock: null }).toEqual({ ...world, clock: null });
    expect(scenarioSummary(name)).toMatch(/\w/);
    expect(world).toMatchObject({ version: 1, scenario: name, seed: 1, sequence: 0, faults: [], clock: { base: now, speed: 60 } });
  });

  it('hands out an access key for everybody in the story', () => {
    const world = build(name);
    expect(Object.keys(world.identities).sort()).toEqual(['breakGlass', 'management', 'operator', 'outsider', 'quiltLambda', 'vpnUser']);
    for (const id of values(world.identities)) {
      expect(id).toMatch(/^AKIASANDBOX[0-9A-F]{9}$/);
      expect(world.accessKeys[id]).toMatchObject({ expiresAt: null });
    }
    expect(parts(world).operator).toMatchObject({ kind: 'role-session', tags: {}, accountId: world.hints.target });
    const breakGlass = world.accessKeys[world.identities.breakGlass ?? ''];
    expect(breakGlass?.tags).toEqual({ NetworkRestrictedExempt: 'true' });
  });

  it('has hints that lead to things that are there', () => {
    const { hints, ec2, s3 } = build(name);
    expect(ec2.vpcs[hints.vpc]?.ownerId).toBe(hints.target);
    for (const id of hints.trustedVpcs) expect(ec2.vpcs[id]).toBeDefined();
    expect(hints.trustedCidrs).toEqual(['198.51.100.0/24']);
    expect(s3.buckets[hints.testBucket]).toMatchObject({ policy: null, objects: {}, region: hints.region, accountId: hints.target });
    expect(hints.testBucket).toMatch(/^quilt/);
  });

  it('refers to nothing that is not there, and gives no address twice', () => {
    const { ec2 } = build(name);
    for (const subnet of values(ec2.subnets)) expect(ec2.vpcs[subnet.vpcId]?.region).toBe(subnet.region);
    for (const table of values(ec2.routeTables))
      for (const { subnetId } of table.associations) if (subnetId !== null) expect(ec2.subnets[subnetId]?.vpcId).toBe(table.vpcId);
    const associated = values(ec2.routeTables).flatMap(({ associations }) => associations.flatMap(({ subnetId }) => subnetId ?? []));
    expect(new Set(associated).size).toBe(associated.length);
    for (const vpc of values(ec2.vpcs)) expect(ec2.securityGroups[vpc.defaultSecurityGroupId]?.vpcId).toBe(vpc.id);
    for (const eni of values(ec2.networkInterfaces)) for (const id of eni.groupIds) expect(ec2.securityGroups[id]?.vpcId).toBe(eni.vpcId);
    const places = values(ec2.networkInterfaces).map(({ subnetId, privateIp }) => `${subnetId}/${privateIp}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it("has a stack whose parameters, buckets and roles stand in the account's other services", () => {
    const world = build(name);
    const { stack, parameters } = parts(world);
    expect(stack.status).toBe('CREATE_COMPLETE');
    expect(world.ec2.vpcs[parameters.VPC ?? '']).toBeDefined();
    for (const id of [...(parameters.Subnets ?? '').split(','), ...(parameters.UserSubnets ?? '').split(',')])
      expect(world.ec2.subnets[id]?.vpcId).toBe(parameters.VPC);
    for (const { type, physicalId } of stack.resources) {
      if (type === 'AWS::S3::Bucket') expect(world.s3.buckets[physicalId]).toBeDefined();
      if (type === 'AWS::IAM::Role') expect(world.iam.accounts[stack.accountId]?.roles[physicalId]).toBeDefined();
      if (type === 'AWS::EC2::SecurityGroup') expect(world.ec2.securityGroups[physicalId]).toBeDefined();
    }
    const types = new Set(stack.resources.map(({ type }) => type));
    for (const type of [
      'AWS::Lambda::Function',
      'AWS::ApiGateway::RestApi',
      'AWS::ECS::Service',
      'Custom::Migration',
      'AWS::Synthetics::Canary',
    ])
      expect(types).toContain(type);
  });
});

describe('greenfield', () => {
  const world = build('greenfield');
  const { organization, parameters, privateSubnets, privateTables, operator, tableOf } = parts(world);

  it('has the management account, three units, and Quilt in a member account under Workloads', () => {
    expect(organization.managementAccountId).toBe('111122223333');
    expect(values(organization.units).map(({ name }) => name)).toEqual(['Infrastructure', 'Workloads', 'Sandbox']);
    expect(organization.units[organization.accounts['444455556666']?.parentId ?? '']?.name).toBe('Workloads');
    expect(organization.root.policyTypes).toEqual([]);
  });

  it('has a stack with an empty endpoint parameter and a NoEcho password that is not the default', () => {
    expect(parameters.ApiGatewayVPCEndpointId).toBe('');
    expect(parameters.AdminPassword).not.toBe('');
  });

  it('has private subnets in three zones without any way out, no endpoint in the VPC, and public and intra subnets', () => {
    expect(privateSubnets.map((id) => world.ec2.subnets[id]?.zone)).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c']);
    expect(defaultTargets(world)).toEqual([undefined, undefined, undefined]);
    expect(new Set(privateTables.map((table) => table?.id)).size).toBe(3);
    expect(values(world.ec2.natGateways)).toEqual([]);
    expect(values(world.ec2.vpcEndpoints).filter(({ vpcId }) => vpcId === world.hints.vpc)).toEqual([]);
    const named = (kind: string) => values(world.ec2.subnets).filter(({ tags }) => tags.Name?.startsWith(`quilt-${kind}`));
    expect(named('public').map(({ id }) => tableOf(id)?.routes.some(({ target }) => target.id.startsWith('igw-')))).toEqual([
      true,
      true,
      true,
    ]);
    expect(named('intra')).toHaveLength(3);
  });

  it("has network interfaces of the stack in the stack's own subnets only", () => {
    const here = values(world.ec2.networkInterfaces).filter(({ vpcId }) => vpcId === world.hints.vpc);
    expect(here.length).toBeGreaterThan(0);
    for (const { subnetId } of here) expect(privateSubnets).toContain(subnetId);
  });

  it('has a VPN VPC with an S3 interface endpoint that works', () => {
    const [vpn] = world.hints.trustedVpcs;
    const endpoint = values(world.ec2.vpcEndpoints).find(({ vpcId }) => vpcId === vpn);
    expect(endpoint).toMatchObject({
      serviceName: 'com.amazonaws.us-east-1.s3',
      type: 'Interface',
      privateDnsEnabled: true,
      failure: null,
    });
  });

  it('has five quilt buckets with data, one clean test bucket and two others', () => {
    const buckets = values(world.s3.buckets);
    const quilt = buckets.filter(({ name }) => name.startsWith('quilt'));
    expect(quilt.filter(({ objects }) => Object.keys(objects).length > 0)).toHaveLength(5);
    expect(quilt.filter(({ objects }) => Object.keys(objects).length === 0).map(({ name }) => name)).toEqual([world.hints.testBucket]);
    expect(buckets).toHaveLength(8);
  });

  it('has an operator PlatformAdmin who comes from the office', () => {
    expect(operator).toMatchObject({ network: { publicIp: '198.51.100.10' } });
    expect(operator?.roleArn).toBe('arn:aws:iam::444455556666:role/PlatformAdmin');
  });
});

describe('the other scenarios', () => {
  it('brownfield: NAT and S3 endpoint stand, one private table is not on it, IPv6, another Region, an allow-list', () => {
    const world = build('brownfield');
    const { privateTables, organization } = parts(world);
    expect(defaultTargets(world)).toEqual(['NatGatewayId', 'NatGatewayId', 'NatGatewayId']);
    const endpoint = values(world.ec2.vpcEndpoints).find(({ type }) => type === 'Gateway');
    expect(privateTables.map((table) => endpoint?.routeTableIds.includes(table?.id ?? ''))).toEqual([true, true, false]);
    expect(privateTables.map((table) => table?.routes.some(({ target }) => target.id === endpoint?.id))).toEqual([true, true, false]);
    expect(world.ec2.vpcs[world.hints.vpc]?.ipv6Cidrs).toHaveLength(1);
    expect(privateTables.every((table) => table?.routes.some(({ destination }) => destination === '::/0'))).toBe(true);
    expect(values(world.s3.buckets).filter(({ name, region }) => name.startsWith('quilt') && region !== 'us-east-1')).toHaveLength(1);
    expect(values(world.s3.buckets).filter(({ policy }) => policy?.includes('"IpAddress"'))).toHaveLength(1);
    expect(organization.root.policyTypes).toMatchObject([{ type: 'SERVICE_CONTROL_POLICY', status: 'ENABLED' }]);
    const inForce = policiesInForce(world.organizations, world.hints.target, 'SERVICE_CONTROL_POLICY', now);
    expect(inForce?.map((level) => level.length)).toEqual([1, 2, 2]);
  });

  it('vpn: the operator stands in the VPN VPC', () => {
    const world = build('vpn');
    expect(parts(world).operator?.network).toMatchObject({ vpcId: world.hints.trustedVpcs[0] });
  });

  it('single-account: Quilt is in the management account', () => {
    const world = build('single-account');
    expect(world.hints.target).toBe(parts(world).organization.managementAccountId);
    expect(parts(world).stack.accountId).toBe('111122223333');
    expect(parts(world).organization.accounts['444455556666']).toBeUndefined();
  });

  it("transit: the default routes lead to another account's transit gateway, which serves endpoints from its hub", () => {
    const world = build('transit');
    expect(defaultTargets(world)).toEqual(['TransitGatewayId', 'TransitGatewayId', 'TransitGatewayId']);
    const [gateway] = values(world.ec2.transitGateways);
    expect(gateway?.ownerId).not.toBe(world.hints.target);
    expect(values(world.ec2.transitGatewayAttachments).map(({ vpcId }) => vpcId)).toContain(world.hints.vpc);
    expect(values(world.ec2.vpcEndpoints).filter(({ ownerId }) => ownerId === gateway?.ownerId).length).toBeGreaterThan(1);
    expect(values(world.ec2.natGateways).filter(({ ownerId }) => ownerId === world.hints.target)).toEqual([]);
  });

  it('locked-out: the operator comes from 203.0.113.50, which nobody trusts', () => {
    expect(parts(build('locked-out')).operator?.network).toEqual({ publicIp: '203.0.113.50' });
  });

  it('flapping: one of two addresses is trusted', () => {
    expect(parts(build('flapping')).operator?.network).toEqual({ publicIp: '198.51.100.10', flap: ['203.0.113.50'] });
  });

  it('terraform-owned: tables, endpoint and stack carry marks, and the parameter has the name of the Terraform module', () => {
    const world = build('terraform-owned');
    const { stack, parameters, privateTables } = parts(world);
    const endpoint = values(world.ec2.vpcEndpoints).find(({ type }) => type === 'Gateway');
    for (const tags of [stack.content.tags, endpoint?.tags, ...privateTables.map((table) => table?.tags)])
      expect(tags).toMatchObject({ ManagedBy: 'terraform' });
    expect(parameters).toHaveProperty('ApiGatewayVPCEndpoint', '');
    expect(parameters).not.toHaveProperty('ApiGatewayVPCEndpointId');
    expect(privateTables.some((table) => !endpoint?.routeTableIds.includes(table?.id ?? ''))).toBe(true);
  });

  it('large: exactly 1,000 VPCs, 4,000 subnets, 2,000 buckets and 500 accounts, built within a second', () => {
    const began = performance.now();
    const world = build('large');
    expect(performance.now() - began).toBeLessThan(1000);
    expect(Object.keys(world.ec2.vpcs)).toHaveLength(1000);
    expect(Object.keys(world.ec2.subnets)).toHaveLength(4000);
    expect(Object.keys(world.s3.buckets)).toHaveLength(2000);
    expect(Object.keys(parts(world).organization.accounts)).toHaveLength(500);
  });

  it('another seed makes other ids; an unknown name is an error', () => {
    expect(build('greenfield', 2).hints.vpc).not.toBe(build('greenfield', 1).hints.vpc);
    expect(() => build('nowhere')).toThrow(/no scenario nowhere: greenfield/);
  });
});
