import type { StepId } from '../engine/types.ts';

const numbers: Record<StepId, number> = { discover: 1, endpoints: 2, nat: 3, 'bucket-policy': 4, scp: 5, 'stack-parameter': 6 };

const isStep = (id: string): id is StepId => id in numbers;

/** All six, in the order of their numbers. */
export const stepsInOrder: readonly StepId[] = Object.keys(numbers).filter(isStep);

/** `3/6`: where a step stands among the six. */
export const stepNumber = (id: StepId): string => `${numbers[id]}/6`;
