// What endpoints and nat are still to do in the VPC goes with the input, so that later steps see the network as it will be.
import type { StepId, StepPlan } from '../engine/types.ts';
import type { PerimeterInput } from './landscape.ts';

/** The input with the step's changes, unless the step is left out of this run. */
export function withNetworkChanges(input: PerimeterInput, step: StepId, { changes }: StepPlan): PerimeterInput {
  const isSelected = input.choices.steps.includes(step);
  return isSelected ? { ...input, networkChanges: [...input.networkChanges, ...changes] } : input;
}
