import type { StepId } from '../engine/types.ts';

const numbers: Record<StepId, number> = { discover: 1, endpoints: 2, nat: 3, 'bucket-policy': 4, scp: 5, 'stack-parameter': 6 };

/** `3/6`: where a step stands among the six. */
export const stepNumber = (id: StepId): string => `${numbers[id]}/6`;
