// Who may assume a role: its trust policy, with the keys that a request to STS carries.
import { type PolicyDocument, parsePolicy } from '../../policy/document.ts';
import { evaluate } from '../../policy/evaluate.ts';
import type { Caller } from '../types.ts';

interface Request {
  readonly ExternalId?: string | undefined;
  readonly SerialNumber?: string | undefined;
  readonly TokenCode?: string | undefined;
}

/**
 * Whether a role's trust policy lets the caller assume it. The caller's own policies are taken to allow it. Any MFA code
 * counts as right.
 */
export function trusts(trustPolicy: string, caller: Caller, request: Request): boolean {
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
