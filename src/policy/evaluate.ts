// Whether AWS would allow a request: every policy that has a say, in AWS's order, with what is not known left open.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import { agreedDecision } from './agreed.ts';
import { type CompiledStatement, compile, type MatchedRequest } from './compile.ts';
import type { ContextValues } from './context.ts';
import type { PolicyDocument } from './document.ts';
import type { Asker, Naming } from './principal.ts';
import { hasIdentity, ownerOf, type Question, questionOf, spelledAs } from './question.ts';
import { type Open, settle } from './settle.ts';
import { and, every, maybe, no, or, some, type Truth, yes } from './truth.ts';

export type PolicyType = 'identity' | 'boundary' | 'session' | 'resource' | 'scp' | 'rcp' | 'endpoint';

/** A type that is not given does not take part: without `scp` no SCP binds, without `identity` nothing is granted there. */
export interface Policies {
  readonly identity?: readonly PolicyDocument[];
  readonly boundary?: readonly PolicyDocument[];
  readonly session?: PolicyDocument;
  readonly resource?: PolicyDocument;
  readonly endpoint?: PolicyDocument;
  /** Of the principal's account, by level: root first, then the organizational units, the account last. */
  readonly scp?: readonly (readonly PolicyDocument[])[];
  /** Of the resource's account, by level. */
  readonly rcp?: readonly (readonly PolicyDocument[])[];
}

export interface AccessRequest {
  /** `arn:…`, `anonymous`, `service:NAME.amazonaws.com` or `root:ACCOUNT`. */
  readonly principal: string;
  /** For a session, its role's ARN with its path. */
  readonly role?: string;
  readonly action: string;
  readonly resource: string;
  /** The account that owns the resource; without it, the principal's own. */
  readonly resourceAccount?: string;
  /** The organization's management account, which neither SCPs nor RCPs bind. */
  readonly managementAccount?: string;
  /** Of the endpoint whose policy is given; without it, an interface endpoint. */
  readonly endpointType?: 'gateway' | 'interface';
  /** Known keys. What follows from the principal need not be given. */
  readonly context: ContextValues;
  /** Keys whose value, or absence, is not known; `aws:PrincipalTag/*` stands for all of that beginning. */
  readonly unknown?: readonly string[];
  readonly policies: Policies;
}

/** A statement that denies, or on an implicit deny (all else null) a type of policy that has no Allow. */
export interface DeniedBy {
  readonly policyType: PolicyType;
  /** Index of the level, for `scp` and `rcp`. */
  readonly level: number | null;
  readonly document: number | null;
  readonly index: number | null;
  readonly sid: string | null;
}

export interface Decision {
  readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny' | 'unknown';
  readonly deniedBy: readonly DeniedBy[];
  /** The unknown keys that an `unknown` answer depends on, as the request writes them; in lower case those that a `/*` stands for. */
  readonly dependsOn: readonly string[];
  /** True where every completion of what is unknown is denied, be it explicitly or not. */
  readonly refused: boolean;
}

/**
 * Decides a request. What is unknown is tried by class, in combinations that AWS can send (settle.ts). Throws bad input
 * (`BAD_PRINCIPAL`) where the principal has none of its forms.
 */
export function evaluate(request: AccessRequest): Decision {
  const question = questionOf(request);
  const sources = sourcesOf(request, question);
  const first = decide(request, question.asker, sources, question.matched);
  if (first.decision !== 'unknown') return first;
  const agreed = agreedDecision(settle(openOf(request, question, sources)));
  return { ...agreed, dependsOn: spelledAs(request.unknown, agreed.dependsOn) };
}

/** The request as `settle` asks about it. Throws as `evaluate` does. */
export function openQuestion(request: AccessRequest): Open<Decision> {
  const question = questionOf(request);
  return openOf(request, question, sourcesOf(request, question));
}

const openOf = (request: AccessRequest, { asker, matched }: Question, sources: readonly Source[]): Open<Decision> => ({
  asker,
  matched,
  resourceAccount: request.resourceAccount ?? null,
  documents: sources.flatMap((source) => source.documents),
  answer: (context) => decide(request, asker, sources, { ...matched, context }),
  outcomeOf: ({ decision }) => (decision === 'unknown' ? null : decision),
  openKeys: ({ dependsOn }) => dependsOn,
});

/** Kleene's logic alone; what an `unknown` answer depends on is in lower case. */
function decide(request: AccessRequest, asker: Asker, sources: readonly Source[], matched: MatchedRequest): Decision {
  const denials = sources.flatMap((source) => matchesOf(source, 'Deny', asker, matched));
  const certain = denials.filter((denial) => denial.truth === yes);
  if (certain.length > 0) return { decision: 'explicitDeny', deniedBy: certain.map(deniedByOf), dependsOn: [], refused: true };

  const grant = grantOf(request, asker, sources, matched);
  const denied = denials.some((denial) => denial.truth === maybe);
  if (grant.truth === no && !denied) return { decision: 'implicitDeny', deniedBy: grant.lacking, dependsOn: [], refused: true };
  if (grant.truth === yes && !denied) return { decision: 'allowed', deniedBy: [], dependsOn: [], refused: false };
  const allows = grant.truth === maybe ? sources.flatMap((source) => matchesOf(source, 'Allow', asker, matched)) : [];
  const open = [...denials, ...allows].flatMap((match) => match.statement.openKeys(matched));
  return { decision: 'unknown', deniedBy: [], dependsOn: [...new Set(open)], refused: grant.truth === no };
}

/** The documents of one type and level. */
interface Source {
  readonly type: PolicyType;
  readonly level: number | null;
  readonly documents: readonly PolicyDocument[];
  /** Root passes the bucket policy's Deny here (C2). */
  readonly toothless: boolean;
  /** An account that is named is its root user alone. */
  readonly accountIsRoot: boolean;
}

interface Match {
  readonly source: Source;
  readonly document: number;
  readonly statement: CompiledStatement;
  readonly naming: Naming;
  readonly truth: Truth;
}

/** The policies that bind this asker, or this resource, at all. */
function sourcesOf(request: AccessRequest, { asker, boundByScp, passesBucketPolicy }: Question): readonly Source[] {
  const { policies, managementAccount } = request;
  const found: Source[] = [];
  const add = (type: PolicyType, documents: readonly PolicyDocument[], level: number | null, toothless: boolean, accountIsRoot: boolean) =>
    found.push({ type, level, documents, toothless, accountIsRoot });
  const list = (type: PolicyType, documents: readonly PolicyDocument[] | undefined): void => {
    if (documents !== undefined) add(type, documents, null, false, false);
  };
  const levels = (type: PolicyType, of: readonly (readonly PolicyDocument[])[] | undefined): void =>
    of?.forEach((documents, level) => {
      add(type, documents, level, false, false);
    });
  if (hasIdentity(asker)) {
    const session = policies.session ?? sessionOf(asker);
    list('identity', policies.identity);
    // Root has no boundary (K12).
    if (asker.kind !== 'root') list('boundary', policies.boundary);
    if (session !== undefined) list('session', [session]);
  }
  if (policies.resource !== undefined) add('resource', [policies.resource], null, passesBucketPolicy, false);
  // https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#vpc-endpoint-policies-gateway
  if (policies.endpoint !== undefined) add('endpoint', [policies.endpoint], null, false, request.endpointType === 'gateway');
  // Who is bound: K11.
  if (boundByScp) levels('scp', policies.scp);
  const boundByRcp = !asker.serviceLinked && (managementAccount === undefined || ownerOf(request, asker) !== managementAccount);
  if (boundByRcp) levels('rcp', policies.rcp);
  return found;
}

// A federated user has only what its session policy passes on to it: without one, nothing, unless a resource policy names it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
const sessionOf = ({ kind }: Asker): PolicyDocument | undefined => (kind === 'federated' ? nothing : undefined);
const nothing: PolicyDocument = { Version: '2012-10-17', Statement: [] };

function matchesOf(source: Source, effect: 'Allow' | 'Deny', asker: Asker, request: MatchedRequest): readonly Match[] {
  if (effect === 'Deny' && source.toothless) return [];
  const found: Match[] = [];
  for (let document = 0; document < source.documents.length; document++) {
    const policy = source.documents[document];
    if (policy === undefined) continue;
    for (const statement of compile(policy)) {
      if (statement.effect !== effect) continue;
      const naming = statement.naming(asker);
      if (naming === 'none' || (naming === 'account' && source.accountIsRoot)) continue;
      const truth = statement.matches(request);
      if (truth !== no) found.push({ source, document, statement, naming, truth });
    }
  }
  return found;
}

const deniedByOf = (match: Match): DeniedBy => ({
  policyType: match.source.type,
  level: match.source.level,
  document: match.document,
  index: match.statement.index,
  sid: match.statement.sid,
});

interface Grant {
  readonly truth: Truth;
  readonly lacking: readonly DeniedBy[];
}

/** Whether the request is granted, explicit denies aside; K12 sentence by sentence. */
function grantOf(request: AccessRequest, asker: Asker, sources: readonly Source[], matched: MatchedRequest): Grant {
  const allows = (source: Source): Truth => some(matchesOf(source, 'Allow', asker, matched), (match) => match.truth);
  const of = (type: PolicyType): readonly Source[] => sources.filter((source) => source.type === type);
  const limit = (type: PolicyType): Truth => every(of(type), allows);

  const resource = of('resource').flatMap((source) => matchesOf(source, 'Allow', asker, matched));
  const named = (...namings: readonly Naming[]): Truth =>
    some(
      resource.filter((match) => namings.includes(match.naming)),
      (match) => match.truth,
    );
  const identity = asker.kind === 'root' ? yes : some(of('identity'), allows);
  const limits = and(limit('boundary'), limit('session'));
  const granted = grantedTo(asker, ownerOf(request, asker), { identity, limits, named });

  const intersections: readonly PolicyType[] = ['scp', 'rcp', 'endpoint'];
  const truth = intersections.reduce<Truth>((result, type) => and(result, limit(type)), granted.truth);
  const lacking: readonly PolicyType[] = [
    ...(granted.truth === no ? granted.lacking : []),
    ...(granted.truth === no && identity !== no ? (['boundary', 'session'] as const).filter((type) => limit(type) === no) : []),
    ...intersections.filter((type) => limit(type) === no),
  ];
  return {
    truth,
    lacking: [...new Set(lacking)].map((policyType) => ({ policyType, level: null, document: null, index: null, sid: null })),
  };
}

interface Grants {
  readonly identity: Truth;
  /** What the boundary and the session policy leave. */
  readonly limits: Truth;
  named(...namings: readonly Naming[]): Truth;
}

function grantedTo(asker: Asker, owner: string | null, grants: Grants): { readonly truth: Truth; readonly lacking: readonly PolicyType[] } {
  const { identity, limits, named } = grants;
  if (asker.kind === 'anonymous' || asker.kind === 'service') return { truth: named('itself'), lacking: ['resource'] };
  if (asker.accountId === owner) {
    // Naming the account only delegates to the identity policy; naming the role is bounded; naming the user, the session or
    // everybody is not.
    const truth = or(named('itself'), and(or(named('role'), identity), limits));
    return { truth, lacking: identity === no && named('role') === no ? ['identity', 'resource'] : [] };
  }
  const theirs = named('itself', 'role', 'account');
  const lacking: readonly PolicyType[] = [
    ...(identity === no ? (['identity'] as const) : []),
    ...(theirs === no ? (['resource'] as const) : []),
  ];
  return { truth: and(and(identity, limits), theirs), lacking };
}
