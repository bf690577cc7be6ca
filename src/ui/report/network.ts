// The network: two pictures, the grid of places and buckets, and what runs outside any VPC.
import type { ReportedCell, ReportedRow } from '../../steps/network-grid/report.ts';
import { count } from '../layout.ts';
import { type Html, html } from './html.ts';
import type { Drawing, Drawings, ReportModel } from './model.ts';
import { drawn, findingList, prose, type Section, table, verdictChip } from './parts.ts';
import { verdictWords, withoutPersons } from './words.ts';

/** The pictures, then the same as a table. */
export function network({ network: report, outside }: ReportModel, { network: pictures }: Drawings): Section {
  const { rows, denied, places, untold, binds } = report;
  const columns = [
    { title: 'From' },
    ...(rows[0]?.to ?? []).map(({ region, buckets }) => ({
      title: `To ${count(buckets.length, 'bucket')} in ${region ?? 'a Region that is not told'}`,
    })),
  ];
  const untoldWords = untold === 0 ? '' : `, and of ${untold} it cannot be told`;
  return {
    id: 'network',
    title: 'The network',
    content: html`${pictures.map(figure)}
<h3>From every place to every bucket</h3>
<p>${denied === 0 ? `Nothing is denied from ${count(places, 'place')}${untoldWords}.` : `From ${denied} of ${count(places, 'place')} something is denied${untoldWords}.`} Asked for a principal without the exempt tag, and of the perimeter alone: other policies, security groups and network ACLs may still refuse.${binds ? '' : ' No target of the SCP holds this account: it denies nothing here.'}</p>
${table('Places of the trusted VPCs and the operator, once all changes stand', columns, rows.map(rowOf))}
${bucketsOf(rows[0]?.to ?? [])}
<h3>Outside any VPC</h3>
${outside.length === 0 ? html`<p>No function, canary or service role of this Region was found that uses these buckets from there and will be denied.</p>` : findingList(outside)}`,
  };
}

/** A picture with what it shows in words. */
export const figure = ({ title, svg, alt }: Drawing): Html => html`<figure><figcaption>${title}</figcaption>
<div class="canvas" tabindex="0" role="group" aria-label="${title}">${drawn(svg)}</div>
<details><summary>The same in words</summary><p class="lines small">${alt}</p></details></figure>
`;

const mostNames = 8;

const rowOf = ({ from, family, to }: ReportedRow) => ({
  cells: [whoIs(from, family), ...to.map(cellOf)],
});

function whoIs({ kind, ids, names, vpcs }: ReportedRow['from'], family: ReportedRow['family']): Html {
  if (kind === 'operator') return html`the operator <span class="soft">(${withoutPersons(ids.join(', '))})</span>`;
  const more = names.length - mostNames;
  const said = more > 0 ? `${names.slice(0, mostNames).join(', ')} and ${more} more` : names.join(', ');
  return html`${kind === 'vpc' ? ids.join(', ') : said}${vpcs.length === 0 ? null : html` <span class="soft small">${vpcs.length > 2 ? `${vpcs.length} VPCs` : vpcs.join(', ')}</span>`}${family === 'ipv6' ? ' over IPv6, to the dual-stack names' : ''}`;
}

const cellOf = ({ verdict, ways, remedies }: ReportedCell): Html => html`${verdictChip(verdict, verdictWords[verdict])}
<div class="soft small">${ways.map(({ way }) => way).join('; or ')}</div>${remedies.map((remedy) => html`<div class="small">→ ${prose(remedy)}</div>`)}`;

const bucketsOf = (cells: readonly ReportedCell[]): Html =>
  html`<details><summary>Which buckets these are</summary>${cells.map(
    ({ region, buckets }) => html`<p class="small"><strong>${region ?? 'Region not told'}</strong>: ${buckets.join(', ')}</p>`,
  )}</details>`;
