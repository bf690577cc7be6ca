// Policies beside a request: which of their statements deny it, and which condition decided.
import type { PolicyDocument } from '../policy/document.ts';
import { type ClauseSeen, clausesSeen, judge, type PerimeterRequest } from '../policy/judge.ts';
import type { PolicySeen, StatementSeen } from './explanation.ts';

/** The document's statements that deny this request, or would under other conditions. */
export function statementsSeen(request: PerimeterRequest, document: PolicyDocument): readonly StatementSeen[] {
  const byIndex = new Map<number, ClauseSeen[]>();
  for (const clause of clausesSeen(request, document)) {
    const clauses = byIndex.get(clause.index);
    if (clauses === undefined) byIndex.set(clause.index, [clause]);
    else clauses.push(clause);
  }
  return document.Statement.flatMap((statement, index): readonly StatementSeen[] => {
    if (statement.Effect !== 'Deny') return [];
    const clauses = byIndex.get(index);
    const sid = statement.Sid ?? null;
    if (clauses !== undefined) return [{ index, sid, matches: togetherOf(clauses), clauses }];
    // Without conditions there is nothing to show but whether it is about the request at all.
    const alone = judge(request, { scp: null, bucket: { ...document, Statement: [statement] } }).verdict;
    return alone === 'passes' ? [] : [{ index, sid, matches: alone === 'denied' ? 'holds' : 'unknown', clauses: [] }];
  });
}

const togetherOf = (clauses: readonly ClauseSeen[]): StatementSeen['matches'] => {
  if (clauses.some(({ truth }) => truth === 'fails')) return 'fails';
  return clauses.every(({ truth }) => truth === 'holds') ? 'holds' : 'unknown';
};

/** One sentence on what decided: the statements that deny, the conditions that spare, or what is not known. */
export function whyOf(
  policies: readonly PolicySeen[],
  said: { readonly verdict: 'passes' | 'denied' | 'unknown'; readonly dependsOn: readonly string[] },
): string {
  const speaking = policies.filter(({ aside }) => aside === null);
  const statements = speaking.flatMap((policy) => policy.statements.map((statement) => ({ policy, statement })));
  const named = ({ policy, statement }: (typeof statements)[number]): string =>
    `${statement.sid ?? `statement ${statement.index + 1}`} of ${policy.name}`;
  switch (said.verdict) {
    case 'denied': {
      const denying = statements.filter(({ statement }) => statement.matches === 'holds');
      if (denying.length > 0) return `All conditions hold of ${denying.map(named).join(', and of ')}.`;
      const lacking = speaking.filter(({ lacksAllow }) => lacksAllow).map(({ name }) => name);
      return lacking.length === 0 ? 'Something that must allow it does not.' : `Nothing in ${lacking.join(' and ')} allows it.`;
    }
    case 'unknown':
      return said.dependsOn.length === 0 ? 'What could not be read decides.' : `It depends on ${said.dependsOn.join(', ')}.`;
    case 'passes': {
      if (statements.length === 0) return 'No statement that denies is about this request.';
      const sparing = statements.flatMap(({ statement }) =>
        statement.clauses.filter(({ truth }) => truth === 'fails').map(({ key }) => key),
      );
      return `${[...new Set(sparing)].join(' and ')} ${new Set(sparing).size === 1 ? 'decides' : 'decide'}: no Deny applies.`;
    }
    default:
      return said.verdict satisfies never;
  }
}
