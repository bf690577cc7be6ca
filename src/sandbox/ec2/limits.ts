import type { Call } from '../types.ts';
import type { World } from '../world.ts';

/** The quotas that EC2 enforces here, with AWS's defaults (A32, B11, B12, B14; Amazon VPC quotas). */
const quotas = {
  vpcs: { service: 'vpc', code: 'L-F678F1CE', value: 5 },
  gatewayEndpoints: { service: 'vpc', code: 'L-1B52E74A', value: 20 },
  interfaceEndpointsPerVpc: { service: 'vpc', code: 'L-29B6F2EB', value: 50 },
  natGatewaysPerZone: { service: 'vpc', code: 'L-FE5A380F', value: 5 },
  addresses: { service: 'ec2', code: 'L-0263D0A3', value: 5 },
  routesPerTable: { service: 'vpc', code: 'L-93826ACB', value: 50 },
  securityGroups: { service: 'vpc', code: 'L-E79EC296', value: 2500 },
  rulesPerSecurityGroup: { service: 'vpc', code: 'L-0EA8095F', value: 60 },
  securityGroupsPerInterface: { service: 'vpc', code: 'L-2AFB9258', value: 5 },
} as const;

/** The quota's value for the caller's account and Region: the applied one, else AWS's default. */
export function limitOf(world: World, call: Call, quota: keyof typeof quotas): number {
  const { service, code, value } = quotas[quota];
  return world.quotas.applied[`${call.caller.accountId}/${call.region}/${service}/${code}`] ?? value;
}
