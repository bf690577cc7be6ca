// Who may call Organizations: the management account, and member accounts that it delegated to (D1–D3).
import { type PolicyDocument, parsePolicy } from '../../policy/document.ts';
import { evaluate } from '../../policy/evaluate.ts';
import type { Call, Write } from '../types.ts';
import type { World } from '../world.ts';
import { refused } from './errors.ts';
import { settleOrganizations } from './settle.ts';
import type { Organization } from './state.ts';

export interface Entry {
  readonly kind: Write;
  run(world: World, input: never, call: Call): unknown;
}

type Handler<I> = (organization: Organization, input: I, call: Call, world: World) => unknown;

/** An operation that any account of the organization may call (D1). Throws AWSOrganizationsNotInUseException. */
export const open = <I>(handler: Handler<I>): Entry => ({
  kind: 'read',
  run: (world: World, input: I, call: Call) => handler(organizationOf(world, call), input, call, world),
});

/** An operation for the management account and delegated administrators. Throws AccessDeniedException elsewhere (D2). */
export const guarded = <I>(kind: Write, handler: Handler<I>): Entry => ({
  kind,
  run(world: World, input: I, call: Call) {
    const organization = organizationOf(world, call);
    if (!mayCall(organization, kind, call)) throw refused('AccessDeniedException', "You don't have permissions to access this resource.");
    return handler(organization, input, call, world);
  },
});

function organizationOf(world: World, call: Call): Organization {
  settleOrganizations(world.organizations, call.now);
  const organization = world.organizations.organization;
  if (!organization?.accounts[call.caller.accountId])
    throw refused('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.');
  return organization;
}

/** Whether the account may use centralized root access: the management account and delegated administrators of IAM. */
export const mayManageRoot = (organization: Organization, accountId: string): boolean =>
  accountId === organization.managementAccountId ||
  organization.delegatedAdministrators.some(
    (administrator) => administrator.accountId === accountId && administrator.servicePrincipal === 'iam.amazonaws.com',
  );

function mayCall(organization: Organization, kind: Write, call: Call): boolean {
  const { accountId } = call.caller;
  if (accountId === organization.managementAccountId) return true;
  if (kind === 'read' && organization.delegatedAdministrators.some((administrator) => administrator.accountId === accountId)) return true;
  return delegated(organization, call);
}

/** Does the delegation policy (D3) allow the caller this action. Its Resource and Condition are taken to match. */
function delegated(organization: Organization, { caller, operation }: Call): boolean {
  const parsed = parsePolicy(organization.resourcePolicy?.content ?? '');
  if (!parsed.ok || caller.kind === 'anonymous' || caller.kind === 'service') return false;
  const resource = parsed.document.Statement.map(({ Condition: _condition, NotResource: _resource, ...rest }) => ({
    ...rest,
    Resource: '*',
  }));
  const { decision } = evaluate({
    principal: caller.arn,
    ...(caller.roleArn === null ? {} : { role: caller.roleArn }),
    action: `organizations:${operation}`,
    resource: '*',
    resourceAccount: organization.managementAccountId,
    context: {},
    policies: { identity: [everything], resource: { ...parsed.document, Statement: resource } },
  });
  return decision === 'allowed';
}

// The caller's own policies are taken to allow it.
const everything: PolicyDocument = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
