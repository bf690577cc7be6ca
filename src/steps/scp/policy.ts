// The SCP itself: made once, told to be ours by its description, deleted only while nobody uses it.
import { ensurePolicy, findPolicy, listPolicies, listTargetsOf, removePolicy } from '../../aws/service-control-policy.ts';
import type { Applied, Inspection, Made } from '../../engine/types.ts';
import type { ChangeKind } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import { text } from '../fields.ts';
import { allOurs } from './content.ts';

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
    const aws = { id, content: found.content };
    // Its later contents are changes of their own.
    if (!allOurs(found.content)) return { state: 'drifted', aws, expected: { content: text(applied.change.after, 'content') } };
    const users = await listTargetsOf(id, ctx);
    return { state: 'as-made', aws, inUseBy: users.map((user) => `SCP ${found.policy.name} is attached to ${user.name} (${user.id})`) };
  },

  async undo(applied: Applied, ctx: StepContext): Promise<void> {
    const id = await idOf(applied, ctx);
    if (id !== null) await removePolicy(id, ctx);
  },
};

/** The SCP's id; of a half-made one, by its name and mark. Null where there is none. */
async function idOf({ change: { after }, made }: Applied, ctx: StepContext): Promise<string | null> {
  if (made !== null) return made.id;
  const [name, description] = [text(after, 'name'), text(after, 'description')];
  return (await listPolicies(ctx)).find((each) => each.name === name && each.description === description)?.id ?? null;
}
