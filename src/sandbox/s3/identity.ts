// What IAM says of a caller: the policies of its user or role.
import type { IamAccount, IamState, RoleRecord, UserRecord } from '../iam/state.ts';
import type { Caller } from '../types.ts';

export interface IdentityPolicies {
  /** Texts of inline and attached policies. */
  readonly identity: readonly string[];
  /** The permissions boundary's text; null for none. */
  readonly boundary: string | null;
}

/** The policies of the caller's user or role. A caller that IAM does not know has none: nothing is granted to it. */
export function identityPolicies(iam: IamState, caller: Caller): IdentityPolicies {
  const account = iam.accounts[caller.accountId];
  const record = account === undefined ? undefined : recordOf(account, caller);
  if (account === undefined || record === undefined) return { identity: [], boundary: null };
  const attached = record.attachedPolicies.flatMap((arn) => managedPolicy(iam, account, arn) ?? []);
  const boundary = record.permissionsBoundary === null ? null : managedPolicy(iam, account, record.permissionsBoundary);
  return { identity: [...Object.values(record.inlinePolicies), ...attached], boundary };
}

function recordOf(account: IamAccount, caller: Caller): RoleRecord | UserRecord | undefined {
  if (caller.kind === 'role-session') return caller.roleArn === null ? undefined : account.roles[lastOf(caller.roleArn)];
  return caller.kind === 'user' ? account.users[lastOf(caller.arn)] : undefined;
}

function managedPolicy(iam: IamState, account: IamAccount, arn: string): string | null {
  const policy = account.policies[arn] ?? iam.awsManagedPolicies[arn];
  return policy?.versions[policy.defaultVersion] ?? null;
}

const lastOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
