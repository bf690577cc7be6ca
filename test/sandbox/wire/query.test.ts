import { CloudFormationClient, CreateChangeSetCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import { GetRoleCommand, IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { AwsError } from '../../../src/sandbox/types.ts';
import { operatorKeyId } from '../../support/world.ts';
import { overHttp, stub } from './stub.ts';

const moment = new Date('2026-01-02T03:04:05.678Z');
const wire = stub(
  {
    ec2: {
      DescribeVpcs: (input: { VpcIds?: string[] }) => {
        if (input.VpcIds) throw new AwsError('InvalidVpcID.NotFound', `The vpc ID '${input.VpcIds[0]}' does not exist`);
        const cidr = { AssociationId: 'a', CidrBlock: '10.0.0.0/16', CidrBlockState: { State: 'associated' } };
        const tags = [{ Key: 'Name', Value: 'a <b> & "c"' }];
        return {
          Vpcs: [{ VpcId: 'vpc-1', IsDefault: false, Tags: tags, CidrBlockAssociationSet: [cidr], Ipv6CidrBlockAssociationSet: [] }],
        };
      },
      CreateVpcEndpoint: (input: { RouteTableIds: string[]; ClientToken: string }) => ({
        VpcEndpoint: { VpcEndpointId: 'vpce-1', RouteTableIds: input.RouteTableIds, CreationTimestamp: moment, PrivateDnsEnabled: true },
        ClientToken: input.ClientToken,
      }),
      DeleteVpcEndpoints: () => ({
        Unsuccessful: [
          { ResourceId: 'vpce-9', Error: { Code: 'InvalidVpcEndpoint.NotFound', Message: 'The Vpc Endpoint Id does not exist' } },
        ],
      }),
      DescribeVpcAttribute: (input: { VpcId: string }) => ({ VpcId: input.VpcId, EnableDnsSupport: { Value: true } }),
      ModifyVpcAttribute: () => undefined,
      AuthorizeSecurityGroupIngress: () => ({ Return: true, SecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-1', FromPort: 443 }] }),
    },
    sts: {
      GetCallerIdentity: () => ({ UserId: 'U', Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/x' }),
      AssumeRole: () => ({ Credentials: { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't', Expiration: moment } }),
    },
    iam: {
      ListRoles: () => ({
        Roles: [
          {
            Path: '/',
            RoleName: 'r',
            RoleId: 'AROA',
            Arn: 'arn',
            CreateDate: new Date('2026-01-02T03:04:05Z'),
            Tags: [{ Key: 'k', Value: 'v' }],
          },
        ],
        IsTruncated: false,
      }),
      GetRole: () => {
        throw new AwsError('NoSuchEntity', 'The role with name q cannot be found.', 404);
      },
    },
    cloudformation: {
      DescribeStacks: (input: { StackName: string }) => {
        if (input.StackName === 'nope') throw new AwsError('ValidationError', 'Stack with id nope does not exist');
        return {
          Stacks: [
            {
              StackName: 'quilt',
              StackStatus: 'CREATE_COMPLETE',
              CreationTime: moment,
              Outputs: [],
              Parameters: [{ ParameterKey: 'VPC', ParameterValue: '' }],
            },
          ],
        };
      },
      CreateChangeSet: (input: { Capabilities?: string[] }) => {
        if (!input.Capabilities) throw new AwsError('InsufficientCapabilitiesException', 'Requires capabilities : [CAPABILITY_NAMED_IAM]');
        return { Id: 'arn:cs', StackId: 'arn:st' };
      },
    },
  },
  ['CreateVpcEndpoint'],
);

let server: RunningServer;
beforeAll(async () => {
  server = await wire.listen();
});
afterAll(() => server.close());

describe.each(['in process', 'over HTTP'])('%s', (way) => {
  const config = () => (way === 'in process' ? wire.inProcess : overHttp(server.url));

  test('EC2 inputs and outputs keep lists, filters, booleans, times and odd characters', async () => {
    const ec2 = new EC2Client(config());
    const filters = {
      Filters: [
        { Name: 'tag:x', Values: ['a', 'b&c'] },
        { Name: 'state', Values: ['available'] },
      ],
    };
    const { Vpcs, $metadata } = await ec2.send(new DescribeVpcsCommand(filters));
    expect(wire.last()).toEqual(filters);
    expect(Vpcs?.[0]).toMatchObject({ Tags: [{ Key: 'Name', Value: 'a <b> & "c"' }], IsDefault: false, Ipv6CidrBlockAssociationSet: [] });
    expect(Vpcs?.[0]?.CidrBlockAssociationSet?.[0]?.CidrBlockState?.State).toBe('associated');
    expect($metadata.requestId).toMatch(/^[\da-f]{8}-/);

    const input = {
      VpcId: 'vpc-1',
      ServiceName: 'com.amazonaws.us-east-1.s3',
      RouteTableIds: ['rtb-1', 'rtb-2'],
      ClientToken: 'tok',
      PrivateDnsEnabled: true,
      TagSpecifications: [{ ResourceType: 'vpc-endpoint' as const, Tags: [{ Key: 'k', Value: 'v=1' }] }],
    };
    const made = await ec2.send(new CreateVpcEndpointCommand(input));
    expect(wire.last()).toEqual(input);
    expect(made).toMatchObject({ ClientToken: 'tok', VpcEndpoint: { RouteTableIds: ['rtb-1', 'rtb-2'], CreationTimestamp: moment } });

    const ingress = {
      GroupId: 'sg-1',
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 443,
          ToPort: 443,
          IpRanges: [{ CidrIp: '10.0.0.0/16', Description: 'd' }, { CidrIp: '10.1.0.0/16' }],
        },
      ],
    };
    expect((await ec2.send(new AuthorizeSecurityGroupIngressCommand(ingress))).SecurityGroupRules).toHaveLength(1);
    expect(wire.last()).toEqual(ingress);
  });

  test('EC2 answers without members, attribute values and Unsuccessful lists arrive', async () => {
    const ec2 = new EC2Client(config());
    expect(
      (await ec2.send(new DescribeVpcAttributeCommand({ VpcId: 'vpc-1', Attribute: 'enableDnsSupport' }))).EnableDnsSupport?.Value,
    ).toBe(true);
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId: 'vpc-1', EnableDnsHostnames: { Value: false } }));
    expect(wire.last()).toEqual({ VpcId: 'vpc-1', EnableDnsHostnames: { Value: false } });
    const deleted = await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: ['vpce-9'] }));
    expect(deleted.Unsuccessful?.[0]?.Error?.Code).toBe('InvalidVpcEndpoint.NotFound');
  });

  test('errors have the code as name, the message and the status', async () => {
    const vpcs = new EC2Client(config()).send(new DescribeVpcsCommand({ VpcIds: ['vpc-2'] }));
    await expect(vpcs).rejects.toMatchObject({
      name: 'InvalidVpcID.NotFound',
      message: "The vpc ID 'vpc-2' does not exist",
      $metadata: { httpStatusCode: 400 },
    });
    const role = new IAMClient(config()).send(new GetRoleCommand({ RoleName: 'q' }));
    await expect(role).rejects.toMatchObject({ name: 'NoSuchEntityException', $metadata: { httpStatusCode: 404 } });
    const stacks = new CloudFormationClient(config()).send(new DescribeStacksCommand({ StackName: 'nope' }));
    await expect(stacks).rejects.toMatchObject({ name: 'ValidationError', message: 'Stack with id nope does not exist' });
    const changeSet = new CloudFormationClient(config()).send(new CreateChangeSetCommand({ StackName: 'q', ChangeSetName: 'c' }));
    await expect(changeSet).rejects.toMatchObject({ name: 'InsufficientCapabilitiesException' });
  });

  test('STS, IAM and CloudFormation inputs and outputs arrive whole', async () => {
    const sts = new STSClient(config());
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe('111122223333');
    const assume = { RoleArn: 'arn:r', RoleSessionName: 's', Tags: [{ Key: 'a', Value: 'b' }] };
    expect((await sts.send(new AssumeRoleCommand(assume))).Credentials?.Expiration).toEqual(moment);
    expect(wire.last()).toEqual(assume);

    const { Roles } = await new IAMClient(config()).send(new ListRolesCommand({ MaxItems: 5 }));
    expect(wire.last()).toEqual({ MaxItems: 5 });
    expect(Roles?.[0]).toMatchObject({ RoleName: 'r', Tags: [{ Key: 'k', Value: 'v' }], CreateDate: new Date('2026-01-02T03:04:05Z') });

    const cloudFormation = new CloudFormationClient(config());
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'quilt' }));
    expect(Stacks?.[0]).toMatchObject({ Outputs: [], Parameters: [{ ParameterKey: 'VPC', ParameterValue: '' }] });
    const changeSet = {
      StackName: 'quilt',
      ChangeSetName: 'c',
      UsePreviousTemplate: true,
      Parameters: [
        { ParameterKey: 'a', ParameterValue: '' },
        { ParameterKey: 'b', UsePreviousValue: true },
      ],
      Capabilities: ['CAPABILITY_NAMED_IAM' as const],
      IncludeNestedStacks: true,
      Tags: [],
    };
    await cloudFormation.send(new CreateChangeSetCommand(changeSet));
    expect(wire.last()).toEqual(changeSet);
  });
});

const form = async (body: string) => {
  const response = await fetch(server.url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `AWS4-HMAC-SHA256 Credential=${operatorKeyId}/20260601/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=00`,
    },
  });
  return { status: response.status, text: await response.text() };
};

test.each([
  ['a key that the operation has not', 'Action=DescribeVpcs&Version=2016-11-15&Vpcs.1=vpc-1', 'UnknownParameter'],
  ['a key inside a structure that has it not', 'Action=DescribeVpcs&Filter.1.Name=a&Filter.1.Valeu.1=b', 'UnknownParameter'],
  ['a member below a scalar', 'Action=DescribeVpcs&DryRun.1=true', 'UnknownParameter'],
  ['a boolean that is none', 'Action=DescribeVpcs&DryRun=maybe', 'InvalidParameterValue'],
  ['a number that is none', 'Action=DescribeVpcs&MaxResults=many', 'InvalidParameterValue'],
  ['an action that EC2 has not', 'Action=DescribeUniverse', 'InvalidAction'],
])('%s is refused', async (_what, body, code) => {
  const { status, text } = await form(body);
  expect(status).toBe(400);
  expect(text).toContain(`<Code>${code}</Code>`);
});

test('an operation that the sandbox does not model says so', async () => {
  expect(await form('Action=DescribeInstances')).toMatchObject({
    status: 501,
    text: expect.stringContaining('does not model ec2:DescribeInstances'),
  });
});
