// The replay: every path of a trail judged under the perimeter that will stand, with the reason and the smallest remedies.
// Pure: reading trails knows no perimeter, and judging them asks nobody.
import type { Finding } from '../findings.ts';
import { Ledger } from './coverage.ts';
import { carries, type Derived, derive } from './derive.ts';
import type { Network } from './from.ts';
import { type Remedy, remediesOf } from './remedies.ts';
import { scopeOf } from './scope.ts';
import type { TrailCount, TrailReading } from './types.ts';
import { type Documents, documentsOf, type Verdict, verdictOf } from './verdict.ts';
import { whyOf } from './why.ts';
import type { AssessWorld } from './world.ts';

/** Calls that are alike in all that a person would act on. */
export interface AssessedPath {
  /** ARN of the role or user; `anonymous`, `service:NAME` or `account:ID/PRINCIPALID` where there is none. */
  readonly principal: string;
  readonly network: Network;
  readonly viaService: string | null;
  readonly bucket: string;
  /** IAM actions, sorted. */
  readonly actions: readonly string[];
  readonly events: number;
  /** ISO times. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly verdict: Verdict['verdict'];
  readonly why: readonly string[];
  /** Of newly denied paths; the first is the one to try first. */
  readonly remedies: readonly Remedy[];
}

/** How many events of a day have which verdict. */
export interface AssessedDay {
  /** `YYYY-MM-DD`, in UTC. */
  readonly day: string;
  readonly passes: number;
  readonly newlyDenied: number;
  readonly unknown: number;
}

export interface Assessment {
  readonly source: TrailReading['source'];
  readonly files: number;
  readonly events: number;
  readonly considered: number;
  readonly skipped: TrailReading['skipped'];
  /** Events about buckets in scope that AWS refused already. */
  readonly alreadyDenied: number;
  readonly errors: TrailReading['errors'];
  readonly from: string | null;
  readonly to: string | null;
  /** What Amazon charged for reading it by way of Athena; null for other sources. */
  readonly cost: TrailReading['cost'];
  /** Most events first. */
  readonly paths: readonly AssessedPath[];
  /** Events about buckets in scope that AWS did not refuse, by day in UTC and by verdict; fewer than all where the trail is too large. */
  readonly days: readonly AssessedDay[];
  /** What the replay cannot prove. */
  readonly coverage: readonly Finding[];
}

/**
 * Judges what was read. In scope are the buckets that the perimeter's patterns match, and the test bucket. *Newly denied*: AWS did
 * not refuse the recorded call, a policy of the perimeter binds this principal, and its Deny matches.
 */
export function assessReading(reading: TrailReading, world: AssessWorld): Assessment {
  const documents = documentsOf(world.spec, world.testBucket);
  const isInScope = scopeOf(world.spec, world.testBucket);
  const rows = new Map<string, Row>();
  const days = new Map<string, { -readonly [Field in keyof AssessedDay]: AssessedDay[Field] }>();
  const ledger = new Ledger(reading, world);
  let alreadyDenied = 0;
  for (const count of reading.counts) {
    const { bucket, outcome } = count.path;
    if (bucket === null || !isInScope(bucket)) continue;
    if (outcome === 'denied') {
      alreadyDenied += count.events;
      continue;
    }
    const derived = derive(count.path, bucket, count.sessionTags, world);
    const verdict = verdictOf(derived, world, documents);
    ledger.add(count.path, derived, verdict);
    addTo(rows, count, derived, verdict, world);
    for (const { day, events } of count.days) {
      const ofDay = days.get(day) ?? { day, passes: 0, newlyDenied: 0, unknown: 0 };
      days.set(day, ofDay);
      ofDay[memberOf[verdict.verdict]] += events;
    }
  }
  const { source, files, events, considered, skipped, errors, from, to, cost } = reading;
  const paths = [...rows.values()].map((row) => assessedPath(row, world, documents)).sort(byEvents);
  return {
    ...{ source, files, events, considered, skipped, alreadyDenied, errors, from, to, cost, paths },
    days: [...days.values()].sort((a, b) => compare(a.day, b.day)),
    coverage: ledger.findings(),
  };
}

const memberOf = { passes: 'passes', 'newly-denied': 'newlyDenied', unknown: 'unknown' } as const;

interface Row {
  readonly derived: Derived;
  readonly verdict: Verdict;
  readonly actions: Set<string>;
  events: number;
  firstSeen: string;
  lastSeen: string;
}

function addTo(rows: Map<string, Row>, count: TrailCount, derived: Derived, verdict: Verdict, world: AssessWorld): void {
  const { who, from, by, bucket, tags, request } = derived;
  const key = JSON.stringify([
    who.name,
    from.network,
    by.service,
    by.how,
    derived.presigned,
    bucket,
    verdict.verdict,
    verdict.denials,
    verdict.dependsOn,
    tags !== null && carries(tags, world.spec.exemptTag),
  ]);
  const row = rows.get(key);
  if (row === undefined) {
    const { events, firstSeen, lastSeen } = count;
    rows.set(key, { derived, verdict, actions: new Set([request.action]), events, firstSeen, lastSeen });
    return;
  }
  row.actions.add(request.action);
  row.events += count.events;
  if (count.firstSeen < row.firstSeen) row.firstSeen = count.firstSeen;
  if (count.lastSeen > row.lastSeen) row.lastSeen = count.lastSeen;
}

function assessedPath(
  { derived, verdict, actions, events, firstSeen, lastSeen }: Row,
  world: AssessWorld,
  documents: Documents,
): AssessedPath {
  return {
    principal: derived.who.name,
    network: derived.from.network,
    viaService: derived.by.service,
    bucket: derived.bucket,
    actions: [...actions].sort(),
    events,
    firstSeen,
    lastSeen,
    verdict: verdict.verdict,
    why: whyOf(derived, verdict, world),
    remedies: verdict.verdict === 'newly-denied' ? remediesOf(derived, world, documents) : [],
  };
}

const byEvents = (a: AssessedPath, b: AssessedPath): number =>
  b.events - a.events || compare(a.principal, b.principal) || compare(a.bucket, b.bucket) || compare(a.network.value, b.network.value);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
