// A trail that is still being written, looked at again and again: what is new in it since the last look.
import pLimit from 'p-limit';
import { type DeniedCall, type ReadLog, readLog } from './follow-log.ts';
import type { FollowedSource, FoundLog } from './follow-sources.ts';
import type { SessionTags } from './session-tags.ts';
import type { TrailCount, TrailWindow } from './types.ts';

/** What one look found that the looks before had not. */
export interface News {
  /** Logs that were read. */
  readonly logs: number;
  readonly events: number;
  /** Each refused call once; a later copy that tells more of the caller comes again. */
  readonly denials: readonly DeniedCall[];
  readonly counts: readonly TrailCount[];
  /** Logs that cannot be read, told once each. */
  readonly errors: readonly { readonly file: string; readonly reason: string }[];
}

const hour = 3_600_000;
/** A role's session lasts at most so long: the record of its beginning tells its tags. */
const sessionsLast = 12 * hour;
/** Logs that are delivered later than this after others are not looked for. */
const deliveredWithin = 24 * hour;
/** How often a log that is not whole yet is looked at again without having changed. */
const patience = 2;
const readAtOnce = 8;
/** Refused calls that are remembered, so that a second copy is known; and sessions with tags. */
const mostCalls = 200_000;
const mostSessions = 100_000;

interface Unread {
  readonly stamp: string;
  readonly looks: number;
  readonly told: boolean;
}

export class Follower {
  readonly #sources: readonly FollowedSource[];
  readonly #since: number;
  #read = new Set<string>();
  readonly #unread = new Map<string, Unread>();
  /** Rank of the best copy so far, by the call's id; the oldest one first. */
  readonly #calls = new Map<string, number>();
  readonly #tags = new Map<string, SessionTags>();
  #lastLook: number | null = null;

  /** @param since milliseconds since the epoch: of the records those from then on */
  constructor(sources: readonly FollowedSource[], since: number) {
    this.#sources = sources;
    this.#since = since;
  }

  /** Tags that a session brought with it, as far as its beginning was in the trail. */
  tagsOf({ accessKeyId }: Pick<DeniedCall, 'accessKeyId'>): SessionTags {
    return (accessKeyId === null ? undefined : this.#tags.get(accessKeyId)) ?? {};
  }

  /**
   * Reads the logs that are new. A log that is cut off is looked at again, since it may still be on its way.
   * @param now milliseconds since the epoch
   * @throws what concerns all logs; then nothing of this look counts as read
   */
  async look(now: number): Promise<News> {
    const from = Math.max(this.#since - sessionsLast, (this.#lastLook ?? Number.NEGATIVE_INFINITY) - deliveredWithin);
    const listed = await Promise.all(this.#sources.map((source) => source.list({ since: from, before: null })));
    const found = new Map(listed.flatMap(({ logs }) => logs.map((log): readonly [string, FoundLog] => [log.id, log])));
    const fresh = [...found.values()].filter(({ id }) => !this.#read.has(id));
    const window: TrailWindow = { since: this.#since, before: null };
    const limit = pLimit(readAtOnce);
    const read = await Promise.all(fresh.map((log) => limit(async () => ({ log, outcome: await contentOf(log, window) }))));
    const errors = listed.flatMap((each) => each.errors).filter(({ file }) => this.#isNews(file));
    const whole: ReadLog[] = [];
    for (const { log, outcome } of read) {
      const reason = typeof outcome === 'string' ? outcome : outcome.broken;
      if (typeof outcome !== 'string' && reason === null) {
        whole.push(outcome);
        this.#read.add(log.id);
        this.#unread.delete(log.id);
      } else if (this.#isLost(log)) errors.push({ file: log.file, reason: reason ?? '' });
    }
    // Logs of days that are listed no more need not be remembered.
    this.#read = new Set([...this.#read].filter((id) => found.has(id)));
    this.#lastLook = now;
    for (const { tags } of whole) this.#remember(tags);
    return {
      logs: whole.length,
      events: whole.reduce((sum, { events }) => sum + events, 0),
      denials: this.#once(whole.flatMap(({ denials }) => denials)),
      counts: whole.flatMap(({ counts }) => counts),
      errors,
    };
  }

  /** Whether this is told of a place that cannot be listed: once. */
  #isNews(file: string): boolean {
    const known = this.#unread.has(file);
    this.#unread.set(file, { stamp: '', looks: 1, told: true });
    return !known;
  }

  /** Whether a log that could not be read is to be told now: it has stayed as it is for a while, and was not told yet. */
  #isLost({ id, stamp }: FoundLog): boolean {
    const known = this.#unread.get(id);
    const looks = known?.stamp === stamp ? known.looks + 1 : 1;
    const told = known?.told === true;
    const isLost = !told && looks > patience;
    this.#unread.set(id, { stamp, looks, told: told || isLost });
    return isLost;
  }

  #remember(tags: ReadonlyMap<string, SessionTags>): void {
    for (const [key, brought] of tags) this.#tags.set(key, brought);
    shorten(this.#tags, mostSessions);
  }

  #once(denials: readonly DeniedCall[]): readonly DeniedCall[] {
    const best = new Map<string, DeniedCall>();
    const nameless: DeniedCall[] = [];
    for (const call of denials) {
      if (call.id === null) nameless.push(call);
      else if (call.rank > (best.get(call.id)?.rank ?? this.#calls.get(call.id) ?? -1)) best.set(call.id, call);
    }
    for (const [id, { rank }] of best) this.#calls.set(id, rank);
    shorten(this.#calls, mostCalls);
    return [...best.values(), ...nameless].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }
}

async function contentOf(log: FoundLog, window: TrailWindow): Promise<ReadLog | string> {
  const content = await log.content();
  return typeof content === 'string' ? content : readLog(content, window);
}

/** Forgets the oldest entries. */
function shorten<V>(map: Map<string, V>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
