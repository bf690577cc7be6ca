// Identities of every account as data, and the reads that a test wants refused.

export interface RoleRecord {
  name: string;
  id: string;
  /** With the path. */
  arn: string;
  path: string;
  description: string;
  trustPolicy: string;
  /** Name → document. */
  inlinePolicies: { [name: string]: string };
  /** ARNs of managed policies; their documents stand in `policies` of the account or in `awsManagedPolicies`. */
  attachedPolicies: string[];
  permissionsBoundary: string | null;
  tags: { [key: string]: string };
  createdAt: number;
  maxSessionSeconds: number;
}

export interface UserRecord {
  name: string;
  id: string;
  arn: string;
  path: string;
  inlinePolicies: { [name: string]: string };
  attachedPolicies: string[];
  permissionsBoundary: string | null;
  tags: { [key: string]: string };
  createdAt: number;
}

export interface ManagedPolicy {
  arn: string;
  id: string;
  name: string;
  path: string;
  defaultVersion: string;
  /** Version id → document. */
  versions: { [versionId: string]: string };
  createdAt: number;
}

export interface IamAccount {
  aliases: string[];
  roles: { [name: string]: RoleRecord };
  users: { [name: string]: UserRecord };
  policies: { [arn: string]: ManagedPolicy };
}

export interface IamState {
  accounts: { [accountId: string]: IamAccount };
  awsManagedPolicies: { [arn: string]: ManagedPolicy };
  /** Actions (`ec2:DescribeVpcs`, `s3:*`) refused to an access key id or a role's name, whatever its policies say. */
  deniedActions: { [accessKeyIdOrRoleName: string]: string[] };
}
