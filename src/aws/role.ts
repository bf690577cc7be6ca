// IAM roles and users: the tags that exempt, and the policies of the stack's roles.
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  ListUserTagsCommand,
} from '@aws-sdk/client-iam';
import pLimit from 'p-limit';
import { isAwsError } from './aws-error.ts';
import type { AwsContext } from './context.ts';
import { allPages } from './pages.ts';
import { readOrUnknown } from './refused.ts';
import { told } from './told.ts';
import type { Role, Tags } from './types.ts';

interface IamPage {
  readonly Marker?: string | undefined;
}

const allByMarker = <Page extends IamPage, Item>(
  operation: string,
  read: (marker: { readonly Marker?: string }) => Promise<Page>,
  items: (page: Page) => readonly Item[] | undefined,
  ctx: AwsContext,
): Promise<readonly Item[]> =>
  allPages(
    operation,
    async (token) => {
      const page = await read(token === undefined ? {} : { Marker: token });
      return { items: items(page), next: page.Marker };
    },
    ctx,
  );

/**
 * The account's roles with their tags; service-linked roles, which nobody can tag into an exemption or assume, are left out.
 * ListRoles tells no tags, so each role is asked, eight at a time.
 */
export async function listRoles(ctx: AwsContext): Promise<readonly Role[]> {
  const roles = await allByMarker(
    'ListRoles',
    (marker) => ctx.aws.iam.send(new ListRolesCommand(marker), { abortSignal: ctx.signal }),
    (page) => page.Roles,
    ctx,
  );
  const limit = pLimit(8);
  return Promise.all(
    roles
      .filter(({ Path }) => !Path?.startsWith('/aws-service-role/'))
      .map(({ RoleName = '', Arn = '', Path = '/' }) =>
        limit(async () => ({
          name: RoleName,
          arn: Arn,
          path: Path,
          tags: await readOrUnknown('iam:ListRoleTags', () => readRoleTags(RoleName, ctx)),
        })),
      ),
  );
}

/** The role's tags; none where the role is gone. */
export async function readRoleTags(role: string, ctx: AwsContext): Promise<Tags> {
  try {
    const tags = await allByMarker(
      'ListRoleTags',
      (marker) => ctx.aws.iam.send(new ListRoleTagsCommand({ RoleName: role, ...marker }), { abortSignal: ctx.signal }),
      (page) => page.Tags,
      ctx,
    );
    return tagsOf(tags);
  } catch (error) {
    if (isAwsError(error, 'NoSuchEntity', 'NoSuchEntityException')) return {};
    throw error;
  }
}

/** The IAM user's tags; none where the user is gone. */
export async function readUserTags(user: string, ctx: AwsContext): Promise<Tags> {
  try {
    const tags = await allByMarker(
      'ListUserTags',
      (marker) => ctx.aws.iam.send(new ListUserTagsCommand({ UserName: user, ...marker }), { abortSignal: ctx.signal }),
      (page) => page.Tags,
      ctx,
    );
    return tagsOf(tags);
  } catch (error) {
    if (isAwsError(error, 'NoSuchEntity', 'NoSuchEntityException')) return {};
    throw error;
  }
}

/** Tags as IAM lists them, by key. */
export const tagsOf = (tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]): Tags =>
  Object.fromEntries(tags.flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])));

export interface RolePolicy {
  readonly role: string;
  readonly name: string;
  readonly document: string;
}

/** Inline and customer managed policies of a role as text; AWS's own managed policies name no address and are left out. */
export async function readRolePolicies(role: string, ctx: AwsContext): Promise<readonly RolePolicy[]> {
  try {
    const [inline, attached] = await Promise.all([inlinePolicies(role, ctx), managedPolicies(role, ctx)]);
    return [...inline, ...attached];
  } catch (error) {
    if (isAwsError(error, 'NoSuchEntity', 'NoSuchEntityException')) return [];
    throw error;
  }
}

/** What IAM grants a role: its policies as text, AWS's own among them, and its permissions boundary (null: none). */
export interface RoleGrants {
  readonly policies: readonly RolePolicy[];
  readonly boundary: string | null;
}

/** All that IAM says of what the role may do. Throws what IAM answers, a missing permission too. */
export async function readRoleGrants(role: string, ctx: AwsContext): Promise<RoleGrants> {
  const [inline, attached, { Role }] = await Promise.all([
    inlinePolicies(role, ctx),
    managedPolicies(role, ctx, true),
    ctx.aws.iam.send(new GetRoleCommand({ RoleName: role }), { abortSignal: ctx.signal }),
  ]);
  const boundaryArn = Role?.PermissionsBoundary?.PermissionsBoundaryArn;
  const boundary = boundaryArn === undefined ? null : await managedDocument(boundaryArn, ctx);
  return { policies: [...inline, ...attached], boundary };
}

/** A role's tags, and the text of its trust policy; undefined where the role is gone. */
export async function findRoleFacts(role: string, ctx: AwsContext): Promise<{ readonly tags: Tags; readonly trust: string } | undefined> {
  try {
    const { Role: found } = await ctx.aws.iam.send(new GetRoleCommand({ RoleName: role }), { abortSignal: ctx.signal });
    return { tags: tagsOf(found?.Tags ?? []), trust: decodedPolicy(found?.AssumeRolePolicyDocument, 'GetRole') };
  } catch (error) {
    if (isAwsError(error, 'NoSuchEntity', 'NoSuchEntityException')) return undefined;
    throw error;
  }
}

async function inlinePolicies(role: string, ctx: AwsContext): Promise<readonly RolePolicy[]> {
  const names = await allByMarker(
    'ListRolePolicies',
    (marker) => ctx.aws.iam.send(new ListRolePoliciesCommand({ RoleName: role, ...marker }), { abortSignal: ctx.signal }),
    (page) => page.PolicyNames,
    ctx,
  );
  const policies: RolePolicy[] = [];
  for (const name of names) {
    const answer = await ctx.aws.iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name }), { abortSignal: ctx.signal });
    policies.push({ role, name, document: decodedPolicy(answer.PolicyDocument, 'GetRolePolicy') });
  }
  return policies;
}

async function managedPolicies(role: string, ctx: AwsContext, awsOwn = false): Promise<readonly RolePolicy[]> {
  const attached = await allByMarker(
    'ListAttachedRolePolicies',
    (marker) => ctx.aws.iam.send(new ListAttachedRolePoliciesCommand({ RoleName: role, ...marker }), { abortSignal: ctx.signal }),
    (page) => page.AttachedPolicies,
    ctx,
  );
  const policies: RolePolicy[] = [];
  for (const { PolicyArn, PolicyName } of attached) {
    if (!PolicyArn || (!awsOwn && PolicyArn.includes(':iam::aws:policy/'))) continue;
    const document = await managedDocument(PolicyArn, ctx);
    if (document !== null) policies.push({ role, name: PolicyName ?? PolicyArn, document });
  }
  return policies;
}

/** The default version's text; null where there is none. */
async function managedDocument(PolicyArn: string, ctx: AwsContext): Promise<string | null> {
  const { Policy } = await ctx.aws.iam.send(new GetPolicyCommand({ PolicyArn }), { abortSignal: ctx.signal });
  if (!Policy?.DefaultVersionId) return null;
  const version = await ctx.aws.iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy.DefaultVersionId }), {
    abortSignal: ctx.signal,
  });
  return decodedPolicy(version.PolicyVersion?.Document, 'GetPolicyVersion');
}

/** A policy's text as IAM answers it: URL-encoded (RFC 3986). Throws ANSWER where `operation` answered none. */
export function decodedPolicy(document: string | undefined, operation: string): string {
  const text = told(document, operation, 'document');
  return text.startsWith('%') ? decodeURIComponent(text) : text;
}
