// The perimeter's own say about a request, all else taken as allowed: what a replay asks of every path, and what a picture
// of the conditions is drawn from.
import { agreedJudgement } from './agreed.ts';
import { type CompiledStatement, compile, type MatchedRequest } from './compile.ts';
import { keyName, lookup } from './context.ts';
import type { PolicyDocument } from './document.ts';
import type { AccessRequest, DeniedBy } from './evaluate.ts';
import { type Question, questionOf, spelledAs } from './question.ts';
import { type Open, settle } from './settle.ts';
import { no, type Truth, yes } from './truth.ts';

/** A request without the policies that stand around it. */
export type PerimeterRequest = Omit<AccessRequest, 'policies'>;

/** The perimeter's policies; null: that policy does not take part. */
export interface PerimeterDocuments {
  readonly scp: PolicyDocument | null;
  readonly bucket: PolicyDocument | null;
}

export interface Judgement {
  readonly verdict: 'passes' | 'denied' | 'unknown';
  /** The statements that deny; of `unknown`, those that deny in some completion and not in another. */
  readonly deniedBy: readonly DeniedBy[];
  /** The unknown keys that settle it, as the request writes them. */
  readonly dependsOn: readonly string[];
}

/**
 * Whether one of the perimeter's Denies matches. Who is bound at all follows from the request (K11), as in `evaluate`, and what is
 * unknown is tried by class as there. Throws bad input (`BAD_PRINCIPAL`) where the principal has none of its forms.
 */
export function judge(request: PerimeterRequest, documents: PerimeterDocuments): Judgement {
  const question = questionOf(request);
  const first = judgeByKleene(question, documents);
  if (first.verdict !== 'unknown') return first;
  const agreed = agreedJudgement(settle(openJudgement(request, question, documents)));
  return { ...agreed, dependsOn: spelledAs(request.unknown, agreed.dependsOn) };
}

const openJudgement = ({ resourceAccount }: PerimeterRequest, question: Question, documents: PerimeterDocuments): Open<Judgement> => ({
  asker: question.asker,
  matched: question.matched,
  resourceAccount: resourceAccount ?? null,
  documents: [documents.scp, documents.bucket].filter((document) => document !== null),
  answer: (context) => judgeByKleene({ ...question, matched: { ...question.matched, context } }, documents),
  outcomeOf: ({ verdict }) => (verdict === 'unknown' ? null : verdict),
  openKeys: ({ dependsOn }) => dependsOn,
});

/** Kleene's logic alone; what an `unknown` answer depends on is in lower case. */
function judgeByKleene(question: Question, documents: PerimeterDocuments): Judgement {
  const found: Denial[] = [];
  if (documents.scp !== null && question.boundByScp) findDenials('scp', documents.scp, question, found);
  if (documents.bucket !== null && !question.passesBucketPolicy) findDenials('resource', documents.bucket, question, found);
  if (found.length === 0) return passes;
  const certain = found.filter(({ truth }) => truth === yes);
  if (certain.length > 0) return { verdict: 'denied', deniedBy: certain.map(deniedByOf), dependsOn: [] };
  const keys = found.flatMap(({ statement }) => statement.openKeys(question.matched));
  return { verdict: 'unknown', deniedBy: found.map(deniedByOf), dependsOn: [...new Set(keys)] };
}

const passes: Judgement = { verdict: 'passes', deniedBy: [], dependsOn: [] };

interface Denial {
  readonly policyType: 'scp' | 'resource';
  readonly statement: CompiledStatement;
  readonly truth: Truth;
}

/** Adds to `found` the statements that deny, or may. */
function findDenials(policyType: Denial['policyType'], document: PolicyDocument, { asker, matched }: Question, found: Denial[]): void {
  for (const statement of compile(document)) {
    if (statement.effect !== 'Deny' || statement.naming(asker) === 'none') continue;
    const truth = statement.matches(matched);
    if (truth !== no) found.push({ policyType, statement, truth });
  }
}

const deniedByOf = ({ policyType, statement: { index, sid } }: Denial): DeniedBy => ({
  policyType,
  level: null,
  document: null,
  index,
  sid,
});

/** One operator on one key of a statement, beside what the request has there. */
export interface ClauseSeen {
  /** Of the statement. */
  readonly index: number;
  readonly sid: string | null;
  /** As the policy writes them. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  readonly truth: 'holds' | 'fails' | 'unknown';
  readonly seen: readonly string[] | 'absent' | 'unknown';
}

/**
 * The clauses of those statements that are about this request: principal, action and resource match, or may match. Statements
 * without a condition have none. Throws as `judge` does.
 */
export function clausesSeen(request: PerimeterRequest, document: PolicyDocument): readonly ClauseSeen[] {
  const { asker, matched } = questionOf(request);
  const about = (statement: CompiledStatement): boolean => statement.naming(asker) !== 'none' && statement.covers(matched) !== no;
  return compile(document)
    .filter(about)
    .flatMap(({ index, sid, clauses }) =>
      clauses.map((clause) => ({
        index,
        sid,
        operator: clause.operator,
        key: clause.key,
        values: clause.values,
        truth: wordOf(clause.test(matched.context)),
        seen: seenOf(matched, clause.key),
      })),
    );
}

const wordOf = (truth: Truth): ClauseSeen['truth'] => (truth === yes ? 'holds' : truth === no ? 'fails' : 'unknown');

function seenOf({ context }: MatchedRequest, key: string): ClauseSeen['seen'] {
  const found = lookup(context, keyName(key));
  return found.length === 0 ? 'absent' : found;
}
