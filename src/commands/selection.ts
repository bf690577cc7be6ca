// Which of the six steps a run is about.

import { type StepId, stepIds } from '../engine/types.ts';
import { badInput, shown } from '../errors.ts';
import type { Flags } from './flags.ts';

export interface Selection {
  readonly steps: readonly StepId[];
  /** Sentences on what was left out on purpose; they stand in everything printed. */
  readonly leftOut: readonly string[];
}

/**
 * The steps of `--until`, `--only` and `--skip`, in their order; discover always among them.
 * @throws PerimeterError STEP (exit 2): an unknown step, or discover skipped.
 */
export function selectSteps(flags: Pick<Flags, 'until' | 'only' | 'skip' | 'skipProbes'>): Selection {
  const until = flags.until === undefined ? null : stepNamed('--until', flags.until);
  const only = flags.only?.map((name) => stepNamed('--only', name)) ?? null;
  const skip = (flags.skip ?? []).map((name) => stepNamed('--skip', name));
  if (skip.includes('discover'))
    throw badInput('STEP', 'reading --skip (discover): discover cannot be skipped', 'leave it out of --skip; it only reads');
  const last = until === null ? stepIds.length - 1 : stepIds.indexOf(until);
  const steps = stepIds.filter(
    (id, index) => id === 'discover' || (index <= last && (only === null || only.includes(id)) && !skip.includes(id)),
  );
  const skipped = stepIds.filter((id) => skip.includes(id));
  const leftOut = [
    ...(skipped.length === 0 ? [] : [`Left out on purpose (--skip): ${skipped.join(', ')}.`]),
    ...(only === null ? [] : [`Only these steps (--only): ${only.join(', ')}.`]),
    ...(flags.skipProbes === true
      ? ['Live probes are left out (--skip-probes): nothing proves that this operator can undo what is put on.']
      : []),
  ];
  return { steps, leftOut };
}

/** The step of that name. @throws PerimeterError STEP (exit 2) */
export function stepNamed(flag: string, name: string): StepId {
  const found = stepIds.find((id) => id === name);
  if (found !== undefined) return found;
  throw badInput('STEP', `reading ${flag} (${shown(name)}): there is no such step`, `give one of ${stepIds.join(', ')}`);
}
