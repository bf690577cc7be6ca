// What a journaled replay foretold, looked up for calls that really came. Pure.
import type { AssessedPath } from './assess.ts';
import type { DenyingStep } from './attribute.ts';
import type { Network } from './from.ts';

/** A path of a replay as it is kept beside the journal. */
export type ForetoldPath = Pick<AssessedPath, 'principal' | 'network' | 'viaService' | 'bucket' | 'actions' | 'events' | 'verdict'>;

/** Who called from where, which bucket. */
export interface Way {
  readonly principal: string;
  readonly network: Network;
  readonly viaService: string | null;
  readonly bucket: string;
}

/** `not-seen`: the replay had no such path. Null: nothing was replayed, or the path may be among those that were not kept. */
export type Foretold = 'newly-denied' | 'passes' | 'unknown' | 'not-seen' | null;

export const wayKey = ({ principal, network, viaService, bucket }: Way): string =>
  JSON.stringify([principal, network.kind, network.value, viaService, bucket]);

const pairKey = ({ principal, network, viaService }: Omit<Way, 'bucket'>): string =>
  JSON.stringify([principal, network.kind, network.value, viaService]);

export class Forecast {
  /** By path; several where sessions of one role brought different tags. */
  readonly #paths = new Map<string, ForetoldPath[]>();
  readonly #pairs = new Map<string, ForetoldPath[]>();
  readonly #left: number;
  readonly #testBucket: string | null;

  /**
   * @param paths null: nothing was replayed
   * @param left how many paths did not fit into what was kept
   */
  constructor(paths: readonly ForetoldPath[] | null, left: number, testBucket: string | null) {
    this.#left = paths === null ? Number.POSITIVE_INFINITY : left;
    this.#testBucket = testBucket;
    for (const path of paths ?? []) {
      push(this.#paths, wayKey(path), path);
      push(this.#pairs, pairKey(path), path);
    }
  }

  /** What was foretold of this way. Where one session was to pass and another to be denied, a denial was foretold. */
  of(way: Way): Foretold {
    const paths = this.#paths.get(wayKey(way)) ?? [];
    const order = ['newly-denied', 'unknown', 'passes'] as const;
    return order.find((verdict) => paths.some((path) => path.verdict === verdict)) ?? (this.#left === 0 ? 'not-seen' : null);
  }

  /**
   * Whether the replay lists this principal on this network as one that passes this step's policy, which it did before. Nobody's
   * and services' calls never count, nor those from a network or of a principal that no record names: whoever is refused on
   * purpose must not be able to look like one of these.
   */
  mustPass(step: DenyingStep, way: Way): boolean {
    if (!way.principal.startsWith('arn:') || way.network.kind === 'unknown') return false;
    const here = this.of(way);
    if (here === 'newly-denied' || here === 'unknown') return false;
    const pair = this.#pairs.get(pairKey(way)) ?? [];
    // The bucket policy is about one bucket: passing elsewhere says nothing of it. The SCP is about all.
    const about = step === 'bucket-policy' ? pair.filter(({ bucket }) => bucket === way.bucket) : pair;
    const elsewhere = pair.filter(({ bucket }) => bucket !== this.#testBucket);
    const mixed = step === 'scp' && elsewhere.some(({ verdict }) => verdict === 'newly-denied');
    return !mixed && about.some(({ verdict, events }) => verdict === 'passes' && events > 0);
  }

  /** The paths of the replay. */
  paths(): readonly ForetoldPath[] {
    return [...this.#paths.values()].flat();
  }
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
