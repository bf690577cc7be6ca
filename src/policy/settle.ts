// Where Kleene's logic leaves an answer open, the open keys are tried by class: what all completions that AWS can send agree on
// is the answer, and where they do not agree, the keys that make the difference are what would settle it.

import type { Use } from './comparisons.ts';
import { compile, type MatchedRequest } from './compile.ts';
import { type RequestContext, saidIn, withValue } from './context.ts';
import type { PolicyDocument } from './document.ts';
import { listOf } from './document.ts';
import { valueThatFollows } from './partners.ts';
import { isPossible } from './possible.ts';
import type { Asker } from './principal.ts';
import type { ResourceUse } from './solutions.ts';
import { maybe } from './truth.ts';
import { valueClasses } from './values.ts';
import { templateOf } from './variables.ts';

/** A request whose answer is open, and how it is asked. */
export interface Open<A> {
  readonly asker: Asker;
  readonly matched: MatchedRequest;
  readonly resourceAccount: string | null;
  /** The policies that take part. */
  readonly documents: readonly PolicyDocument[];
  /** Kleene's answer. */
  answer(context: RequestContext): A;
  /** Two answers of one outcome are the same; null: Kleene leaves it open. */
  outcomeOf(answer: A): string | null;
  /** The unknown keys, in lower case, on which an open answer depends. */
  openKeys(answer: A): readonly string[];
}

/** An answer and a completion of what was open that has it: further unknown keys make no difference to it. */
export interface Completed<A> {
  readonly answer: A;
  /** Null where the answer is open still: the work's bound, or values that cannot be listed. */
  readonly outcome: string | null;
  readonly context: RequestContext;
}

export interface Settlement<A> {
  /** Of all completions, by class. */
  readonly completions: readonly Completed<A>[];
  /** The keys, in lower case, that make a difference between completions; empty where all agree. */
  readonly dependsOn: readonly string[];
}

/**
 * Tries the open keys by class, in a bounded number of answers (`most`), and only in combinations that AWS can send as far as
 * `possible.ts` knows them. Policy variables over open keys: such a key has the values that make a pattern equal to what is
 * known; compared with another open key, its values cannot be listed, and the answer stays open unless it is the same without.
 */
export function settle<A>(open: Open<A>, most = 2_000): Settlement<A> {
  const uses = usesOf(open);
  const completions: Completed<A>[] = [];
  const diagrams = new Map<string, Diagram>();
  const merged = (id: string, make: () => Diagram): Diagram => {
    let diagram = diagrams.get(id);
    if (diagram === undefined) {
      diagram = make();
      diagrams.set(id, diagram);
    }
    return diagram;
  };
  let answers = 0;
  let made = 0;
  // Never the same as another: nobody knows what the rest would come to.
  const stuck = (answer: A, context: RequestContext): Diagram => {
    completions.push({ answer, outcome: null, context });
    return { id: made++, keys: new Set(open.openKeys(answer)) };
  };
  const walk = (context: RequestContext): Diagram => {
    const answer = open.answer(context);
    answers++;
    const outcome = open.outcomeOf(answer);
    if (outcome !== null) {
      completions.push({ answer, outcome, context });
      return merged(outcome, () => ({ id: made++, keys: new Set() }));
    }
    const key = uses.next(open.openKeys(answer));
    if (key === null || answers >= most) return stuck(answer, context);
    const { values, complete } = uses.values(key, context);
    const children = values.map((value) => ({ value, diagram: walk(withValue(context, key, value)) }));
    if (!complete) children.push({ value: [], diagram: stuck(answer, context) });
    const [first] = children;
    if (first === undefined) return stuck(answer, context);
    if (children.every(({ diagram }) => diagram.id === first.diagram.id)) return first.diagram;
    const id = JSON.stringify([key, children.map(({ value, diagram }) => [value, diagram.id])]);
    return merged(id, () => ({ id: made++, keys: new Set([key, ...children.flatMap(({ diagram }) => [...diagram.keys])]) }));
  };
  return { dependsOn: [...walk(open.matched.context).keys].sort(), completions };
}

/** A decision diagram in which equal parts are one, so that a key that makes no difference drops out. */
interface Diagram {
  readonly id: number;
  /** The keys that make a difference below. */
  readonly keys: ReadonlySet<string>;
}

interface KeyUses {
  /** The key to try next; null: there is none. */
  next(openKeys: readonly string[]): string | null;
  /** Its values that are possible here; none only where what is known is itself not possible. */
  values(key: string, context: RequestContext): { readonly values: readonly (readonly string[])[]; readonly complete: boolean };
}

/** Of the statements that may match: those that do not, whatever is unknown, cannot tell anything apart. */
function usesOf<A>({ asker, matched, resourceAccount, documents }: Open<A>): KeyUses {
  const clauses: Use[] = [];
  const resources: ResourceUse[] = [];
  for (const document of documents) {
    const variables = document.Version === '2012-10-17';
    for (const statement of compile(document)) {
      if (statement.naming(asker) === 'none' || statement.matches(matched) !== maybe) continue;
      clauses.push(...statement.clauses.map((clause) => ({ clause, variables })));
      const { Resource, NotResource } = document.Statement[statement.index] ?? {};
      for (const pattern of variables ? listOf(Resource ?? NotResource) : []) {
        const template = templateOf(pattern, true);
        if (template !== null) resources.push({ template, resource: matched.resource });
      }
    }
  }
  const variableKeys = new Set([
    ...resources.flatMap(({ template }) => template.keys),
    ...clauses.flatMap(({ clause }) => clause.keys.slice(1)),
  ]);
  return {
    // Variables first: what they come to is compared with other keys.
    next: (openKeys) => {
      const left = [...openKeys].sort();
      return left.find((key) => variableKeys.has(key)) ?? left[0] ?? null;
    },
    values: (key, context) => {
      const possible = (value: readonly string[]): boolean => isPossible(key, saidIn(withValue(context, key, value)), asker);
      const follows = valueThatFollows(key, saidIn(context), resourceAccount);
      if (follows !== null && possible([follows])) return { values: [[follows]], complete: true };
      const about = (of: string) => ({
        clauses: clauses.filter(({ clause }) => clause.keys.includes(of)),
        resources: resources.filter(({ template }) => template.keys.includes(of)),
      });
      const { values, complete } = valueClasses(key, about, context);
      const left = values.filter(possible);
      return { values: left.length === 0 ? values : left, complete };
    },
  };
}
