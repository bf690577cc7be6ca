// VPCs and the two DNS attributes that private DNS needs.
import { DescribeVpcAttributeCommand, DescribeVpcsCommand, type Vpc as Ec2Vpc, ModifyVpcAttributeCommand } from '@aws-sdk/client-ec2';
import type { AwsContext } from './context.ts';
import { allPages } from './pages.ts';
import { errorName } from './refused.ts';
import { fromTagList, nameOf } from './tags.ts';
import { told } from './told.ts';
import type { Vpc } from './types.ts';
import { waitUntil } from './wait.ts';

export type DnsAttribute = 'enableDnsSupport' | 'enableDnsHostnames';

/** All VPCs of the Region. */
export async function findVpcs(ctx: AwsContext): Promise<readonly Vpc[]> {
  const read = async (NextToken: string | undefined) => {
    const answer = await ctx.aws.ec2.send(new DescribeVpcsCommand({ MaxResults: 1000, ...(NextToken === undefined ? {} : { NextToken }) }));
    return { items: answer.Vpcs, next: answer.NextToken };
  };
  return (await allPages('DescribeVpcs', read, ctx)).map(toVpc);
}

/** One VPC, or undefined if it is not in this Region. */
export async function findVpc(id: string, ctx: AwsContext): Promise<Vpc | undefined> {
  try {
    const answer = await ctx.aws.ec2.send(new DescribeVpcsCommand({ VpcIds: [id] }));
    const [vpc] = told(answer.Vpcs, 'DescribeVpcs', 'list');
    return vpc === undefined ? undefined : toVpc(vpc);
  } catch (error) {
    if (errorName(error) === 'InvalidVpcID.NotFound') return undefined;
    throw error;
  }
}

/** A VPC's DNS attribute. One attribute a call (A11). */
export async function findDnsAttribute(vpcId: string, attribute: DnsAttribute, ctx: AwsContext): Promise<boolean> {
  const answer = await ctx.aws.ec2.send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: attribute }));
  return told(
    (attribute === 'enableDnsSupport' ? answer.EnableDnsSupport : answer.EnableDnsHostnames)?.Value,
    'DescribeVpcAttribute',
    attribute,
  );
}

/** Sets a VPC's DNS attribute. Setting it to what it is already succeeds. */
export async function ensureDnsAttribute(vpcId: string, attribute: DnsAttribute, value: boolean, ctx: AwsContext): Promise<void> {
  const field = attribute === 'enableDnsSupport' ? 'EnableDnsSupport' : 'EnableDnsHostnames';
  await ctx.aws.ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, [field]: { Value: value } }));
}

/** Waits at most 60 s until reads show the attribute's value. */
export async function waitDnsAttribute(
  vpcId: string,
  attribute: DnsAttribute,
  value: boolean,
  ctx: AwsContext,
  waited?: (seconds: number) => void,
): Promise<void> {
  await waitUntil(
    { what: `waiting for VPC (${vpcId}): ${attribute} ${value}`, timeoutSeconds: 60, everySeconds: 2, ...(waited ? { waited } : {}) },
    async () => ((await findDnsAttribute(vpcId, attribute, ctx)) === value ? true : undefined),
    ctx,
  );
}

function toVpc(vpc: Ec2Vpc): Vpc {
  const tags = fromTagList(vpc.Tags);
  const primary = told(vpc.CidrBlock, 'DescribeVpcs', 'CidrBlock');
  const others = (vpc.CidrBlockAssociationSet ?? [])
    .filter(({ CidrBlockState: state }) => state?.State === undefined || state.State === 'associated')
    .map(({ CidrBlock }) => CidrBlock)
    .filter((cidr) => cidr !== undefined && cidr !== primary);
  return {
    id: told(vpc.VpcId, 'DescribeVpcs', 'VpcId'),
    name: nameOf(tags),
    ownerId: vpc.OwnerId ?? '',
    isDefault: vpc.IsDefault === true,
    cidrs: [primary, ...others].filter((cidr) => cidr !== undefined),
    ipv6Cidrs: (vpc.Ipv6CidrBlockAssociationSet ?? [])
      .filter(({ Ipv6CidrBlockState: state }) => state?.State === undefined || state.State === 'associated')
      .map(({ Ipv6CidrBlock }) => Ipv6CidrBlock)
      .filter((cidr) => cidr !== undefined),
    blockPublicAccess: vpc.BlockPublicAccessStates?.InternetGatewayBlockMode ?? 'unknown',
    tags,
  };
}
