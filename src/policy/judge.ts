// The perimeter's own say about a request, all else taken as allowed: what a replay asks of every path, and what a picture
// of the conditions is drawn from.
import { type CompiledStatement, compile, type MatchedRequest } from './compile.ts';
import { lookup } from './context.ts';
import type { PolicyDocument } from './document.ts';
import { type AccessRequest, type DeniedBy, type Question, questionOf, spelledAs } from './evaluate.ts';
import { maybe, no, type Truth, yes } from './truth.ts';

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
 * Whether one of the perimeter's Denies matches. Who is bound at all follows from the request (K11), as in `evaluate`. Throws
 * bad input (`BAD_PRINCIPAL`) where the principal has none of its forms.
 */
export function judge(request: PerimeterRequest, documents: PerimeterDocuments): Judgement {
  const question = questionOf(request);
  const certain: DeniedBy[] = [];
  const open: DeniedBy[] = [];
  const keys: string[] = [];
  const ask = (policyType: 'scp' | 'resource', document: PolicyDocument | null): void => {
    if (document === null) return;
    for (const statement of compile(document)) {
      const truth = denies(statement, question);
      if (truth === no) continue;
      const { index, sid } = statement;
      (truth === yes ? certain : open).push({ policyType, level: null, document: null, index, sid });
      if (truth === maybe) keys.push(...statement.openKeys(question.matched));
    }
  };
  if (question.boundByScp) ask('scp', documents.scp);
  if (!question.passesBucketPolicy) ask('resource', documents.bucket);
  if (certain.length > 0) return { verdict: 'denied', deniedBy: certain, dependsOn: [] };
  if (open.length > 0) return { verdict: 'unknown', deniedBy: open, dependsOn: spelledAs(request.unknown, keys) };
  return passes;
}

const passes: Judgement = { verdict: 'passes', deniedBy: [], dependsOn: [] };

const denies = (statement: CompiledStatement, { asker, matched }: Question): Truth =>
  statement.effect === 'Deny' && statement.naming(asker) !== 'none' ? statement.matches(matched) : no;

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
  const found = lookup(context, key.toLowerCase());
  return found.length === 0 ? 'absent' : found;
}
