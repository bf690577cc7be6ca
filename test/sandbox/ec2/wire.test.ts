// The model behind the wire: what SDK clients send and get.
import {
  AllocateAddressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNatGatewayCommand,
  CreateSecurityGroupCommand,
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribeRouteTablesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
  paginateDescribeRouteTables,
  waitUntilNatGatewayAvailable,
} from '@aws-sdk/client-ec2';
import { beforeEach, expect, test } from 'vitest';
import { ec2Model } from '../../../src/sandbox/ec2/model.ts';
import { requestHandlerOf } from '../../../src/sandbox/request-handler.ts';
import { createSandbox } from '../../../src/sandbox/sandbox.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { operatorKeyId } from '../../support/world.ts';
import { given, type Network, network, newBench } from './bench.ts';

let client: EC2Client;
let net: Network;
let clock: VirtualClock;
beforeEach(() => {
  const bench = newBench();
  net = network(bench);
  clock = new VirtualClock();
  const sandbox = createSandbox({ world: bench.world, models: { ec2: ec2Model }, time: clock.asSandboxTime() });
  client = new EC2Client({
    region: 'us-east-1',
    credentials: { accessKeyId: operatorKeyId, secretAccessKey: 'sandbox-secret' },
    requestHandler: requestHandlerOf(sandbox),
    maxAttempts: 1,
  });
});

test('an endpoint is made, shown and deleted', async () => {
  const { VpcEndpoint } = await client.send(
    new CreateVpcEndpointCommand({
      VpcId: net.vpcId,
      VpcEndpointType: 'Gateway',
      ServiceName: 'com.amazonaws.us-east-1.s3',
      RouteTableIds: [net.privateTable],
      ClientToken: 'token',
      TagSpecifications: [{ ResourceType: 'vpc-endpoint', Tags: [{ Key: 'Name', Value: 's3 & more' }] }],
    }),
  );
  await clock.sleep(10_000);
  const shown = await client.send(new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'tag:Name', Values: ['s3 & more'] }] }));
  expect(shown.VpcEndpoints).toHaveLength(1);
  expect(shown.VpcEndpoints?.[0]).toMatchObject({
    VpcEndpointId: VpcEndpoint?.VpcEndpointId,
    State: 'available',
    RouteTableIds: [net.privateTable],
    Tags: [{ Key: 'Name', Value: 's3 & more' }],
    RequesterManaged: false,
  });
  expect(shown.VpcEndpoints?.[0]?.CreationTimestamp).toBeInstanceOf(Date);
  const { RouteTables } = await client.send(new DescribeRouteTablesCommand({ RouteTableIds: [net.privateTable] }));
  expect(RouteTables?.[0]?.Routes).toContainEqual({
    DestinationPrefixListId: 'pl-63a5400a',
    GatewayId: VpcEndpoint?.VpcEndpointId,
    Origin: 'CreateRoute',
    State: 'active',
  });
  const deleted = await client.send(
    new DeleteVpcEndpointsCommand({ VpcEndpointIds: [given(VpcEndpoint?.VpcEndpointId), 'vpce-0123456789abcdef0'] }),
  );
  expect(deleted.Unsuccessful).toEqual([
    {
      ResourceId: 'vpce-0123456789abcdef0',
      Error: { Code: 'InvalidVpcEndpoint.NotFound', Message: "The Vpc Endpoint Id 'vpce-0123456789abcdef0' does not exist" },
    },
  ]);
});

test('errors arrive with their code and status', async () => {
  await expect(client.send(new DescribeVpcsCommand({ VpcIds: ['vpc-0123456789abcdef0'] }))).rejects.toMatchObject({
    name: 'InvalidVpcID.NotFound',
    message: "The vpc ID 'vpc-0123456789abcdef0' does not exist",
  });
  await expect(client.send(new AllocateAddressCommand({ DryRun: true }))).rejects.toMatchObject({
    name: 'DryRunOperation',
    $metadata: { httpStatusCode: 412 },
  });
});

test("the SDK's paginator reads all pages", async () => {
  const ids: (string | undefined)[] = [];
  for await (const page of paginateDescribeRouteTables({ client }, { MaxResults: 5, Filters: [{ Name: 'vpc-id', Values: [net.vpcId] }] }))
    ids.push(...(page.RouteTables ?? []).map((table) => table.RouteTableId));
  expect(ids).toHaveLength(3);
  expect(ids).toContain(net.publicTable);
});

test("the SDK's waiter sees a NAT gateway become available", async () => {
  const { AllocationId } = await client.send(new AllocateAddressCommand({ Domain: 'vpc' }));
  const { NatGateway } = await client.send(new CreateNatGatewayCommand({ SubnetId: net.publicSubnet, AllocationId }));
  await clock.sleep(200_000);
  const waited = await waitUntilNatGatewayAvailable({ client, maxWaitTime: 30 }, { NatGatewayIds: [given(NatGateway?.NatGatewayId)] });
  expect(waited.state).toBe('SUCCESS');
});

test('nested lists of a security group rule go there and back', async () => {
  const { GroupId } = await client.send(new CreateSecurityGroupCommand({ GroupName: 'api', Description: 'api', VpcId: net.vpcId }));
  const { SecurityGroupRules } = await client.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 443,
          ToPort: 443,
          IpRanges: [{ CidrIp: '10.0.0.0/16', Description: 'VPC' }, { CidrIp: '10.1.0.0/16' }],
        },
      ],
    }),
  );
  expect(SecurityGroupRules?.map((rule) => [rule.CidrIpv4, rule.Description, rule.FromPort])).toEqual([
    ['10.0.0.0/16', 'VPC', 443],
    ['10.1.0.0/16', undefined, 443],
  ]);
});
