// Flows as lines between two boxes: those that lead alike from one box to the next are one line.
import type { FlowVerdict, PictureFlow } from './types.ts';

export interface Leg {
  readonly from: string;
  readonly to: string;
  readonly verdict: FlowVerdict;
  /** It ends where its flows end: there the verdict is given. */
  readonly isLast: boolean;
  /** What the far end sees, of all its flows; empty unless it is the last. */
  readonly labels: readonly string[];
}

/** The lines, in the order of the flows. */
export function legsOf(flows: readonly PictureFlow[]): readonly Leg[] {
  const legs = new Map<string, { -readonly [Field in keyof Leg]: Leg[Field] }>();
  for (const { path, verdict, label } of flows) {
    for (const [index, to] of path.slice(1).entries()) {
      const from = path[index] ?? '';
      const isLast = index === path.length - 2;
      const key = JSON.stringify([from, to, verdict, isLast]);
      const leg = legs.get(key) ?? { from, to, verdict, isLast, labels: [] };
      legs.set(key, leg);
      if (isLast && label !== '' && !leg.labels.includes(label)) leg.labels = [...leg.labels, label];
    }
  }
  return toldOnce([...legs.values()]);
}

/** Lines that leave a box together and say the same say it once. */
function toldOnce(legs: readonly Leg[]): readonly Leg[] {
  const told = new Set<string>();
  return legs.map((leg) => {
    const said = JSON.stringify([leg.from, leg.verdict, leg.labels]);
    if (leg.labels.length === 0 || !told.has(said)) {
      told.add(said);
      return leg;
    }
    return { ...leg, labels: [] };
  });
}
