// The survey: Region-wide and cheap, enough to choose a stack, a VPC, a test bucket and a target from.
import { listBuckets } from '../aws/bucket.ts';
import { identify } from '../aws/identity.ts';
import { findInternetGateways } from '../aws/internet-gateway.ts';
import { findNatGateways } from '../aws/nat-gateway.ts';
import { readOrUnknown } from '../aws/refused.ts';
import { findRouteTables } from '../aws/route-table.ts';
import { findSubnets } from '../aws/subnet.ts';
import { findVpcs } from '../aws/vpc.ts';
import { findVpcEndpoints } from '../aws/vpc-endpoint.ts';
import type { StepContext } from './context.ts';
import type { Survey } from './landscape.ts';
import { readOrganizationInfo } from './read-organization.ts';
import { readStacks } from './read-stack.ts';

/** Reads the Region and both sides' identities; every listing at once, each with all its pages. */
export async function survey(ctx: Pick<StepContext, 'aws' | 'clock' | 'signal'>): Promise<Survey> {
  const identities = await identify(ctx);
  const [vpcs, subnets, routeTables, endpoints, natGateways, internetGateways, stacks, buckets, organization] = await Promise.all([
    findVpcs(ctx),
    findSubnets(null, ctx),
    findRouteTables(null, ctx),
    findVpcEndpoints(null, ctx),
    findNatGateways(null, ctx),
    findInternetGateways(null, ctx),
    readStacks(ctx),
    readOrUnknown('s3:ListAllMyBuckets', () => listBuckets(ctx)),
    readOrganizationInfo(ctx),
  ]);
  return { ...identities, vpcs, subnets, routeTables, endpoints, natGateways, internetGateways, stacks, buckets, organization };
}
