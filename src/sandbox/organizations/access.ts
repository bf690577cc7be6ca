// Who may call Organizations: the management account, and member accounts that it delegated to (D1–D3).
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
function delegated(organization: Organization, call: Call): boolean {
  if (organization.resourcePolicy === null) return false;
  const document: unknown = JSON.parse(organization.resourcePolicy.content);
  if (!isDelegation(document)) return false;
  const applies = document.Statement.filter(
    (statement) => named(statement.Principal?.AWS, call) && list(statement.Action).some((pattern) => matches(pattern, call.operation)),
  );
  return applies.some((statement) => statement.Effect === 'Allow') && !applies.some((statement) => statement.Effect === 'Deny');
}

interface Delegation {
  readonly Statement: readonly {
    readonly Effect: string;
    readonly Principal?: { readonly AWS?: string | readonly string[] };
    readonly Action: string | readonly string[];
  }[];
}

const isDelegation = (value: unknown): value is Delegation =>
  typeof value === 'object' && value !== null && 'Statement' in value && Array.isArray(value.Statement);

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

const named = (principals: string | readonly string[] | undefined, call: Call): boolean =>
  list(principals).some((principal) =>
    [call.caller.accountId, `arn:aws:iam::${call.caller.accountId}:root`, call.caller.arn, call.caller.roleArn].includes(principal),
  );

function matches(pattern: string, operation: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 'i').test(`organizations:${operation}`);
}
