import type { DescribeVpcEndpointServicesCommandInput, DescribeVpcEndpointServicesCommandOutput, ServiceDetail } from '@aws-sdk/client-ec2';
import type { Call } from '../types.ts';
import type { World } from '../world.ts';
import { serviceNamed, serviceZones } from './endpoint-parts.ts';
import { endpointSizes, type Fields, matcher, page } from './filters.ts';
import { read } from './operation.ts';
import { type AwsService, awsServices, zoneId } from './regions.ts';

/** S3 is offered twice under its name, once per type, as AWS lists it. */
interface Offer {
  readonly service: AwsService;
  readonly type: 'Gateway' | 'Interface';
}

const fields: Fields<Offer> = {
  owner: () => 'amazon',
  'service-name': (o) => o.service.name,
  'service-region': (o) => o.service.name.split('.')[2],
  'service-type': (o) => o.type,
  'supported-ip-address-types': () => 'ipv4',
};

function view(world: World, { service, type }: Offer, region: string): ServiceDetail {
  const zones = serviceZones(world, service.name, region);
  const names = type === 'Interface' ? service.privateDnsNames : [];
  return {
    ServiceName: service.name,
    ServiceId: `vpce-svc-${[...service.name]
      .reduce((sum, c) => (Math.imul(sum, 31) + c.charCodeAt(0)) >>> 0, 7)
      .toString(16)
      .padStart(17, '0')}`,
    ServiceType: [{ ServiceType: type }],
    ServiceRegion: region,
    AvailabilityZones: [...zones],
    AvailabilityZoneIds: zones.map(zoneId),
    Owner: 'amazon',
    BaseEndpointDnsNames: [`${service.name.split('.').slice(3).reverse().join('.')}.${region}.vpce.amazonaws.com`],
    ...(names[0] ? { PrivateDnsName: names[0] } : {}),
    PrivateDnsNames: names.map((PrivateDnsName) => ({ PrivateDnsName })),
    ...(names[0] ? { PrivateDnsNameVerificationState: 'verified' as const } : {}),
    VpcEndpointPolicySupported: true,
    AcceptanceRequired: false,
    ManagesVpcEndpoints: false,
    SupportedIpAddressTypes: ['ipv4'],
    Tags: [],
  };
}

export const describeVpcEndpointServices = read(
  (
    world: World,
    input: DescribeVpcEndpointServicesCommandInput,
    call: Call,
  ): Omit<DescribeVpcEndpointServicesCommandOutput, '$metadata'> => {
    for (const name of input.ServiceNames ?? []) serviceNamed(name, call.region);
    const offers = awsServices(call.region)
      .filter((service) => !input.ServiceNames?.length || input.ServiceNames.includes(service.name))
      .flatMap((service) => service.types.map((type): Offer => ({ service, type })));
    const keyOf = (offer: Offer) => `${offer.service.name}/${offer.type}`;
    offers.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const { items, NextToken } = page(
      offers,
      input,
      keyOf,
      matcher(input.Filters, fields, () => ({})),
      endpointSizes,
    );
    return {
      ServiceNames: [...new Set(items.map((offer) => offer.service.name))],
      ServiceDetails: items.map((offer) => view(world, offer, call.region)),
      NextToken,
    };
  },
);
