// What a step can do with one kind of change. The steps of the network dispatch on `after.kind`.
import type { Applied, Inspection, Made } from '../engine/types.ts';
import { failed, type PerimeterError } from '../errors.ts';
import type { Json } from '../ports.ts';
import type { StepContext } from './context.ts';
import { text } from './fields.ts';

export interface ChangeKind {
  readonly kind: string;
  apply(applied: Applied, ctx: StepContext): Promise<Made>;
  wait(applied: Applied, ctx: StepContext): Promise<void>;
  inspect(applied: Applied, ctx: StepContext): Promise<Inspection>;
  undo(applied: Applied, ctx: StepContext, seen?: Json): Promise<void>;
}

/**
 * The kind that `applied` belongs to.
 * @throws PerimeterError `UNKNOWN_CHANGE` (failed) where none of `kinds` is it
 */
export function kindOf(applied: Applied, kinds: readonly ChangeKind[]): ChangeKind {
  const name = text(applied.change.after, 'kind');
  const kind = kinds.find((candidate) => candidate.kind === name);
  if (kind === undefined) throw unknownKind(applied, name);
  return kind;
}

/** The error for a kind of change that this version does not know. */
export const unknownKind = ({ change }: Applied, name: string): PerimeterError =>
  failed('UNKNOWN_CHANGE', `reading change (${change.key}): ${name} is unknown to this version`, 'use the version that wrote the journal');

/** What reports this change's waits. */
export const reporting = (applied: Applied, ctx: StepContext) => (seconds: number) => ctx.waiting(applied.change.key, seconds);
