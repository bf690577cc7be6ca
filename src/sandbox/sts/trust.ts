// Who may assume a role: its trust policy, with the keys that a request to STS carries, and the caller's own policies.
import { type PolicyDocument, parsePolicy } from '../../policy/document.ts';
import { evaluate } from '../../policy/evaluate.ts';
import type { RoleRecord } from '../iam/state.ts';
import { isAllowed } from '../permissions/authorize.ts';
import type { Call, Caller } from '../types.ts';
import type { World } from '../world.ts';

interface Request {
  readonly ExternalId?: string | undefined;
  readonly SerialNumber?: string | undefined;
  readonly TokenCode?: string | undefined;
}

/**
 * Whether the caller may assume the role: the trust policy lets it, and so do its own policies, unless the trust policy of a role
 * of the same account names it (K12). Any MFA code counts as right.
 */
export function mayAssume(world: World, role: RoleRecord, call: Call, request: Request): boolean {
  if (!trusts(role.trustPolicy, call.caller, request)) return false;
  return isAllowed(world, { action: 'sts:AssumeRole', resource: role.arn, context: {} }, call) || isNamed(role, call.caller);
}

function isNamed(role: RoleRecord, caller: Caller): boolean {
  const parsed = parsePolicy(role.trustPolicy);
  if (!parsed.ok || role.arn.split(':')[4] !== caller.accountId) return false;
  const named = parsed.document.Statement.flatMap(({ Effect, Principal }) =>
    Effect === 'Allow' && typeof Principal === 'object' ? (Principal.AWS ?? []) : [],
  );
  return named.some((arn) => arn === caller.arn || arn === caller.roleArn);
}

function trusts(trustPolicy: string, caller: Caller, request: Request): boolean {
  const parsed = parsePolicy(trustPolicy);
  if (!parsed.ok || caller.kind === 'anonymous' || caller.kind === 'service') return false;
  const tags = Object.entries(caller.tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]);
  const { decision } = evaluate({
    principal: caller.arn,
    ...(caller.roleArn === null ? {} : { role: caller.roleArn }),
    action: 'sts:AssumeRole',
    resource: '*',
    // A trust policy must name the caller, its role or its account even within one account: the rule between accounts.
    resourceAccount: 'another',
    context: {
      ...Object.fromEntries(tags),
      ...('publicIp' in caller.network ? { 'aws:SourceIp': caller.network.publicIp } : {}),
      ...(request.ExternalId === undefined ? {} : { 'sts:ExternalId': request.ExternalId }),
      ...(request.SerialNumber && request.TokenCode ? { 'aws:MultiFactorAuthPresent': 'true' } : {}),
    },
    policies: {
      identity: [everything],
      // Statements of a trust policy have no Resource: the role is meant.
      resource: { ...parsed.document, Statement: parsed.document.Statement.map((statement) => ({ ...statement, Resource: '*' })) },
    },
  });
  return decision === 'allowed';
}

const everything: PolicyDocument = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
