// Service control policies as a type, enabled on the root. Nothing undoes it (D7).
import { enablePolicyType, readPolicyTypeStatus, waitPolicyTypeEnabled } from '../../aws/service-control-policy.ts';
import type { Applied, Inspection, Made } from '../../engine/types.ts';
import { type ChangeKind, reporting } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import { text } from '../fields.ts';

export const policyType: ChangeKind = {
  kind: 'policy-type',

  async apply({ change: { after } }: Applied, ctx: StepContext): Promise<Made> {
    const status = await readPolicyTypeStatus(ctx);
    if (status !== 'ENABLED' && status !== 'PENDING_ENABLE') await enablePolicyType(text(after, 'rootId'), ctx);
    return { id: text(after, 'rootId'), fields: {} };
  },

  wait: (applied: Applied, ctx: StepContext): Promise<void> => waitPolicyTypeEnabled(ctx, reporting(applied, ctx)),

  async inspect(_applied: Applied, ctx: StepContext): Promise<Inspection> {
    const status = await readPolicyTypeStatus(ctx);
    return status === 'ENABLED' || status === 'PENDING_ENABLE' ? { state: 'as-made', aws: { status }, inUseBy: [] } : { state: 'gone' };
  },

  // Disabling it would detach every SCP of the organization for good.
  async undo(): Promise<void> {},
};
