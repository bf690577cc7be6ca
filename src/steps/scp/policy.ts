// The SCP itself: made once, told to be ours by its description, deleted only while nobody uses it.
import { isAwsError } from '../../aws/aws-error.ts';
import { ensurePolicy, findPolicy, listPolicies, listTargetsOf, removePolicy } from '../../aws/service-control-policy.ts';
import type { Applied, Inspection, Made } from '../../engine/types.ts';
import { changedMeanwhile } from '../../errors.ts';
import { versionsOf } from '../../findings.ts';
import type { ChangeKind } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import { text } from '../fields.ts';
import { writersIn } from './others.ts';

export const policy: ChangeKind = {
  kind: 'policy',

  async apply({ change: { after } }: Applied, ctx: StepContext): Promise<Made> {
    const id = await ensurePolicy(
      { name: text(after, 'name'), description: text(after, 'description'), content: text(after, 'content') },
      ctx,
    );
    return { id, fields: {} };
  },

  async wait(): Promise<void> {},

  async inspect(applied: Applied, ctx: StepContext): Promise<Inspection> {
    const id = await idOf(applied, ctx);
    const found = id === null ? undefined : await findPolicy(id, ctx);
    if (id === null || found === undefined) return { state: 'gone' };
    const { name, description } = found.policy;
    const { after } = applied.change;
    // Its contents are changes of their own.
    const aws = { id, name, description };
    const expected = { id, name: text(after, 'name'), description: text(after, 'description') };
    if (name !== expected.name || description !== expected.description) return { state: 'drifted', aws, expected };
    const targets = await listTargetsOf(id, ctx);
    const attachments = targets.map((target) => ({
      id: `${id}/${target.id}`,
      what: `SCP ${name} is attached to ${target.name} (${target.id})`,
    }));
    return { state: 'as-made', aws, inUseBy: [...attachments, ...writersIn(id, found.content)] };
  },

  async undo(applied: Applied, ctx: StepContext): Promise<void> {
    const id = await idOf(applied, ctx);
    if (id === null) return;
    try {
      await removePolicy(id, ctx);
    } catch (error) {
      if (!isAwsError(error, 'PolicyInUseException')) throw error;
      const targets = (await listTargetsOf(id, ctx)).map((target) => target.id);
      throw changedMeanwhile(
        `deleting SCP (${id}): somebody attached it just now`,
        'end that, then run rollback again',
        versionsOf({ attachedTo: targets }, { attachedTo: [] }),
      );
    }
  },
};

/** The SCP's id; of a half-made one, by its name and mark. Null where there is none. */
async function idOf({ change: { after }, made }: Applied, ctx: StepContext): Promise<string | null> {
  if (made !== null) return made.id;
  const [name, description] = [text(after, 'name'), text(after, 'description')];
  return (await listPolicies(ctx)).find((each) => each.name === name && each.description === description)?.id ?? null;
}
