// The VPC in question, in detail.
import { findAddresses } from '../aws/address.ts';
import { findEndpointService } from '../aws/endpoint-service.ts';
import { findHostedZones } from '../aws/hosted-zone.ts';
import { findInternetGateways } from '../aws/internet-gateway.ts';
import { findNatGateways } from '../aws/nat-gateway.ts';
import { findNetworkInterfaces } from '../aws/network-interface.ts';
import { findPrefixListCidrs, findS3PrefixList } from '../aws/prefix-list.ts';
import { findQuotas } from '../aws/quota.ts';
import { errorName, isRefused, readOrUnknown } from '../aws/refused.ts';
import { findRouteTables } from '../aws/route-table.ts';
import { findSecurityGroups } from '../aws/security-group.ts';
import { findSubnets } from '../aws/subnet.ts';
import { findDnsAttribute, findVpc } from '../aws/vpc.ts';
import { findVpcEndpoints } from '../aws/vpc-endpoint.ts';
import { badInput } from '../errors.ts';
import { type Known, known, unknown } from '../ports.ts';
import type { StepContext } from './context.ts';
import type { Network, Survey } from './landscape.ts';

/** What of a network no step changes and AWS seldom does: read once a run. */
type Fixed = Pick<Network, 's3PrefixListId' | 's3PrefixListCidrs' | 'apiService' | 'quotas' | 'gatewayEndpointsInRegion'>;

type ReadContext = Pick<StepContext, 'aws' | 'clock' | 'signal'>;

/**
 * Reads a VPC's network.
 * @throws PerimeterError `NO_VPC` (input) where the VPC is not in this Region
 */
export async function readNetwork(vpcId: string, survey: Survey, ctx: ReadContext): Promise<Network> {
  const [fixed, rest] = await Promise.all([readFixed(survey, ctx), readChanging(vpcId, ctx)]);
  return { ...fixed, ...rest };
}

/** Reads again what may have changed since `network` was read. */
export async function refreshNetwork(network: Network, ctx: ReadContext): Promise<Network> {
  return { ...network, ...(await readChanging(network.vpc.id, ctx)) };
}

async function readFixed(survey: Survey, ctx: ReadContext): Promise<Fixed> {
  const [prefixList, apiService, quotas] = await Promise.all([
    findS3PrefixList(ctx),
    findEndpointService(`com.amazonaws.${ctx.aws.region}.execute-api`, 'Interface', ctx),
    findQuotas(ctx),
  ]);
  return {
    s3PrefixListId: prefixList.id,
    s3PrefixListCidrs: await prefixListCidrs(prefixList, ctx),
    apiService,
    quotas,
    gatewayEndpointsInRegion: survey.endpoints.filter(({ type }) => type === 'Gateway').length,
  };
}

async function readChanging(vpcId: string, ctx: ReadContext): Promise<Omit<Network, keyof Fixed>> {
  const vpc = await findVpc(vpcId, ctx);
  if (vpc === undefined) {
    throw badInput(
      'NO_VPC',
      `reading VPC (${vpcId}): it is not in ${ctx.aws.region}`,
      'name one of this Region with --vpc, or set --region',
    );
  }
  const [dnsSupport, dnsHostnames, subnets, routeTables, endpoints, natGateways, internetGateways] = await Promise.all([
    findDnsAttribute(vpcId, 'enableDnsSupport', ctx),
    findDnsAttribute(vpcId, 'enableDnsHostnames', ctx),
    findSubnets(vpcId, ctx),
    findRouteTables(vpcId, ctx),
    findVpcEndpoints(vpcId, ctx),
    findNatGateways(vpcId, ctx),
    findInternetGateways(vpcId, ctx),
  ]);
  const [addresses, securityGroups, networkInterfaces, hostedZones] = await Promise.all([
    findAddresses(ctx),
    findSecurityGroups(vpcId, ctx),
    readOrUnknown('ec2:DescribeNetworkInterfaces', () => findNetworkInterfaces(vpcId, ctx)),
    readOrUnknown('route53:ListHostedZonesByVPC', () => findHostedZones(vpcId, ctx)),
  ]);
  return {
    vpc,
    dnsSupport,
    dnsHostnames,
    subnets,
    routeTables,
    endpoints,
    natGateways,
    internetGateways,
    addresses,
    securityGroups,
    networkInterfaces,
    hostedZones,
  };
}

/** DescribePrefixLists tells the CIDRs of AWS's own lists; the entries are asked for only where it tells none. */
async function prefixListCidrs(
  list: { readonly id: string; readonly cidrs: readonly string[] },
  ctx: ReadContext,
): Promise<Known<readonly string[]>> {
  if (list.cidrs.length > 0) return known(list.cidrs);
  try {
    return known(await findPrefixListCidrs(list.id, ctx));
  } catch (error) {
    // Some endpoints know AWS's own lists by name only.
    const absent = ['InvalidPrefixListID.NotFound', 'InvalidPrefixListId.NotFound', 'NotImplemented', 'InvalidAction'].includes(
      errorName(error),
    );
    if (!absent && !isRefused(error)) throw error;
    return unknown('ec2:GetManagedPrefixListEntries', error instanceof Error ? error.message : errorName(error));
  }
}
