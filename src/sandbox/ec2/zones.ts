import type {
  DescribeAvailabilityZonesCommandInput,
  DescribeAvailabilityZonesCommandOutput,
  DescribeRegionsCommandInput,
  DescribeRegionsCommandOutput,
} from '@aws-sdk/client-ec2';
import type { Call } from '../types.ts';
import type { World } from '../world.ts';
import { type Fields, matcher } from './filters.ts';
import { invalidValue, read } from './operation.ts';
import { regionNames, type Zone, zonesOf } from './regions.ts';

const zoneFields: Fields<Zone> = {
  'group-name': (z) => `${z.name.slice(0, -1)}-zg-1`,
  'opt-in-status': () => 'opt-in-not-required',
  'region-name': (z) => z.name.slice(0, -1),
  state: () => 'available',
  'zone-id': (z) => z.id,
  'zone-name': (z) => z.name,
  'zone-type': () => 'availability-zone',
};

export const describeAvailabilityZones = read(
  (_world: World, input: DescribeAvailabilityZonesCommandInput, call: Call): Omit<DescribeAvailabilityZonesCommandOutput, '$metadata'> => {
    const zones = zonesOf(call.region);
    const unknown = [
      ...(input.ZoneNames ?? []).filter((name) => !zones.some((z) => z.name === name)),
      ...(input.ZoneIds ?? []).filter((id) => !zones.some((z) => z.id === id)),
    ];
    if (unknown.length > 0) throw invalidValue(`Invalid availability zone: [${unknown.join(', ')}]`);
    const matches = matcher(input.Filters, zoneFields, () => ({}));
    return {
      AvailabilityZones: zones
        .filter((z) => !input.ZoneNames?.length || input.ZoneNames.includes(z.name))
        .filter((z) => !input.ZoneIds?.length || input.ZoneIds.includes(z.id))
        .filter(matches)
        .map((zone) => ({
          ZoneName: zone.name,
          ZoneId: zone.id,
          RegionName: call.region,
          State: 'available',
          OptInStatus: 'opt-in-not-required',
          GroupName: `${call.region}-zg-1`,
          NetworkBorderGroup: call.region,
          ZoneType: 'availability-zone',
          Messages: [],
        })),
    };
  },
);

const regionFields: Fields<string> = {
  endpoint: (r) => `ec2.${r}.amazonaws.com`,
  'opt-in-status': () => 'opt-in-not-required',
  'region-name': (r) => r,
};

export const describeRegions = read(
  (_world: World, input: DescribeRegionsCommandInput, _call: Call): Omit<DescribeRegionsCommandOutput, '$metadata'> => {
    const unknown = (input.RegionNames ?? []).find((name) => !regionNames.includes(name));
    if (unknown !== undefined) throw invalidValue(`Invalid region provided: ${unknown}`);
    const matches = matcher(input.Filters, regionFields, () => ({}));
    return {
      Regions: regionNames
        .filter((name) => !input.RegionNames?.length || input.RegionNames.includes(name))
        .filter(matches)
        .map((name) => ({ RegionName: name, Endpoint: `ec2.${name}.amazonaws.com`, OptInStatus: 'opt-in-not-required' })),
    };
  },
);
