// What has been seen of a followed trail so far: refused calls by path, and which paths were taken at all. Pure.
import { type Attribution, attribute, type DenyingStep, type Standing } from './attribute.ts';
import { derive } from './derive.ts';
import type { DeniedCall } from './follow-log.ts';
import { type Forecast, type Foretold, type ForetoldPath, type Way, wayKey } from './predicted.ts';
import { actionOf } from './request-of.ts';
import { scopeOf } from './scope.ts';
import type { SessionTags } from './session-tags.ts';
import type { TrailCount } from './types.ts';
import type { AssessWorld } from './world.ts';

/** Refused calls of one path, refused by one policy. */
export interface DeniedPath extends Way, Attribution {
  readonly actions: readonly string[];
  readonly events: number;
  /** ISO times. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly foretold: Foretold;
  /** Whether it was to pass that step's policy, and did before: what --revert-above counts. */
  readonly mustPass: boolean;
}

/** One refused call that was judged. */
export interface JudgedCall {
  readonly call: DeniedCall;
  readonly path: DeniedPath;
}

interface Tally {
  path: DeniedPath;
  readonly actions: Set<string>;
}

/** Where a call was counted, so that a copy that tells more takes its place. */
interface Counted {
  readonly tally: Tally;
  readonly step: DenyingStep | null;
  readonly at: number;
}

/** The keys of this tool's own probes begin so. */
const probes = 'quilt-perimeter-probe/';
const mostCalls = 200_000;

export class Followed {
  readonly #forecast: Forecast;
  readonly #standing: Standing;
  readonly #tallies = new Map<string, Tally>();
  readonly #seen = new Set<string>();
  readonly #calls = new Map<string, Counted>();
  /** Times of refused calls that were to pass, in milliseconds since the epoch. */
  readonly #mustPass: { readonly [step in DenyingStep]: number[] } = { scp: [], 'bucket-policy': [] };

  constructor(forecast: Forecast, standing: Standing) {
    this.#forecast = forecast;
    this.#standing = standing;
  }

  /** Notes which paths were taken, refused or not. */
  see(counts: readonly TrailCount[], world: AssessWorld): void {
    const isInScope = scopeOf(world.spec, world.testBucket);
    for (const { path, sessionTags } of counts) {
      if (path.bucket !== null && isInScope(path.bucket)) this.#seen.add(wayKey(wayOf(derive(path, path.bucket, sessionTags, world))));
    }
  }

  /** Judges refused calls about buckets in scope; this tool's own probes are left out. */
  judge(denials: readonly DeniedCall[], tagsOf: (call: DeniedCall) => SessionTags, world: AssessWorld): readonly JudgedCall[] {
    const isInScope = scopeOf(world.spec, world.testBucket);
    return denials.flatMap((call): readonly JudgedCall[] => {
      const { bucket, eventName } = call.path;
      if (bucket === null || !isInScope(bucket) || call.key?.startsWith(probes) === true) return [];
      const derived = derive(call.path, bucket, tagsOf(call), world);
      const way = wayOf(derived);
      const attribution = attribute(call, derived, world, this.#standing);
      const { step } = attribution;
      const mustPass = step !== null && this.#forecast.mustPass(step, way);
      const first = { ...way, ...attribution, actions: [], events: 0, firstSeen: call.at, lastSeen: call.at };
      this.#forget(call);
      const tally = this.#tallyOf({ ...first, foretold: this.#forecast.of(way), mustPass });
      tally.actions.add(actionOf(eventName));
      tally.path = counted(tally, call.at);
      const at = Date.parse(call.at);
      if (mustPass) this.#mustPass[step].push(at);
      if (call.id !== null) this.#remember(call.id, { tally, step: mustPass ? step : null, at });
      return [{ call, path: tally.path }];
    });
  }

  /** How many refused calls from `since` on (milliseconds) were to pass this step's policy. */
  against(step: DenyingStep, since: number): number {
    return this.#mustPass[step].filter((at) => at >= since).length;
  }

  /** All refused calls, those of most events first. */
  denied(): readonly DeniedPath[] {
    return [...this.#tallies.values()]
      .map(({ path }) => path)
      .filter(({ events }) => events > 0)
      .sort((a, b) => b.events - a.events || (a.firstSeen < b.firstSeen ? -1 : 1));
  }

  /** Paths of the replay on which nothing came, neither refused nor let through. */
  silent(): readonly ForetoldPath[] {
    return this.#forecast.paths().filter((path) => !this.#seen.has(wayKey(path)));
  }

  #tallyOf(path: DeniedPath): Tally {
    const key = JSON.stringify([wayKey(path), path.by, path.policy, path.toldBy]);
    const known = this.#tallies.get(key) ?? { path, actions: new Set() };
    this.#tallies.set(key, known);
    return known;
  }

  /** Takes back an earlier copy of the same call. */
  #forget({ id }: DeniedCall): void {
    const before = id === null ? undefined : this.#calls.get(id);
    if (before === undefined) return;
    const { tally, step, at } = before;
    tally.path = { ...tally.path, events: tally.path.events - 1 };
    if (step !== null) this.#mustPass[step].splice(this.#mustPass[step].indexOf(at), 1);
  }

  #remember(id: string, counted: Counted): void {
    this.#calls.set(id, counted);
    for (const oldest of this.#calls.keys()) {
      if (this.#calls.size <= mostCalls) return;
      this.#calls.delete(oldest);
    }
  }
}

const wayOf = ({ who, from, by, bucket }: ReturnType<typeof derive>): Way => ({
  principal: who.name,
  network: from.network,
  viaService: by.service,
  bucket,
});

const counted = ({ path, actions }: Tally, at: string): DeniedPath => ({
  ...path,
  actions: [...actions].sort(),
  events: path.events + 1,
  firstSeen: at < path.firstSeen ? at : path.firstSeen,
  lastSeen: at > path.lastSeen ? at : path.lastSeen,
});
