// Egress for the stack's private subnets. Where any default route works, nothing; an existing one is never replaced.
import type { Applied, Change, Step, Verdict } from '../../engine/types.ts';
import { type ChangeKind, kindOf } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import type { PerimeterInput } from '../landscape.ts';
import { withNetworkChanges } from '../network-changes.ts';
import { refreshNetwork } from '../read-network.ts';
import { address, natGateway, natRoute } from './kinds.ts';
import { planNatStep } from './plan.ts';

const kinds: readonly ChangeKind[] = [address, natGateway, natRoute];

export const natStep: Step<PerimeterInput, StepContext> = {
  id: 'nat',
  title: 'Egress for private subnets',
  async look(input, ctx) {
    const landscape = { ...input.landscape, network: await refreshNetwork(input.landscape.network, ctx) };
    const plan = planNatStep(landscape, input.choices);
    return { plan, next: { ...withNetworkChanges(input, 'nat', plan), landscape } };
  },
  apply: (applied: Applied, ctx) => kindOf(applied, kinds).apply(applied, ctx),
  wait: (applied: Applied, ctx) => kindOf(applied, kinds).wait(applied, ctx),
  inspect: (applied: Applied, ctx) => kindOf(applied, kinds).inspect(applied, ctx),
  undo: (applied: Applied, ctx, seen) => kindOf(applied, kinds).undo(applied, ctx, seen),
  // No change of this step has a precheck or a proof.
  precheck: async (_change: Change): Promise<Verdict> => ({ passed: true }),
  prove: async (_applied: Applied): Promise<Verdict> => ({ passed: true }),
};
