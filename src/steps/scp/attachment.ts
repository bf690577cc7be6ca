// The SCP on one target.
import { ensureAttached, ensureDetached, findPolicy, listTargetsOf } from '../../aws/service-control-policy.ts';
import { waitUntil } from '../../aws/wait.ts';
import type { Applied, Inspection, Made } from '../../engine/types.ts';
import { changedMeanwhile, PerimeterError } from '../../errors.ts';
import { versionsOf } from '../../findings.ts';
import type { Json } from '../../ports.ts';
import { type ChangeKind, reporting } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import { text } from '../fields.ts';
import { perimeterStatements } from '../our-statements.ts';
import { writersIn } from './others.ts';

export const attachment: ChangeKind = {
  kind: 'attachment',

  async apply({ change: { after } }: Applied, ctx: StepContext): Promise<Made> {
    await ensureAttached(text(after, 'policyId'), text(after, 'targetId'), ctx);
    return { id: `${text(after, 'policyId')}/${text(after, 'targetId')}`, fields: {} };
  },

  async wait(): Promise<void> {},

  async inspect({ change: { after } }: Applied, ctx: StepContext): Promise<Inspection> {
    const policyId = text(after, 'policyId');
    const [attached, found] = await Promise.all([isAttached(after, ctx), findPolicy(policyId, ctx)]);
    if (!attached || found === undefined) return { state: 'gone' };
    const lifted = perimeterStatements(found.content, ctx.clock.now()).length === 0 ? { lifted: true as const } : {};
    return { state: 'as-made', aws: { attached }, inUseBy: writersIn(policyId, found.content), ...lifted };
  },

  async undo(applied: Applied, ctx: StepContext): Promise<void> {
    const { after } = applied.change;
    const [policyId, targetId] = [text(after, 'policyId'), text(after, 'targetId')];
    await ensureDetached(policyId, targetId, ctx);
    const what = `detaching SCP (${policyId}) from ${targetId}`;
    try {
      await waitUntil(
        { what, timeoutSeconds: 120, everySeconds: 2, waited: reporting(applied, ctx) },
        async () => ((await isAttached(after, ctx)) ? undefined : true),
        ctx,
      );
    } catch (error) {
      if (!(error instanceof PerimeterError) || error.code.toLowerCase() !== 'timeout') throw error;
      throw changedMeanwhile(
        `${what}: Organizations detached it, and something attaches it again`,
        'find out what attaches it (QP411), end that, then run rollback again',
        versionsOf({ attached: true }, { attached: false }),
      );
    }
  },
};

const isAttached = async (after: Json, ctx: StepContext): Promise<boolean> =>
  (await listTargetsOf(text(after, 'policyId'), ctx)).some(({ id }) => id === text(after, 'targetId'));
