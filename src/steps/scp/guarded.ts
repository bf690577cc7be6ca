// The SCP that waits to be confirmed: found in what stands, made permanent, and put once more with a later date.
import type { Change, Guards } from '../../engine/types.ts';
import { guardedControl, withGuard, withoutGuard } from '../../policy/guard.ts';
import type { Json } from '../../ports.ts';
import { field, fieldsOf, text } from '../fields.ts';
import { confirmBy, withoutGuardedParts } from '../guard.ts';

type Guarded = Pick<Change, 'key' | 'target' | 'before' | 'after'>;

export const keep = 'scp/keep';

/** The question of `keeping`. */
export const keepQuestion = (name: string) => ({ id: keep, text: `Keep SCP ${name}, the full perimeter, for good?`, typed: [] });

/** The change that makes the guarded content permanent, once `attachments` are made. */
export function keeping(guarded: Guarded, attachments: readonly string[] = [], until: string | null = null, isWanted = true): Change {
  const name = guarded.target.name;
  return {
    key: `scp/${name}/content`,
    action: 'update',
    target: guarded.target,
    summary: `Keep the full perimeter of SCP ${name} for good`,
    reason: 'until it is confirmed it stands under a date, at which AWS stops denying by itself',
    before: guarded.before,
    after: withContent(guarded.after, withoutGuard(text(guarded.after, 'content'))),
    risk: 'organization-wide',
    confirm: keep,
    needs: [`scp/${name}/policy`, guarded.key, ...attachments],
    seconds: 240,
    usdPerMonth: 0,
    undoFirst: true,
    undoIfUnproven: true,
    ...(field(guarded.after, 'probe') === null ? {} : { proof: 'scp-wide' }),
    confirms: { key: guarded.key, until, isWanted },
  };
}

export const scpGuards: Guards = {
  keeping: ({ change }) => keeping(change),
  renewed({ change }) {
    const controlKey = `quilt-perimeter-probe/{{run.id}}/scp/${guardedControl}`;
    const after = withContent(change.after, withGuard(text(change.after, 'content'), { until: confirmBy, controlKey }));
    const probe = field(change.after, 'probe');
    return {
      ...withoutGuardedParts(change),
      after: probe === null ? after : { ...after, probe: { ...fieldsOf(probe), control: controlKey } },
      needs: [`scp/${change.target.name}/policy`],
    };
  },
};

const withContent = (after: Json, content: string) => ({ ...fieldsOf(after), content });
