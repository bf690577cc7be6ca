// What lets newly denied paths pass, by what to try first.
import type { Remedy } from '../../access/remedies.ts';
import { colour } from '../pictures/theme.ts';
import { type Chart, type ChartOptions, chartOf } from './chart.ts';

/** Newly denied paths whose first remedy is of this kind, or that have none. */
export interface RemedyRow {
  readonly kind: Remedy['kind'] | 'none';
  readonly paths: number;
  readonly events: number;
}

const words: { readonly [kind in RemedyRow['kind']]: string } = {
  'move-in': 'move it into the network',
  cover: 'trust its network',
  exempt: 'exempt the principal',
  none: 'no remedy known',
};

const width = 640;

/** A bar for each kind, as long as the paths are many, in the order of the rows. */
export function drawRemedies(rows: readonly RemedyRow[], options: ChartOptions): Promise<Chart> {
  const title = 'Newly denied paths by what to try first';
  const shown = rows.filter(({ paths }) => paths > 0);
  const values = shown.map(({ kind, paths, events }) => ({
    kind: words[kind],
    paths,
    label: `${many(paths, 'path')}, ${many(events, 'event')}`,
  }));
  const most = Math.max(1, ...shown.map(({ paths }) => paths));
  const y = {
    field: 'kind',
    type: 'nominal' as const,
    sort: null,
    axis: { title: null, ticks: false, domain: false, labelLimit: 0, labelPadding: 8 },
  };
  const x = {
    field: 'paths',
    type: 'quantitative' as const,
    axis: null,
    // The longest bar leaves room for what it says.
    scale: { domain: [0, most * 1.6], nice: false },
  };
  const spec = {
    width,
    height: { step: 34 },
    data: { values },
    layer: [
      { mark: { type: 'bar' as const, fill: colour.accent, height: { band: 0.62 } }, encoding: { x, y } },
      {
        mark: { type: 'text' as const, align: 'left' as const, dx: 6, limit: 0 },
        encoding: { x, y, text: { field: 'label', type: 'nominal' as const } },
      },
    ],
  };
  const alt =
    shown.length === 0
      ? `${title}: there are none.`
      : `${title}: ${shown.map(({ kind, paths, events }) => `${words[kind]}: ${many(paths, 'path')} with ${many(events, 'event')}`).join('; ')}.`;
  return chartOf(spec, title, alt, options);
}

const many = (n: number, noun: string): string => `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;
