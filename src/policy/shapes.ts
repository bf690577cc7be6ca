// What a policy's shape tells without a request: whom it grants to, and where it leans on addresses.
import { cidrShape } from './address.ts';
import { type ConditionBlock, listOf, type OneOrMore, type PolicyDocument, type Principal, type Statement } from './document.ts';
import { operatorOf } from './operators.ts';

export interface SourceIpUse {
  readonly sid: string | null;
  readonly effect: 'Allow' | 'Deny';
  /** As the policy writes it. */
  readonly operator: string;
  readonly values: readonly string[];
  /** What the same statement spares beside the addresses: VPC ids, VPC ARNs and endpoint ids of its negated conditions. */
  readonly spares: readonly string[];
}

/**
 * The statements that turn against a caller whose traffic moves to an endpoint, where `aws:SourceIp` is absent: an Allow by
 * IpAddress stops matching, a Deny by NotIpAddress starts to, with IfExists or without (E1, E7).
 */
export function sourceIpUses(document: PolicyDocument): readonly SourceIpUse[] {
  return document.Statement.flatMap((statement) =>
    conditionsOf(statement)
      .filter(({ key, base, ifExists }) => {
        if (key !== 'aws:sourceip') return false;
        return statement.Effect === 'Allow' ? base === 'ipaddress' && !ifExists : base === 'notipaddress';
      })
      .map(({ operator, values }) => ({
        sid: statement.Sid ?? null,
        effect: statement.Effect,
        operator,
        values,
        spares: statement.Effect === 'Deny' ? sparedNetworks(statement) : [],
      })),
  );
}

/** True where a Deny tests `aws:PrincipalIsAWSService` by plain `Bool`, and so lets anonymous requests pass (E2). */
export function usesBoolOnIsAwsService(document: PolicyDocument): boolean {
  return document.Statement.some(
    (statement) =>
      statement.Effect === 'Deny' &&
      conditionsOf(statement).some(({ key, base, ifExists }) => key === 'aws:principalisawsservice' && base === 'bool' && !ifExists),
  );
}

/**
 * Whom the policy's Allows name outside the accounts given: account ids, and `*` for grants to everybody that no condition
 * holds to those accounts. Services are not accounts and are left out.
 */
export function grantsToOtherAccounts(document: PolicyDocument, accountIds: readonly string[]): readonly string[] {
  const own = new Set(accountIds);
  const found = document.Statement.filter((statement) => statement.Effect === 'Allow').flatMap((statement) => {
    if (isWildcard(statement)) return accountsOfCondition(statement) ?? ['*'];
    return awsPrincipals(statement.Principal).flatMap((name) => /^(?:arn:[^:]+:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(name)?.[1] ?? []);
  });
  return [...new Set(found)].filter((account) => !own.has(account)).sort();
}

/**
 * Whether S3 calls the policy public: an Allow to everybody that no condition holds to fixed values (C9). Simplified: S3
 * itself also looks into the values of a few more keys.
 */
export function isPublic(document: PolicyDocument): boolean {
  return document.Statement.some(
    (statement) => statement.Effect === 'Allow' && isWildcard(statement) && !conditionsOf(statement).some(isFixed),
  );
}

interface ConditionUse {
  readonly operator: string;
  readonly base: string;
  readonly ifExists: boolean;
  /** In lower case. */
  readonly key: string;
  readonly values: readonly string[];
}

function conditionsOf(statement: Statement): readonly ConditionUse[] {
  const block: ConditionBlock = statement.Condition ?? {};
  return Object.entries(block).flatMap(([operator, keys]) => {
    const read = operatorOf(operator);
    if (read === null) return [];
    const { base, ifExists } = read;
    return Object.entries(keys).map(([key, values]) => ({
      operator,
      base,
      ifExists,
      key: key.toLowerCase(),
      values: listOf(values).map(String),
    }));
  });
}

const networkKeys = ['aws:sourcevpc', 'aws:sourcevpce', 'aws:sourcevpcarn'];

const sparedNetworks = (statement: Statement): readonly string[] =>
  conditionsOf(statement).flatMap(({ key, base, values }) => (networkKeys.includes(key) && /^(string|arn)not/.test(base) ? values : []));

const awsPrincipals = (principal: Principal | undefined): readonly string[] =>
  principal === undefined || principal === '*'
    ? []
    : Object.entries(principal as { readonly [kind: string]: OneOrMore<string> }).flatMap(([kind, names]) =>
        kind === 'AWS' ? listOf(names) : [],
      );

const isWildcard = (statement: Statement): boolean =>
  statement.NotPrincipal !== undefined || statement.Principal === '*' || awsPrincipals(statement.Principal).includes('*');

const equalities = ['stringequals', 'stringequalsignorecase', 'stringlike', 'arnequals', 'arnlike'];

/** The accounts that a grant to everybody is held to; null where none are. */
function accountsOfCondition(statement: Statement): readonly string[] | null {
  const use = conditionsOf(statement).find(
    ({ key, base, ifExists }) =>
      !ifExists && equalities.includes(base) && ['aws:principalaccount', 'aws:sourceaccount', 'aws:principalarn'].includes(key),
  );
  if (use === undefined) return null;
  return use.values.map((value) => /^(?:arn:[^:]+:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(value)?.[1] ?? '*');
}

const fixingKeys = [
  'aws:principalorgid',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:sourcearn',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:sourceowner',
  'aws:sourceaccount',
  'aws:userid',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
];

function isFixed({ key, base, ifExists, values }: ConditionUse): boolean {
  if (ifExists || values.length === 0) return false;
  if (key === 'aws:sourceip') return base === 'ipaddress' && values.every(isNarrow);
  if (!equalities.includes(base)) return false;
  // The name of an access point may be a wildcard as long as its account is fixed.
  if (key === 's3:dataaccesspointarn') return values.every((value) => /^arn:[^:]+:s3:[^:]*:\d{12}:/.test(value));
  return fixingKeys.includes(key) && values.every((value) => !/[*?]|\$\{/.test(value));
}

/** Not broader than /8, or /32 in IPv6 (C9). */
function isNarrow(cidr: string): boolean {
  const shape = cidrShape(cidr);
  return shape !== null && shape.bits >= (shape.version === 4 ? 8 : 32);
}
