// From a caller to what IAM knows of it: its role or user, and the policies that grant to it.
import type { Caller } from '../types.ts';
import type { IamAccount, IamState, ManagedPolicy, RoleRecord, UserRecord } from './state.ts';

/** The account's identities; an empty one where the sandbox knows none. */
export const accountOf = (state: IamState, accountId: string): IamAccount =>
  state.accounts[accountId] ?? { aliases: [], roles: {}, users: {}, policies: {} };

/** The role of a session or the user itself, or null (root, anonymous, unknown). */
export function principalOf(
  state: IamState,
  caller: Pick<Caller, 'accountId' | 'arn' | 'kind' | 'roleArn'>,
): RoleRecord | UserRecord | null {
  const { roles, users } = accountOf(state, caller.accountId);
  if (caller.kind === 'role-session') return Object.values(roles).find(({ arn }) => arn === caller.roleArn) ?? null;
  if (caller.kind === 'user') return Object.values(users).find(({ arn }) => arn === caller.arn) ?? null;
  return null;
}

/** A managed policy of the account or of AWS, or null. */
export const managedPolicy = (state: IamState, accountId: string, arn: string): ManagedPolicy | null =>
  accountOf(state, accountId).policies[arn] ?? state.awsManagedPolicies[arn] ?? null;

/** The documents of the policies that stand on a role or user: inline ones, then attached ones. */
export function identityDocuments(state: IamState, accountId: string, principal: RoleRecord | UserRecord): readonly string[] {
  const attached = principal.attachedPolicies.flatMap((arn) => {
    const policy = managedPolicy(state, accountId, arn);
    return policy?.versions[policy.defaultVersion] ?? [];
  });
  return [...Object.values(principal.inlinePolicies), ...attached];
}

/** The document of the principal's permissions boundary, or null where it has none. */
export function boundaryDocument(state: IamState, accountId: string, principal: RoleRecord | UserRecord): string | null {
  if (principal.permissionsBoundary === null) return null;
  const policy = managedPolicy(state, accountId, principal.permissionsBoundary);
  return policy?.versions[policy.defaultVersion] ?? null;
}
