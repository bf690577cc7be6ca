// The network grid as people read it: one mark for each row and group of buckets, and under it which way requests take.
import type { Finding } from '../findings.ts';
import type { NetworkReport, ReportedCell, ReportedRow } from '../steps/network-grid/report.ts';
import { count, heading, painted, wrap } from './layout.ts';
import { renderFindings } from './render-findings.ts';
import type { Page } from './render-plan.ts';

const marks = { passes: '✓', denied: '✗', unknown: '?', 'no-way': '·' } as const;

/** The grid, then what runs outside any VPC. */
export function renderNetwork(report: NetworkReport, outside: readonly Finding[], page: Page): string {
  const { paint, width, verbose } = page;
  const [first] = report.rows;
  const columns = first?.to ?? [];
  const shown = verbose ? report.rows : report.rows.slice(0, Math.max(mostRows, report.rows.filter(isGrave).length));
  const left = report.rows.slice(shown.length).reduce((sum, { from }) => sum + from.ids.length, 0);
  const findings = renderFindings(outside, paint, width, verbose);
  return [
    heading('The network once the plan is carried out'),
    columns.map((column, index) => renderColumn(column, index, width)).join('\n'),
    ...(report.binds ? [] : [wrap('No target of the SCP holds this account: it denies nothing here.', width)]),
    [
      ...(columns.length < 2 || page.plain
        ? []
        : [
            paint.dim(
              columns
                .map((_, index) => letterOf(index).padEnd(3))
                .join('')
                .trimEnd(),
            ),
          ]),
      ...shown.map((row) => renderRow(row, page)),
    ].join('\n'),
    ...(left === 0 ? [] : [wrap(`${count(left, 'more place')} pass or have no way to S3 (--verbose shows them).`, width)]),
    ...(page.plain ? [] : [paint.dim('✓ passes   ✗ denied   ? cannot be told   · no way to S3')]),
    [
      paint.bold(sentence(report)),
      wrap(
        'Asked for a principal without the exempt tag, and of the perimeter alone: other policies, security groups and network ACLs may still refuse.',
        width,
      ),
    ].join('\n'),
    heading('Outside any VPC'),
    findings === ''
      ? wrap('No function, canary or service role of this Region was found that uses these buckets from there and will be denied.', width)
      : findings,
  ].join('\n\n');
}

const mostRows = 24;

const isGrave = ({ to }: ReportedRow): boolean => to.some(({ verdict }) => verdict === 'denied' || verdict === 'unknown');

const letterOf = (index: number): string => (index < 26 ? String.fromCharCode(65 + index) : `${index + 1}`);

const mostNames = 6;

function renderColumn({ region, buckets }: ReportedCell, index: number, width: number): string {
  const more = buckets.length - mostNames;
  const names = more > 1 ? `${buckets.slice(0, mostNames).join(', ')} and ${more} more` : buckets.join(', ');
  return wrap(`${region ?? 'Region not told'}, ${count(buckets.length, 'bucket')}: ${names}`, width, `${letterOf(index)}  `, '   ');
}

function renderRow(row: ReportedRow, { paint, width, verbose, plain }: Page): string {
  const { from, family, to } = row;
  const mood = { passes: paint.good, denied: paint.bad, unknown: paint.warn, 'no-way': paint.dim } as const;
  const indent = ' '.repeat(to.length * 3);
  const words = to.map(({ verdict }, index) => `${to.length === 1 ? '' : `${letterOf(index)} `}${verdict.replace('-', ' ')}`);
  const cells = plain ? `${words.join(', ')}: ` : to.map(({ verdict }) => `${mood[verdict](marks[verdict])}  `).join('');
  const ways = to.map((cell, index) => ({ letter: letterOf(index), text: wayOf(cell), remedies: cell.remedies }));
  const alike = new Set(ways.map(({ text }) => text)).size === 1;
  const told = alike ? ways.slice(0, 1).map((way) => ({ ...way, letter: '' })) : ways;
  return [
    painted(wrap(whoIs(from, family, verbose), width, cells, indent), paint.bold),
    ...told.flatMap(({ letter, text, remedies }) => [
      painted(wrap(text, width, `${indent}${letter === '' ? '' : `${letter} `}`, `${indent}${letter === '' ? '' : '  '}`), paint.dim),
      ...remedies.map((remedy) => wrap(remedy, width, `${indent}  → `, `${indent}    `)),
    ]),
  ].join('\n');
}

const wayOf = ({ ways }: ReportedCell): string => ways.map(({ way }) => way).join('; or ');

function whoIs({ kind, ids, names, vpcs }: ReportedRow['from'], family: ReportedRow['family'], verbose: boolean): string {
  switch (kind) {
    case 'operator':
      return `you (${ids.join(', ')})`;
    case 'vpc':
      return ids.join(', ');
    case 'subnet': {
      const more = verbose ? 0 : names.length - mostNames;
      const who = more > 1 ? `${names.slice(0, mostNames).join(', ')} and ${more} more` : names.join(', ');
      const where = vpcs.length > 2 ? `${vpcs.length} VPCs` : vpcs.join(', ');
      return `${who} (${where})${family === 'ipv6' ? ", clients of S3's dual-stack names over IPv6" : ''}`;
    }
    default:
      return kind satisfies never;
  }
}

function sentence({ denied, untold, places }: NetworkReport): string {
  const rest = untold === 0 ? '' : `; of ${untold} it cannot be told`;
  return denied === 0
    ? `Nothing is denied from ${count(places, 'place')}${rest}.`
    : `From ${denied} of ${places} places something will be denied${rest}.`;
}
