// The grid's denials in a few sentences, for a plan.
import type { PerimeterInput } from '../landscape.ts';
import { type NetworkReport, networkReport, type ReportedRow } from './report.ts';

/** One sentence where nothing is denied, else a note that lists what is; none where the SCP binds nobody of the account. */
export function networkNotes(input: PerimeterInput): readonly string[] {
  const report = networkReport(input);
  if (!report.binds) return [];
  const { places, buckets, denied, untold } = report;
  const pairs = `${places} places to ${buckets} ${buckets === 1 ? 'bucket' : 'buckets'}`;
  if (denied === 0)
    return [`Network: nothing is denied from ${pairs}${untold === 0 ? '' : `; of ${untold} it cannot be told`} (assess --network).`];
  const all = (to: readonly string[]) => (to.length === buckets && buckets > 1 ? `all ${buckets} buckets` : abridged(to));
  const lines = denials(report).map(({ from, family, to, by, remedies }) =>
    [
      `  · ${abridged(from)}${family === 'ipv6' ? ' over IPv6' : ''} to ${all(to)}: ${by}`,
      ...remedies.map((remedy) => `    → ${remedy}`),
    ].join('\n'),
  );
  return [`Network: from ${denied} of ${pairs} something will be denied (assess --network):\n${lines.join('\n')}`];
}

interface Denial {
  readonly from: readonly string[];
  readonly family: ReportedRow['family'];
  readonly to: readonly string[];
  readonly by: string;
  readonly remedies: readonly string[];
}

/** What is denied alike, from all places and to all buckets together. */
function denials({ rows }: NetworkReport): readonly Denial[] {
  const byWay = rows.flatMap((row) =>
    row.to
      .filter(({ verdict }) => verdict === 'denied')
      .map(({ buckets, ways, remedies }) => {
        const by = ways.filter(({ verdict }) => verdict === 'denied').map(({ way }) => way);
        return { from: fromOf(row), family: row.family, to: buckets, by: by.join('; '), remedies };
      }),
  );
  const sameFrom = joined(byWay, 'from', 'to');
  return joined(sameFrom, 'to', 'from');
}

/** Denials that differ in nothing but `other`, as one. */
function joined(found: readonly Denial[], same: 'from' | 'to', other: 'from' | 'to'): readonly Denial[] {
  const groups = new Map<string, Denial>();
  for (const denial of found) {
    const key = JSON.stringify([denial[same], denial.family, denial.by, denial.remedies]);
    const known = groups.get(key);
    groups.set(key, known === undefined ? denial : { ...known, [other]: [...known[other], ...denial[other]].sort() });
  }
  return [...groups.values()];
}

const fromOf = ({ from }: ReportedRow): readonly string[] => (from.kind === 'operator' ? ['where you are'] : from.names);

const mostNames = 4;

const abridged = (names: readonly string[]): string =>
  names.length > mostNames + 1 ? `${names.slice(0, mostNames).join(', ')} and ${names.length - mostNames} more` : names.join(', ');
