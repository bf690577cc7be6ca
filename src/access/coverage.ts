// The coverage ledger: what a replay cannot prove, as findings. No rows prove nothing (F15).
import { type Finding, finding } from '../findings.ts';
import { type Derived, isIn } from './derive.ts';
import type { TrailPath, TrailReading } from './types.ts';
import type { Verdict } from './verdict.ts';
import type { AssessWorld } from './world.ts';

/** Notes what the paths in scope leave open. */
export class Ledger {
  readonly #reading: TrailReading;
  readonly #world: AssessWorld;
  readonly #untold = new Set<string>();
  readonly #endpoints = new Set<string>();
  readonly #foreign = new Set<string>();
  readonly #undecided = new Set<string>();
  readonly #regions = new Set<string>();
  readonly #accounts = new Set<string>();

  constructor(reading: TrailReading, world: AssessWorld) {
    this.#reading = reading;
    this.#world = world;
    if (world.region !== null) this.#regions.add(world.region);
    if (world.accountId !== null) this.#accounts.add(world.accountId);
  }

  /** A path in scope that AWS did not refuse. */
  add(path: TrailPath, { who, from, tags }: Derived, { verdict, doubts }: Verdict): void {
    if (path.awsRegion !== null) this.#regions.add(path.awsRegion);
    if (path.recipientAccountId !== null) this.#accounts.add(path.recipientAccountId);
    // What is not known of a call that passes or is denied whatever it may be leaves nothing open.
    if (verdict !== 'unknown') return;
    if (tags === null) this.#untold.add(who.name);
    if (from.strangeEndpoint !== null) this.#endpoints.add(from.strangeEndpoint);
    if (who.kind === 'unnamed' && who.accountId !== null && !this.#isRead(who.accountId)) this.#foreign.add(who.accountId);
    if (doubts.includes('target') && who.accountId !== null && isIn(this.#world.bound, who.accountId) === 'maybe') {
      this.#undecided.add(who.accountId);
    }
  }

  findings(): readonly Finding[] {
    const gaps = this.#gaps();
    const one = (code: 'QP603' | 'QP604' | 'QP606' | 'QP607', subjects: ReadonlySet<string>): readonly Finding[] =>
      subjects.size === 0 ? [] : [finding(code, { detail: named([...subjects].sort()), subjects: [...subjects].sort() })];
    return [
      ...this.#world.findings,
      ...(gaps.length === 0 ? [] : [finding('QP602', { detail: named(gaps), subjects: gaps })]),
      ...one('QP603', this.#untold),
      ...one('QP604', this.#endpoints),
      ...(this.#reading.sessionTagsIncomplete ? [finding('QP605', { detail: '', subjects: [] })] : []),
      ...one('QP606', this.#foreign),
      ...one('QP607', this.#undecided),
    ];
  }

  #isRead(accountId: string): boolean {
    return this.#reading.coverage.some((each) => each.accountId === accountId);
  }

  /** Days without any record, for each account and Region that should have some. */
  #gaps(): readonly string[] {
    const { coverage, from, to } = this.#reading;
    const { since, before } = this.#world.window;
    const first = since === null ? from : new Date(since).toISOString();
    // The end is not part of the window.
    const last = before === null ? to : new Date(before - 1).toISOString();
    if (first === null || last === null) return [];
    const days = daysBetween(first.slice(0, 10), last.slice(0, 10));
    return [...this.#accounts].sort().flatMap((accountId) =>
      [...this.#regions].sort().flatMap((region) => {
        const seen = new Set(
          coverage.filter((each) => each.accountId === accountId && each.region === region).flatMap((each) => each.days),
        );
        const missing = days.filter((day) => !seen.has(day));
        return missing.length === 0
          ? []
          : [`${accountId} in ${region}: ${missing.length === days.length ? 'no day at all' : runsOf(missing)}`];
      }),
    );
  }
}

const dayMs = 86_400_000;

/** `2026-05-01`, … both ends in it. At most ten years: a window may be typed wrong. */
function daysBetween(first: string, last: string): readonly string[] {
  const start = Date.parse(first);
  const count = Math.min(3660, Math.floor((Date.parse(last) - start) / dayMs) + 1);
  return Array.from({ length: Math.max(0, count) }, (_, n) => new Date(start + n * dayMs).toISOString().slice(0, 10));
}

/** Days in order as `2026-05-01 to 2026-05-03, 2026-05-07`. */
function runsOf(days: readonly string[]): string {
  const runs: { first: string; last: string }[] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run !== undefined && Date.parse(day) - Date.parse(run.last) === dayMs) run.last = day;
    else runs.push({ first: day, last: day });
  }
  return runs.map(({ first, last }) => (first === last ? first : `${first} to ${last}`)).join(', ');
}

const most = 12;
const named = (names: readonly string[]): string =>
  names.length <= most ? names.join('; ') : `${names.slice(0, most).join('; ')} and ${names.length - most} more`;
