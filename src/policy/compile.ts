// A document made ready to be asked many times: patterns, addresses and principals are read once.
import { lookup, type RequestContext } from './context.ts';
import { listOf, type OneOrMore, type PolicyDocument, type Statement } from './document.ts';
import { glob, globPieces, type Matcher } from './match.ts';
import { type Clause, clausesOf } from './operators.ts';
import { type Asker, type Naming, type PrincipalMatcher, principalMatcher } from './principal.ts';
import { and, maybe, no, not, or, type Truth, truthOf, yes } from './truth.ts';
import { type Template, templateOf } from './variables.ts';

export interface CompiledStatement {
  readonly index: number;
  readonly sid: string | null;
  readonly effect: 'Allow' | 'Deny';
  readonly clauses: readonly Clause[];
  naming(asker: Asker): Naming;
  /** Do action and resource match. */
  covers(request: MatchedRequest): Truth;
  /** Does it match, the principal aside. */
  matches(request: MatchedRequest): Truth;
  /** The keys, in lower case, on which the answer depends in this request for want of knowing them. */
  openKeys(request: MatchedRequest): readonly string[];
}

export interface MatchedRequest {
  /** In lower case: action names are case-insensitive. */
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

/** The document's statements; the same object is compiled once. */
export function compile(document: PolicyDocument): readonly CompiledStatement[] {
  let compiled = compiledDocuments.get(document);
  if (compiled === undefined) {
    const variables = document.Version === '2012-10-17';
    compiled = document.Statement.map((statement, index) => compileStatement(statement, index, variables));
    compiledDocuments.set(document, compiled);
  }
  return compiled;
}

const compiledDocuments = new WeakMap<PolicyDocument, readonly CompiledStatement[]>();

function compileStatement(statement: Statement, index: number, variables: boolean): CompiledStatement {
  const action = actionMatcher(statement);
  const resource = resourceMatcher(statement, variables);
  const clauses = clausesOf(statement.Condition, variables);
  const naming: PrincipalMatcher = principalMatcher(statement);
  const covers = (request: MatchedRequest): Truth => (action(request.action) ? resource.test(request) : no);
  const matches = (request: MatchedRequest): Truth => {
    let result = covers(request);
    for (const clause of clauses) {
      if (result === no) return no;
      result = and(result, clause.test(request.context));
    }
    return result;
  };
  return {
    index,
    sid: statement.Sid ?? null,
    effect: statement.Effect,
    clauses,
    naming,
    covers,
    matches,
    openKeys: (request) => (matches(request) === maybe ? openKeysOf(request, resource, clauses) : []),
  };
}

function openKeysOf(request: MatchedRequest, resource: ResourceMatcher, clauses: readonly Clause[]): readonly string[] {
  const open = clauses.filter((clause) => clause.test(request.context) === maybe).flatMap((clause) => clause.keys);
  return [...(resource.test(request) === maybe ? resource.keys : []), ...open].filter((key) => lookup(request.context, key) === 'unknown');
}

function actionMatcher(statement: Statement): Matcher {
  const anyOf = (patterns: OneOrMore<string>): Matcher => {
    const matchers = listOf(patterns).map((pattern) => glob(pattern.toLowerCase()));
    return (action) => {
      for (const matches of matchers) if (matches(action)) return true;
      return false;
    };
  };
  if (statement.NotAction === undefined) return anyOf(statement.Action ?? []);
  const listed = anyOf(statement.NotAction);
  return (action) => !listed(action);
}

interface ResourceMatcher {
  readonly keys: readonly string[];
  test(request: MatchedRequest): Truth;
}

/** A trust policy has no Resource: it is about the role that it stands on. */
function resourceMatcher(statement: Statement, variables: boolean): ResourceMatcher {
  if (statement.Resource === undefined && statement.NotResource === undefined) return { keys: [], test: () => yes };
  const listed = anyResource(listOf(statement.Resource ?? statement.NotResource), variables);
  if (statement.Resource !== undefined) return listed;
  return { keys: listed.keys, test: (request) => not(listed.test(request)) };
}

function anyResource(patterns: readonly string[], variables: boolean): ResourceMatcher {
  const fixed: Matcher[] = [];
  const templates: Template[] = [];
  for (const pattern of patterns) {
    const template = variables ? templateOf(pattern, true) : null;
    if (template === null) fixed.push(glob(pattern));
    else templates.push(template);
  }
  return {
    keys: templates.flatMap((template) => template.keys),
    test({ resource, context }) {
      for (const matches of fixed) if (matches(resource)) return yes;
      let result: Truth = no;
      for (const template of templates) {
        const pieces = template.resolve(context);
        if (pieces !== null) result = or(result, pieces === 'unknown' ? maybe : truthOf(globPieces(pieces)(resource)));
      }
      return result;
    },
  };
}
