// Route 53's private hosted zones: who claims which name in a VPC.
import type {
  CreateHostedZoneCommandInput,
  GetHostedZoneCommandInput,
  HostedZone,
  HostedZoneSummary,
  ListHostedZonesByVPCCommandInput,
  ListHostedZonesCommandInput,
} from '@aws-sdk/client-route-53';
import { endpointState } from '../ec2/endpoint-states.ts';
import { privateDnsDomains } from '../ec2/private-dns.ts';
import { AwsError, type Call, type ServiceModel } from '../types.ts';
import type { World } from '../world.ts';
import type { HostedZoneRecord } from './state.ts';

export const route53Model: ServiceModel<World> = {
  service: 'route53',
  operations: {
    ListHostedZonesByVPC: { kind: 'read', run: listByVpc },
    ListHostedZones: { kind: 'read', run: list },
    GetHostedZone: {
      kind: 'read',
      run: (world: World, input: GetHostedZoneCommandInput, call: Call) => {
        const id = (input.Id ?? '').replace('/hostedzone/', '');
        const zone = world.route53.zones[id];
        if (zone?.accountId !== call.caller.accountId) throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${id}`, 404);
        return { HostedZone: shape(zone), ...(zone.privateZone ? { VPCs: vpcsShape(zone) } : {}) };
      },
    },
    CreateHostedZone: { kind: 'write', run: create },
  },
};

/** Zones of every account that are associated with the VPC, those of AWS services too. */
function listByVpc(world: World, input: ListHostedZonesByVPCCommandInput, call: Call): object {
  const { VPCId, VPCRegion } = input;
  const vpc = world.ec2.vpcs[VPCId ?? ''];
  if (!vpc || vpc.region !== VPCRegion) throw new AwsError('InvalidVPCId', 'The VPC ID is invalid.');
  // Only whoever owns the VPC, or a zone in it, sees its zones.
  const associated = Object.values(world.route53.zones).filter(({ vpcs }) => vpcs.some(({ vpcId }) => vpcId === VPCId));
  if (vpc.ownerId !== call.caller.accountId && !associated.some(({ accountId }) => accountId === call.caller.accountId))
    throw new AwsError('AccessDenied', 'The VPC does not belong to you.', 403);
  const own = associated.map(({ id, name, accountId, owningService }) => ({
    HostedZoneId: id,
    Name: name,
    Owner: owningService === null ? { OwningAccount: accountId } : { OwningService: owningService },
  }));
  const { items, next, size } = page([...own, ...zonesOfEndpoints(world, vpc.id, call.now)], input.MaxItems, input.NextToken);
  return {
    HostedZoneSummaries: items,
    MaxItems: size,
    ...(next === null ? {} : { NextToken: next }),
  };
}

/** Zones that AWS made for the private DNS of the VPC's interface endpoints; they go when the endpoint is gone (A12). */
function zonesOfEndpoints(world: World, vpcId: string, now: number): HostedZoneSummary[] {
  return Object.values(world.ec2.vpcEndpoints)
    .filter(
      (endpoint) =>
        endpoint.vpcId === vpcId && endpoint.privateDnsEnabled && ['available', 'deleting'].includes(endpointState(endpoint, now)),
    )
    .flatMap((endpoint) =>
      privateDnsDomains(endpoint.serviceName, endpoint.region).map((domain, index) => ({
        HostedZoneId: `Z${endpoint.id.slice('vpce-'.length).toUpperCase()}${index}`,
        Name: `${domain}.`,
        Owner: { OwningService: 'vpce.amazonaws.com' },
      })),
    );
}

function list(world: World, input: ListHostedZonesCommandInput, call: Call): object {
  const zones = Object.values(world.route53.zones).filter(({ accountId }) => accountId === call.caller.accountId);
  const { items, next, size } = page(zones, input.MaxItems, input.Marker);
  return {
    HostedZones: items.map(shape),
    IsTruncated: next !== null,
    MaxItems: size,
    ...(input.Marker === undefined ? {} : { Marker: input.Marker }),
    ...(next === null ? {} : { NextMarker: next }),
  };
}

function create(world: World, input: CreateHostedZoneCommandInput, call: Call): object {
  const zones = Object.values(world.route53.zones);
  if (zones.some(({ callerReference }) => callerReference === input.CallerReference))
    throw new AwsError('HostedZoneAlreadyExists', 'A hosted zone has already been created with the specified caller reference.', 409);
  const name = `${(input.Name ?? '').replace(/\.$/, '').toLowerCase()}.`;
  const vpc = input.VPC && { vpcId: input.VPC.VPCId ?? '', region: input.VPC.VPCRegion ?? '' };
  if (vpc && world.ec2.vpcs[vpc.vpcId]?.region !== vpc.region) throw new AwsError('InvalidVPCId', 'The VPC ID is invalid.');
  if (vpc && zones.some((zone) => zone.name === name && zone.vpcs.some(({ vpcId }) => vpcId === vpc.vpcId)))
    throw new AwsError(
      'ConflictingDomainExists',
      `The VPC ${vpc.vpcId} in region ${vpc.region} has already been associated with the hosted zone ${name}`,
    );
  const id = `Z${call.id('z').slice(2).toUpperCase()}`;
  const zone: HostedZoneRecord = {
    id,
    accountId: call.caller.accountId,
    name,
    callerReference: input.CallerReference ?? '',
    comment: input.HostedZoneConfig?.Comment ?? '',
    privateZone: vpc !== undefined,
    vpcs: vpc ? [vpc] : [],
    owningService: null,
  };
  world.route53.zones[id] = zone;
  return {
    HostedZone: shape(zone),
    ChangeInfo: { Id: `/change/C${id}`, Status: 'PENDING', SubmittedAt: new Date(call.now) },
    DelegationSet: { NameServers: ['ns-1.awsdns-01.org'] },
    ...(vpc ? { VPC: { VPCId: vpc.vpcId, VPCRegion: vpc.region } } : {}),
    Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${id}`,
  };
}

function page<T>(
  items: readonly T[],
  maxItems: number | string | undefined,
  token: string | undefined,
): { items: T[]; next: string | null; size: number } {
  const size = Math.min(Number(maxItems ?? 100), 100);
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString('utf8'));
  if (!Number.isInteger(start) || !(size >= 1)) throw new AwsError('InvalidInput', 'The page that was asked for is not valid.');
  const end = start + size;
  return { items: items.slice(start, end), next: end < items.length ? Buffer.from(String(end)).toString('base64url') : null, size };
}

const vpcsShape = (zone: HostedZoneRecord) => zone.vpcs.map(({ vpcId, region }) => ({ VPCId: vpcId, VPCRegion: region }));

const shape = (zone: HostedZoneRecord): HostedZone => ({
  Id: `/hostedzone/${zone.id}`,
  Name: zone.name,
  CallerReference: zone.callerReference,
  Config: { Comment: zone.comment, PrivateZone: zone.privateZone },
  ResourceRecordSetCount: 2,
});
