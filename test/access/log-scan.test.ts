// The reader of bytes against JSON.parse of the same bytes: whatever the records hold, however they are written, wherever the
// chunks end, and whoever reads them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Grouping } from '../../src/access/grouping.ts';
import { LogScan } from '../../src/access/log-scan.ts';
import { merge } from '../../src/access/merge.ts';
import { readPlain } from './plain-reading.ts';
import { dice, log, write } from './written-log.ts';

const window = { since: null, before: null };

/** Reads logs with as many groupings as asked for, cut into chunks as the dice fall. */
function read(logs: readonly Buffer[], seed: number, readers: number, within = window as { since: number | null; before: number | null }) {
  const roll = dice(seed);
  const groupings = Array.from({ length: readers }, () => new Grouping(within));
  const scans = groupings.map((grouping) => new LogScan((fields) => grouping.take(fields)));
  const broken = logs.map((bytes) => {
    const scan = scans[roll(readers)];
    scan?.begin();
    const most = [3, 40, 1000][roll(3)] ?? 1;
    for (let at = 0; at < bytes.length; ) {
      const end = at + 1 + roll(most);
      scan?.feed(bytes.subarray(at, end));
      at = end;
    }
    return { why: scan?.finish() ?? null, records: scan?.records ?? 0 };
  });
  return { ...merge(groupings.map((grouping) => grouping.part())), broken };
}

const plain = (logs: readonly Buffer[], within = window as { since: number | null; before: number | null }) =>
  readPlain(
    logs.map((bytes, n) => ({ name: String(n), text: bytes.toString('utf8') })),
    within,
  );

describe('the reader of bytes', () => {
  test('finds what JSON.parse finds, however the records are written and cut, and whoever reads them', () => {
    const seeds = fc.record({ seed: fc.nat(), readers: fc.integer({ min: 1, max: 3 }) });
    const since = fc.constantFrom(null, Date.parse('2026-11-20T12:00:00Z'));
    fc.assert(
      fc.property(fc.array(log, { minLength: 1, maxLength: 3 }), seeds, since, (logs, { seed, readers }, from) => {
        const bytes = logs.map((one, n) => write(one, seed + n));
        const { broken, sessionTagsIncomplete, ...found } = read(bytes, seed, readers, { since: from, before: null });
        const { errors, ...expected } = plain(bytes, { since: from, before: null });
        expect(found).toEqual(expected);
        expect(broken.filter(({ why }) => why !== null)).toEqual([]);
        expect([errors, sessionTagsIncomplete]).toEqual([[], false]);
      }),
      { numRuns: 200 },
    );
  });

  test('refuses what JSON.parse refuses, and keeps the records before the break', () => {
    const damage = fc.record({ at: fc.nat(), by: fc.option(fc.integer({ min: 0, max: 255 }), { nil: null }), seed: fc.nat() });
    fc.assert(
      fc.property(log, damage, (one, { at, by, seed }) => {
        const whole = write({ ...one, marked: false }, seed);
        const bytes = by === null ? whole.subarray(0, at % whole.length) : Buffer.from(whole);
        if (by !== null) bytes[at % bytes.length] = by;
        const { broken, ...found } = read([bytes], seed, 1);
        const [{ why, records } = { why: null, records: 0 }] = broken;
        const { errors } = plain([bytes]);
        expect(why === null).toBe(errors.length === 0);
        if (why === null || by !== null) return;
        const before = write({ ...one, records: one.records.slice(0, records), marked: false }, 1);
        const { counts, coverage } = plain([before]);
        expect({ counts: found.counts, coverage: found.coverage }).toEqual({ counts, coverage });
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['', 'it is empty'],
    ['  \n', 'it is no JSON'],
    ['[{"Records":[]}]', 'it is no CloudTrail log: it has no Records'],
    ['"Records"', 'it is no CloudTrail log: it has no Records'],
    ['{"Records":null}', 'it is no CloudTrail log: it has no Records'],
    ['{}', 'it is no CloudTrail log: it has no Records'],
    ['{"Records":[{"a":1},{"a"', 'it ends in the middle'],
    ['{"Records":[{"a":1}', 'it ends in the middle'],
    ['{"Records":[{"a":01}]}', 'it is no JSON'],
    ['{"Records":[{"a":1},]}', 'it is no JSON'],
    ['{"Records":[]}{}', 'it is no JSON'],
    ['{"Records":[],"Records":[]}', 'it has Records twice'],
    [`{"Records":[${'['.repeat(600)}`, 'it is nested more than 500 deep'],
    ['<html>', 'it is no JSON'],
  ])('says of %j: %s', (content, why) => {
    expect(read([Buffer.from(content)], 1, 1).broken.map((one) => one.why)).toEqual([why]);
  });

  test('takes a record that is larger than the window, and refuses one that no log has', () => {
    const big = (length: number): Buffer =>
      Buffer.from(
        `{"Records":[{"eventTime":"2026-11-20T10:00:00Z","eventSource":"s3.amazonaws.com","x":"${'y'.repeat(length)}","eventName":"Last"}]}`,
      );
    const feed = (bytes: Buffer) => {
      const grouping = new Grouping(window);
      const scan = new LogScan((fields) => grouping.take(fields));
      for (let at = 0; at < bytes.length; at += 65_536) scan.feed(bytes.subarray(at, at + 65_536));
      return { why: scan.finish(), names: merge([grouping.part()]).counts.map(({ path }) => path.eventName) };
    };
    expect(feed(big(3_000_000))).toEqual({ why: null, names: ['Last'] });
    expect(feed(big(20_000_000))).toEqual({ why: 'a value in it is larger than 16 MB', names: [] });
  });
});

describe('a grouping', () => {
  const records = (many: number, of: (n: number) => object): Buffer =>
    Buffer.from(
      JSON.stringify({
        Records: Array.from({ length: many }, (_, n) => ({ eventTime: '2026-11-20T10:00:00Z', eventSource: 's3.amazonaws.com', ...of(n) })),
      }),
    );
  const group = (bytes: Buffer, over: object) => {
    const grouping = new Grouping(window, { paths: 100, sessions: 100, taggedSessions: 100, shared: 100, ...over });
    const scan = new LogScan((fields) => grouping.take(fields));
    scan.feed(bytes);
    expect(scan.finish()).toBeNull();
    return merge([grouping.part()]);
  };

  test('counts further paths without their address when there are too many, and says so', () => {
    const { counts, considered, skipped } = group(
      records(50, (n) => ({ sourceIPAddress: `203.0.113.${n}` })),
      { paths: 10 },
    );
    expect(counts).toHaveLength(11);
    expect(counts[0]).toMatchObject({ path: { sourceIpAddress: null }, events: 40 });
    expect({ considered, skipped }).toEqual({ considered: 50, skipped: { 'counted without its address (too many addresses)': 40 } });
  });

  test('says that session tags are incomplete only where there are tags and too many sessions', () => {
    const sts = {
      eventSource: 'sts.amazonaws.com',
      requestParameters: { tags: [{ key: 'team', value: 'x' }] },
      responseElements: { credentials: { accessKeyId: 'ASIA0' } },
    };
    const by = (n: number) => ({ userIdentity: { accessKeyId: `ASIA${n}` } });
    expect(group(records(50, by), { sessions: 10 }).sessionTagsIncomplete).toBe(false);
    const tagged = group(
      records(50, (n) => (n === 49 ? sts : by(n))),
      { sessions: 10 },
    );
    expect(tagged.sessionTagsIncomplete).toBe(true);
    expect(tagged.counts.map(({ events, sessionTags }) => [events, sessionTags])).toEqual([
      [48, {}],
      [1, { team: 'x' }],
    ]);
    expect(
      group(
        records(50, (n) => (n === 49 ? sts : by(n))),
        {},
      ).sessionTagsIncomplete,
    ).toBe(false);
  });

  test('counts without looking for second copies when there are too many records that may have one, and says so', () => {
    const { considered, skipped } = group(
      records(50, (n) => ({ sharedEventID: `s${n % 25}` })),
      { shared: 40 },
    );
    expect({ considered, skipped }).toEqual({
      considered: 35,
      skipped: { 'counted without looking for a second copy (too many)': 10, 'second copy': 15 },
    });
  });
});
