// Which cases are run: those that were asked for, or a sample spread over all rows.
import type { SweepCase } from './cases.ts';

interface Wanted {
  readonly only?: string | undefined;
  readonly scenario?: string | undefined;
  readonly fault?: string | undefined;
}

/** The cases that were asked for. */
export function chosen(cases: readonly SweepCase[], { only, scenario, fault }: Wanted): readonly SweepCase[] {
  return cases.filter(
    (each) =>
      (only === undefined || each.id === only || each.id.startsWith(`${only}@`) || each.id.startsWith(`${only}/`)) &&
      (scenario === undefined || each.scenario === scenario) &&
      (fault === undefined || each.fault === fault),
  );
}

/**
 * So many of the cases: one after the other from each row and scenario in turn, so that none is left out while another has
 * two. The same seed chooses the same ones.
 */
export function sample<T extends Pick<SweepCase, 'id' | 'command' | 'fault' | 'scenario'>>(
  cases: readonly T[],
  count: number,
  seed: number,
): readonly T[] {
  const random = randomly(seed);
  const groups = new Map<string, T[]>();
  for (const each of cases) {
    const group = `${each.fault} ${each.scenario} ${each.command}`;
    groups.set(group, [...(groups.get(group) ?? []), each]);
  }
  // In an order that the seed decides, since there may be more groups than cases are asked for.
  const left = [...groups.values()]
    .map((group) => ({ group, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ group }) => group);
  const drawn = new Set<T>();
  while (drawn.size < Math.min(count, cases.length)) {
    for (const group of left) {
      const [each] = group.splice(Math.floor(random() * group.length), 1);
      if (each !== undefined && drawn.size < count) drawn.add(each);
    }
  }
  return cases.filter((each) => drawn.has(each));
}

/** Numbers in [0, 1) that follow from the seed (mulberry32). */
function randomly(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
