// Parts of the page that several sections are made of.
import type { Finding } from '../../findings.ts';
import { Html, html, type Part } from './html.ts';
import { signs, sorted, withoutPersons } from './words.ts';

/** A section of the page. `id`: what the contents lead to. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Html;
}

export interface Column {
  readonly title: string;
  /** Its cells are kept on one line. */
  readonly kind?: 'brief';
}

/** A row: its cells, the first of which is its header. */
export interface Row {
  readonly cells: readonly Part[];
  readonly mood?: 'trial';
}

/** A table with a caption and headers. On a narrow screen its cells stand below each other, so their roles are spelled out. */
export const table = (
  caption: string,
  columns: readonly Column[],
  rows: readonly Row[],
): Html => html`<table role="table"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map(({ title }) => html`<th role="columnheader" scope="col">${title}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(
  ({ cells, mood }) => html`<tr role="row"${mood === undefined ? null : html` class="${mood}"`}>${cells.map((cell, index) => {
    const column = columns[index];
    if (index === 0) return html`<th role="rowheader" scope="row">${cell}</th>`;
    return html`<td role="cell"${column?.kind === undefined ? null : html` class="${column.kind}"`} data-label="${column?.title ?? ''}">${cell}</td>`;
  })}</tr>
`,
)}</tbody></table>
`;

type Mood = 'good' | 'bad' | 'warn' | 'accent' | 'plain';

/** A word with its sign. */
export const chip = (text: string, mood: Mood): Html => html`<span class="chip${mood === 'plain' ? '' : ` ${mood}`}">${text}</span>`;

const moods = {
  passes: 'good',
  ok: 'good',
  denied: 'bad',
  'newly-denied': 'bad',
  failed: 'bad',
  unknown: 'warn',
  'no-way': 'plain',
} as const;

/** A verdict as a chip: `✓ passes`. */
export const verdictChip = (verdict: keyof typeof moods, word: string): Html => chip(`${signs[verdict]} ${word}`, moods[verdict]);

/** A sentence of the catalogue or of a step: backquotes become code, line breaks stay, and sessions lose their names. */
export const prose = (text: string): Html =>
  html`${withoutPersons(text)
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replace(/\*(\w[^*]*)\*/g, '$1') : html`<code>${part}</code>`))}`;

const severityMood = { error: 'bad', warning: 'warn', unknown: 'warn', info: 'plain' } as const;

/** Findings, the gravest first, each with what to do. */
export const findingList = (findings: readonly Finding[]): Html =>
  html`${sorted(findings).map(
    ({
      code,
      severity,
      summary,
      detail,
      remedy,
      accepted,
    }) => html`<article class="finding"><h3>${chip(`${code} ${severity}${accepted ? ', accepted' : ''}`, severityMood[severity])} ${prose(summary)}</h3>
${detail === '' ? null : html`<p class="lines">${prose(detail)}</p>`}
${remedy === '' || remedy === 'none' ? null : html`<p><span class="soft">What to do:</span> ${prose(remedy)}</p>`}</article>
`,
  )}`;

/** Text that is there already as markup, such as SVG that this program drew. */
export const drawn = (markup: string): Html => new Html(markup);
