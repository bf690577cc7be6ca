// The policies: in sentences first, then as a diff, then whom they change something for.
import { count } from '../layout.ts';
import { diffLines, signOf } from './diff-lines.ts';
import { type Html, html } from './html.ts';
import type { PolicyReport, ReportModel, StatementReport } from './model.ts';
import { chip, type Section, table, verdictChip } from './parts.ts';
import { effectWords } from './words.ts';

/** Each policy by itself. */
export const policies = ({ policies: reports, stage }: ReportModel): Section => ({
  id: 'policies',
  title: 'The policies',
  content: html`${reports.length === 0 ? html`<p>The policies could not be read: see Findings.</p>` : null}
${reports.map((report) => policyPart(report, stage === 'change-request'))}`,
});

function policyPart({ name, binds, before, after, sha256, characters, statements, effects }: PolicyReport, isAsked: boolean): Html {
  const heading =
    before === after ? 'As it stands' : before === null ? `New: there ${isAsked ? 'is' : 'was'} none before` : 'What changes in it';
  return html`<h3>${capital(name)}</h3>
<p>${capital(binds)}. ${characters.toLocaleString('en')} characters, SHA-256 <span class="hash">${sha256}</span>.</p>
${statements.map(statementPart)}
<p><strong>${heading}</strong></p>
<pre><code>${diffLines(before, after).map((line) => html`<span class="${line.kind}">${signOf(line)} ${line.text}</span>`)}</code></pre>
${effectsPart(effects)}
`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const statementPart = ({
  name,
  ours,
  sentence,
  conditions,
}: StatementReport): Html => html`<p><strong>${name}</strong> ${ours ? chip('of the perimeter', 'accent') : chip('written by others, kept as it is', 'plain')}<br>${sentence}${conditions.length === 0 ? ', always.' : conditions.length === 1 ? ', where this holds:' : ', where all of this holds:'}</p>
${
  conditions.length === 0
    ? null
    : table(
        `Conditions of ${name}`,
        [{ title: 'In a sentence' }, { title: 'As it is written' }],
        conditions.map(({ sentence: said, written }) => ({
          cells: [html`<span class="said">${said}</span>`, html`<code>${written}</code>`],
        })),
      )
}`;

function effectsPart({ examples, classes, complete }: PolicyReport['effects']): Html {
  if (classes === 0) return html`<p>No request changes its verdict.</p>`;
  const compared = `${count(classes, 'class').replace('classs', 'classes')} of requests compared`;
  if (examples.length === 0) {
    return html`<p>${complete ? `No request changes its verdict: ${compared}, all that the two can tell apart.` : `No request that changes its verdict was found: ${compared}, but there may be others.`}</p>`;
  }
  return table(
    `One example of each kind of request whose verdict by this policy changes: ${compared}${complete ? '' : ', and there may be more'}`,
    [{ title: 'Request' }, { title: 'With' }, { title: 'Before' }, { title: 'After' }],
    examples.map(({ request, context, before, after }) => ({
      cells: [request, context.length === 0 ? 'nothing else' : context.join('; '), effect(before), effect(after)],
    })),
  );
}

const effect = (verdict: keyof typeof effectWords): Html =>
  verdict === 'none' ? chip(effectWords.none, 'plain') : verdictChip(verdict === 'allowed' ? 'passes' : 'denied', effectWords[verdict]);
