// Reading a trail in the plainest way, with JSON.parse of whole texts: what the reader of bytes must find too.
import type { TrailCount, TrailPath, TrailWindow } from '../../src/access/types.ts';

interface PlainLog {
  readonly name: string;
  readonly text: string;
}

interface PlainReading {
  readonly events: number;
  readonly considered: number;
  readonly skipped: Record<string, number>;
  readonly errors: readonly { readonly file: string; readonly reason: string }[];
  readonly from: string | null;
  readonly to: string | null;
  readonly counts: readonly TrailCount[];
  readonly coverage: readonly { readonly accountId: string; readonly region: string; readonly days: readonly string[] }[];
}

type Dict = { readonly [key: string]: unknown };
const dict = (value: unknown): Dict => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Dict) : {});
/** Half a surrogate pair has no bytes in UTF-8: it becomes U+FFFD. */
const wellFormed = (value: string): string => Buffer.from(value).toString('utf8');
const text = (value: unknown): string | null => (typeof value === 'string' ? wellFormed(value) : null);
const own = (object: Dict, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined);

const deniedCodes = [
  'AccessDenied',
  'AccessDeniedException',
  'AllAccessDisabled',
  'Client.UnauthorizedOperation',
  'UnauthorizedAccess',
  'UnauthorizedOperation',
];
const notCalls = new Map([
  ['AwsServiceEvent', 'service event'],
  ['AwsVpceEvents', 'network activity'],
  ['AwsCloudTrailInsight', 'insight'],
]);
const notCallCategories = new Map([
  ['NetworkActivity', 'network activity'],
  ['Insight', 'insight'],
]);

const iso = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');

function pathOf(record: Dict): TrailPath {
  const identity = dict(own(record, 'userIdentity'));
  const issuer = dict(own(dict(own(identity, 'sessionContext')), 'sessionIssuer'));
  const type = text(own(identity, 'type'));
  const id = text(own(identity, 'principalId'));
  const resources = own(record, 'resources');
  const bucket = (Array.isArray(resources) ? resources : []).map(dict).find((resource) => own(resource, 'type') === 'AWS::S3::Bucket');
  return {
    identityType: type,
    principalArn: text(own(issuer, 'arn')) ?? text(own(identity, 'arn')),
    principalId: id !== null && (type === 'AssumedRole' || id.startsWith('AROA')) ? id.replace(/:.*/s, '') : id,
    accountId: text(own(identity, 'accountId')),
    invokedBy: text(own(identity, 'invokedBy')),
    sourceIpAddress: text(own(record, 'sourceIPAddress')),
    vpcEndpointId: text(own(record, 'vpcEndpointId')),
    vpcEndpointAccountId: text(own(record, 'vpcEndpointAccountId')),
    awsRegion: text(own(record, 'awsRegion')),
    bucket: text(own(dict(own(record, 'requestParameters')), 'bucketName')),
    bucketAccountId: text(own(dict(bucket), 'accountId')),
    recipientAccountId: text(own(record, 'recipientAccountId')),
    eventName: text(own(record, 'eventName')),
    outcome: deniedCodes.includes(text(own(record, 'errorCode')) ?? '') ? 'denied' : 'authorized',
    presigned: own(dict(own(record, 'additionalEventData')), 'AuthenticationMethod') === 'QueryString',
  };
}

/** The session that an STS record made and the tags it brought, `keys`; null where it brought none. */
function broughtTags(record: Dict): { readonly key: string; readonly tags: Record<string, string> } | null {
  const key = text(own(dict(own(dict(own(record, 'responseElements')), 'credentials')), 'accessKeyId'));
  const asked = dict(own(record, 'requestParameters'));
  const tags: [string, string][] = [];
  for (const field of ['incomingTransitiveTags', 'principalTags', 'tags']) {
    const value = own(asked, field);
    const pairs = Array.isArray(value)
      ? value.map(dict).map((tag): [unknown, unknown] => [own(tag, 'key'), own(tag, 'value') ?? ''])
      : Object.entries(dict(value));
    for (const [name, content] of pairs) {
      if (typeof name === 'string' && typeof content === 'string') tags.push([wellFormed(name), wellFormed(content)]);
    }
  }
  if (key === null || tags.length === 0) return null;
  return { key, tags: Object.fromEntries(tags.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** Whether this copy tells more of the caller than another of the same call does: the caller's own names the role (F8). */
function rank(path: TrailPath): number {
  const named = path.principalArn === null ? 0 : 2;
  return named + (path.recipientAccountId !== null && path.recipientAccountId === path.accountId ? 1 : 0);
}

/** Reads whole logs: what the scanner must find too, whatever the bytes look like. */
export function readPlain(logs: readonly PlainLog[], window: TrailWindow): PlainReading {
  const skipped: Record<string, number> = {};
  const errors: { file: string; reason: string }[] = [];
  const coverage = new Map<string, { accountId: string; region: string; days: Set<string> }>();
  const tagsOf = new Map<string, Record<string, string>>();
  const calls: { path: TrailPath; time: number; session: string | null; sharedId: string | null }[] = [];
  let events = 0;
  const skip = (reason: string, many = 1): void => {
    if (many > 0) skipped[reason] = (skipped[reason] ?? 0) + many;
  };

  /** Why the record is no part of a path; null where it is one. */
  function take(record: Dict): string | null {
    const time = Date.parse(text(own(record, 'eventTime')) ?? '');
    if (Number.isNaN(time)) return 'no event';
    const service = text(own(record, 'eventSource'));
    if (service === 'sts.amazonaws.com') {
      const brought = broughtTags(record);
      if (brought !== null) tagsOf.set(brought.key, brought.tags);
    }
    if ((window.since !== null && time < window.since) || (window.before !== null && time >= window.before)) {
      return 'outside the days asked for';
    }
    const [accountId, region] = [text(own(record, 'recipientAccountId')), text(own(record, 'awsRegion'))];
    if (accountId !== null && region !== null) {
      const key = JSON.stringify([accountId, region]);
      const entry = coverage.get(key) ?? { accountId, region, days: new Set() };
      coverage.set(key, entry);
      entry.days.add(iso(time).slice(0, 10));
    }
    if (service !== 's3.amazonaws.com') return 'another service';
    const type = text(own(record, 'eventType')) ?? '';
    const category = text(own(record, 'eventCategory')) ?? '';
    const noCall = notCalls.get(type) ?? notCallCategories.get(category);
    if (noCall !== undefined) return noCall;
    const session = text(own(dict(own(record, 'userIdentity')), 'accessKeyId'));
    calls.push({ path: pathOf(record), time, session, sharedId: text(own(record, 'sharedEventID')) });
    return null;
  }

  for (const { name, text: content } of logs) {
    try {
      const root: unknown = JSON.parse(content.replace(/^\uFEFF/, ''));
      const records = own(dict(root), 'Records');
      if (!Array.isArray(records)) {
        errors.push({ file: name, reason: 'it is no CloudTrail log: it has no Records' });
        continue;
      }
      events += records.length;
      for (const record of records) {
        const reason = take(dict(record));
        if (reason !== null) skip(reason);
      }
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      errors.push({ file: name, reason: content === '' ? 'it is empty' : 'it is no JSON' });
    }
  }

  const kept = new Map<string, (typeof calls)[number]>();
  const before = (a: (typeof calls)[number], b: (typeof calls)[number]): boolean => {
    if (rank(a.path) !== rank(b.path)) return rank(a.path) > rank(b.path);
    const [x, y] = [JSON.stringify(Object.values(a.path)), JSON.stringify(Object.values(b.path))];
    return x === y ? a.time < b.time : x < y;
  };
  for (const call of calls) {
    if (call.sharedId === null) continue;
    const other = kept.get(call.sharedId);
    if (other === undefined || before(call, other)) kept.set(call.sharedId, call);
  }
  const counted = calls.filter((call) => call.sharedId === null || kept.get(call.sharedId) === call);
  skip('second copy', calls.length - counted.length);

  interface Counted {
    readonly path: TrailPath;
    readonly sessionTags: Record<string, string>;
    readonly times: number[];
  }
  const counts = new Map<string, Counted>();
  for (const { path, time, session } of counted) {
    const sessionTags = (session === null ? undefined : tagsOf.get(session)) ?? {};
    const key = JSON.stringify([Object.values(path), sessionTags]);
    const count = counts.get(key) ?? { path, sessionTags, times: [] };
    counts.set(key, count);
    count.times.push(time);
  }
  const sorted = [...counts]
    .sort(([x, a], [y, b]) => b.times.length - a.times.length || (x < y ? -1 : 1))
    .map(([, { times, ...count }]) => {
      const inOrder = times.sort((a, b) => a - b);
      const [first = 0, last = 0] = [inOrder[0], inOrder.at(-1)];
      const days = [...new Set(inOrder.map((time) => iso(time).slice(0, 10)))];
      const ofDay = (day: string) => inOrder.filter((time) => iso(time).slice(0, 10) === day).length;
      return { ...count, events: times.length, first, last, days: days.map((day) => ({ day, events: ofDay(day) })) };
    });
  const reduce = (pick: (values: number[]) => number, times: number[]): string | null => (times.length === 0 ? null : iso(pick(times)));
  return {
    events,
    considered: counted.length,
    skipped,
    errors,
    from: reduce(
      (times) => times.reduce((a, b) => Math.min(a, b)),
      sorted.map((count) => count.first),
    ),
    to: reduce(
      (times) => times.reduce((a, b) => Math.max(a, b)),
      sorted.map((count) => count.last),
    ),
    counts: sorted.map(({ path, events: many, first, last, days, sessionTags }) => ({
      path,
      events: many,
      firstSeen: iso(first),
      lastSeen: iso(last),
      days,
      sessionTags,
    })),
    coverage: [...coverage]
      .sort(([x], [y]) => (x < y ? -1 : 1))
      .map(([, { accountId, region, days }]) => ({ accountId, region, days: [...days].sort() })),
  };
}
