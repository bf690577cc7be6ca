// `userIdentity` and where a call came from, as CloudTrail tells them (F2, F3, F5–F9, F11).
import type { Json } from '../../ports.ts';
import type { PathToS3 } from '../ec2/reach.ts';
import type { Caller } from '../types.ts';

/** Who called. `accessKeyId` null: unsigned. `asOwner`: the copy of a foreign caller's call that the resource's owner gets (F8). */
export function userIdentityOf(
  caller: Caller,
  accessKeyId: string | null,
  at: string,
  asOwner: boolean,
): { readonly [name: string]: Json } {
  if (caller.kind === 'anonymous') return { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' };
  if (caller.kind === 'service') return { type: 'AWSService', invokedBy: serviceNameOf(caller) };
  if (asOwner) return { type: 'AWSAccount', principalId: caller.userId, accountId: caller.accountId };
  const invokedBy = 'service' in caller.network ? { invokedBy: caller.network.service } : {};
  const base = { principalId: caller.userId, arn: caller.arn, accountId: caller.accountId, accessKeyId: accessKeyId ?? '' };
  switch (caller.kind) {
    case 'root':
      return { type: 'Root', ...base, ...invokedBy };
    case 'user':
      return { type: 'IAMUser', ...base, userName: lastOf(caller.arn), ...invokedBy };
    case 'role-session':
      return { type: 'AssumedRole', ...base, sessionContext: sessionOf(caller, at), ...invokedBy };
    default:
      return caller.kind satisfies never;
  }
}

function sessionOf(caller: Caller, at: string): Json {
  const [issuer = ''] = caller.userId.split(':');
  const arn = caller.roleArn ?? '';
  return {
    sessionIssuer: { type: 'Role', principalId: issuer, arn, accountId: caller.accountId, userName: lastOf(arn) },
    attributes: { creationDate: at, mfaAuthenticated: 'false' },
  };
}

/** What a record says of the way that the call came. */
export interface Origin {
  readonly sourceIPAddress: string;
  readonly vpcEndpointId?: string;
  readonly vpcEndpointAccountId?: string;
}

/** Where the call came from; null where it never arrived. `path`: to S3, or null for a service without endpoints here. */
export function originOf(caller: Caller, path: PathToS3 | null): Origin | null {
  const { network } = caller;
  if ('service' in network) return { sourceIPAddress: network.service };
  if (path === null) return { sourceIPAddress: 'publicIp' in network ? network.publicIp : 'AWS Internal' };
  switch (path.via) {
    case 'internet':
      return { sourceIPAddress: path.publicIp };
    case 'endpoint':
      return { sourceIPAddress: path.sourceIp ?? '10.0.0.1', vpcEndpointId: path.endpointId, vpcEndpointAccountId: path.ownerId };
    case 'service':
      return { sourceIPAddress: path.service };
    case 'none':
      return null;
    default:
      return path satisfies never;
  }
}

/** `service:NAME` and `NAME` alike. */
const serviceNameOf = ({ arn }: Caller): string => arn.replace(/^service:/, '');

const lastOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
