// From which network S3 saw the call come, as condition keys: what is there, what is absent, what is not known.
import { isPublicAddress } from '../policy/address.ts';
import type { ContextValues } from '../policy/context.ts';
import type { CalledBy } from './called-by.ts';
import type { TrailPath } from './types.ts';
import { isServiceName } from './who.ts';
import type { AssessWorld } from './world.ts';

export interface Network {
  readonly kind: 'vpc' | 'ip' | 'service' | 'unknown';
  /** VPC id, address, service, or whatever the record has. */
  readonly value: string;
}

export interface From {
  readonly network: Network;
  readonly context: ContextValues;
  readonly unknown: readonly string[];
  /** A VPC endpoint that no inventory has. */
  readonly strangeEndpoint: string | null;
}

const keys = ['aws:SourceVpc', 'aws:SourceVpcArn', 'aws:SourceVpce', 'aws:SourceIp'];

/** The network of a call (E6, E7, F3, F4, F7). */
export function fromWhere(path: TrailPath, by: CalledBy, world: AssessWorld): From {
  const { vpcEndpointId, sourceIpAddress } = path;
  const of = (kind: Network['kind'], value: string, context: ContextValues, unknown: readonly string[] = []): From => ({
    network: { kind, value },
    context,
    unknown,
    strangeEndpoint: null,
  });
  // Not preserved when access is forwarded (E12); which of these keys a service's own call has is not told.
  if (by.how === 'itself' || by.how === 'forwarded') return of('service', by.service ?? sourceIpAddress ?? 'AWS', {}, keys);
  if (vpcEndpointId?.startsWith('vpce-') === true) {
    const endpoint = world.endpoints.get(vpcEndpointId);
    // May be AWS's own, another account's or Region's, or gone (F3, F4).
    if (endpoint === undefined) return { ...of('unknown', vpcEndpointId, {}, keys), strangeEndpoint: vpcEndpointId };
    const arn = endpoint.vpcArn ?? arnOf(endpoint.vpcId, path, world.spec.partition);
    const known = { 'aws:SourceVpc': endpoint.vpcId, 'aws:SourceVpce': vpcEndpointId };
    return arn === null
      ? of('vpc', endpoint.vpcId, known, ['aws:SourceVpcArn'])
      : of('vpc', endpoint.vpcId, { ...known, 'aws:SourceVpcArn': arn });
  }
  if (vpcEndpointId === null && sourceIpAddress !== null && isPublicAddress(sourceIpAddress) === true) {
    return of('ip', sourceIpAddress, { 'aws:SourceIp': sourceIpAddress });
  }
  const isService = isServiceName(sourceIpAddress) || sourceIpAddress?.startsWith('AWS Internal') === true;
  const value = by.service ?? sourceIpAddress ?? vpcEndpointId ?? 'unknown';
  // A service that uses a role from its own network brings neither endpoint nor address (E13).
  if (by.how === 'role' && isService) return of('service', value, {});
  return of(isService ? 'service' : 'unknown', value, {}, keys);
}

function arnOf(vpcId: string, { awsRegion, vpcEndpointAccountId }: TrailPath, partition: string): string | null {
  if (awsRegion === null || vpcEndpointAccountId === null || !/^\d{12}$/.test(vpcEndpointAccountId)) return null;
  return `arn:${partition}:ec2:${awsRegion}:${vpcEndpointAccountId}:vpc/${vpcId}`;
}
