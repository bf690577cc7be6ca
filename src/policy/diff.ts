// Which requests change their verdict between two policies or sets of policies: all are compared, one of each class that the
// statements of either side can tell apart.
import { type CompiledStatement, compile } from './compile.ts';
import { type ContextValues, keyName, lookup, type RequestContext } from './context.ts';
import { listOf, type PolicyDocument, type Statement } from './document.ts';
import { type AccessRequest, type Decision, type DeniedBy, openQuestion, type Policies } from './evaluate.ts';
import { documentsOf, type PolicySet } from './policy-sets.ts';
import { type Question, questionOf } from './question.ts';
import { actionClasses, type Call, type Caller, callerClasses, isAbout, resourceClasses, shownContext } from './request-classes.ts';
import { type Open, settle } from './settle.ts';
import { maybe, no, yes } from './truth.ts';
import { templateOf } from './variables.ts';

/** `none`: no statement of the documents is about the request. */
export type Verdict = 'allowed' | 'denied' | 'none';

export interface Deciding {
  readonly policyType: DeniedBy['policyType'] | null;
  readonly level: number | null;
  readonly document: number | null;
  readonly index: number | null;
  readonly sid: string | null;
}

export interface Side {
  readonly verdict: Verdict;
  /** Of documents that allow: how they name the caller. Its account alone leaves the rest to its own policies (K12). */
  readonly naming: (typeof namings)[number] | null;
  /** The statements that decide; of sets, those that deny or the types of policy that lack an Allow. */
  readonly by: readonly Deciding[];
}

export interface VerdictChange {
  readonly old: Side;
  readonly new: Side;
  readonly request: Pick<AccessRequest, 'principal' | 'role' | 'action' | 'resource' | 'context'>;
}

export interface PolicyDiff {
  /** One for each pair of verdicts and deciding statements, with the smallest context that shows it. */
  readonly changes: readonly VerdictChange[];
  /** How many classes of requests were compared. */
  readonly classes: number;
  /** False where there may be more classes: nothing is proven then by there being no change. */
  readonly complete: boolean;
}

/** Compares two sides of one form, in bounded work. Two that are the same to the letter are not compared: no class, no change. */
export function diffPolicies(old: PolicySet, now: PolicySet): PolicyDiff {
  if (JSON.stringify(old) === JSON.stringify(now)) return { changes: [], classes: 0, complete: true };
  const documents = [...documentsOf(old), ...documentsOf(now)];
  const [callers, actions, resources] = [callerClasses(documents), actionClasses(documents), resourceClasses(documents)];
  const spelled = keysOf(documents);
  const found = new Map<string, VerdictChange>();
  const settled = new Set<string>();
  let complete = callers.complete && actions.complete && resources.complete;
  let classes = 0;
  let work = 0;
  for (const caller of distinctCallers(callers.values, documents, spelled)) {
    for (const call of actions.values) {
      for (const resource of resources.values.filter((one) => isAbout(call, one))) {
        if (++work > mostRequests || classes > mostClasses) return { changes: [...found.values()], classes, complete: false };
        const request = requestOf(caller, call, resource, spelled);
        const id = aboutThis(request, documents, caller);
        if (settled.has(id)) continue;
        settled.add(id);
        for (const { answer, outcome, context } of settle(openPair(old, now, request)).completions) {
          classes++;
          if (outcome === null) complete = false;
          else if (outcome !== same)
            keep(found, outcome, { ...answer, request: { ...exampleOf(request), context: contextOf(context, spelled) } });
        }
      }
    }
  }
  return { changes: [...found.values()], classes, complete };
}

const mostRequests = 20_000;
const mostClasses = 200_000;
const same = 'same';

function keep(found: Map<string, VerdictChange>, outcome: string, change: VerdictChange): void {
  const size = ({ request }: VerdictChange): number => Object.keys(request.context).length;
  const known = found.get(outcome);
  if (known === undefined || size(change) < size(known)) found.set(outcome, change);
}

type Asked = Omit<AccessRequest, 'policies'>;

const requestOf = ({ principal, role }: Caller, { action }: Call, resource: string, spelled: ReadonlyMap<string, string>): Asked => ({
  principal,
  ...(role === null ? {} : { role }),
  action,
  resource,
  context: {},
  unknown: [...spelled.values()].filter((key) => !ofCaller.includes(keyName(key))),
});

const exampleOf = ({ principal, role, action, resource }: Asked): Omit<VerdictChange['request'], 'context'> => ({
  principal,
  ...(role === undefined ? {} : { role }),
  action,
  resource,
});

/** Keys that follow from who asks. */
const ofCaller = [
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principaltype',
  'aws:principalisawsservice',
  'aws:principalservicename',
  'aws:username',
];

/** The keys of conditions and variables, by their names in lower case, as the policies spell them. */
function keysOf(documents: readonly PolicyDocument[]): ReadonlyMap<string, string> {
  const keys = documents.flatMap(compile).flatMap(({ clauses }) => clauses.map(({ key }) => key));
  const variables = documents.flatMap(compile).flatMap(({ clauses }) => clauses.flatMap((clause) => clause.keys));
  const inResources = documents
    .flatMap(({ Statement }) => Statement)
    .flatMap(({ Resource, NotResource }) => listOf(Resource ?? NotResource).flatMap((text) => templateOf(text, true)?.keys ?? []));
  return new Map([...inResources, ...variables, ...keys].map((key) => [keyName(key), key]));
}

const contextOf = (context: RequestContext, spelled: ReadonlyMap<string, string>): ContextValues =>
  shownContext(
    [...spelled].flatMap(([name, key]) => {
      const values = ofCaller.includes(name) ? 'absent' : lookup(context, name);
      return typeof values === 'string' || values.length === 0 ? [] : [[key, values]];
    }),
  );

/** Callers that no statement tells apart are one. */
function distinctCallers(
  callers: readonly Caller[],
  documents: readonly PolicyDocument[],
  spelled: ReadonlyMap<string, string>,
): readonly Caller[] {
  const seen = new Set<string>();
  return callers.filter((caller) => {
    const { asker, matched, boundByScp } = questionOf(requestOf(caller, { action: 'a:a', on: null }, '', spelled));
    const kind = asker.kind === 'anonymous' || asker.kind === 'service' ? asker.kind : 'identity';
    const truths = documents
      .flatMap(compile)
      .map((statement) => [
        statement.naming(asker),
        ...statement.clauses.map((clause) => (clause.keys.some((key) => ofCaller.includes(key)) ? clause.test(matched.context) : maybe)),
      ]);
    const hasVariables = documents
      .flatMap(compile)
      .some(({ clauses }) => clauses.some(({ keys }) => keys.slice(1).some((key) => ofCaller.includes(key))));
    const id = JSON.stringify([kind, boundByScp, asker.kind === 'root', truths, hasVariables ? asker.name : '']);
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}

/** What of the policies is about a request: two requests with the same are decided alike in every context. */
function aboutThis(request: Asked, documents: readonly PolicyDocument[], caller: Caller): string {
  const { asker, matched, passesBucketPolicy } = questionOf(request);
  const about = documents.map((document) =>
    compile(document).map((statement) => (statement.naming(asker) === 'none' ? no : statement.covers(matched))),
  );
  return JSON.stringify([caller.principal, passesBucketPolicy, about, about.flat().includes(maybe) ? matched.resource : '']);
}

interface Pair {
  readonly old: Side;
  readonly new: Side;
}

interface OpenPair extends Pair {
  readonly isKnown: boolean;
  readonly open: readonly string[];
}

function openPair(old: PolicySet, now: PolicySet, request: Asked): Open<OpenPair> {
  const question = questionOf(request);
  const resourceAccount = question.asker.accountId;
  const [one, other] = [answererOf(old, now, request, question), answererOf(now, old, request, question)];
  return {
    asker: question.asker,
    matched: question.matched,
    resourceAccount,
    documents: [...documentsOf(old), ...documentsOf(now)],
    answer: (context) => {
      const [before, after] = [one(context), other(context)];
      const open = [...new Set([...before.open, ...after.open])];
      return { old: before.side, new: after.side, open, isKnown: open.length === 0 && before.known && after.known };
    },
    outcomeOf: (pair) => {
      if (!pair.isKnown) return null;
      return pair.old.verdict === pair.new.verdict && pair.old.naming === pair.new.naming ? same : JSON.stringify([pair.old, pair.new]);
    },
    openKeys: ({ open }) => open,
  };
}

interface Answer {
  readonly side: Side;
  readonly known: boolean;
  readonly open: readonly string[];
}

type Answerer = (context: RequestContext) => Answer;

function answererOf(set: PolicySet, other: PolicySet, request: Asked, question: Question): Answerer {
  if (set.type === 'policies') {
    const open = openQuestion({ ...request, policies: withIdentity(set.policies, other.type === 'policies' ? other.policies : {}) });
    return (context) => {
      const { decision, deniedBy, dependsOn }: Decision = open.answer(context);
      const verdict = decision === 'allowed' ? 'allowed' : 'denied';
      return { side: { verdict, naming: null, by: deniedBy }, known: decision !== 'unknown', open: dependsOn };
    };
  }
  return (context) => answerOfDocuments(set.documents, question, context);
}

// Where neither side says what identity policies grant, all is granted: the difference lies elsewhere.
const withIdentity = (policies: Policies, other: Policies): Policies =>
  policies.identity === undefined && other.identity === undefined ? { ...policies, identity: [allowAll] } : policies;

const allowAll: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

function answerOfDocuments(documents: readonly PolicyDocument[], { asker, matched }: Question, context: RequestContext): Answer {
  const request = { ...matched, context };
  const found = documents.flatMap((document, at) =>
    compile(document).flatMap((statement) => {
      const naming = statement.naming(asker);
      const truth = naming === 'none' ? no : statement.matches(request);
      return naming === 'none' || truth === no ? [] : [{ at, statement, naming, truth }];
    }),
  );
  const deciding = (effect: Statement['Effect']) => found.filter(({ statement, truth }) => statement.effect === effect && truth === yes);
  const by = (list: readonly { at: number; statement: CompiledStatement }[]): readonly Deciding[] =>
    list.map(({ at, statement: { index, sid } }) => ({ policyType: null, level: null, document: at, index, sid }));
  const denies = deciding('Deny');
  if (denies.length > 0) return { side: { verdict: 'denied', naming: null, by: by(denies) }, known: true, open: [] };
  const open = found.filter(({ truth }) => truth === maybe).flatMap(({ statement }) => statement.openKeys(request));
  const isOpen = found.some(({ truth }) => truth === maybe);
  const allows = deciding('Allow');
  if (allows.length === 0) return { side: { verdict: 'none', naming: null, by: [] }, known: !isOpen, open };
  const naming = namings.find((one) => allows.some((allow) => allow.naming === one)) ?? null;
  return { side: { verdict: 'allowed', naming, by: by(allows) }, known: !isOpen, open };
}

/** What names the caller itself grants the most (K12). */
const namings = ['itself', 'role', 'account'] as const;
