// What is to change, step by step: what, why, how grave, how long, how much.
import type { Change } from '../../engine/types.ts';
import { duration } from '../layout.ts';
import { costOf } from './head.ts';
import { html } from './html.ts';
import type { ReportModel } from './model.ts';
import { chip, prose, type Section, table } from './parts.ts';
import { stateWords } from './words.ts';

const moods = { done: 'good', pending: 'accent', blocked: 'bad', skipped: 'plain' } as const;
const risks = { additive: 'plain', 'access-affecting': 'warn', 'organization-wide': 'bad' } as const;

/** The six steps, then the changes of each that has some. */
export function changes({ plan }: ReportModel): Section {
  const columns = [
    { title: 'Change' },
    { title: 'Why' },
    { title: 'Risk', kind: 'brief' },
    { title: 'Time', kind: 'brief' },
    { title: 'A month', kind: 'brief' },
  ] as const;
  const numbered = plan.steps.map((step, index) => ({ ...step, number: index + 1 }));
  return {
    id: 'changes',
    title: plan.totals.changes === 0 ? 'The six steps' : 'What is to change, and why',
    content: html`<ol class="rail">${numbered.map(
      ({
        id,
        number,
        state,
        changes: many,
      }) => html`<li class="${state}"><b>${number} ${id}</b> ${chip(stateWords[state], moods[state])} <span class="soft small">${many.length === 0 ? '' : `${many.length}`}</span></li>
`,
    )}</ol>
${numbered.map(({ id, number, title, changes: its, notes }) =>
  its.length === 0 && notes.length === 0
    ? null
    : html`<h3>${number} ${title} <span class="soft">(${id})</span></h3>
${its.length === 0 ? null : table(`Changes of step ${id}, in the order in which they are made`, columns, its.map(rowOf))}
${notes.length === 0 ? null : html`<ul class="plain small">${notes.map((note) => html`<li class="lines">${prose(note)}</li>`)}</ul>`}
`,
)}`,
  };
}

function rowOf(change: Change) {
  const { action, summary, reason, risk, seconds, usdPerMonth, irreversible } = change;
  const isTrial = change.temporary === true || change.undoes !== undefined;
  const sign = { create: '+', update: '~', delete: '−' }[action];
  return {
    ...(isTrial ? { mood: 'trial' as const } : {}),
    cells: [
      html`${sign} ${prose(summary)}${isTrial ? html` ${chip('trial, undone by itself', 'plain')}` : null}${irreversible === undefined ? null : html` ${chip('not undone by rollback', 'warn')}`}`,
      prose(reason),
      chip(risk, isTrial ? 'plain' : risks[risk]),
      seconds === null ? 'at once' : duration(seconds),
      isTrial ? 'no charge' : costOf(usdPerMonth),
    ],
  };
}
