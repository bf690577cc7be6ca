// What is proven: the promises as they were found in AWS, and the ways back.
import type { WayBack } from '../../engine/types.ts';
import { type Html, html } from './html.ts';
import type { CertificateReport, ReportModel } from './model.ts';
import { chip, prose, type Section, table, verdictChip } from './parts.ts';
import { checkWords, moment, wayKinds, withoutPersons } from './words.ts';

/** Each promise with its evidence; null where nothing was verified. */
export function verified({ verification }: ReportModel): Section | null {
  if (verification === null) return null;
  const { checks, at } = verification;
  const steps = [...new Set(checks.map(({ step }) => step))];
  return {
    id: 'verified',
    title: 'What was seen to hold',
    content: html`<p>Read from AWS on ${moment(at)}, by the same checks as <code>quilt-perimeter verify</code>.</p>
${steps.map((step) =>
  table(
    `Promises of step ${step}`,
    [{ title: 'Promise' }, { title: 'State', kind: 'brief' }, { title: 'Evidence' }],
    checks
      .filter((check) => check.step === step)
      .map(({ summary, state, evidence }) => ({ cells: [prose(summary), verdictChip(state, checkWords[state]), prose(evidence)] })),
  ),
)}`,
  };
}

/** The exit certificate: who could take it off again, from where, by which call. */
export const waysBack = ({ certificates }: ReportModel): Section => ({
  id: 'ways-back',
  title: 'The ways back',
  content: html`<p>Before anybody is denied, at least two ways back that share neither credentials nor what lets them pass are tried, else nothing is put on. A root password is a person's word: it is never counted.</p>
${certificates.length === 0 ? html`<p>Nothing is to be put on, and nothing was.</p>` : certificates.map(certificatePart)}`,
});

const certificatePart = ({ change, at, ways, independent }: CertificateReport): Html => html`<h3>Before: ${prose(change)}</h3>
<p>${at === null || independent === null ? 'These are known, and will be tried.' : html`${chip(`${independent} independent, 2 needed`, independent < 2 ? 'bad' : 'good')} tried on ${moment(at)}.`}</p>
${table(
  'Ways back',
  [{ title: 'Who' }, { title: 'State', kind: 'brief' }, { title: 'By which call, from where' }, { title: 'How it is known' }],
  ways.map((way) => wayRow(way, at === null)),
)}`;

const wayRow = ({ kind, principal, network, call, passesBy, state, how }: WayBack, isPlanned: boolean) => ({
  cells: [
    html`${wayKinds[kind]} <span class="soft small">${shortPrincipal(principal)}</span>`,
    state === 'exercised' ? chip('✓ tried', 'good') : chip(isPlanned && kind !== 'root-password' ? 'to be tried' : 'only claimed', 'plain'),
    html`${call}, from ${network}${passesBy.length === 0 ? null : html`<div class="soft small">passes by ${passesBy.join(' or ')}</div>`}`,
    prose(how),
  ],
});

/** An ARN as `role/NAME of ACCOUNT`; whose session it is is left out. */
function shortPrincipal(principal: string): string {
  const [, , , , account, ...resource] = withoutPersons(principal).split(':');
  return account === undefined || resource.length === 0 ? principal : `${resource.join(':')} of ${account}`;
}
