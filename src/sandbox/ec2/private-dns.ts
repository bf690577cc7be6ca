// Private DNS names of interface endpoints: a name is claimed once per VPC, by an endpoint or by a private hosted zone.
import { AwsError } from '../types.ts';
import type { World } from '../world.ts';
import { endpointState } from './endpoint-states.ts';
import { awsServices } from './regions.ts';
import type { Vpc, VpcEndpoint } from './state.ts';
import { standing } from './store.ts';

/** The DNS domains that an endpoint service's private DNS claims: `execute-api.us-east-1.amazonaws.com`. */
export function privateDnsDomains(serviceName: string, region: string): readonly string[] {
  const service = awsServices(region).find((s) => s.name === serviceName);
  return [...new Set((service?.privateDnsNames ?? []).map((name) => name.replace(/^\*\./, '')))];
}

/** Does the endpoint's private DNS answer now: it does while the VPC's DNS attributes are both on (A11). */
export function privateDnsResolves(world: World, endpoint: VpcEndpoint, now: number): boolean {
  const vpc = world.ec2.vpcs[endpoint.vpcId];
  return endpoint.privateDnsEnabled && endpointState(endpoint, now) === 'available' && !!vpc?.enableDnsSupport && vpc.enableDnsHostnames;
}

// Claims last until the endpoint is gone: its zone is taken off the VPC while it is deleted (A12).
function claimed(world: World, vpc: Vpc, except: string | null, now: number): Set<string> {
  const names = new Set<string>();
  for (const endpoint of standing(world, now, 'vpcEndpoints')) {
    if (endpoint.vpcId !== vpc.id || endpoint.region !== vpc.region || endpoint.id === except || !endpoint.privateDnsEnabled) continue;
    if (endpointState(endpoint, now) === 'failed') continue;
    for (const domain of privateDnsDomains(endpoint.serviceName, endpoint.region)) names.add(domain);
  }
  for (const zone of Object.values(world.route53.zones))
    if (zone.privateZone && zone.vpcs.some((v) => v.vpcId === vpc.id && v.region === vpc.region)) names.add(zone.name.replace(/\.$/, ''));
  return names;
}

interface Wish {
  readonly vpc: Vpc;
  readonly serviceName: string;
  /** The endpoint that is changed, whose own claim is no conflict; null for a new one. */
  readonly endpointId: string | null;
  readonly onlyForInboundResolver: boolean;
}

/**
 * Throws InvalidParameter where private DNS cannot be enabled: DNS attributes of the VPC (A11), a service without private
 * names, S3's need of a gateway endpoint (A27), or a conflicting name (A12).
 */
export function refusePrivateDns(world: World, wish: Wish, now: number): void {
  const { vpc, serviceName } = wish;
  const domains = privateDnsDomains(serviceName, vpc.region);
  if (domains.length === 0)
    throw new AwsError(
      'InvalidParameter',
      `Private DNS can't be enabled because the service ${serviceName} does not provide a private DNS name.`,
    );
  if (!vpc.enableDnsSupport || !vpc.enableDnsHostnames)
    throw new AwsError(
      'InvalidParameter',
      `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpc.id}`,
    );
  if (wish.onlyForInboundResolver && !hasGatewayEndpoint(world, vpc, serviceName, now))
    throw new AwsError(
      'InvalidParameter',
      `To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC ${vpc.id} must have a Gateway endpoint for the service.`,
    );
  const taken = claimed(world, vpc, wish.endpointId, now);
  const conflict = domains.find((domain) => taken.has(domain));
  if (conflict)
    throw new AwsError(
      'InvalidParameter',
      `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${conflict} in the VPC ${vpc.id}`,
    );
}

function hasGatewayEndpoint(world: World, vpc: Vpc, serviceName: string, now: number): boolean {
  return standing(world, now, 'vpcEndpoints').some(
    (e) => e.vpcId === vpc.id && e.type === 'Gateway' && e.serviceName === serviceName && e.deleteRequestedAt === null,
  );
}
