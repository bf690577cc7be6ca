// The models of this half of the sandbox as the SDK's clients see them.
import {
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  GetTemplateSummaryCommand,
} from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { CreatePolicyCommand, DescribeOrganizationCommand, ListAccountsCommand, ListRootsCommand } from '@aws-sdk/client-organizations';
import { CreateHostedZoneCommand, ListHostedZonesByVPCCommand } from '@aws-sdk/client-route-53';
import { GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../support/sandbox.ts';

describe('over the wire', () => {
  it('CloudFormation answers stacks, summaries and change sets, and its errors keep their names', async () => {
    const { aws } = await startSandbox();
    const { Stacks } = await aws.cloudFormation.send(new DescribeStacksCommand({ StackName: 'quilt-prod' }));
    expect(Stacks?.[0]).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Tags: [],
      CreationTime: expect.any(Date),
    });
    const summary = await aws.cloudFormation.send(new GetTemplateSummaryCommand({ StackName: 'quilt-prod' }));
    expect(summary.Parameters?.find(({ ParameterKey }) => ParameterKey === 'AdminPassword')?.NoEcho).toBe(true);
    const change = { StackName: 'quilt-prod', ChangeSetName: 'c', UsePreviousTemplate: true };
    const parameters = (Stacks?.[0]?.Parameters ?? []).map(({ ParameterKey }) => ({ ParameterKey, UsePreviousValue: true }));
    await expect(aws.cloudFormation.send(new CreateChangeSetCommand({ ...change, Parameters: parameters }))).rejects.toMatchObject({
      name: 'InsufficientCapabilitiesException',
    });
    await expect(
      aws.cloudFormation.send(new DescribeChangeSetCommand({ StackName: 'quilt-prod', ChangeSetName: 'x' })),
    ).rejects.toMatchObject({
      name: 'ChangeSetNotFoundException',
    });
    await expect(aws.cloudFormation.send(new DescribeStacksCommand({ StackName: 'x' }))).rejects.toMatchObject({ name: 'ValidationError' });
    const renamed = parameters.map((parameter) =>
      parameter.ParameterKey === 'RegistrySize' ? { ParameterKey: 'RegistrySize', ParameterValue: '5' } : parameter,
    );
    await aws.cloudFormation.send(new CreateChangeSetCommand({ ...change, Parameters: renamed, Capabilities: ['CAPABILITY_NAMED_IAM'] }));
    const described = await aws.cloudFormation.send(new DescribeChangeSetCommand({ StackName: 'quilt-prod', ChangeSetName: 'c' }));
    expect(described).toMatchObject({
      Status: 'CREATE_IN_PROGRESS',
      Changes: [{ ResourceChange: { LogicalResourceId: 'RegistryService' } }],
    });
  });

  it('Organizations answers the management account, with Reason on its errors', async () => {
    const { aws } = await startSandbox();
    const { Organization } = await aws.organizations.send(new DescribeOrganizationCommand({}));
    expect(Organization?.MasterAccountId).toBe('111122223333');
    expect((await aws.organizations.send(new ListRootsCommand({}))).Roots?.length ?? 0).toBeLessThanOrEqual(1);
    await expect(aws.organizations.send(new ListAccountsCommand({ MaxResults: 21 }))).rejects.toMatchObject({
      name: 'InvalidInputException',
      Reason: 'MAX_VALUE_EXCEEDED',
    });
    const tooLong = new CreatePolicyCommand({
      Name: 'n',
      Description: '',
      Type: 'SERVICE_CONTROL_POLICY',
      Content: `{}${' '.repeat(10_240)}`,
    });
    await expect(aws.organizations.send(tooLong)).rejects.toMatchObject({
      name: 'ConstraintViolationException',
      Reason: 'POLICY_CONTENT_LIMIT_EXCEEDED',
    });
  });

  it('IAM, Route 53 and Service Quotas answer', async () => {
    const { aws, world } = await startSandbox();
    expect((await aws.iam.send(new ListRolesCommand({}))).Roles?.length).toBeGreaterThan(5);
    await expect(aws.iam.send(new GetRoleCommand({ RoleName: 'Nobody' }))).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    const vpc = { VPCId: world().hints.vpc, VPCRegion: 'us-east-1' } as const;
    await aws.route53.send(new CreateHostedZoneCommand({ Name: 'example.internal', CallerReference: 'r', VPC: vpc }));
    const zones = await aws.route53.send(new ListHostedZonesByVPCCommand(vpc));
    expect(zones.HostedZoneSummaries).toMatchObject([{ Name: 'example.internal.' }]);
    const { Quota } = await aws.serviceQuotas.send(new GetServiceQuotaCommand({ ServiceCode: 'vpc', QuotaCode: 'L-1B52E74A' }));
    expect(Quota?.Value).toBe(20);
  });
});
