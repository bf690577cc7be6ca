// S3's words for a refusal: since 2026 they name the kind of policy and, where it has one, its ARN (K2, F23).
import type { Decision, DeniedBy, PolicyType } from '../../policy/evaluate.ts';
import type { Organization } from '../organizations/state.ts';
import { AwsError, type Caller } from '../types.ts';

export interface Refused {
  readonly caller: Caller;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly decision: Decision;
  /** Texts of the SCPs and RCPs that took part, by level, to find the denying one's ARN. */
  readonly texts: { readonly scp: readonly (readonly string[])[]; readonly rcp: readonly (readonly string[])[] };
}

/** The short form, which strangers get. */
export const accessDenied = (fields: { readonly [name: string]: string } = {}): AwsError =>
  new AwsError('AccessDenied', 'Access Denied', 403, fields);

/** The error for a refused request. Only callers of the same account or organization are told why. */
export function refusalOf(refused: Refused, organization: Organization | null, fields: { readonly [name: string]: string }): AwsError {
  const { caller, action, resource, resourceAccount } = refused;
  const inOrganization = (accountId: string): boolean => organization?.accounts[accountId] !== undefined;
  const known = caller.accountId === resourceAccount || (inOrganization(caller.accountId) && inOrganization(resourceAccount));
  if (caller.kind === 'anonymous' || caller.kind === 'service' || !known) return accessDenied(fields);
  const message = `User: ${caller.arn} is not authorized to perform: ${action} on resource: "${resource}" ${reasonOf(refused, organization)}`;
  return new AwsError('AccessDenied', message, 403, fields);
}

const namesOfTypes: { readonly [type in PolicyType]: string } = {
  identity: 'identity-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  resource: 'resource-based policy',
  scp: 'service control policy',
  rcp: 'resource control policy',
  endpoint: 'VPC endpoint policy',
};

function reasonOf({ action, decision, texts }: Refused, organization: Organization | null): string {
  const [by] = decision.deniedBy;
  const type = by?.policyType ?? 'identity';
  const name = namesOfTypes[type];
  if (decision.decision !== 'explicitDeny') return `because no ${name} allows the ${action} action`;
  const article = type === 'identity' ? 'an' : 'a';
  const arn = by === undefined ? null : arnOf(by, texts, organization);
  return `with an explicit deny in ${article} ${name}${arn === null ? '' : `: ${arn}`}`;
}

/** The ARN of the organization policy that denies; null where it is of another kind or gone. */
function arnOf(by: DeniedBy, texts: Refused['texts'], organization: Organization | null): string | null {
  if (organization === null || (by.policyType !== 'scp' && by.policyType !== 'rcp') || by.level === null || by.document === null)
    return null;
  const text = texts[by.policyType][by.level]?.[by.document];
  const policy = Object.values(organization.policies).find(
    (one) => one.content === text || one.history.some((version) => version.content === text),
  );
  if (policy === undefined) return null;
  const owner = policy.awsManaged ? 'aws' : organization.managementAccountId;
  const scope = policy.awsManaged ? '' : `${organization.id}/`;
  return `arn:aws:organizations::${owner}:policy/${scope}${policy.type.toLowerCase()}/${policy.id}`;
}
