// Step 6: the endpoint's id goes into the stack. The change set is made and shown before the organization is bound (the step's
// prepare phase), and that very change set is executed at the end.
import { findChangeSet } from '../../aws/change-set.ts';
import type { Applied, Step, Verdict } from '../../engine/types.ts';
import { type ChangeKind, kindOf } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import type { PerimeterInput } from '../landscape.ts';
import { readStack } from '../read-stack.ts';
import { changeSet, changeSetName } from './change-set.ts';
import { execute } from './execute.ts';
import { planStackParameter, wantedValue } from './plan.ts';

const kinds: readonly ChangeKind[] = [changeSet, execute];

export const stackParameterStep: Step<PerimeterInput, StepContext> = {
  id: 'stack-parameter',
  title: "Set the stack's endpoint parameter",

  async look(input, ctx) {
    const stack = await readStack(input.landscape.survey, input.choices, ctx);
    const next = { ...input, landscape: { ...input.landscape, stack } };
    const value = wantedValue(next);
    const standing = typeof value === 'string' ? await findChangeSet(stack.stack.name, changeSetName(value), ctx) : undefined;
    return { plan: planStackParameter(next, standing ?? null), next };
  },

  apply: (applied: Applied, ctx) => kindOf(applied, kinds).apply(applied, ctx),
  wait: (applied: Applied, ctx) => kindOf(applied, kinds).wait(applied, ctx),
  inspect: (applied: Applied, ctx) => kindOf(applied, kinds).inspect(applied, ctx),
  undo: (applied: Applied, ctx, seen) => kindOf(applied, kinds).undo(applied, ctx, seen),
  // No change of this step has a precheck or a proof: what the update does is shown by its change set.
  precheck: async (): Promise<Verdict> => ({ passed: true }),
  prove: async (): Promise<Verdict> => ({ passed: true }),
};
