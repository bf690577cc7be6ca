// Drives operations of the EC2 model directly, on a clock that moves when the test says so.

import { attachInternetGateway, createInternetGateway } from '../../../src/sandbox/ec2/internet-gateways.ts';
import type { Operation } from '../../../src/sandbox/ec2/operation.ts';
import { associateRouteTable, createRouteTable } from '../../../src/sandbox/ec2/route-tables.ts';
import { createRoute } from '../../../src/sandbox/ec2/routes.ts';
import { createSubnet } from '../../../src/sandbox/ec2/subnets.ts';
import { createVpc } from '../../../src/sandbox/ec2/vpcs.ts';
import { AwsError, type Call } from '../../../src/sandbox/types.ts';
import type { World } from '../../../src/sandbox/world.ts';
import { emptyWorld } from '../../support/world.ts';

export const account = '111122223333';
export const otherAccount = '444455556666';

interface Circumstances {
  readonly account?: string;
  readonly region?: string;
}

export interface Bench {
  readonly world: World;
  now: number;
  /** What operations draw: 0 means no lag and the shortest durations. */
  chance: number;
  run<I, O>(operation: Operation<I, O>, input: I, circumstances?: Circumstances): O;
  /** Moves the clock forward. */
  pass(seconds: number): void;
}

export function newBench(): Bench {
  const world = emptyWorld();
  let drawn = 0;
  return {
    world,
    now: world.clock.base,
    chance: 0,
    run(operation, input, { account: accountId = account, region = 'us-east-1' } = {}) {
      const call: Call = {
        service: 'ec2',
        // Client tokens are kept by operation; a test uses a token with one operation only.
        operation: 'Operation',
        region,
        caller: {
          accountId,
          arn: `arn:aws:iam::${accountId}:user/test`,
          userId: 'AIDATEST',
          kind: 'user',
          roleArn: null,
          tags: {},
          network: { publicIp: '198.51.100.10' },
        },
        now: this.now,
        requestId: 'request',
        id: (prefix) => {
          drawn += 1;
          return `${prefix}-${drawn.toString(16).padStart(17, '0')}`;
        },
        random: () => this.chance,
      };
      return operation.run(world, input, call);
    },
    pass(seconds) {
      this.now += seconds * 1000;
    },
  };
}

/** The error that AWS would send: `Code: message`. */
export function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof AwsError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no error';
}

export function given(id: string | undefined): string {
  if (id === undefined) throw new Error('the operation returned no id');
  return id;
}

export interface Network {
  readonly vpcId: string;
  readonly publicSubnet: string;
  readonly privateSubnets: readonly string[];
  readonly publicTable: string;
  readonly privateTable: string;
  readonly internetGateway: string;
}

/** A VPC 10.0.0.0/16 with a public subnet in zone a, private ones in a and b, an Internet gateway, and no NAT. */
export function network(bench: Bench): Network {
  const vpcId = given(bench.run(createVpc, { CidrBlock: '10.0.0.0/16' }).Vpc?.VpcId);
  const subnet = (CidrBlock: string, AvailabilityZone: string) =>
    given(bench.run(createSubnet, { VpcId: vpcId, CidrBlock, AvailabilityZone }).Subnet?.SubnetId);
  const publicSubnet = subnet('10.0.0.0/24', 'us-east-1a');
  const privateSubnets = [subnet('10.0.1.0/24', 'us-east-1a'), subnet('10.0.2.0/24', 'us-east-1b')];
  const internetGateway = given(bench.run(createInternetGateway, {}).InternetGateway.InternetGatewayId);
  bench.run(attachInternetGateway, { InternetGatewayId: internetGateway, VpcId: vpcId });
  const table = () => given(bench.run(createRouteTable, { VpcId: vpcId }).RouteTable?.RouteTableId);
  const publicTable = table();
  const privateTable = table();
  bench.run(associateRouteTable, { RouteTableId: publicTable, SubnetId: publicSubnet });
  for (const SubnetId of privateSubnets) bench.run(associateRouteTable, { RouteTableId: privateTable, SubnetId });
  bench.run(createRoute, { RouteTableId: publicTable, DestinationCidrBlock: '0.0.0.0/0', GatewayId: internetGateway });
  return { vpcId, publicSubnet, privateSubnets, publicTable, privateTable, internetGateway };
}
