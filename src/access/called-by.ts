// Which AWS service stood between the principal and S3, and how: in its own name, with forwarded access, or with a role that it
// assumed. `invokedBy` alone does not tell (F6).
import type { TrailPath } from './types.ts';
import { isServiceName, type Who } from './who.ts';
import type { PrincipalFacts } from './world.ts';

export interface CalledBy {
  /**
   * `forwarded`: a forward access session, `aws:ViaAWSService` is true; `role`: a service role or service-linked role, for which it
   * is false (E12, E13); `unsure`: one of the two.
   */
  readonly how: 'direct' | 'itself' | 'forwarded' | 'role' | 'unsure';
  /** The service's name, or `AWS Internal`; null where none is named. */
  readonly service: string | null;
  /** How it was told, or why it was not: a sentence. */
  readonly because: string | null;
}

/** @param facts of the principal; its trust policy tells a service role from forwarded access (F7) */
export function calledBy(path: TrailPath, who: Who, facts: PrincipalFacts | null): CalledBy {
  const source = isServiceName(path.sourceIpAddress) || isInternal(path.sourceIpAddress) ? path.sourceIpAddress : null;
  const service = path.invokedBy ?? source;
  if (who.kind === 'service') return { how: 'itself', service: null, because: null };
  if (service === null || who.kind === 'anonymous') return { how: 'direct', service: null, because: null };
  const of = (how: CalledBy['how'], because: string): CalledBy => ({ how, service, because });
  if (who.serviceLinked === 'yes') return of('role', "a service-linked role makes its calls itself, from AWS's own network");
  if (path.invokedBy === null) return of('unsure', "the call came from AWS's own network, and the record names no service that made it");
  // Services assume roles; with anybody else's credentials they can only have been forwarded.
  if (['user', 'root', 'federated'].includes(who.kind)) return of('forwarded', `${service} called with forwarded access`);
  const trusted = facts?.trustedServices ?? null;
  if (trusted === null || !isServiceName(service) || plainName(service) === 'cloudformation.amazonaws.com') {
    return of('unsure', `whether ${service} used this role itself or forwarded its caller's access is not known`);
  }
  return trusted.some((name) => plainName(name) === plainName(service))
    ? of('role', `${service} may assume this role, so it is taken to have called with it from AWS's own network`)
    : of('forwarded', `${service} may not assume this role, so it called with forwarded access`);
}

const isInternal = (text: string | null): boolean => text?.startsWith('AWS Internal') === true;

/** Without a Region: `states.us-east-1.amazonaws.com` is `states.amazonaws.com`. */
const plainName = (service: string): string => service.replace(/\.[a-z]{2}(-[a-z]+)+-\d+(?=\.amazonaws\.com)/, '').replace(/\.cn$/, '');
