// The organization: what it is, and where an account or a unit hangs in it. All of it is read from the organization's side;
// only DescribeOrganization answers to any account (D1, D2).
import {
  DescribeAccountCommand,
  DescribeOrganizationalUnitCommand,
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListParentsCommand,
  ListRootsCommand,
  type Root,
} from '@aws-sdk/client-organizations';
import { badInput, failed } from '../errors.ts';
import { isAwsError } from './aws-error.ts';
import type { AwsContext } from './context.ts';
import { allByNextToken } from './next-token.ts';
import { told } from './told.ts';
import type { OrganizationInfo, OrganizationTarget } from './types.ts';

/** The organization's id, management account and feature set. Throws what Organizations answers where there is none. */
export async function describeOrganization(ctx: AwsContext): Promise<OrganizationInfo> {
  const { Organization: found } = await ctx.aws.organizations.send(new DescribeOrganizationCommand({}), { abortSignal: ctx.signal });
  if (!found?.Id || !found.MasterAccountId || !found.FeatureSet) {
    throw failed(
      'ORGANIZATION_UNREADABLE',
      'reading the organization: DescribeOrganization answered without its id, management account or feature set',
      'run again; if it stays so, check the endpoint that answers for Organizations',
    );
  }
  return { id: found.Id, managementAccountId: found.MasterAccountId, featureSet: found.FeatureSet };
}

/** The ids of all accounts of the organization, suspended ones too: their records stay. */
export async function listAccounts(ctx: AwsContext): Promise<readonly string[]> {
  const accounts = await allByNextToken(
    'ListAccounts',
    (token) => ctx.aws.organizations.send(new ListAccountsCommand(token), { abortSignal: ctx.signal }),
    (page) => page.Accounts,
    ctx,
  );
  return accounts.map(({ Id }) => told(Id, 'ListAccounts', 'Id'));
}

export interface OrganizationRoot {
  readonly target: OrganizationTarget;
  /** Policy type → status; a type that is not enabled is not in it. AvailablePolicyTypes of the organization is deprecated (D1). */
  readonly policyTypes: { readonly [type: string]: string };
}

/** The organization's root with the status of its policy types. */
export async function readRoot(ctx: AwsContext): Promise<OrganizationRoot> {
  const roots = await allByNextToken(
    'ListRoots',
    (token) => ctx.aws.organizations.send(new ListRootsCommand(token), { abortSignal: ctx.signal }),
    (page): readonly Root[] | undefined => page.Roots,
    ctx,
  );
  const root = roots[0];
  if (!root?.Id) {
    throw failed('ORGANIZATION_UNREADABLE', 'reading the organization: ListRoots answered no root', 'run again in a minute');
  }
  return {
    target: { id: root.Id, arn: root.Arn ?? '', name: root.Name ?? root.Id, type: 'ROOT' },
    policyTypes: Object.fromEntries(
      told(root.PolicyTypes, 'ListRoots', 'PolicyTypes').map(({ Type, Status }) => [
        told(Type, 'ListRoots', 'Type'),
        told(Status, 'ListRoots', 'Status'),
      ]),
    ),
  };
}

/** A root, unit or account by id. Throws badInput where the organization has none of that id. */
export async function readTarget(id: string, root: OrganizationTarget, ctx: AwsContext): Promise<OrganizationTarget> {
  if (id === root.id) return root;
  const target = await findTarget(id, ctx);
  if (target) return target;
  throw badInput(
    'TARGET',
    `choosing target (${id}): it is not in the organization of root ${root.id}`,
    'give the id of its root (r-…), of an organizational unit (ou-…) or of an account (12 digits) with --target',
  );
}

async function findTarget(id: string, ctx: AwsContext): Promise<OrganizationTarget | undefined> {
  try {
    if (id.startsWith('ou-')) {
      const answer = await ctx.aws.organizations.send(new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: id }), {
        abortSignal: ctx.signal,
      });
      const unit = answer.OrganizationalUnit;
      return unit && { id, arn: unit.Arn ?? '', name: unit.Name ?? id, type: 'ORGANIZATIONAL_UNIT' };
    }
    if (id.startsWith('r-')) return undefined;
    const answer = await ctx.aws.organizations.send(new DescribeAccountCommand({ AccountId: id }), { abortSignal: ctx.signal });
    return answer.Account && { id, arn: answer.Account.Arn ?? '', name: answer.Account.Name ?? id, type: 'ACCOUNT' };
  } catch (error) {
    if (isAwsError(error, 'OrganizationalUnitNotFoundException', 'AccountNotFoundException', 'InvalidInputException')) return undefined;
    throw error;
  }
}

/** The ids from the root down to `id`, itself last. ListParents answers one step up at a time. */
export async function readPath(id: string, ctx: AwsContext): Promise<readonly string[]> {
  const path = [id];
  for (let child = id; !child.startsWith('r-'); ) {
    const parents = await allByNextToken(
      'ListParents',
      (token) =>
        ctx.aws.organizations.send(new ListParentsCommand({ ChildId: child, ...token }), {
          abortSignal: ctx.signal,
        }),
      (page) => page.Parents,
      ctx,
    );
    const parent = parents[0]?.Id;
    if (!parent) {
      throw failed(
        'ORGANIZATION_UNREADABLE',
        `reading the ancestors of ${id}: ListParents answered none for ${child}`,
        'run again in a minute',
      );
    }
    path.unshift(parent);
    child = parent;
  }
  return path;
}
