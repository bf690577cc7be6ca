// The condition keys that S3 sees for a request: who asks, from where, for whose bucket, and when (E6, E7, E12–E17).
import type { ContextValues } from '../../policy/context.ts';
import type { PathToS3 } from '../ec2/reach.ts';
import { organizationPath } from '../organizations/effective.ts';
import type { OrganizationsState } from '../organizations/state.ts';
import type { Caller } from '../types.ts';

/** How a request reached S3: through an endpoint, from a public address, or from a service's own network. */
export type Arrival = Exclude<PathToS3, { readonly via: 'none' }>;

export interface Asked {
  readonly caller: Caller;
  readonly arrival: Arrival;
  /** The account that owns the bucket, or in which one is to be made. */
  readonly resourceAccount: string;
  readonly region: string;
  /** Simulated milliseconds since the epoch. */
  readonly now: number;
}

/** The request's context. What follows from the principal's kind alone the evaluator adds by itself. */
export function contextOf(organizations: OrganizationsState, asked: Asked): ContextValues {
  const { caller, resourceAccount, region, now } = asked;
  const organization = organizations.organization;
  const member = (accountId: string): boolean => organization?.accounts[accountId] !== undefined;
  const path = organizationPath(organizations, caller.accountId);
  const isPrincipal = caller.kind !== 'anonymous' && caller.kind !== 'service';
  return {
    ...networkKeys(asked.arrival),
    ...('service' in caller.network && caller.network.forwarded ? { 'aws:ViaAWSService': 'true' } : {}),
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    'aws:RequestedRegion': region,
    'aws:ResourceAccount': resourceAccount,
    ...(organization !== null && member(resourceAccount) ? { 'aws:ResourceOrgID': organization.id } : {}),
    ...(isPrincipal ? { 'aws:userid': caller.userId } : {}),
    ...(isPrincipal && organization !== null && member(caller.accountId) ? { 'aws:PrincipalOrgID': organization.id } : {}),
    ...(isPrincipal && path !== null ? { 'aws:PrincipalOrgPaths': [path] } : {}),
    ...Object.fromEntries(Object.entries(caller.tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value])),
  };
}

function networkKeys(arrival: Arrival): ContextValues {
  if (arrival.via === 'internet') return { 'aws:SourceIp': arrival.publicIp };
  if (arrival.via === 'service') return {};
  return {
    'aws:SourceVpc': arrival.vpcId,
    'aws:SourceVpcArn': arrival.vpcArn,
    'aws:SourceVpce': arrival.endpointId,
    ...(arrival.sourceIp === null ? {} : { 'aws:VpcSourceIp': arrival.sourceIp }),
  };
}
