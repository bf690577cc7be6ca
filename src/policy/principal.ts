// Who asks, and how a Principal element names it: the way it is named decides what else must allow (K12).
import { listOf, type OneOrMore, type Principal } from './document.ts';

export interface Asker {
  readonly kind: 'user' | 'session' | 'federated' | 'root' | 'anonymous' | 'service';
  /** As the request gives it; for a service its host name. */
  readonly name: string;
  /** Null for anonymous requests and services. */
  readonly accountId: string | null;
  /** The role's ARN with its path, for a session; for a federated user that of the user who federated it, null if not told. */
  readonly roleArn: string | null;
  readonly serviceLinked: boolean;
}

/**
 * Reads `arn:…`, `anonymous`, `service:NAME.amazonaws.com` or `root:ACCOUNT`. `roleArn`: the ARN with its path of a
 * session's role, without which the role is taken to have no path; for a federated user that of the user who federated it.
 * Answers null for anything else.
 */
export function askerOf(principal: string, roleArn: string | null): Asker | null {
  const known = askers.get(principal);
  if (known !== undefined && known.roleArn === roleArn) return known.asker;
  if (askers.size >= mostAskers) askers.clear();
  const asker = readAsker(principal, roleArn);
  askers.set(principal, { roleArn, asker });
  return asker;
}

// The same few principals ask again and again.
const askers = new Map<string, { readonly roleArn: string | null; readonly asker: Asker | null }>();
const mostAskers = 10_000;

function readAsker(principal: string, roleArn: string | null): Asker | null {
  const base = { roleArn: null, serviceLinked: false };
  if (principal === 'anonymous') return { ...base, kind: 'anonymous', name: principal, accountId: null };
  if (principal.startsWith('service:')) return { ...base, kind: 'service', name: principal.slice('service:'.length), accountId: null };
  const account = /^root:(\d{12})$/.exec(principal)?.[1];
  if (account !== undefined) return { ...base, kind: 'root', name: `arn:aws:iam::${account}:root`, accountId: account };
  const [, partition = '', service, accountId = '', resource = ''] = /^arn:([^:]+):(iam|sts)::(\d{12}):(.+)$/.exec(principal) ?? [];
  if (service === undefined) return null;
  const named = { ...base, name: principal, accountId };
  const [type, name] = resource.split('/');
  if (resource === 'root') return { ...named, kind: 'root' };
  // IAM's users stand under iam; look-alikes of AWS answer GetCallerIdentity with them under sts.
  if (type === 'user') return { ...named, kind: 'user' };
  if (service === 'sts' && type === 'federated-user') return { ...named, kind: 'federated', roleArn };
  const role = service === 'iam' && type === 'role' ? principal : (roleArn ?? `arn:${partition}:iam::${accountId}:role/${name}`);
  if (type !== 'role' && type !== 'assumed-role') return null;
  return { ...named, kind: 'session', roleArn: role, serviceLinked: role.includes(':role/aws-service-role/') };
}

/** The value of a key, named in lower case, that AWS always sets and that follows from the principal (E2, E15, E16). */
export const impliedBy = (asker: Asker, key: string): string | undefined => implied.get(key)?.(asker);

const isPrincipal = ({ accountId }: Asker): boolean => accountId !== null;
const typesOfPrincipal = {
  user: 'User',
  session: 'AssumedRole',
  federated: 'FederatedUser',
  root: 'Account',
  anonymous: 'Anonymous',
  service: 'Service',
} as const;

const implied = new Map<string, (asker: Asker) => string | undefined>([
  ['aws:viaawsservice', () => 'false'],
  ['aws:securetransport', () => 'true'],
  ['aws:principaltype', ({ kind }) => typesOfPrincipal[kind]],
  ['aws:principalisawsservice', ({ kind }) => (kind === 'anonymous' ? undefined : String(kind === 'service'))],
  ['aws:principalservicename', ({ kind, name }) => (kind === 'service' ? name : undefined)],
  ['aws:principalaccount', ({ kind, accountId }) => (kind === 'anonymous' ? 'anonymous' : (accountId ?? undefined))],
  ['aws:principalarn', (asker) => (isPrincipal(asker) ? ((asker.kind === 'session' ? asker.roleArn : null) ?? asker.name) : undefined)],
  ['aws:username', ({ kind, name }) => (kind === 'user' ? name.slice(name.lastIndexOf('/') + 1) : undefined)],
]);

/** How a statement names the asker: by itself (or by `*`), by its role, by its account, or not at all. */
export type Naming = 'itself' | 'role' | 'account' | 'none';

export type PrincipalMatcher = (asker: Asker) => Naming;

/** A statement's Principal or NotPrincipal; statements without either (identity policies, SCPs) name whoever asks. */
export function principalMatcher(statement: {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: Principal;
  readonly NotPrincipal?: Principal;
}): PrincipalMatcher {
  if (statement.Principal !== undefined) return namesOf(statement.Principal);
  if (statement.NotPrincipal === undefined) return () => 'itself';
  const names = namedOf(statement.NotPrincipal);
  const deny = statement.Effect === 'Deny';
  // A Deny spares a session only if the account, the role and the session are all listed.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
  return (asker) => {
    const chain = namesOfAsker(asker).map((name) => names.has(name));
    const spared = names.has('*') || (deny ? chain.length > 0 && chain.every(Boolean) : chain.some(Boolean));
    return spared ? 'none' : 'itself';
  };
}

function namesOf(principal: Principal): PrincipalMatcher {
  const names = namedOf(principal);
  if (names.has('*')) return () => 'itself';
  return (asker) => {
    if (names.has(asker.kind === 'service' ? `service:${asker.name}` : asker.name)) return asker.roleArn === asker.name ? 'role' : 'itself';
    if (asker.roleArn !== null && names.has(asker.roleArn)) return 'role';
    if (asker.accountId === null || !names.has(asker.accountId)) return 'none';
    return asker.kind === 'root' ? 'itself' : 'account';
  };
}

/** Everything that a Principal element lists: an account by its id however it is written, a service with its prefix. */
function namedOf(principal: Principal): ReadonlySet<string> {
  if (principal === '*') return new Set(['*']);
  return new Set(
    Object.entries(principal as { readonly [kind: string]: OneOrMore<string> }).flatMap(([kind, names]) =>
      kind === 'AWS'
        ? listOf(names).map((name) => accountOfRoot(name) ?? name)
        : kind === 'Service'
          ? listOf(names).map((name) => `service:${name}`)
          : [],
    ),
  );
}

const accountOfRoot = (name: string): string | undefined => /^arn:[^:]+:iam::(\d{12}):root$/.exec(name)?.[1];

/** From the account down to the asker itself, each as `namedOf` has it. */
function namesOfAsker(asker: Asker): readonly string[] {
  if (asker.kind === 'service') return [`service:${asker.name}`];
  if (asker.accountId === null) return [];
  if (asker.kind === 'root') return [asker.accountId];
  return [...new Set([asker.accountId, ...(asker.roleArn === null ? [] : [asker.roleArn]), asker.name])];
}
