// Builders for roles, users and the access keys that the sandbox hands out.
import type { IamAccount, RoleRecord, UserRecord } from '../iam/state.ts';
import type { AccessKey } from '../world.ts';
import { type Draft, daysAgo, markOf } from './draft.ts';

const administratorAccess = 'arn:aws:iam::aws:policy/AdministratorAccess';

export interface RoleParts {
  readonly name: string;
  readonly path?: string;
  readonly description?: string;
  /** Who may assume it: ARNs, account roots, or `Service`. */
  readonly trustedBy?: { readonly [kind: string]: string | readonly string[] };
  /** Name → document. */
  readonly inline?: { readonly [name: string]: object };
  /** With AWS's AdministratorAccess. */
  readonly administrator?: boolean;
  readonly tags?: { [key: string]: string };
}

/** A role of the account; without `trustedBy` the account's own principals may assume it. */
export function addRole(draft: Draft, accountId: string, parts: RoleParts): RoleRecord {
  const path = parts.path ?? '/';
  const role: RoleRecord = {
    name: parts.name,
    id: `AROA${markOf(draft, `role/${accountId}/${parts.name}`, 16)}`,
    arn: `arn:aws:iam::${accountId}:role${path}${parts.name}`,
    path,
    description: parts.description ?? '',
    trustPolicy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: parts.trustedBy ?? { AWS: `arn:aws:iam::${accountId}:root` }, Action: 'sts:AssumeRole' }],
    }),
    inlinePolicies: Object.fromEntries(Object.entries(parts.inline ?? {}).map(([name, document]) => [name, JSON.stringify(document)])),
    attachedPolicies: parts.administrator ? [ensureAdministratorAccess(draft)] : [],
    permissionsBoundary: null,
    tags: parts.tags ?? {},
    createdAt: daysAgo(draft, 600),
    maxSessionSeconds: 3600,
  };
  accountIn(draft, accountId).roles[role.name] = role;
  return role;
}

/** A user of the account; an administrator of it. */
export function addUser(draft: Draft, accountId: string, name: string): UserRecord {
  const user: UserRecord = {
    name,
    id: `AIDA${markOf(draft, `user/${accountId}/${name}`, 16)}`,
    arn: `arn:aws:iam::${accountId}:user/${name}`,
    path: '/',
    inlinePolicies: {},
    attachedPolicies: [ensureAdministratorAccess(draft)],
    permissionsBoundary: null,
    tags: {},
    createdAt: daysAgo(draft, 600),
  };
  accountIn(draft, accountId).users[name] = user;
  return user;
}

/** The account's side of IAM, made where it is not there yet. */
export function accountIn(draft: Draft, accountId: string): IamAccount {
  draft.world.iam.accounts[accountId] ??= { aliases: [], roles: {}, users: {}, policies: {} };
  return draft.world.iam.accounts[accountId];
}

/**
 * Hands out an access key for a session of a role, or for a user, that stands in `network`. It is known in the story as
 * `identity` and does not expire. Returns the access key id.
 */
export function handOut(draft: Draft, identity: string, principal: RoleRecord | UserRecord, network: AccessKey['network']): string {
  const accountId = principal.arn.split(':')[4] ?? '';
  const isRole = 'trustPolicy' in principal;
  const id = `AKIASANDBOX${markOf(draft, `key/${identity}`, 9)}`;
  const session = identity.toLowerCase();
  draft.world.accessKeys[id] = {
    secretAccessKey: `sandbox/${markOf(draft, `secret/${identity}`, 32).toLowerCase()}`,
    sessionToken: null,
    accountId,
    arn: isRole ? `arn:aws:sts::${accountId}:assumed-role/${principal.name}/${session}` : principal.arn,
    userId: isRole ? `${principal.id}:${session}` : principal.id,
    kind: isRole ? 'role-session' : 'user',
    roleArn: isRole ? principal.arn : null,
    tags: { ...principal.tags },
    network,
    expiresAt: null,
  };
  draft.world.identities[identity] = id;
  return id;
}

function ensureAdministratorAccess(draft: Draft): string {
  const createdAt = daysAgo(draft, 3000);
  draft.world.iam.awsManagedPolicies[administratorAccess] ??= {
    arn: administratorAccess,
    id: 'ANPAIWMBCKSKIEE64ZLYK',
    name: 'AdministratorAccess',
    path: '/',
    defaultVersion: 'v1',
    versions: { v1: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }) },
    createdAt,
  };
  return administratorAccess;
}
