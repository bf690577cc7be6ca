import { describe, expect, test } from 'vitest';
import { allocateAddress, describeAddresses, releaseAddress } from '../../../src/sandbox/ec2/addresses.ts';
import { detachInternetGateway } from '../../../src/sandbox/ec2/internet-gateways.ts';
import { createNatGateway, deleteNatGateway, describeNatGateways } from '../../../src/sandbox/ec2/nat-gateways.ts';
import { describeRouteTables } from '../../../src/sandbox/ec2/route-tables.ts';
import { createRoute } from '../../../src/sandbox/ec2/routes.ts';
import { settledEc2 } from '../../../src/sandbox/ec2/store.ts';
import { deleteSubnet } from '../../../src/sandbox/ec2/subnets.ts';
import { type Bench, given, type Network, network, newBench, refusal } from './bench.ts';

function setUp(): { bench: Bench; net: Network; allocation: string; make: (allocation?: string, token?: string) => string } {
  const bench = newBench();
  const net = network(bench);
  const allocation = given(bench.run(allocateAddress, { Domain: 'vpc' }).AllocationId);
  const make = (AllocationId = allocation, ClientToken?: string) =>
    given(bench.run(createNatGateway, { SubnetId: net.publicSubnet, AllocationId, ClientToken }).NatGateway?.NatGatewayId);
  return { bench, net, allocation, make };
}

function stateOf(bench: Bench, id: string) {
  const nat = bench.run(describeNatGateways, { NatGatewayIds: [id] }).NatGateways?.[0];
  return nat?.FailureCode ? `${nat.State}: ${nat.FailureCode}` : nat?.State;
}

describe('NAT gateways', () => {
  test('one is pending for about two minutes, then available with its address', () => {
    const { bench, make } = setUp();
    const id = make();
    expect(stateOf(bench, id)).toBe('pending');
    bench.pass(60);
    expect(stateOf(bench, id)).toBe('pending');
    bench.pass(90);
    expect(stateOf(bench, id)).toBe('available');
    const [address] = bench.run(describeAddresses, {}).Addresses ?? [];
    expect(address?.AssociationId).toMatch(/^eipassoc-/);
    expect(address?.PublicIp).toMatch(/^192\.0\.2\./);
  });

  test('routes wait until it is available, and become blackholes once it is deleted', () => {
    const { bench, net, make } = setUp();
    const id = make();
    const route = { RouteTableId: net.privateTable, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: id };
    expect(refusal(() => bench.run(createRoute, route))).toMatch(/^InvalidNatGatewayID.NotFound/);
    bench.pass(150);
    bench.run(createRoute, route);
    bench.run(deleteNatGateway, { NatGatewayId: id });
    bench.pass(90);
    const [table] = bench.run(describeRouteTables, { RouteTableIds: [net.privateTable] }).RouteTables ?? [];
    expect(table?.Routes?.find((r) => r.NatGatewayId === id)?.State).toBe('blackhole');
  });

  test('its address is free only once it is deleted, and is never released by itself', () => {
    const { bench, net, allocation, make } = setUp();
    const id = make();
    bench.pass(150);
    expect(refusal(() => bench.run(releaseAddress, { AllocationId: allocation }))).toMatch(/^InvalidIPAddress.InUse/);
    bench.run(deleteNatGateway, { NatGatewayId: id });
    expect(stateOf(bench, id)).toBe('deleting');
    expect(refusal(() => bench.run(releaseAddress, { AllocationId: allocation }))).toMatch(/^InvalidIPAddress.InUse/);
    expect(refusal(() => bench.run(deleteSubnet, { SubnetId: net.publicSubnet }))).toMatch(/^DependencyViolation/);
    bench.pass(90);
    expect(stateOf(bench, id)).toBe('deleted');
    expect(bench.run(describeAddresses, {}).Addresses).toHaveLength(1);
    bench.run(releaseAddress, { AllocationId: allocation });
    expect(refusal(() => bench.run(releaseAddress, { AllocationId: allocation }))).toMatch(/^InvalidAllocationID.NotFound/);
    bench.pass(3700);
    expect(refusal(() => bench.run(describeNatGateways, { NatGatewayIds: [id] }))).toBe(
      `NatGatewayNotFound: Nat Gateway ${id} was not found`,
    );
  });

  test('failures come later: no Internet gateway, address in use, unknown address, armed fault', () => {
    const { bench, net, make } = setUp();
    const first = make();
    const second = make();
    const unknown = make('eipalloc-0123456789abcdef0');
    bench.world.faults.push({ type: 'async', failure: { kind: 'nat-gateway', code: 'InternalError', message: 'oops' }, remaining: 1 });
    const free = given(bench.run(allocateAddress, {}).AllocationId);
    const struck = make(free);
    expect([first, second, unknown, struck].map((id) => stateOf(bench, id))).toEqual(['pending', 'pending', 'pending', 'pending']);
    bench.pass(150);
    expect([first, second, unknown, struck].map((id) => stateOf(bench, id))).toEqual([
      'available',
      'failed: Resource.AlreadyAssociated',
      'failed: InvalidAllocationID.NotFound',
      'failed: InternalError',
    ]);
    bench.run(deleteNatGateway, { NatGatewayId: first });
    bench.pass(90);
    bench.run(detachInternetGateway, { InternetGatewayId: net.internetGateway, VpcId: net.vpcId });
    const lonely = make(free);
    bench.pass(60);
    expect(stateOf(bench, lonely)).toBe('failed: Gateway.NotAttached');
    bench.run(deleteNatGateway, { NatGatewayId: lonely });
    expect(stateOf(bench, lonely)).toBe('deleted: Gateway.NotAttached');
  });

  test('a client token makes one, and another request with it is refused', () => {
    const { bench, net, allocation, make } = setUp();
    const id = make(allocation, 'token-1');
    bench.pass(200);
    expect(make(allocation, 'token-1')).toBe(id);
    const other = given(bench.run(allocateAddress, {}).AllocationId);
    expect(refusal(() => make(other, 'token-1'))).toMatch(/^IdempotentParameterMismatch/);
    expect(refusal(() => make(allocation, 'x'.repeat(65)))).toMatch(/^InvalidClientToken/);
    bench.run(deleteNatGateway, { NatGatewayId: id });
    bench.pass(4000);
    expect(make(allocation, 'token-1')).toBe(id);
    expect(bench.run(describeNatGateways, { Filter: [{ Name: 'subnet-id', Values: [net.publicSubnet] }] }).NatGateways).toEqual([]);
  });

  test('once its address is released, the settled state is what it was before', () => {
    const bench = newBench();
    const net = network(bench);
    const before = structuredClone(settledEc2(bench.world.ec2));
    bench.chance = 0.9;
    const AllocationId = given(bench.run(allocateAddress, {}).AllocationId);
    const made = bench.run(createNatGateway, { SubnetId: net.publicSubnet, AllocationId, ClientToken: 'token' });
    bench.pass(200);
    bench.run(deleteNatGateway, { NatGatewayId: made.NatGateway?.NatGatewayId });
    bench.pass(200);
    bench.run(releaseAddress, { AllocationId });
    expect(settledEc2(bench.world.ec2)).toEqual(before);
  });

  test('quotas hold: NAT gateways of a zone, addresses of a Region', () => {
    const { bench, make } = setUp();
    bench.world.quotas.applied['111122223333/us-east-1/vpc/L-FE5A380F'] = 1;
    make();
    expect(refusal(() => make())).toBe('NatGatewayLimitExceeded: Performing this operation would exceed the limit of 1 NAT gateways');
    for (let n = 1; n < 5; n += 1) bench.run(allocateAddress, {});
    expect(refusal(() => bench.run(allocateAddress, {}))).toBe('AddressLimitExceeded: The maximum number of addresses has been reached.');
  });

  test('ids and parameters are checked', () => {
    const { bench, net } = setUp();
    expect(refusal(() => bench.run(createNatGateway, { SubnetId: net.publicSubnet }))).toMatch(
      /^MissingParameter: The request must include the AllocationId/,
    );
    expect(refusal(() => bench.run(deleteNatGateway, { NatGatewayId: 'nat-0123456789abcdef0' }))).toMatch(/^NatGatewayNotFound/);
    expect(refusal(() => bench.run(deleteNatGateway, { NatGatewayId: 'nat-nonsense' }))).toMatch(/^NatGatewayMalformed/);
    expect(refusal(() => bench.run(createNatGateway, { SubnetId: net.publicSubnet, AvailabilityMode: 'regional' }))).toMatch(
      /^UnsupportedOperation/,
    );
  });
});
