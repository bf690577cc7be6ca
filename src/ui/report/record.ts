// What was done, when and by which role; how to undo it; and the hashes by which all of it is known again.
import { type Html, html } from './html.ts';
import type { ReportModel, RunReport } from './model.ts';
import { chip, prose, type Section, table } from './parts.ts';
import { moment } from './words.ts';

const outcomes = { done: 'good', stopped: 'warn', failed: 'bad', interrupted: 'warn', 'not ended': 'warn' } as const;
const deedWords = { done: 'made', undone: 'taken off', failed: 'failed' } as const;

/** The journal, run by run. */
export const record = ({ runs }: ReportModel): Section => ({
  id: 'record',
  title: 'What was done, when, and by whom',
  content: html`${runs.length === 0 ? html`<p>Nothing was done yet: the journal of this folder is empty.</p>` : runs.map(runPart)}`,
});

const runPart = ({
  command,
  startedAt,
  endedAt,
  outcome,
  by,
  approvals,
  probes,
  deeds,
  trials,
  id,
}: RunReport): Html => html`<h3>${command}, ${moment(startedAt)} ${chip(outcome, outcomes[outcome])}</h3>
<p>By ${by.length === 0 ? 'nobody who is named' : by.join(' and ')}. Run ${id}${endedAt === null ? '' : `, ended ${moment(endedAt)}`}; ${approvals} ${approvals === 1 ? 'confirmation' : 'confirmations'} given; ${probes.passed} live ${probes.passed === 1 ? 'probe' : 'probes'} passed${probes.failed === 0 ? '' : `, ${probes.failed} failed`}${probes.skipped === 0 ? '' : `, ${probes.skipped} left out`}${trials === 0 ? '' : `; ${trials} trials and rehearsals made and taken off`}.</p>
${
  deeds.length === 0
    ? null
    : table(
        `Changes of run ${id}`,
        [{ title: 'What' }, { title: 'Step', kind: 'brief' }, { title: 'When', kind: 'brief' }, { title: 'Id' }],
        deeds.map(({ at, step, what, summary, id: made }) => ({
          cells: [
            html`${what === 'done' ? null : html`${chip(deedWords[what], what === 'failed' ? 'bad' : 'plain')} `}${prose(summary)}`,
            step,
            moment(at),
            made ?? 'none',
          ],
        })),
      )
}`;

/** How it is undone. */
export const undo = ({ undo: { state, entries, notRestored, commands } }: ReportModel): Section => ({
  id: 'undo',
  title: 'How to undo it',
  content: html`<p><code>${commands.rollback}</code> puts everything back, denies first, in the order below, and asks before it does. It removes only what this tool made, and keeps what somebody changed or uses since.</p>
<p><code>${commands.script}</code> writes the same as a script for the AWS CLI, for somebody without this tool.</p>
${
  entries.length === 0
    ? html`<p>There is nothing to undo.</p>`
    : table(
        state === 'planned' ? 'What will be undone, in this order' : 'What stands and will be undone, in this order',
        [{ title: 'Change' }, { title: 'Step', kind: 'brief' }, { title: 'Is' }],
        entries.map(({ step, summary, way }) => ({ cells: [prose(summary), step, way] })),
      )
}
${notRestored.length === 0 ? null : html`<p><strong>Not restored:</strong></p><ul class="plain">${notRestored.map((sentence) => html`<li>${prose(sentence)}</li>`)}</ul>`}`,
});

/** The hashes. */
export const fingerprints = ({ fingerprints: all }: ReportModel): Section => ({
  id: 'fingerprints',
  title: 'Fingerprints',
  content: html`<p>What is approved here can be told again: the plan's hashes are those in the file that <code>quilt-perimeter plan --out FILE</code> saves, which <code>apply FILE</code> carries out, and refuses if anything has changed.</p>
${table(
  'SHA-256',
  [{ title: 'Of' }, { title: 'Hash' }],
  all.map(({ of, sha256 }) => ({ cells: [of, html`<span class="hash">${sha256}</span>`] })),
)}`,
});

/** On paper: where a decision is written down. */
export const decision = ({ stage }: ReportModel): Html | null =>
  stage !== 'change-request'
    ? null
    : html`<section class="print-only" aria-label="Decision"><h2>Decision</h2>${table(
        'To be filled in by whoever approves',
        [{ title: 'Role' }, { title: 'Decision' }, { title: 'Date and signature' }],
        ['Approver', 'Second approver'].map((role) => ({ cells: [html`${role}<br>&nbsp;`, html`&nbsp;`, html`&nbsp;`] })),
      )}</section>`;
