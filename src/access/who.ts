// Who called, as far as the record tells: `userIdentity` in the words of the evaluator.
import type { TrailPath } from './types.ts';

export interface Who {
  /** `unnamed`: the record has no ARN, as the bucket owner's copy of another account's call (F8). */
  readonly kind: 'anonymous' | 'service' | 'root' | 'user' | 'role' | 'federated' | 'unnamed';
  /** For the evaluator. Of `unnamed` it is a stand-in. */
  readonly principal: string;
  /** For people: an ARN where there is one. */
  readonly name: string;
  readonly accountId: string | null;
  /** The ARN that its tags and its trust policy are looked up by; null where there is none. */
  readonly identity: string | null;
  /** `maybe`: the record does not tell; SCPs do not bind service-linked roles (K11). */
  readonly serviceLinked: 'yes' | 'no' | 'maybe';
}

/** Reads type, ARN, id and account of the caller (F5 to F9). */
export function whoOf(path: TrailPath, partition: string): Who {
  const { principalArn, principalId } = path;
  const accountId = accountOf(path);
  const arn = (resource: string): string => `arn:${partition}:iam::${accountId ?? nobody}:${resource}`;
  const nobodys = { accountId: null, identity: null, serviceLinked: 'no' } as const;
  if (isAnonymous(path)) return { kind: 'anonymous', principal: 'anonymous', name: 'anonymous', ...nobodys };
  if (path.identityType === 'AWSService' || principalId === 'AWSService') {
    const service = `service:${[path.invokedBy, path.sourceIpAddress].find(isServiceName) ?? 'amazonaws.com'}`;
    return { kind: 'service', principal: service, name: service, ...nobodys };
  }
  if (accountId !== null && (path.identityType === 'Root' || principalArn?.endsWith(':root') === true)) {
    return { kind: 'root', principal: `root:${accountId}`, name: arn('root'), accountId, identity: null, serviceLinked: 'no' };
  }
  if (path.identityType === 'FederatedUser') {
    // Its session was issued to a user, whose tags it has (GetFederationToken); `principalId` is `ACCOUNT:NAME`.
    const name = principalId?.split(':')[1];
    const own = name === undefined || accountId === null ? null : `arn:${partition}:sts::${accountId}:federated-user/${name}`;
    const principal = own ?? arn('user/unnamed');
    return { kind: 'federated', principal, name: own ?? principalArn ?? principal, accountId, identity: principalArn, serviceLinked: 'no' };
  }
  const kind = kindOfArn(principalArn);
  if (principalArn !== null && kind !== null) {
    const serviceLinked = kind === 'role' && linked.test(principalArn) ? 'yes' : 'no';
    return { kind, principal: principalArn, name: principalArn, accountId, identity: principalArn, serviceLinked };
  }
  const isUser = principalId?.startsWith('AIDA') === true;
  return {
    kind: 'unnamed',
    principal: arn(isUser ? 'user/unnamed' : 'role/unnamed'),
    name:
      accountId === null ? 'unknown' : `account:${accountId}${principalId === null || principalId === accountId ? '' : `/${principalId}`}`,
    accountId,
    identity: null,
    serviceLinked: isUser ? 'no' : 'maybe',
  };
}

/** Whether this is the name of an AWS service, such as `athena.amazonaws.com` (F2). */
export const isServiceName = (text: string | null): boolean => text !== null && /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(text);

const nobody = '000000000000';
const linked = /:role\/aws-service-role\/|:assumed-role\/AWSServiceRoleFor/;

// Both spellings are met (F9).
const isAnonymous = ({ accountId, principalId }: TrailPath): boolean =>
  [accountId, principalId].some((text) => text !== null && /^anonymous(_principal)?$/i.test(text));

const accountOf = ({ accountId, principalArn }: TrailPath): string | null =>
  [accountId, principalArn?.split(':')[4] ?? null].find((id) => id !== null && /^\d{12}$/.test(id)) ?? null;

function kindOfArn(arn: string | null): 'user' | 'role' | 'federated' | null {
  const [, service, resource = ''] = /^arn:[^:]+:(iam|sts)::\d{12}:(.+)$/.exec(arn ?? '') ?? [];
  if (service === 'iam') return resource.startsWith('role/') ? 'role' : resource.startsWith('user/') ? 'user' : null;
  if (resource.startsWith('assumed-role/')) return 'role';
  return resource.startsWith('federated-user/') ? 'federated' : null;
}
