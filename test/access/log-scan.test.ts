// The reader of bytes against JSON.parse of the same bytes: whatever the records hold, however they are written, wherever the
// chunks end, and whoever reads them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Grouping } from '../../src/access/grouping.ts';
import { LogScan } from '../../src/access/log-scan.ts';
import { merge } from '../../src/access/merge.ts';
import { readPlain } from './plain-reading.ts';
import { dice, log, logOfShapes, write } from './written-log.ts';

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

  test('finds what JSON.parse finds in records that are nearly alike: other values, names, members, types, white space, escapes', () => {
    fc.assert(
      fc.property(logOfShapes, fc.nat(), (one, seed) => {
        const bytes = write(one, seed, true);
        const { broken, sessionTagsIncomplete, ...found } = read([bytes, bytes], seed, 1);
        const { errors, ...expected } = plain([bytes, bytes]);
        expect(found).toEqual(expected);
        expect([broken.map(({ why }) => why), errors, sessionTagsIncomplete]).toEqual([[null, null], [], false]);
      }),
      { numRuns: 60 },
    );
  });

  const sts = '"eventSource":"sts.amazonaws.com","responseElements":{"credentials":{"accessKeyId":"ASIA1"}},';
  const two = (one: string, other: string) => `"resources":[{"type":"${one}","accountId":"1"},{"accountId":"2","type":"${other}"}]`;
  test.each([
    ['with an escape in a text that is kept', '"eventName":"GetObject"', '"eventName":"Get\\u004fbject"'],
    ['with an escape in a text that is not', '"x":"GetObject"', '"x":"\\"]}"'],
    ['with an escape in a name', '"x":"1","eventName":"a"', '"x":"1","eventN\\u0061me":"a"'],
    ['with another resource as its bucket', two('AWS::S3::Object', 'AWS::S3::Bucket'), two('AWS::S3::Bucket', 'AWS::S3::Object')],
    ['with no bucket among its resources', two('AWS::S3::Object', 'AWS::S3::Bucket'), two('AWS::S3::Object', 'AWS::S3::Thing')],
    ['with a name once that was there twice', '"eventName":"a","x":1,"eventName":"b"', '"eventName":"a","x":1'],
    ['with a name twice that was there once', '"eventName":"a","x":1', '"eventName":"a","x":1,"eventName":"b"'],
    ['with null for a text', '"eventName":"a"', '"eventName":null'],
    ['with a number for a text', '"eventName":"a"', '"eventName":1'],
    ['with more white space', '"eventName":"a","awsRegion":"b"', '"eventName": "a" , "awsRegion":"b"'],
    ['with an object for a number', '"x":1,"eventName":"a"', '"x":{"eventName":"a"}'],
    [
      'with other tags of a session',
      `${sts}"requestParameters":{"tags":[{"key":"a","value":"1"}]}`,
      `${sts}"requestParameters":{"tags":[{"key":"a","value":"2"}]}`,
    ],
  ])('reads a record %s after others of one shape', (_, usual, other) => {
    const record = (rest: string): string =>
      `{"eventTime":"2026-11-20T10:00:00Z","eventSource":"s3.amazonaws.com","userIdentity":{"type":"a","accessKeyId":"ASIA1"},${rest}}`;
    const records = [...Array.from({ length: 9 }, () => usual), other, usual, other, other, other, usual, other, '"eventName":"Last"'].map(
      record,
    );
    const bytes = Buffer.from(`{"Records":[${records.join(',')}]}`);
    const { broken, sessionTagsIncomplete, ...found } = read([bytes], 7, 1);
    const { errors, ...expected } = plain([bytes]);
    expect(found).toEqual(expected);
    expect([broken, errors, sessionTagsIncomplete]).toEqual([[{ why: null, records: 17 }], [], false]);
  });

  test.each([
    ['a text that is not closed', '"x":"1","n":2}', '"x":"1,"n":2}'],
    ['a control character in a text', '"x":"1","n":2}', '"x":"\u0001","n":2}'],
    ['a number that is none', '"x":"1","n":2}', '"x":"1","n":02}'],
    ['a number with something behind it', '"x":"1","n":2}', '"x":"1","n":2.}'],
    ['a text where a number was', '"x":"1","n":2}', '"x":"1","n":"2"""}'],
    ['a number where a text was', '"x":"1","n":2}', '"x":1","n":2}'],
    ['a wrong escape', '"x":"1","n":2}', '"x":"\\x","n":2}'],
    ['another bracket', '"x":"1","n":2}', '"x":"1","n":2]'],
  ])('refuses a record of a known shape with %s', (_, good, bad) => {
    const before = `${Array.from({ length: 9 }, () => `{"eventTime":"2026-11-20T10:00:00Z","eventSource":"s3.amazonaws.com",${good}`).join(',')},`;
    const text = `{"Records":[${before}{"eventTime":"2026-11-20T10:00:00Z","eventSource":"s3.amazonaws.com",`;
    const [{ why, records } = { why: null, records: 0 }] = read([Buffer.from(`${text}${bad}]}`)], 7, 1).broken;
    expect([why, records]).toEqual(['it is no JSON', 9]);
    expect(read([Buffer.from(`${text}${good}]}`)], 7, 1).broken).toEqual([{ why: null, records: 10 }]);
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
    const grouping = new Grouping(window, { paths: 100, sessions: 100, days: 1000, taggedSessions: 100, shared: 100, ...over });
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
