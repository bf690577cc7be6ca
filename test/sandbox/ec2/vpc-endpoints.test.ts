import { describe, expect, test } from 'vitest';
import { createVpcEndpoint } from '../../../src/sandbox/ec2/create-vpc-endpoint.ts';
import { describeVpcEndpointServices } from '../../../src/sandbox/ec2/endpoint-services.ts';
import { modifyVpcEndpoint } from '../../../src/sandbox/ec2/modify-vpc-endpoint.ts';
import { deleteNetworkInterface, describeNetworkInterfaces } from '../../../src/sandbox/ec2/network-interfaces.ts';
import { describeManagedPrefixLists, describePrefixLists, getManagedPrefixListEntries } from '../../../src/sandbox/ec2/prefix-lists.ts';
import { describeRouteTables } from '../../../src/sandbox/ec2/route-tables.ts';
import { createSecurityGroup, deleteSecurityGroup } from '../../../src/sandbox/ec2/security-groups.ts';
import { createSubnet } from '../../../src/sandbox/ec2/subnets.ts';
import { deleteVpcEndpoints, describeVpcEndpoints } from '../../../src/sandbox/ec2/vpc-endpoints.ts';
import { type Bench, given, network, newBench, otherAccount, refusal } from './bench.ts';

const s3 = 'com.amazonaws.us-east-1.s3';
const api = 'com.amazonaws.us-east-1.execute-api';
const s3List = 'pl-63a5400a';

type Input = Parameters<typeof createVpcEndpoint.run>[1];

function setUp() {
  const bench = newBench();
  const net = network(bench);
  const make = (input: Partial<Input>) => bench.run(createVpcEndpoint, { VpcId: net.vpcId, ...input }).VpcEndpoint;
  const gateway = (...RouteTableIds: string[]) => make({ ServiceName: s3, VpcEndpointType: 'Gateway', RouteTableIds });
  const apiEndpoint = (more: Partial<Input> = {}) =>
    make({ ServiceName: api, VpcEndpointType: 'Interface', SubnetIds: [...net.privateSubnets], PrivateDnsEnabled: false, ...more });
  return { bench, net, make, gateway, apiEndpoint };
}

function endpointOf(bench: Bench, id: string | undefined) {
  return bench.run(describeVpcEndpoints, { VpcEndpointIds: [given(id)] }).VpcEndpoints[0];
}

function routesOf(bench: Bench, table: string) {
  return bench.run(describeRouteTables, { RouteTableIds: [table] }).RouteTables?.[0]?.Routes ?? [];
}

function s3Route(bench: Bench, table: string) {
  return routesOf(bench, table).find((r) => r.DestinationPrefixListId === s3List);
}

describe('gateway endpoints', () => {
  test('one puts its route into each of its tables, and DeleteVpcEndpoints takes them out', () => {
    const { bench, net, gateway } = setUp();
    const made = gateway(net.privateTable, net.publicTable);
    expect(made).toMatchObject({ State: 'available', VpcEndpointType: 'Gateway', PrivateDnsEnabled: false, SubnetIds: [] });
    expect(made.PolicyDocument).toContain('"Action":"*"');
    for (const table of [net.privateTable, net.publicTable])
      expect(s3Route(bench, table)).toMatchObject({ GatewayId: made.VpcEndpointId, State: 'active', Origin: 'CreateRoute' });
    expect(bench.run(deleteVpcEndpoints, { VpcEndpointIds: [given(made.VpcEndpointId)] }).Unsuccessful).toEqual([]);
    expect(s3Route(bench, net.privateTable)).toBeUndefined();
    bench.pass(10);
    expect(refusal(() => endpointOf(bench, made.VpcEndpointId))).toMatch(/^InvalidVpcEndpointId.NotFound/);
  });

  test('a VPC may have several, but a table has one route to a service', () => {
    const { net, gateway } = setUp();
    gateway(net.privateTable);
    expect(gateway(net.publicTable).State).toBe('available');
    expect(refusal(() => gateway(net.privateTable))).toBe(
      `RouteAlreadyExists: route table ${net.privateTable} already has a route with destination-prefix-list-id ${s3List}`,
    );
  });

  test('tables are added to and removed from an endpoint that stands', () => {
    const { bench, net, gateway } = setUp();
    const { VpcEndpointId } = gateway(net.privateTable);
    const change = { VpcEndpointId, AddRouteTableIds: [net.publicTable, net.privateTable] };
    bench.run(modifyVpcEndpoint, change);
    bench.run(modifyVpcEndpoint, change);
    expect(endpointOf(bench, VpcEndpointId)?.RouteTableIds).toEqual([net.privateTable, net.publicTable]);
    expect(routesOf(bench, net.publicTable).filter((r) => r.DestinationPrefixListId)).toHaveLength(1);
    bench.run(modifyVpcEndpoint, { VpcEndpointId, RemoveRouteTableIds: [net.privateTable] });
    expect(s3Route(bench, net.privateTable)).toBeUndefined();
    const second = gateway(net.privateTable);
    expect(
      refusal(() => bench.run(modifyVpcEndpoint, { VpcEndpointId: second.VpcEndpointId, AddRouteTableIds: [net.publicTable] })),
    ).toMatch(/^RouteAlreadyExists/);
  });

  test('at times one is pending for a moment', () => {
    const { bench, net, gateway } = setUp();
    bench.chance = 0.9;
    const made = gateway(net.privateTable);
    expect(made.State).toBe('pending');
    bench.pass(5);
    expect(endpointOf(bench, made.VpcEndpointId)?.State).toBe('available');
  });

  test('the quota of the Region holds', () => {
    const { bench, net, gateway } = setUp();
    bench.world.quotas.applied['111122223333/us-east-1/vpc/L-1B52E74A'] = 1;
    gateway(net.privateTable);
    expect(refusal(() => gateway(net.publicTable))).toMatch(/^VpcEndpointLimitExceeded/);
  });
});

describe('interface endpoints', () => {
  test('one is pending for about a minute and a half, with an interface per subnet and the default group', () => {
    const { bench, net, apiEndpoint } = setUp();
    const made = apiEndpoint();
    expect(made.State).toBe('pending');
    expect(made.NetworkInterfaceIds).toHaveLength(2);
    expect(made.Groups?.map((g) => g.GroupName)).toEqual(['default']);
    bench.pass(60);
    expect(endpointOf(bench, made.VpcEndpointId)?.State).toBe('pending');
    bench.pass(60);
    expect(endpointOf(bench, made.VpcEndpointId)?.State).toBe('available');
    const found = bench.run(describeVpcEndpoints, { Filters: [{ Name: 'vpc-endpoint-state', Values: ['available'] }] }).VpcEndpoints;
    expect(found.map((e) => e.VpcEndpointId)).toEqual([made.VpcEndpointId]);
    const enis = bench.run(describeNetworkInterfaces, {
      Filters: [{ Name: 'interface-type', Values: ['vpc_endpoint'] }],
    }).NetworkInterfaces;
    expect(enis?.map((e) => [e.SubnetId, e.PrivateIpAddress, e.RequesterManaged])).toEqual([
      [net.privateSubnets[0], '10.0.1.4', true],
      [net.privateSubnets[1], '10.0.2.4', true],
    ]);
    expect(refusal(() => bench.run(deleteNetworkInterface, { NetworkInterfaceId: enis?.[0]?.NetworkInterfaceId }))).toMatch(
      /^InvalidParameterValue: .* is currently in use/,
    );
  });

  test('two subnets of one zone, and zones that the service lacks, are refused', () => {
    const { bench, net, apiEndpoint } = setUp();
    const sameZone = given(
      bench.run(createSubnet, { VpcId: net.vpcId, CidrBlock: '10.0.3.0/24', AvailabilityZone: 'us-east-1a' }).Subnet?.SubnetId,
    );
    expect(refusal(() => apiEndpoint({ SubnetIds: [...net.privateSubnets, sameZone] }))).toMatch(/^DuplicateSubnetsInSameZone/);
    bench.world.ec2.serviceZones[api] = ['us-east-1a'];
    expect(refusal(() => apiEndpoint())).toMatch(/^InvalidParameter: .* does not support the availability zone of the subnet/);
    const details = bench.run(describeVpcEndpointServices, { ServiceNames: [api] }).ServiceDetails;
    expect(details?.map((d) => d.AvailabilityZones)).toEqual([['us-east-1a']]);
  });

  test('a subnet without a free address is refused', () => {
    const { bench, net, apiEndpoint } = setUp();
    const full = bench.world.ec2.subnets[given(net.privateSubnets[0])];
    if (full) full.usedAddresses = 251;
    expect(refusal(() => apiEndpoint())).toMatch(/^InsufficientFreeAddressesInSubnet/);
    expect(bench.world.ec2.vpcEndpoints).toEqual({});
    expect(bench.world.ec2.networkInterfaces).toEqual({});
  });

  test('it is deleted in about a minute; its interfaces linger and hold the group', () => {
    const { bench, net, apiEndpoint } = setUp();
    const GroupId = given(bench.run(createSecurityGroup, { VpcId: net.vpcId, GroupName: 'api', Description: 'api' }).GroupId);
    const { VpcEndpointId } = apiEndpoint({ SecurityGroupIds: [GroupId] });
    bench.pass(120);
    bench.run(deleteVpcEndpoints, { VpcEndpointIds: [given(VpcEndpointId)] });
    expect(endpointOf(bench, VpcEndpointId)?.State).toBe('deleting');
    bench.pass(60);
    expect(refusal(() => endpointOf(bench, VpcEndpointId))).toMatch(/^InvalidVpcEndpointId.NotFound/);
    expect(refusal(() => bench.run(deleteSecurityGroup, { GroupId }))).toBe(
      `DependencyViolation: resource ${GroupId} has a dependent object`,
    );
    bench.pass(40);
    bench.run(deleteSecurityGroup, { GroupId });
    expect(bench.run(describeNetworkInterfaces, {}).NetworkInterfaces).toEqual([]);
  });

  test('an armed failure shows when it would have become available', () => {
    const { bench, apiEndpoint } = setUp();
    bench.world.faults.push({ type: 'async', failure: { kind: 'vpc-endpoint', code: 'InternalError', message: 'no luck' }, remaining: 1 });
    const made = apiEndpoint();
    expect(made.State).toBe('pending');
    bench.pass(120);
    expect(endpointOf(bench, made.VpcEndpointId)).toMatchObject({
      State: 'failed',
      LastError: { Code: 'InternalError', Message: 'no luck' },
    });
    expect(refusal(() => bench.run(modifyVpcEndpoint, { VpcEndpointId: made.VpcEndpointId, PrivateDnsEnabled: true }))).toMatch(
      /^IncorrectState/,
    );
  });

  test('subnets and groups change; a policy is put and reset', () => {
    const { bench, net, apiEndpoint } = setUp();
    const { VpcEndpointId } = apiEndpoint({ SubnetIds: net.privateSubnets.slice(0, 1) });
    expect(refusal(() => bench.run(modifyVpcEndpoint, { VpcEndpointId, AddSubnetIds: net.privateSubnets.slice(1) }))).toMatch(
      /^IncorrectState/,
    );
    bench.pass(120);
    const PolicyDocument = '{"Statement":[]}';
    bench.run(modifyVpcEndpoint, { VpcEndpointId, AddSubnetIds: net.privateSubnets.slice(1), PolicyDocument });
    expect(endpointOf(bench, VpcEndpointId)).toMatchObject({ SubnetIds: net.privateSubnets, PolicyDocument });
    bench.run(modifyVpcEndpoint, { VpcEndpointId, RemoveSubnetIds: net.privateSubnets.slice(0, 1), ResetPolicy: true });
    const after = endpointOf(bench, VpcEndpointId);
    expect([after?.SubnetIds, after?.NetworkInterfaceIds?.length]).toEqual([net.privateSubnets.slice(1), 1]);
    expect(after?.PolicyDocument).toContain('"Principal": "*"');
    expect(refusal(() => bench.run(modifyVpcEndpoint, { VpcEndpointId, PolicyDocument: '{' }))).toMatch(/^InvalidPolicyDocument/);
    expect(refusal(() => bench.run(modifyVpcEndpoint, { VpcEndpointId, AddRouteTableIds: [net.privateTable] }))).toMatch(
      /^InvalidParameter/,
    );
  });

  test('the quota of the VPC holds', () => {
    const { bench, apiEndpoint } = setUp();
    bench.world.quotas.applied['111122223333/us-east-1/vpc/L-29B6F2EB'] = 1;
    apiEndpoint();
    expect(refusal(() => apiEndpoint())).toMatch(/^VpcEndpointLimitExceeded/);
  });
});

describe('requests', () => {
  test('Gateway is the default type, and types that the service lacks are refused', () => {
    const { net, make } = setUp();
    expect(make({ ServiceName: s3, RouteTableIds: [net.privateTable] }).VpcEndpointType).toBe('Gateway');
    expect(refusal(() => make({ ServiceName: api }))).toBe(
      'InvalidParameter: Endpoint type (Gateway) does not match available service types ([Interface]).',
    );
    expect(refusal(() => make({ ServiceName: 'com.amazonaws.us-east-1.nothing' }))).toMatch(/^InvalidServiceName/);
    expect(refusal(() => make({ ServiceName: s3, PolicyDocument: ' '.repeat(20_481) }))).toMatch(/^InvalidPolicyDocument/);
  });

  test('the same token and request make one endpoint, another request is refused', () => {
    const { bench, net, make } = setUp();
    const request = { ServiceName: s3, RouteTableIds: [net.privateTable], ClientToken: 'token' };
    const first = make(request);
    expect(make(request).VpcEndpointId).toBe(first.VpcEndpointId);
    expect(Object.keys(bench.world.ec2.vpcEndpoints)).toHaveLength(1);
    expect(refusal(() => make({ ...request, RouteTableIds: [net.publicTable] }))).toMatch(/^IdempotentParameterMismatch/);
    expect(make({ ServiceName: s3, RouteTableIds: [net.publicTable] }).VpcEndpointId).not.toBe(first.VpcEndpointId);
  });

  test('DeleteVpcEndpoints lists what it could not delete and answers all the same', () => {
    const { bench, net, gateway } = setUp();
    const id = given(gateway(net.privateTable).VpcEndpointId);
    const missing = 'vpce-0123456789abcdef0';
    const answer = bench.run(deleteVpcEndpoints, { VpcEndpointIds: [missing, id, 'vpce-x'] });
    expect(answer.Unsuccessful?.map((u) => [u.ResourceId, u.Error?.Code])).toEqual([
      [missing, 'InvalidVpcEndpoint.NotFound'],
      ['vpce-x', 'InvalidVpcEndpointId.Malformed'],
    ]);
    expect(s3Route(bench, net.privateTable)).toBeUndefined();
  });

  test('a participant of a shared VPC makes no endpoints and sees none', () => {
    const { bench, net, gateway } = setUp();
    gateway(net.privateTable);
    bench.world.ec2.subnets[given(net.privateSubnets[0])]?.sharedWith.push(otherAccount);
    const as = { account: otherAccount };
    expect(refusal(() => bench.run(createVpcEndpoint, { VpcId: net.vpcId, ServiceName: s3 }, as))).toMatch(/^OperationNotPermitted/);
    expect(bench.run(describeVpcEndpoints, {}, as).VpcEndpoints).toEqual([]);
  });
});

describe('services and prefix lists', () => {
  test('S3 is offered as gateway and as interface', () => {
    const { bench } = setUp();
    const { ServiceDetails } = bench.run(describeVpcEndpointServices, { ServiceNames: [s3] });
    expect(ServiceDetails?.map((d) => d.ServiceType?.[0]?.ServiceType)).toEqual(['Gateway', 'Interface']);
    const [apiDetail] = bench.run(describeVpcEndpointServices, { ServiceNames: [api] }).ServiceDetails ?? [];
    expect(apiDetail?.PrivateDnsName).toBe('*.execute-api.us-east-1.amazonaws.com');
    expect(refusal(() => bench.run(describeVpcEndpointServices, { ServiceNames: ['com.example'] }))).toMatch(/^InvalidServiceName/);
  });

  test("S3's prefix list is found by name, with its ranges", () => {
    const { bench } = setUp();
    const Filters = [{ Name: 'prefix-list-name', Values: [s3] }];
    const [list] = bench.run(describePrefixLists, { Filters }).PrefixLists ?? [];
    expect(list?.PrefixListId).toBe(s3List);
    expect(bench.run(describeManagedPrefixLists, { Filters }).PrefixLists?.map((l) => [l.PrefixListId, l.OwnerId])).toEqual([
      [s3List, 'AWS'],
    ]);
    const entries = bench.run(getManagedPrefixListEntries, { PrefixListId: s3List }).Entries?.map((e) => e.Cidr);
    expect(entries?.sort()).toEqual([...(list?.Cidrs ?? [])].sort());
  });
});
