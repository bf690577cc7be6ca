// In which order a rollback undoes what the journal has. Pure.
import type { JournaledChange } from '../journal/journal.ts';

/** A journaled change, and which of the others have to be undone before it. */
export interface UndoNode {
  readonly journaled: JournaledChange;
  readonly after: readonly UndoNode[];
  /** Those of `after` that stand on it, or that have to be undone first: if one of them is kept, this one is too. */
  readonly carries: readonly UndoNode[];
}

/**
 * The nodes, those to be undone first coming first. A change waits for every later one that needs it, that has its key or
 * its target; and within a step for those that say `undoFirst`, whatever the journal's order.
 * @param changes in the order in which they were begun
 */
export function inUndoOrder(changes: readonly JournaledChange[]): readonly UndoNode[] {
  const isFirst = ({ change }: JournaledChange) => change.undoFirst === true;
  const backwards = [...changes].reverse();
  const nodes = new Map<JournaledChange, UndoNode>();
  for (const journaled of [...backwards.filter(isFirst), ...backwards.filter((each) => !isFirst(each))]) {
    const earlier = [...nodes.values()];
    const carries = earlier.filter(
      (node) => changes.indexOf(node.journaled) > changes.indexOf(journaled) && standsOn(node.journaled, journaled),
    );
    const first = earlier.filter((node) => isFirst(node.journaled) && !isFirst(journaled) && node.journaled.step === journaled.step);
    const before = [...new Set([...carries, ...first])];
    nodes.set(journaled, { journaled, after: before, carries: before });
  }
  return [...nodes.values()];
}

/** Whether the later change needs the earlier one, or changes the same thing once more. */
export const standsOn = (later: JournaledChange, earlier: JournaledChange): boolean =>
  later.change.needs.includes(earlier.key) || later.key === earlier.key || isSameTarget(later, earlier);

/** Whether both change the same thing. */
export function isSameTarget(a: Pick<JournaledChange, 'step' | 'change'>, b: Pick<JournaledChange, 'step' | 'change'>): boolean {
  const names = ['accountId', 'region', 'type', 'name'] as const;
  return a.step === b.step && names.every((name) => a.change.target[name] === b.change.target[name]);
}
