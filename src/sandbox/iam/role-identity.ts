// What every answer about a role begins with.
import type { RoleRecord } from './state.ts';

/** The role's names, its date, and its trust policy as IAM writes documents: encoded as in URLs. */
export const roleIdentity = (role: RoleRecord) => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: new Date(role.createdAt),
  AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy),
});
