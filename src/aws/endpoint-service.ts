import { DescribeVpcEndpointServicesCommand } from '@aws-sdk/client-ec2';
import { failed } from '../errors.ts';
import type { AwsContext } from './context.ts';
import type { EndpointService } from './types.ts';

/**
 * A service that endpoints can be made for: its Availability Zones and private DNS names (A9).
 * @param type S3 has one entry for each (A2)
 * @throws PerimeterError `NO_ENDPOINT_SERVICE` (failed) where the Region has no such service
 */
export async function findEndpointService(serviceName: string, type: 'Interface' | 'Gateway', ctx: AwsContext): Promise<EndpointService> {
  ctx.signal.throwIfAborted();
  const answer = await ctx.aws.ec2.send(new DescribeVpcEndpointServicesCommand({ ServiceNames: [serviceName] }));
  const services = (answer.ServiceDetails ?? []).filter((service) => service.ServiceName === serviceName);
  const service = services.find(({ ServiceType }) => ServiceType?.some(({ ServiceType: kind }) => kind === type)) ?? services[0];
  if (service === undefined) {
    throw failed('NO_ENDPOINT_SERVICE', `reading endpoint service (${serviceName}): this Region has none`, 'check --region');
  }
  const names = [service.PrivateDnsName, ...(service.PrivateDnsNames ?? []).map(({ PrivateDnsName }) => PrivateDnsName)];
  return {
    serviceName,
    types: (service.ServiceType ?? []).map(({ ServiceType: kind }) => kind).filter((kind) => kind !== undefined),
    zones: service.AvailabilityZones ?? [],
    privateDnsNames: [...new Set(names.filter((name) => name !== undefined))],
  };
}
