// What IAM holds of an account, found by its id.
import type { IamAccount, IamState, ManagedPolicy } from './state.ts';

/** The account's identities; an empty one where the sandbox knows none. */
export const accountOf = (state: IamState, accountId: string): IamAccount =>
  state.accounts[accountId] ?? { aliases: [], roles: {}, users: {}, policies: {} };

/** A managed policy of the account or of AWS, or null. */
export const managedPolicy = (state: IamState, accountId: string, arn: string): ManagedPolicy | null =>
  accountOf(state, accountId).policies[arn] ?? state.awsManagedPolicies[arn] ?? null;
