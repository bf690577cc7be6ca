// The pipeline reads as the wizard reads: find out what is there, make the endpoints and the way out while the operator reads on,
// prove the perimeter on one bucket, show what the stack's update would do, bind the organization, update the stack.
import type { Phase, RollbackGroup } from '../engine/types.ts';
import { bucketPolicyStep } from './bucket-policy/step.ts';
import type { StepContext } from './context.ts';
import { discoverStep } from './discover.ts';
import { endpointsStep } from './endpoints/step.ts';
import type { PerimeterInput } from './landscape.ts';
import { natStep } from './nat/step.ts';
import { scpStep } from './scp/step.ts';
import { stackParameterStep } from './stack-parameter/step.ts';

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

export { readLandscape as landscape } from './read-landscape.ts';
export { survey } from './survey.ts';
