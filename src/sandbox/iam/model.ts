// AWS IAM, as far as the job reads it: roles and users with tags and policies. Documents go over the wire
// URL-encoded, and listing roles tells neither tags nor policies.
import type {
  CreateRoleCommandInput,
  GetPolicyCommandInput,
  GetPolicyVersionCommandInput,
  GetRoleCommandInput,
  GetRolePolicyCommandInput,
  GetUserCommandInput,
  ListAttachedRolePoliciesCommandInput,
  ListRolePoliciesCommandInput,
  ListRolesCommandInput,
  ListRoleTagsCommandInput,
  ListUserTagsCommandInput,
  PutRolePolicyCommandInput,
  Role,
  Tag,
  TagRoleCommandInput,
  UntagRoleCommandInput,
  User,
} from '@aws-sdk/client-iam';
import { mayManageRoot } from '../organizations/access.ts';
import { AwsError, type Call, type ServiceModel } from '../types.ts';
import type { World } from '../world.ts';
import { accountOf, managedPolicy } from './account.ts';
import { authorizationDetails } from './authorization-details.ts';
import { page } from './pages.ts';
import { roleIdentity } from './role-identity.ts';
import type { ManagedPolicy, RoleRecord, UserRecord } from './state.ts';

export const iamModel: ServiceModel<World> = {
  service: 'iam',
  operations: {
    ListRoles: { kind: 'read', run: listRoles },
    GetAccountAuthorizationDetails: { kind: 'read', run: authorizationDetails },
    GetRole: {
      kind: 'read',
      run: (world: World, input: GetRoleCommandInput, call: Call) => {
        const role = roleOf(world, call, input.RoleName);
        return { Role: { ...roleShape(role), ...boundaryShape(role), RoleLastUsed: {}, ...tagsOf(role.tags) } };
      },
    },
    ListRoleTags: {
      kind: 'read',
      run: (world: World, input: ListRoleTagsCommandInput, call: Call) => {
        const { items, ...more } = page(tagList(roleOf(world, call, input.RoleName).tags), input, call);
        return { Tags: items, ...more };
      },
    },
    TagRole: { kind: 'write', run: tagRole },
    UntagRole: {
      kind: 'write',
      run: (world: World, input: UntagRoleCommandInput, call: Call) => {
        const role = roleOf(world, call, input.RoleName);
        const { tags } = role;
        const before = { ...tags };
        const wanted = (input.TagKeys ?? []).map((key) => key.toLowerCase());
        for (const key of Object.keys(tags)) if (wanted.includes(key.toLowerCase())) delete tags[key];
        renewSessions(world, role, before);
        return {};
      },
    },
    GetUser: {
      kind: 'read',
      run: (world: World, input: GetUserCommandInput, call: Call) => {
        const user = userOf(world, call, input.UserName);
        return { User: { ...userShape(user), ...boundaryShape(user), ...tagsOf(user.tags) } };
      },
    },
    ListUserTags: {
      kind: 'read',
      run: (world: World, input: ListUserTagsCommandInput, call: Call) => {
        const { items, ...more } = page(tagList(userOf(world, call, input.UserName).tags), input, call);
        return { Tags: items, ...more };
      },
    },
    ListAttachedRolePolicies: {
      kind: 'read',
      run: (world: World, input: ListAttachedRolePoliciesCommandInput, call: Call) => {
        const { items, ...more } = page(roleOf(world, call, input.RoleName).attachedPolicies, input, call);
        return { AttachedPolicies: items.map((arn) => ({ PolicyName: arn.split('/').at(-1), PolicyArn: arn })), ...more };
      },
    },
    ListRolePolicies: {
      kind: 'read',
      run: (world: World, input: ListRolePoliciesCommandInput, call: Call) => {
        const { items, ...more } = page(Object.keys(roleOf(world, call, input.RoleName).inlinePolicies), input, call);
        return { PolicyNames: items, ...more };
      },
    },
    GetRolePolicy: {
      kind: 'read',
      run: (world: World, input: GetRolePolicyCommandInput, call: Call) => {
        const role = roleOf(world, call, input.RoleName);
        const document = role.inlinePolicies[input.PolicyName ?? ''];
        if (document === undefined) throw noSuch(`The role policy with name ${input.PolicyName ?? ''} cannot be found.`);
        return { RoleName: role.name, PolicyName: input.PolicyName, PolicyDocument: encodeURIComponent(document) };
      },
    },
    GetPolicy: {
      kind: 'read',
      run: (world: World, input: GetPolicyCommandInput, call: Call) => {
        const policy = policyOf(world, call, input.PolicyArn);
        return { Policy: policyShape(world, call, policy) };
      },
    },
    GetPolicyVersion: {
      kind: 'read',
      run: (world: World, input: GetPolicyVersionCommandInput, call: Call) => {
        const policy = policyOf(world, call, input.PolicyArn);
        const version = input.VersionId ?? '';
        const document = policy.versions[version];
        if (document === undefined) throw noSuch(`Policy ${policy.arn} version ${version} does not exist or is not attachable.`);
        return {
          PolicyVersion: {
            Document: encodeURIComponent(document),
            VersionId: version,
            IsDefaultVersion: version === policy.defaultVersion,
            CreateDate: new Date(policy.createdAt),
          },
        };
      },
    },
    ListAccountAliases: {
      kind: 'read',
      run: (world: World, _input: object, call: Call) => ({
        AccountAliases: accountOf(world.iam, call.caller.accountId).aliases,
        IsTruncated: false,
      }),
    },
    ListOrganizationsFeatures: { kind: 'read', run: listOrganizationsFeatures },
    CreateRole: { kind: 'write', run: createRole },
    PutRolePolicy: {
      kind: 'write',
      run: (world: World, input: PutRolePolicyCommandInput, call: Call) => {
        const role = roleOf(world, call, input.RoleName);
        role.inlinePolicies[required(input.PolicyName, 'policyName')] = policyText(input.PolicyDocument);
        return {};
      },
    },
  },
};

/** Errors in the words of the API reference; a delegated administrator of IAM may ask too. */
function listOrganizationsFeatures({ organizations: { organization } }: World, _input: object, { caller }: Call): object {
  if (!organization?.accounts[caller.accountId])
    throw new AwsError('OrganizationNotFoundException', 'Your account is not a member of an organization.', 404);
  if (!mayManageRoot(organization, caller.accountId)) {
    throw new AwsError(
      'AccountNotManagementOrDelegatedAdministratorException',
      'The account making the request is not a management account or delegated administrator account for centralized root access.',
    );
  }
  const isTrusted = organization.serviceAccess.some(({ servicePrincipal }) => servicePrincipal === 'iam.amazonaws.com');
  if (!isTrusted && organization.rootFeatures === undefined)
    throw new AwsError('ServiceAccessNotEnabledException', 'Trusted access is not enabled for IAM in Organizations.');
  return { OrganizationId: organization.id, EnabledFeatures: organization.rootFeatures ?? [] };
}

function listRoles(world: World, input: ListRolesCommandInput, call: Call): object {
  const prefix = input.PathPrefix ?? '/';
  const roles = Object.values(accountOf(world.iam, call.caller.accountId).roles)
    .filter(({ path }) => path.startsWith(prefix))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const { items, ...more } = page(roles, input, call);
  return { Roles: items.map(roleShape), ...more };
}

function tagRole(world: World, input: TagRoleCommandInput, call: Call): object {
  const role = roleOf(world, call, input.RoleName);
  const { tags } = role;
  const before = { ...tags };
  for (const { Key, Value } of input.Tags ?? []) {
    const key = required(Key, 'tags.key');
    // Tag keys of IAM are case-insensitive and keep the case they were given (E5).
    for (const present of Object.keys(tags)) if (present !== key && present.toLowerCase() === key.toLowerCase()) delete tags[present];
    tags[key] = Value ?? '';
  }
  renewSessions(world, role, before);
  return {};
}

/** A role's tags hold for the sessions that it has already; a session's own tags stay as they are. */
function renewSessions(world: World, role: RoleRecord, before: { readonly [key: string]: string }): void {
  for (const [id, key] of Object.entries(world.accessKeys)) {
    if (key.roleArn !== role.arn) continue;
    const own = Object.entries(key.tags).filter(([name, value]) => before[name] !== value);
    world.accessKeys[id] = { ...key, tags: { ...role.tags, ...Object.fromEntries(own) } };
  }
}

function createRole(world: World, input: CreateRoleCommandInput, call: Call): object {
  const { accountId } = call.caller;
  world.iam.accounts[accountId] ??= { aliases: [], roles: {}, users: {}, policies: {} };
  const { roles } = world.iam.accounts[accountId];
  const name = required(input.RoleName, 'roleName');
  if (Object.keys(roles).some((present) => present.toLowerCase() === name.toLowerCase()))
    throw new AwsError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);
  const path = input.Path ?? '/';
  const role: RoleRecord = {
    name,
    id: `AROA${call.id('r').slice(2).toUpperCase()}`,
    arn: `arn:aws:iam::${accountId}:role${path}${name}`,
    path,
    description: input.Description ?? '',
    trustPolicy: policyText(input.AssumeRolePolicyDocument),
    inlinePolicies: {},
    attachedPolicies: [],
    permissionsBoundary: input.PermissionsBoundary ?? null,
    tags: Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    createdAt: call.now,
    maxSessionSeconds: input.MaxSessionDuration ?? 3600,
  };
  roles[name] = role;
  return { Role: { ...roleShape(role), ...tagsOf(role.tags) } };
}

function roleOf(world: World, call: Call, name: string | undefined): RoleRecord {
  const { roles } = accountOf(world.iam, call.caller.accountId);
  const wanted = required(name, 'roleName').toLowerCase();
  const role = Object.values(roles).find((candidate) => candidate.name.toLowerCase() === wanted);
  if (!role) throw noSuch(`The role with name ${name} cannot be found.`);
  return role;
}

/** The named user, or the calling one. */
function userOf(world: World, call: Call, name: string | undefined): UserRecord {
  const { users } = accountOf(world.iam, call.caller.accountId);
  if (name === undefined && call.caller.kind !== 'user')
    throw new AwsError('ValidationError', 'Must specify userName when calling with non-User credentials');
  const user = Object.values(users).find((candidate) => (name === undefined ? candidate.arn === call.caller.arn : candidate.name === name));
  if (!user) throw noSuch(`The user with name ${name ?? call.caller.arn} cannot be found.`);
  return user;
}

function policyOf(world: World, call: Call, arn: string | undefined): ManagedPolicy {
  const policy = managedPolicy(world.iam, call.caller.accountId, required(arn, 'policyArn'));
  if (!policy) throw noSuch(`Policy ${arn} was not found.`);
  return policy;
}

function required(value: string | undefined, name: string): string {
  if (!value)
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must not be null`,
    );
  return value;
}

function policyText(value: string | undefined): string {
  const text = required(value, 'policyDocument');
  try {
    JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new AwsError('MalformedPolicyDocument', 'This policy contains invalid Json');
    throw error;
  }
  return text;
}

const noSuch = (message: string): AwsError => new AwsError('NoSuchEntity', message, 404);

const tagList = (tags: { readonly [key: string]: string }): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const tagsOf = (tags: { readonly [key: string]: string }): { Tags?: Tag[] } =>
  Object.keys(tags).length > 0 ? { Tags: tagList(tags) } : {};

// ListRoles answers this and no more: neither tags nor the boundary.
const roleShape = (role: RoleRecord): Role => ({
  ...roleIdentity(role),
  Description: role.description,
  MaxSessionDuration: role.maxSessionSeconds,
});

const userShape = (user: UserRecord): User => ({
  Path: user.path,
  UserName: user.name,
  UserId: user.id,
  Arn: user.arn,
  CreateDate: new Date(user.createdAt),
});

const boundaryShape = ({ permissionsBoundary }: RoleRecord | UserRecord): object =>
  permissionsBoundary === null
    ? {}
    : { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: permissionsBoundary } };

function policyShape(world: World, call: Call, policy: ManagedPolicy): object {
  const { roles, users } = accountOf(world.iam, call.caller.accountId);
  const attached = [...Object.values(roles), ...Object.values(users)].filter(({ attachedPolicies }) =>
    attachedPolicies.includes(policy.arn),
  );
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: attached.length,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.createdAt),
  };
}
