// The SCP on one target.
import { ensureAttached, ensureDetached, listTargetsOf } from '../../aws/service-control-policy.ts';
import { waitUntil } from '../../aws/wait.ts';
import type { Applied, Inspection, Made } from '../../engine/types.ts';
import type { Json } from '../../ports.ts';
import { type ChangeKind, reporting } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import { text } from '../fields.ts';

export const attachment: ChangeKind = {
  kind: 'attachment',

  async apply({ change: { after } }: Applied, ctx: StepContext): Promise<Made> {
    await ensureAttached(text(after, 'policyId'), text(after, 'targetId'), ctx);
    return { id: `${text(after, 'policyId')}/${text(after, 'targetId')}`, fields: {} };
  },

  async wait(): Promise<void> {},

  async inspect({ change: { after } }: Applied, ctx: StepContext): Promise<Inspection> {
    const attached = await isAttached(after, ctx);
    return attached ? { state: 'as-made', aws: { attached }, inUseBy: [] } : { state: 'gone' };
  },

  async undo(applied: Applied, ctx: StepContext): Promise<void> {
    const { after } = applied.change;
    const [policyId, targetId] = [text(after, 'policyId'), text(after, 'targetId')];
    await ensureDetached(policyId, targetId, ctx);
    await waitUntil(
      {
        what: `detaching SCP (${policyId}) from ${targetId}`,
        timeoutSeconds: 120,
        everySeconds: 2,
        waited: reporting(applied, ctx),
      },
      async () => ((await isAttached(after, ctx)) ? undefined : true),
      ctx,
    );
  },
};

const isAttached = async (after: Json, ctx: StepContext): Promise<boolean> =>
  (await listTargetsOf(text(after, 'policyId'), ctx)).some(({ id }) => id === text(after, 'targetId'));
