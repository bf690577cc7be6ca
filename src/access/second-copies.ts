// One call that two accounts logged is one `sharedEventID` (F16), and counts once, as the copy that tells more of the caller.
import type { Part } from './part.ts';
import type { TrailPath } from './types.ts';

/** A path as it is known when all parts are there. */
export interface OnePath {
  readonly path: TrailPath;
  /** The path as JSON: its place among others. */
  readonly text: string;
  readonly rank: number;
}

/**
 * How much a copy tells: the caller's own names the role, the owner's of a foreign call does not (F8), and of two that name it
 * the caller's is taken.
 */
export const rankOf = (path: TrailPath): number =>
  (path.principalArn === null ? 0 : 2) + (path.recipientAccountId !== null && path.recipientAccountId === path.accountId ? 1 : 0);

/** What a tally of one part is of. */
export interface TallyKey {
  readonly path: OnePath;
  /** The hashes of its access key. */
  readonly session: string;
}

/**
 * Adds each call that may have been logged twice to the counts of its best copy, whichever part that is in; how many copies were
 * left out. It takes 6 to 12 bytes a record beside what the parts hold.
 * @param kept is told of each call that is counted: its part, its tally, and its time in milliseconds since the epoch
 */
export function settleShared(
  parts: readonly Part[],
  keyOf: (part: number, tally: number) => TallyKey,
  kept: (part: number, tally: number, time: number) => void,
): number {
  const blocks = parts.flatMap((part, index) => part.shared.map((block) => ({ block, part, index })));
  const total = blocks.reduce((sum, { block }) => sum + block.length, 0);
  if (total === 0) return 0;
  // Blocks are of one size, so that a row's number tells its block.
  const size = Math.max(...blocks.map(({ block }) => block.tallies.length));
  const slots = 2 ** Math.ceil(Math.log2(total * 1.4));
  /** The best row so far of each call, plus one. */
  const best = new Uint32Array(slots);

  const holder = (row: number) => {
    const found = blocks[Math.floor(row / size)];
    if (found === undefined) throw new Error('a row without its block');
    return found;
  };
  const tellsMore = (a: number, b: number): boolean => {
    const [x, y] = [holder(a), holder(b)];
    const [one, other] = [keyOf(x.index, x.block.tallies[a % size] ?? -1), keyOf(y.index, y.block.tallies[b % size] ?? -1)];
    if (one.path.rank !== other.path.rank) return one.path.rank > other.path.rank;
    if (one.path.text !== other.path.text) return one.path.text < other.path.text;
    const [first, second] = [x.block.times[a % size] ?? 0, y.block.times[b % size] ?? 0];
    return first === second ? one.session < other.session : first < second;
  };

  let copies = 0;
  blocks.forEach(({ block }, number) => {
    for (let n = 0; n < block.length; n++) {
      const row = number * size + n;
      const [one, other] = [block.ids[2 * n] ?? 0, block.ids[2 * n + 1] ?? 0];
      for (let slot = (one ^ other) & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
        const found = best[slot] ?? 0;
        if (found === 0) {
          best[slot] = row + 1;
          break;
        }
        const its = holder(found - 1).block;
        const m = (found - 1) % size;
        if (its.ids[2 * m] !== one || its.ids[2 * m + 1] !== other) continue;
        copies++;
        if (tellsMore(row, found - 1)) best[slot] = row + 1;
        break;
      }
    }
  });
  for (const row of best) {
    if (row === 0) continue;
    const { block, part, index } = holder(row - 1);
    const [tally, time] = [block.tallies[(row - 1) % size] ?? -1, block.times[(row - 1) % size] ?? 0];
    const { counts } = part;
    kept(index, tally, time);
    const before = counts[3 * tally] ?? 0;
    counts[3 * tally] = before + 1;
    counts[3 * tally + 1] = before === 0 ? time : Math.min(counts[3 * tally + 1] ?? time, time);
    counts[3 * tally + 2] = before === 0 ? time : Math.max(counts[3 * tally + 2] ?? time, time);
  }
  return copies;
}
