// Records become paths: how often each was taken, by whom in which session, and what has to be settled when all is read.
import { DayCounts } from './day-counts.ts';
import { EventTimes } from './event-time.ts';
import { firstHash, KeyTable, keyReader, secondHash } from './key-table.ts';
import { type Bounds, bounds, type Part } from './part.ts';
import { putPathKey } from './path-key.ts';
import type { RecordFields } from './record-fields.ts';
import { field } from './record-places.ts';
import { broughtTags, type SessionTags } from './session-tags.ts';
import { SharedRecords } from './shared-records.ts';
import { TallyTable } from './tally-table.ts';
import type { TrailWindow } from './types.ts';

const { eventTime, eventSource, eventType, eventCategory, sharedEventID, recipientAccountId, awsRegion } = field;
const accessKeyId = field['userIdentity.accessKeyId'];

const [s3, sts] = [Buffer.from('s3.amazonaws.com'), Buffer.from('sts.amazonaws.com')];
/** Records of S3 that are nobody's call: lifecycle and the like; the endpoint owner's copies; deviations from a baseline. */
const noCalls: readonly { readonly index: number; readonly value: Buffer; readonly reason: string }[] = [
  { index: eventType, value: Buffer.from('AwsServiceEvent'), reason: 'service event' },
  { index: eventType, value: Buffer.from('AwsVpceEvents'), reason: 'network activity' },
  { index: eventType, value: Buffer.from('AwsCloudTrailInsight'), reason: 'insight' },
  { index: eventCategory, value: Buffer.from('NetworkActivity'), reason: 'network activity' },
  { index: eventCategory, value: Buffer.from('Insight'), reason: 'insight' },
];
/** How an access key begins that is no session's: `AKIA`. */
const longTerm = Buffer.from('AKIA').readInt32LE();

/** What is shown each record that became part of a path, and the path's number among those of the part. */
export type SeenOnPath = (fields: RecordFields, path: number) => void;

export class Grouping {
  private readonly window: TrailWindow;
  private readonly seen: SeenOnPath | null;
  private readonly bounds: Bounds;
  private readonly times = new EventTimes(eventTime);
  private readonly paths = new KeyTable();
  private readonly tallies = new TallyTable();
  /** Three numbers a tally, as in Part. */
  private counts = new Float64Array(3 * 1024);
  private readonly byDay: DayCounts;
  private readonly places = new KeyTable();
  /** By place: the day of its last record, and all days. */
  private readonly lastDay: number[] = [];
  private readonly days: Set<number>[] = [];
  private readonly skipped = new Map<string, number>();
  private readonly tags = new Map<string, SessionTags>();
  private readonly shared: SharedRecords;
  private sessionsLost = false;
  private tagsLost = false;
  /** Records taken so far. */
  events = 0;

  constructor(window: TrailWindow, within: Bounds = bounds, seen: SeenOnPath | null = null) {
    this.window = window;
    this.seen = seen;
    this.bounds = within;
    this.shared = new SharedRecords(within.shared);
    this.byDay = new DayCounts(within.days);
  }

  /** Takes one record; null: an element of `Records` that is no object. */
  take(fields: RecordFields | null): void {
    this.events++;
    const reason = fields === null ? 'no event' : this.group(fields);
    if (reason !== null) this.skip(reason);
  }

  /** All that was found, to be merged with others'. */
  part(): Part {
    const { events, skipped, counts, tags, sessionsLost, tagsLost } = this;
    const place = keyReader(this.places.keys());
    const coverage = this.days.map((days, number) => {
      const [accountId, region] = place(number).texts;
      return { accountId: accountId ?? null, region: region ?? null, days };
    });
    return {
      events,
      skipped,
      paths: this.paths.keys(),
      tallies: this.tallies.keys(),
      counts,
      days: this.byDay.list(),
      shared: this.shared.blocks,
      tags,
      coverage,
      sessionsLost,
      tagsLost,
    };
  }

  private skip(reason: string): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1);
  }

  /** Why the record is no part of a path; null where it is one. */
  private group(fields: RecordFields): string | null {
    const time = this.times.of(fields);
    if (Number.isNaN(time)) return 'no event';
    const ours = fields.is(eventSource, s3);
    // A session that was made before the time asked for may still be in use within it.
    if (!ours && fields.is(eventSource, sts)) this.takeTags(fields);
    const { since, before } = this.window;
    if ((since !== null && time < since) || (before !== null && time >= before)) return 'outside the days asked for';
    const day = Math.floor(time / 86_400_000);
    this.cover(fields, day);
    if (!ours) return 'another service';
    for (const { index, value, reason } of noCalls) if (fields.is(index, value)) return reason;
    const tally = this.tallyOf(fields);
    if (fields.has(sharedEventID)) {
      if (this.shared.take(fields, sharedEventID, tally, time)) return null;
      this.skip('counted without looking for a second copy (too many)');
    }
    const { counts } = this;
    const at = 3 * tally;
    const events = counts[at] ?? 0;
    counts[at] = events + 1;
    if (events === 0 || time < (counts[at + 1] ?? 0)) counts[at + 1] = time;
    if (events === 0 || time > (counts[at + 2] ?? 0)) counts[at + 2] = time;
    this.byDay.add(tally, day);
    return null;
  }

  private takeTags(fields: RecordFields): void {
    const brought = broughtTags(fields);
    if (brought === null) return;
    if (this.tags.size < this.bounds.taggedSessions || this.tags.has(brought.accessKeyId)) this.tags.set(brought.accessKeyId, brought.tags);
    else this.tagsLost = true;
  }

  private cover(fields: RecordFields, day: number): void {
    if (!fields.has(recipientAccountId) || !fields.has(awsRegion)) return;
    this.places.begin(0);
    this.places.add(fields.view, fields.start(recipientAccountId), fields.length(recipientAccountId));
    this.places.add(fields.view, fields.start(awsRegion), fields.length(awsRegion));
    const place = this.places.find(true);
    if (this.lastDay[place] === day) return;
    this.lastDay[place] = day;
    const days = this.days[place];
    if (days === undefined) this.days[place] = new Set([day]);
    else days.add(day);
  }

  /** The number of the tally that the record is counted in. */
  private tallyOf(fields: RecordFields): number {
    const path = this.pathOf(fields);
    this.seen?.(fields, path);
    const { tallies } = this;
    const start = fields.start(accessKeyId);
    if (start >= 0 && fields.view.getInt32(start, true) !== longTerm) {
      const length = fields.length(accessKeyId);
      const [one, other] = [firstHash(fields.view, start, length), secondHash(fields.view, start, length)];
      const known = tallies.find(path, one, other, tallies.count < this.bounds.sessions);
      if (known >= 0) return this.withCounts(known);
      this.sessionsLost = true;
    }
    return this.withCounts(tallies.find(path, 0, 0, true));
  }

  private withCounts(tally: number): number {
    if (3 * tally + 2 < this.counts.length) return tally;
    const larger = new Float64Array(2 * this.counts.length);
    larger.set(this.counts);
    this.counts = larger;
    return tally;
  }

  private pathOf(fields: RecordFields): number {
    putPathKey(this.paths, fields, true);
    const known = this.paths.find(this.paths.count < this.bounds.paths);
    if (known >= 0) return known;
    this.skip('counted without its address (too many addresses)');
    putPathKey(this.paths, fields, false);
    return this.paths.find(true);
  }
}
