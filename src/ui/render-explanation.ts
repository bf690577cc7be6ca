// One request as a picture: the verdict, then each statement that denies with its conditions and what the request has there.
import type { Explanation, PolicySeen, StatementSeen, Verdict, WayToPass } from '../commands/explanation.ts';
import type { ClauseSeen } from '../policy/judge.ts';
import { painted, wrap } from './layout.ts';
import type { Paint } from './paint.ts';
import type { Page } from './render-plan.ts';

/** The picture, without a line feed at its end. A ✓ is a condition that holds: a Deny applies where all of them do. */
export function renderExplanation(explanation: Explanation, page: Page): string {
  const { paint, width } = page;
  const { request, said, policies } = explanation;
  const speaking = policies.filter(({ aside, statements, lacksAllow }) => aside === null && (statements.length > 0 || lacksAllow));
  const silent = policies.filter(({ aside }) => aside !== null);
  const facts: readonly (readonly [string, string])[] = [
    ['as', request.principal],
    ['from', explanation.network],
    ['to', request.resource],
    ['under', explanation.against === 'folder' ? 'the perimeter of this folder, as it would be attached' : 'what is attached now'],
  ];
  return [
    painted(wrap(`${words[said.verdict]}: ${request.action}`, width), (line) => paint.bold(moodOf(said.verdict, paint)(line))),
    ...facts.map(([label, text]) => wrap(text, width, `  ${paint.dim(label.padEnd(5))}  `, ' '.repeat(9))),
    '',
    ...speaking.map((policy) => `${renderPolicy(policy, page)}\n`),
    ...silent.map(({ name, aside }) => wrap(`${capital(name)}: ${aside}.`, width, '  · ', '    ')),
    ...(silent.length === 0 ? [] : ['']),
    painted(wrap(explanation.why, width), moodOf(said.verdict, paint)),
    ...renderWays(explanation.ways, page),
    ...explanation.notes.map((note) => painted(wrap(note, width, '  i ', '    '), paint.dim)),
  ].join('\n');
}

const words = { passes: 'Passes', denied: 'Denied', unknown: 'Unknown' } as const satisfies Record<Verdict, string>;

function moodOf(verdict: Verdict, paint: Paint): (text: string) => string {
  if (verdict === 'passes') return paint.good;
  return verdict === 'denied' ? paint.bad : paint.warn;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function renderPolicy(policy: PolicySeen, page: Page): string {
  const { paint, width } = page;
  const head = painted(wrap(capital(policy.name), width), paint.accent);
  const lacking = policy.lacksAllow ? [wrap('nothing in it allows this', width, '  ✗ ', '    ')] : [];
  return [head, ...lacking, ...policy.statements.map((statement) => renderStatement(statement, page))].join('\n');
}

const outcomes = {
  holds: 'applies: all of this holds',
  fails: 'does not apply: not all of this holds',
  unknown: 'may apply: nobody knows whether all of this holds',
} as const satisfies Record<StatementSeen['matches'], string>;

function renderStatement({ sid, index, matches, clauses }: StatementSeen, { paint, width }: Page): string {
  const name = sid ?? `statement ${index + 1}`;
  if (clauses.length === 0)
    return wrap(`Deny ${name} ${matches === 'unknown' ? 'may apply' : 'applies, without any condition'}`, width, '  ', '    ');
  const decides = (clause: ClauseSeen): boolean => matches !== 'holds' && clause.truth === (matches === 'fails' ? 'fails' : 'unknown');
  return [
    wrap(`Deny ${name} ${outcomes[matches]}`, width, '  ', '    '),
    ...clauses.flatMap((clause) => renderClause(clause, decides(clause), paint, width)),
  ].join('\n');
}

const signs = { holds: '✓', fails: '✗', unknown: '?' } as const satisfies Record<ClauseSeen['truth'], string>;

function renderClause(clause: ClauseSeen, decides: boolean, paint: Paint, width: number): readonly string[] {
  const mood = clause.truth === 'fails' ? paint.good : clause.truth === 'unknown' ? paint.warn : (text: string) => text;
  const seen = clause.seen === 'absent' || clause.seen === 'unknown' ? clause.seen : clause.seen.join(', ');
  return [
    painted(wrap(inWords(clause), width, `    ${signs[clause.truth]} `, '        '), mood),
    wrap(`${seen}${decides ? '  ← decides' : ''}`, width, `        ${paint.dim('request:')} `, ' '.repeat(17)),
  ];
}

/** What the operators of perimeters say; any other is told as the policy writes it. */
const phrases: { readonly [operator: string]: string } = {
  stringequals: 'is',
  stringnotequals: 'is not',
  stringlike: 'is like',
  stringnotlike: 'is not like',
  arnequals: 'is',
  arnnotequals: 'is not',
  arnlike: 'is like',
  arnnotlike: 'is not like',
  ipaddress: 'lies in',
  notipaddress: 'lies outside',
  bool: 'is',
  datelessthan: 'is before',
  dategreaterthan: 'is after',
};

function inWords({ operator, key, values }: ClauseSeen): string {
  const name = operator.toLowerCase();
  if (name === 'null') return `${key} is ${values.includes('true') ? 'absent' : 'there'}`;
  const plain = name.replace(/ifexists$/, '');
  const phrase = phrases[plain];
  const list = values.join(' or ');
  if (phrase === undefined) return `${operator} ${key}: ${values.join(', ')}`;
  // Negated operators hold of an absent key, with IfExists or without (E1).
  const mayBeAbsent = plain.includes('not') || name.endsWith('ifexists');
  return `${key} ${phrase} ${list}${mayBeAbsent ? ', or is absent' : ''}`;
}

function renderWays(ways: readonly WayToPass[], { paint, width }: Page): readonly string[] {
  if (ways.length === 0) return [];
  return [
    '',
    paint.bold(ways.length === 1 ? 'What would let it pass' : 'What would let it pass, the smallest change first'),
    ...ways.flatMap(({ summary, command }, index) => [
      wrap(summary, width, `  ${index + 1}. `, '     '),
      ...(command === null ? [] : [painted(wrap(command, width, '       '), paint.accent)]),
    ]),
    '',
  ];
}
