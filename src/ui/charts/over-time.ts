// What a replay found, day by day: for each verdict bars of their own on a scale of their own, since what is denied are often a few
// among millions.
import type { AssessedDay } from '../../access/assess.ts';
import { colour } from '../pictures/theme.ts';
import { type Chart, type ChartOptions, chartOf, fillOf } from './chart.ts';

const day = 86_400_000;
const width = 640;
/** Days that have room below an axis. */
const mostLabels = 7;

/** A verdict as its part of the chart. */
const parts = [
  { member: 'newlyDenied', verdict: 'denied', words: 'newly denied' },
  { member: 'unknown', verdict: 'unknown', words: 'cannot be told' },
  { member: 'passes', verdict: 'passes', words: 'pass' },
] as const;

/**
 * Events by day and verdict; days without a row had none. Beyond half a year a bar is a week.
 * @param options.untold how many events more there are, of which no day is known
 */
export function drawReplayOverTime(rows: readonly AssessedDay[], options: ChartOptions & { readonly untold: number }): Promise<Chart> {
  const first = Math.min(...rows.map((row) => Date.parse(row.day)));
  const last = Math.max(...rows.map((row) => Date.parse(row.day)));
  const days = rows.length === 0 ? 0 : (last - first) / day + 1;
  const step = (days > 183 ? 7 : 1) * day;
  const shown = parts
    .map((part) => ({ ...part, total: rows.reduce((sum, row) => sum + row[part.member], 0) }))
    .filter(({ total }) => total > 0);
  const title = `Recorded events by ${step === day ? 'day' : 'week'} and verdict`;
  const [from, to] = [isoDay(first), isoDay(last)];
  const more = options.untold === 0 ? '' : `; ${number(options.untold)} more are known of no day`;
  const axisTitle = `${step === day ? 'Days' : 'Weeks'} in UTC, ${from === to ? from : `${from} to ${to}`}${more}`;
  const bins = Math.ceil((days * day) / step);
  const every = Math.ceil(bins / mostLabels) * step;
  const ticks = Array.from({ length: bins === 0 ? 0 : Math.ceil((bins * step) / every) }, (_, index) => first + index * every);
  const spec = {
    vconcat: shown.map(({ member, verdict, words, total }, index) => ({
      title: `${number(total)} ${words}`,
      width,
      height: 90,
      data: { values: binned(rows, member, first, step) },
      mark: { type: 'bar' as const, fill: fillOf(verdict, options.idPrefix), stroke: colour.paper, strokeWidth: 1, minBandSize: 2 },
      encoding: {
        x: {
          field: 'from',
          type: 'temporal' as const,
          scale: { type: 'utc' as const, domainMin: first, domainMax: first + bins * step, nice: false },
          axis: {
            format: '%Y-%m-%d',
            grid: false,
            values: ticks,
            labelOverlap: false,
            labelFlush: false,
            title: index === shown.length - 1 ? axisTitle : null,
          },
        },
        x2: { field: 'to' },
        y: {
          field: 'events',
          type: 'quantitative' as const,
          axis: { tickCount: 3, format: ',d', title: 'Events', tickMinStep: 1, minExtent: 64 },
          scale: { nice: true, zero: true },
        },
        y2: { datum: 0 },
      },
    })),
    spacing: 18,
  };
  return chartOf(
    spec,
    title,
    `${altOf(title, rows, shown)}${more === '' ? '' : ` ${number(options.untold)} more events are known of no day.`}`,
    options,
  );
}

type Member = (typeof parts)[number]['member'];

function binned(rows: readonly AssessedDay[], member: Member, first: number, step: number) {
  const bins = new Map<number, number>();
  for (const row of rows) {
    const from = first + Math.floor((Date.parse(row.day) - first) / step) * step;
    bins.set(from, (bins.get(from) ?? 0) + row[member]);
  }
  return [...bins].filter(([, events]) => events > 0).map(([from, events]) => ({ from, to: from + step, events }));
}

function altOf(
  title: string,
  rows: readonly AssessedDay[],
  shown: readonly { readonly member: Member; readonly words: string; readonly total: number }[],
) {
  if (shown.length === 0) return `${title}: there are none.`;
  const days = rows.map((row) => row.day).sort();
  const told = shown.map(({ member, words, total }) => {
    const most = rows.reduce((best, row) => (row[member] > best[member] ? row : best));
    const on = rows.filter((row) => row[member] > 0).length;
    return `${number(total)} ${words}, on ${on} ${on === 1 ? 'day' : 'days'}, most on ${most.day} (${number(most[member])})`;
  });
  return `${title}, from ${days[0]} to ${days.at(-1)}: ${told.join('; ')}. Each verdict has a scale of its own.`;
}

const isoDay = (time: number): string => (Number.isFinite(time) ? new Date(time).toISOString().slice(0, 10) : '');

const number = (many: number): string => many.toLocaleString('en-US');
