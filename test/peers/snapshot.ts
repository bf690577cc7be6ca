// Everything that quilt-perimeter could have touched, read through the API, resource by resource, for before and after.
import { DescribeStacksCommand, GetTemplateCommand, ListChangeSetsCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { DescribePolicyCommand, ListPoliciesCommand, ListTargetsForPolicyCommand } from '@aws-sdk/client-organizations';
import { GetBucketPolicyCommand, GetBucketTaggingCommand, ListBucketsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { Clients } from './landscapes.ts';

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
const sorted = <T>(items: readonly T[] | undefined): T[] => [...(items ?? [])].sort(byText);

/** What has the name `name` of the expected error; anything else is thrown on. */
async function orNull<T>(name: string, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error && error.name === name) return null;
    throw error;
  }
}

/**
 * The comparable state of both sides. Not in it: the organization's policy types, records of deleted and executed things,
 * LastUpdatedTime, and a subnet's free addresses (moto keeps the network interface of a NAT gateway that was deleted).
 */
export async function snapshot({ ec2, s3, cloudFormation, organizations }: Clients): Promise<Record<string, unknown>> {
  const vpcs = (await ec2.send(new DescribeVpcsCommand({}))).Vpcs ?? [];
  const attributes: Record<string, unknown> = {};
  for (const { VpcId } of vpcs) {
    if (VpcId === undefined) continue;
    const support = await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsSupport' }));
    const names = await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsHostnames' }));
    attributes[VpcId] = { support: support.EnableDnsSupport?.Value, hostnames: names.EnableDnsHostnames?.Value };
  }
  const endpoints = (await ec2.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints ?? [];
  const nats = (await ec2.send(new DescribeNatGatewaysCommand({}))).NatGateways ?? [];
  const buckets: Record<string, unknown> = {};
  for (const { Name } of (await s3.send(new ListBucketsCommand({}))).Buckets ?? []) {
    if (Name === undefined) continue;
    buckets[Name] = {
      policy: await orNull('NoSuchBucketPolicy', async () => (await s3.send(new GetBucketPolicyCommand({ Bucket: Name }))).Policy),
      tags: await orNull('NoSuchTagSet', async () => (await s3.send(new GetBucketTaggingCommand({ Bucket: Name }))).TagSet),
      versions: ((await s3.send(new ListObjectVersionsCommand({ Bucket: Name }))).Versions ?? []).map((v) => v.Key),
    };
  }
  const policies = (await organizations.send(new ListPoliciesCommand({ Filter: 'SERVICE_CONTROL_POLICY' }))).Policies ?? [];
  const scps = await Promise.all(
    policies.map(async ({ Id: PolicyId }) => ({
      policy: (await organizations.send(new DescribePolicyCommand({ PolicyId }))).Policy,
      targets: sorted((await organizations.send(new ListTargetsForPolicyCommand({ PolicyId }))).Targets).map((t) => t.TargetId),
    })),
  );
  const stacks = (await cloudFormation.send(new DescribeStacksCommand({}))).Stacks ?? [];
  return {
    vpcs: sorted(vpcs),
    attributes,
    subnets: sorted((await ec2.send(new DescribeSubnetsCommand({}))).Subnets).map(
      ({ AvailableIpAddressCount: _free, ...subnet }) => subnet,
    ),
    routeTables: sorted((await ec2.send(new DescribeRouteTablesCommand({}))).RouteTables).map((t) => ({ ...t, Routes: sorted(t.Routes) })),
    endpoints: sorted(endpoints.filter((e) => e.State?.toLowerCase() !== 'deleted')).map((e) => ({
      ...e,
      RouteTableIds: sorted(e.RouteTableIds),
    })),
    natGateways: sorted(nats.filter((n) => n.State !== 'deleted')),
    addresses: sorted((await ec2.send(new DescribeAddressesCommand({}))).Addresses),
    securityGroups: sorted((await ec2.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups),
    buckets,
    scps: sorted(scps),
    stacks: await Promise.all(
      stacks.map(async ({ LastUpdatedTime: _updated, StackStatus: _status, ...stack }) => ({
        ...stack,
        template: (await cloudFormation.send(new GetTemplateCommand({ StackName: stack.StackName }))).TemplateBody,
        changeSets: ((await cloudFormation.send(new ListChangeSetsCommand({ StackName: stack.StackName }))).Summaries ?? [])
          .filter((changeSet) => changeSet.ExecutionStatus !== 'EXECUTE_COMPLETE')
          .map((changeSet) => changeSet.ChangeSetName),
      })),
    ),
  };
}
