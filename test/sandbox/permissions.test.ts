// Identity policies decide about every service: what a call needs, dependent actions included, and what a refusal says.
import { AllocateAddressCommand, CreateVpcEndpointCommand, DescribeVpcsCommand, ReleaseAddressCommand } from '@aws-sdk/client-ec2';
import { CreatePolicyCommand, UpdatePolicyCommand } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';

interface Statement {
  readonly Effect?: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: object;
}

const document = (statements: readonly Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements.map((each) => ({ Effect: 'Allow', Resource: '*', ...each })) });

/** A sandbox whose two operators may do this and nothing else. */
async function allowing(...statements: readonly Statement[]): Promise<TestSandbox> {
  return startSandbox({
    mutate: ({ iam }) => {
      for (const account of Object.values(iam.accounts))
        for (const name of ['PlatformAdmin', 'OrganizationAdmin']) {
          const role = account.roles[name];
          if (role) Object.assign(role, { attachedPolicies: [], inlinePolicies: { Only: document(statements) } });
        }
    },
  });
}

const tags = [{ Key: 'quilt-perimeter:place', Value: 'here' }];
const address = (tagged: boolean) =>
  new AllocateAddressCommand({
    Domain: 'vpc',
    ...(tagged ? { TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: tags }] } : {}),
  });
const refused = (action: string) => ({
  name: 'UnauthorizedOperation',
  message: expect.stringContaining(`perform: ${action} on resource: `),
});

test('what no statement allows is refused, and the refusal names action and resource', async () => {
  const { aws } = await allowing({ Action: 'ec2:DescribeSubnets' });
  await expect(aws.ec2.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
    name: 'UnauthorizedOperation',
    message: expect.stringContaining('ec2:DescribeVpcs on resource: * because no identity-based policy allows the ec2:DescribeVpcs action'),
  });
});

test('an explicit deny wins and is told as one', async () => {
  const { aws } = await allowing({ Action: '*' }, { Effect: 'Deny', Action: 'ec2:DescribeVpcs' });
  await expect(aws.ec2.send(new DescribeVpcsCommand({}))).rejects.toThrow('with an explicit deny in an identity-based policy');
});

test('a permissions boundary limits what the role may do', async () => {
  const sandbox = await allowing({ Action: '*' });
  await sandbox.sandbox.change(({ iam, accessKeys, identities }) => {
    const accountId = accessKeys[identities.operator ?? '']?.accountId ?? '';
    const arn = `arn:aws:iam::${accountId}:policy/Boundary`;
    const account = iam.accounts[accountId];
    if (!account?.roles.PlatformAdmin) throw new Error('no role');
    account.policies[arn] = {
      arn,
      id: 'ANPA',
      name: 'Boundary',
      path: '/',
      defaultVersion: 'v1',
      versions: { v1: document([{ Action: 's3:*' }]) },
      createdAt: 0,
    };
    account.roles.PlatformAdmin.permissionsBoundary = arn;
  });
  await expect(sandbox.aws.ec2.send(new DescribeVpcsCommand({}))).rejects.toThrow('because no permissions boundary allows');
});

test('tags named at creation need ec2:CreateTags, and only those', async () => {
  const { aws } = await allowing({ Action: 'ec2:AllocateAddress' });
  await expect(aws.ec2.send(address(true))).rejects.toMatchObject(refused('ec2:CreateTags'));
  await expect(aws.ec2.send(address(false))).resolves.toMatchObject({ Domain: 'vpc' });
});

test('ec2:CreateTags may be limited to the creation that it belongs to', async () => {
  const only = (action: string) => ({ Action: 'ec2:CreateTags', Condition: { StringEquals: { 'ec2:CreateAction': action } } });
  const wrong = await allowing({ Action: 'ec2:AllocateAddress' }, only('CreateNatGateway'));
  await expect(wrong.aws.ec2.send(address(true))).rejects.toMatchObject(refused('ec2:CreateTags'));
  const right = await allowing({ Action: 'ec2:AllocateAddress' }, only('AllocateAddress'));
  await expect(right.aws.ec2.send(address(true))).resolves.toMatchObject({ Domain: 'vpc' });
});

test('the tags of a request and of a resource are conditions', async () => {
  const { aws } = await allowing(
    { Action: ['ec2:AllocateAddress', 'ec2:CreateTags'] },
    { Action: 'ec2:ReleaseAddress', Condition: { Null: { 'aws:ResourceTag/quilt-perimeter:place': 'false' } } },
  );
  const ours = await aws.ec2.send(address(true));
  const other = await aws.ec2.send(address(false));
  await expect(aws.ec2.send(new ReleaseAddressCommand({ AllocationId: other.AllocationId }))).rejects.toMatchObject(
    refused('ec2:ReleaseAddress'),
  );
  await expect(aws.ec2.send(new ReleaseAddressCommand({ AllocationId: ours.AllocationId }))).resolves.toBeDefined();
});

test('an endpoint with private DNS needs route53:AssociateVPCWithHostedZone', async () => {
  const { aws, world } = await allowing({ Action: ['ec2:CreateVpcEndpoint', 'ec2:CreateTags'] });
  const command = new CreateVpcEndpointCommand({
    VpcId: world().hints.vpc,
    VpcEndpointType: 'Interface',
    ServiceName: 'com.amazonaws.us-east-1.execute-api',
    PrivateDnsEnabled: true,
  });
  await expect(aws.ec2.send(command)).rejects.toMatchObject(refused('route53:AssociateVPCWithHostedZone'));
});

test('an endpoint is asked for on each thing that it touches', async () => {
  const { aws, world } = await allowing({ Action: '*', Resource: ['arn:aws:ec2:*:*:vpc/*', 'arn:aws:ec2:*:*:vpc-endpoint/*'] });
  const table = Object.values(world().ec2.routeTables).find(({ vpcId }) => vpcId === world().hints.vpc);
  const command = new CreateVpcEndpointCommand({
    VpcId: world().hints.vpc,
    ServiceName: 'com.amazonaws.us-east-1.s3',
    RouteTableIds: [table?.id ?? ''],
  });
  await expect(aws.ec2.send(command)).rejects.toThrow(`route-table/${table?.id}`);
});

const scp = {
  Name: 'P',
  Description: 'd',
  Type: 'SERVICE_CONTROL_POLICY',
  Content: document([{ Effect: 'Deny', Action: 's3:*' }]),
} as const;

test('a policy with tags needs organizations:TagResource, and its type is a condition', async () => {
  const create = { Action: 'organizations:CreatePolicy', Condition: { StringEquals: { 'organizations:PolicyType': scp.Type } } };
  const enabled = { Action: 'organizations:EnablePolicyType' };
  const without = await allowing(create, enabled);
  await expect(without.aws.organizations.send(new CreatePolicyCommand({ ...scp, Tags: tags }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('organizations:TagResource'),
  });
  await expect(without.aws.organizations.send(new CreatePolicyCommand(scp))).resolves.toMatchObject({ Policy: { Content: scp.Content } });
  const other = { ...create, Condition: { StringEquals: { 'organizations:PolicyType': 'TAG_POLICY' } } };
  const wrong = await allowing(other);
  await expect(wrong.aws.organizations.send(new CreatePolicyCommand(scp))).rejects.toThrow('organizations:CreatePolicy');
});

test('whether somebody could undo an SCP is asked of their own policies too', async () => {
  const { aws, control, world } = await allowing({ Action: ['organizations:CreatePolicy', 'organizations:DeletePolicy'] });
  const { Policy } = await aws.organizations.send(new CreatePolicyCommand(scp));
  const resource = Policy?.PolicySummary?.Arn ?? '';
  const could = (action: string) => control.can({ principal: 'management', from: '', action, resource }).allowed;
  expect(could('organizations:DeletePolicy')).toBe(true);
  expect(could('organizations:UpdatePolicy')).toBe(false);
  await expect(aws.organizations.send(new UpdatePolicyCommand({ PolicyId: Policy?.PolicySummary?.Id }))).rejects.toThrow(
    'organizations:UpdatePolicy on resource: arn:aws:organizations::',
  );
  expect(world().organizations.organization?.policies[Policy?.PolicySummary?.Id ?? '']).toBeDefined();
});

test('a role is assumed with the caller’s own permission, unless its trust policy names the caller', async () => {
  const { aws, sandbox, world } = await allowing({ Action: 'ec2:*' });
  const role = Object.values(world().iam.accounts['444455556666']?.roles ?? {}).find(({ name }) => name === 'BreakGlass');
  const command = new AssumeRoleCommand({ RoleArn: role?.arn, RoleSessionName: 'test' });
  await expect(aws.sts.send(command)).rejects.toThrow('sts:AssumeRole');
  await sandbox.change(({ iam }) => {
    const trusting = iam.accounts['444455556666']?.roles.BreakGlass;
    const operator = iam.accounts['444455556666']?.roles.PlatformAdmin;
    if (!trusting || !operator) throw new Error('no role');
    const statement = { Effect: 'Allow', Principal: { AWS: operator.arn }, Action: 'sts:AssumeRole' };
    trusting.trustPolicy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  });
  await expect(aws.sts.send(command)).resolves.toHaveProperty('Credentials.AccessKeyId');
});

test('who one is, everybody may ask', async () => {
  const { aws } = await allowing();
  await expect(aws.sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({ Account: '444455556666' });
});

test('the log of calls tells the actions that each call needs', async () => {
  const { aws, sandbox } = await startSandbox();
  await aws.ec2.send(address(true));
  expect(sandbox.calls().at(-1)).toMatchObject({ operation: 'AllocateAddress', actions: ['ec2:AllocateAddress', 'ec2:CreateTags'] });
});
