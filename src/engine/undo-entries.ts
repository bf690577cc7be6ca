// What a rollback would undo, told from the journal alone: for a script that somebody runs without this tool.
import type { JournaledChange, JournalState } from '../journal/journal.ts';
import { appliedOf } from './journaled.ts';
import { replacedBy } from './replacing.ts';
import { isToUndo } from './roll-back.ts';
import { asLasting } from './roll-back-step.ts';
import type { Applied, StepId, UnlessKept } from './types.ts';
import { inUndoOrder } from './undo-order.ts';

/** One change as a script has to treat it. */
export interface UndoEntry {
  /** From 1, in the order in which they are undone. */
  readonly number: number;
  readonly applied: Applied;
  /** As rollback undoes it: a trial is undone as what lasts is. */
  readonly asUndone: Applied;
  /** AWS refused its call: what is there now may be anybody's. */
  readonly neverMade: boolean;
  /** Numbers of those that stand on it: if one of them is kept, this one is too. */
  readonly carries: readonly number[];
  /** The trials whose place it was to take. Where it has no answer and one of them still stands, it never took effect. */
  readonly replaces: readonly Applied[];
  /** Every change of its step in the journal, whatever became of it. */
  readonly history: readonly Applied[];
  readonly unlessKept: UnlessKept | null;
}

export interface ToUndo {
  readonly entries: readonly UndoEntry[];
  /** Sentences: what nothing restores. */
  readonly notRestored: readonly string[];
}

/** The groups of a rollback, denies first; only their ids are needed here. */
export type UndoOrder = readonly { readonly steps: readonly { readonly id: StepId }[]; readonly unlessKept?: UnlessKept }[];

/**
 * The changes that a rollback would look at, in its order. Pure.
 * @param keepThrough this step and those before it are kept; null: everything is put back
 */
export function undoEntries(journal: JournalState, order: UndoOrder, keepThrough: StepId | null): ToUndo {
  const nodes = inUndoOrder(journal.changes.filter((each) => isToUndo(each, keepThrough)));
  const sorted = order.flatMap((group) =>
    nodes
      .filter(({ journaled }) => group.steps.some(({ id }) => id === journaled.step))
      .map((node) => ({ node, unlessKept: group.unlessKept ?? null })),
  );
  const undone = sorted.filter(({ node }) => node.journaled.change.irreversible === undefined);
  const numbers = new Map(undone.map(({ node }, index) => [node, index + 1]));
  const entries = undone.map(({ node, unlessKept }): UndoEntry => {
    const { journaled } = node;
    const applied = appliedOf(journaled);
    return {
      number: numbers.get(node) ?? 0,
      applied,
      asUndone: asLasting(applied),
      neverMade: journaled.state === 'failed' && journaled.made === null,
      carries: node.carries.flatMap((each) => numbers.get(each) ?? []),
      replaces: journaled.made === null ? replacedBy(journaled, journal).map(appliedOf) : [],
      history: journal.changes.filter(({ step }) => step === journaled.step).map(appliedOf),
      unlessKept,
    };
  });
  return { entries, notRestored: [...new Set(sorted.flatMap(({ node }) => sentenceOf(node.journaled)))] };
}

const sentenceOf = ({ state, change: { irreversible } }: JournaledChange): readonly string[] =>
  irreversible === undefined || state === 'failed' ? [] : [irreversible];
