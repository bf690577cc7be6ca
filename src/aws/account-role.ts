// The account's roles with their trust and all that they are granted, in as few calls as IAM has for it.
import { GetAccountAuthorizationDetailsCommand, type ManagedPolicyDetail, type RoleDetail } from '@aws-sdk/client-iam';
import type { AwsContext } from './context.ts';
import { allPages } from './pages.ts';
import { decodedPolicy, tagsOf } from './role.ts';
import { told } from './told.ts';
import type { AccountRole } from './types.ts';

const operation = 'GetAccountAuthorizationDetails';

/** All roles of the account, service-linked ones too, with the policies that are attached to them, AWS's own among them. */
export async function readAccountRoles(ctx: AwsContext): Promise<readonly AccountRole[]> {
  const policies: ManagedPolicyDetail[] = [];
  const roles = await allPages(
    operation,
    async (Marker) => {
      const answer = await ctx.aws.iam.send(
        new GetAccountAuthorizationDetailsCommand({
          Filter: ['Role', 'LocalManagedPolicy', 'AWSManagedPolicy'],
          MaxItems: 1000,
          ...(Marker === undefined ? {} : { Marker }),
        }),
        { abortSignal: ctx.signal },
      );
      policies.push(...(answer.Policies ?? []));
      return { items: answer.RoleDetailList, next: answer.Marker };
    },
    ctx,
  );
  const documents = new Map(policies.flatMap((policy) => (policy.Arn === undefined ? [] : [[policy.Arn, documentOf(policy)] as const])));
  return roles.map((role) => toRole(role, documents));
}

function toRole(role: RoleDetail, documents: ReadonlyMap<string, string>): AccountRole {
  const attached = (role.AttachedManagedPolicies ?? []).map(({ PolicyArn }) => told(PolicyArn, operation, 'PolicyArn'));
  const boundary = role.PermissionsBoundary?.PermissionsBoundaryArn;
  const inline = (role.RolePolicyList ?? []).map(({ PolicyDocument }) => decodedPolicy(PolicyDocument, operation));
  return {
    name: told(role.RoleName, operation, 'RoleName'),
    arn: told(role.Arn, operation, 'Arn'),
    path: role.Path ?? '/',
    tags: tagsOf(role.Tags ?? []),
    trust: decodedPolicy(role.AssumeRolePolicyDocument, operation),
    policies: [...inline, ...attached.map((arn) => documents.get(arn)).filter((text) => text !== undefined)],
    boundary: boundary === undefined ? null : (documents.get(boundary) ?? null),
    untold: [...attached, ...(boundary === undefined ? [] : [boundary])].filter((arn) => !documents.has(arn)),
  };
}

function documentOf({ PolicyVersionList = [], DefaultVersionId }: ManagedPolicyDetail): string {
  const version = PolicyVersionList.find(({ VersionId }) => VersionId === DefaultVersionId);
  return decodedPolicy(version?.Document, operation);
}
