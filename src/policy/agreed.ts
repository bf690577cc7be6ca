// One answer out of all completions of what is unknown.
import type { Decision, DeniedBy } from './evaluate.ts';
import type { Judgement } from './judge.ts';
import type { Settlement } from './settle.ts';

/** What all completions decide; `unknown` where they differ or one is open still. `dependsOn` is in lower case. */
export function agreedDecision({ completions, dependsOn }: Settlement<Decision>): Decision {
  const answers = completions.map(({ answer }) => answer);
  const refused = answers.every((answer) => answer.refused);
  const decision = agreed(answers.map((answer) => answer.decision));
  if (decision === 'unknown') return { decision, deniedBy: [], dependsOn, refused };
  return { decision, deniedBy: eachOnce(answers.flatMap(({ deniedBy }) => deniedBy)), dependsOn: [], refused };
}

/** The same of judgements; of `unknown`, `deniedBy` are the statements that deny in some completion. */
export function agreedJudgement({ completions, dependsOn }: Settlement<Judgement>): Judgement {
  const answers = completions.map(({ answer }) => answer);
  const verdict = agreed(answers.map((answer) => answer.verdict));
  const deniedBy = eachOnce(answers.flatMap((answer) => answer.deniedBy));
  return { verdict, deniedBy, dependsOn: verdict === 'unknown' ? dependsOn : [] };
}

function agreed<T extends string>(outcomes: readonly T[]): T | 'unknown' {
  const [first = 'unknown'] = outcomes;
  return outcomes.every((outcome) => outcome === first) ? first : 'unknown';
}

const eachOnce = (deniedBy: readonly DeniedBy[]): readonly DeniedBy[] => [
  ...new Map(deniedBy.map((one) => [JSON.stringify(one), one])).values(),
];
