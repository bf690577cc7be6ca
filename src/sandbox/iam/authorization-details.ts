// The whole of an account's roles and managed policies, page by page.
import type { GetAccountAuthorizationDetailsCommandInput, ManagedPolicyDetail } from '@aws-sdk/client-iam';
import type { Call } from '../types.ts';
import type { World } from '../world.ts';
import { accountOf } from './account.ts';
import { page } from './pages.ts';
import { roleIdentity } from './role-identity.ts';
import type { ManagedPolicy, RoleRecord } from './state.ts';

/** Roles first, then policies; users and groups are not told. AWS's own policies are those that something of the account uses. */
export function authorizationDetails(world: World, input: GetAccountAuthorizationDetailsCommandInput, call: Call): object {
  const account = accountOf(world.iam, call.caller.accountId);
  const wants = (kind: 'Role' | 'LocalManagedPolicy' | 'AWSManagedPolicy'): boolean =>
    input.Filter === undefined || input.Filter.length === 0 || input.Filter.includes(kind);
  const holders = [...Object.values(account.roles), ...Object.values(account.users)];
  const used = new Set(holders.flatMap(({ attachedPolicies, permissionsBoundary }) => [...attachedPolicies, permissionsBoundary]));
  const aws = Object.values(world.iam.awsManagedPolicies).filter(({ arn }) => used.has(arn));
  const things = [
    ...(wants('Role') ? Object.values(account.roles).map((role) => ({ role })) : []),
    ...(wants('LocalManagedPolicy') ? Object.values(account.policies).map((policy) => ({ policy })) : []),
    ...(wants('AWSManagedPolicy') ? aws.map((policy) => ({ policy })) : []),
  ];
  const { items, ...more } = page(things, input, call);
  return {
    UserDetailList: [],
    GroupDetailList: [],
    RoleDetailList: items.flatMap((item) => ('role' in item ? [roleDetail(item.role)] : [])),
    Policies: items.flatMap((item) => ('policy' in item ? [policyDetail(item.policy)] : [])),
    ...more,
  };
}

const roleDetail = (role: RoleRecord): object => ({
  ...roleIdentity(role),
  InstanceProfileList: [],
  RolePolicyList: Object.entries(role.inlinePolicies).map(([PolicyName, document]) => ({
    PolicyName,
    PolicyDocument: encodeURIComponent(document),
  })),
  AttachedManagedPolicies: role.attachedPolicies.map((arn) => ({ PolicyName: arn.split('/').at(-1), PolicyArn: arn })),
  ...(role.permissionsBoundary === null
    ? {}
    : { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: role.permissionsBoundary } }),
  Tags: Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value })),
});

const policyDetail = (policy: ManagedPolicy): ManagedPolicyDetail => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: policy.defaultVersion,
  IsAttachable: true,
  PolicyVersionList: Object.entries(policy.versions).map(([VersionId, document]) => ({
    VersionId,
    Document: encodeURIComponent(document),
    IsDefaultVersion: VersionId === policy.defaultVersion,
    CreateDate: new Date(policy.createdAt),
  })),
});
