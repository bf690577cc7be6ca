// Charts as they are drawn: what they say, and that no text stands on another.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawReplayOverTime } from '../../../src/ui/charts/over-time.ts';
import { drawRemedies } from '../../../src/ui/charts/remedies.ts';
import { chartTextsOf, outsideOf, overlapsOf, sizeOf } from '../../support/svg-geometry.ts';

const dayOf = (n: number): string => new Date(Date.UTC(2026, 4, 1 + n)).toISOString().slice(0, 10);
const time = { idPrefix: 'time', untold: 0 };

const faultsOf = (svg: string): readonly string[] => {
  const texts = chartTextsOf(svg);
  return [...overlapsOf(texts), ...outsideOf(texts, sizeOf(svg))];
};

const bars = (svg: string, fill: string): number => svg.split(`fill="${fill}" stroke="var(--picture-paper)"`).length - 1;

describe('a replay over time', () => {
  const rows = [
    { day: dayOf(0), passes: 1200, newlyDenied: 0, unknown: 0 },
    { day: dayOf(3), passes: 900, newlyDenied: 4, unknown: 0 },
    { day: dayOf(4), passes: 1000, newlyDenied: 9, unknown: 0 },
  ];

  test('has bars for each verdict that occurs, filled differently, and says the sums', async () => {
    const { svg, alt } = await drawReplayOverTime(rows, time);
    expect(bars(svg, 'var(--picture-passes)')).toBe(3);
    expect(bars(svg, 'url(#time-denied)')).toBe(2);
    expect(bars(svg, 'url(#time-unknown)')).toBe(0);
    const said = chartTextsOf(svg).map(({ text }) => text);
    expect(said).toEqual(expect.arrayContaining(['13 newly denied', '3,100 pass', 'Days in UTC, 2026-05-01 to 2026-05-05']));
    expect(said.join()).not.toContain('cannot be told');
    expect(alt).toBe(
      'Recorded events by day and verdict, from 2026-05-01 to 2026-05-05: 13 newly denied, on 2 days, most on 2026-05-05 (9); 3,100 pass, on 3 days, most on 2026-05-01 (1,200). Each verdict has a scale of its own.',
    );
  });

  test('is an image with title and description, without anything that vega says of its parts', async () => {
    const { svg, alt } = await drawReplayOverTime(rows, time);
    expect(svg).toMatch(/^<svg [^>]*id="time" role="img" aria-labelledby="time-title time-desc"/);
    expect(svg).toContain(`<desc id="time-desc">${alt}</desc>`);
    expect(svg.match(/role=/g)).toHaveLength(1);
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|<script|href=|url\((?!#time-)/);
  });

  test('beyond half a year a bar is a week', async () => {
    const year = Array.from({ length: 364 }, (_, n) => ({ day: dayOf(n), passes: 1, newlyDenied: 0, unknown: 0 }));
    const { svg, alt } = await drawReplayOverTime(year, time);
    expect(bars(svg, 'var(--picture-passes)')).toBe(52);
    expect(alt).toContain('by week and verdict');
  });

  test('says how many events are known of no day', async () => {
    const { svg, alt } = await drawReplayOverTime(rows, { ...time, untold: 1234 });
    expect(alt).toContain('1,234 more events are known of no day.');
    expect(chartTextsOf(svg).map(({ text }) => text)).toContain('Days in UTC, 2026-05-01 to 2026-05-05; 1,234 more are known of no day');
  });

  test('of no events says so', async () => {
    expect((await drawReplayOverTime([], time)).alt).toBe('Recorded events by day and verdict: there are none.');
  });

  test('whatever the days and numbers, no text stands on another or leaves the picture', async () => {
    const amount = fc.oneof(fc.constant(0), fc.nat(20), fc.nat(2_000_000_000));
    const row = fc.record({ day: fc.nat(700).map(dayOf), passes: amount, newlyDenied: amount, unknown: amount });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(row, { minLength: 1, maxLength: 40, selector: ({ day }) => day }), async (days) => {
        expect(faultsOf((await drawReplayOverTime(days, time)).svg)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

describe('remedies', () => {
  const rows = [
    { kind: 'move-in', paths: 12, events: 34_000 },
    { kind: 'cover', paths: 1, events: 1 },
    { kind: 'exempt', paths: 0, events: 0 },
  ] as const;

  test('are bars with their paths and events, those without paths left out', async () => {
    const { svg, alt } = await drawRemedies(rows, { idPrefix: 'remedies' });
    expect(chartTextsOf(svg).map(({ text }) => text)).toEqual([
      'move it into the network',
      'trust its network',
      '12 paths, 34,000 events',
      '1 path, 1 event',
    ]);
    expect(alt).toBe(
      'Newly denied paths by what to try first: move it into the network: 12 paths with 34,000 events; trust its network: 1 path with 1 event.',
    );
  });

  test('no text stands on another or leaves the picture', async () => {
    const amount = fc.nat(2_000_000_000);
    const all = fc
      .tuple(amount, amount, amount)
      .map((paths) =>
        (['move-in', 'cover', 'none'] as const).map((kind, index) => ({ kind, paths: paths[index] ?? 0, events: paths[index] ?? 0 })),
      );
    await fc.assert(
      fc.asyncProperty(all, async (some) => {
        expect(faultsOf((await drawRemedies(some, { idPrefix: 'remedies' })).svg)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
