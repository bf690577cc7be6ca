// The pipeline reads as the wizard reads: find out what is there, make the endpoints and the way out while the operator reads on,
// prove the perimeter on one bucket, show what the stack's update would do, bind the organization, update the stack.
import type { Phase, RollbackGroup } from '../engine/types.ts';
import { failed } from '../errors.ts';
import { bucketPolicyStep } from './bucket-policy/step.ts';
import { undoBucketPolicy } from './bucket-policy/undo-script.ts';
import type { StepContext } from './context.ts';
import { discoverStep } from './discover.ts';
import { endpointsStep } from './endpoints/step.ts';
import { undoEndpoints } from './endpoints/undo-script.ts';
import type { PerimeterInput } from './landscape.ts';
import { natStep } from './nat/step.ts';
import { undoNat } from './nat/undo-script.ts';
import type { ToUndo, UndoScript } from './runbook/undo-script.ts';
import { scpStep } from './scp/step.ts';
import { undoScp } from './scp/undo-script.ts';
import { stackParameterStep } from './stack-parameter/step.ts';
import { undoStack } from './stack-parameter/undo-script.ts';

/** The six steps in the order in which they are carried out. */
export const phases: readonly Phase<PerimeterInput, StepContext>[] = [
  { steps: [discoverStep] },
  { steps: [endpointsStep, natStep] },
  { steps: [bucketPolicyStep] },
  { steps: [stackParameterStep], only: 'prepare' },
  { steps: [scpStep] },
  { steps: [stackParameterStep] },
];

/** Denies first: what locks out is lifted before anything is taken away that somebody needs to get in. */
export const rollbackOrder: readonly RollbackGroup<PerimeterInput, StepContext>[] = [
  { steps: [scpStep] },
  { steps: [bucketPolicyStep] },
  { steps: [stackParameterStep] },
  {
    steps: [endpointsStep, natStep],
    unlessKept: {
      steps: ['scp', 'bucket-policy'],
      why: 'the perimeter may still stand, and those who pass it rely on the way that leads through this',
    },
  },
];

/** What undoes one change, as a part of a script. */
export function undoScript(toUndo: ToUndo): UndoScript {
  const { step, change } = toUndo.applied;
  switch (step) {
    case 'scp':
      return undoScp(toUndo);
    case 'bucket-policy':
      return undoBucketPolicy(toUndo);
    case 'stack-parameter':
      return undoStack(toUndo);
    case 'endpoints':
      return undoEndpoints(toUndo);
    case 'nat':
      return undoNat(toUndo);
    case 'discover':
      throw failed('UNKNOWN_CHANGE', `reading change (${change.key}): this step makes none`, 'use the version that wrote the journal');
    default:
      return step satisfies never;
  }
}

export { readInput } from './read-landscape.ts';
export { runbookOf } from './runbook/script.ts';
export { survey } from './survey.ts';
