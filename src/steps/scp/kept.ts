// The last stage of an SCP under a guard: the same without its date.
import type { Change } from '../../engine/types.ts';
import { probeOf } from '../probing.ts';
import { type Build, contentAfter, keysOf, policyTarget } from './changes.ts';
import { keeping } from './guarded.ts';

/** Making permanent what stands under a date, once it is attached to all targets; nothing where nothing does. */
export function keptAtLast(build: Build, before: readonly Change[]): readonly Change[] {
  const { seen, guardedUntil, isWide, input, canProbe } = build;
  const attachments = before.filter(({ after }) => isOfKind(after, 'attachment')).map(({ key }) => key);
  const guarded = before.find(({ guard }) => guard !== undefined);
  if (guarded !== undefined) return [keeping(guarded, attachments)];
  if (guardedUntil === null || seen.policy === null) return [];
  const standing = {
    key: keysOf(input.choices.policyName).guarded,
    target: policyTarget(build),
    before: { kind: 'content', content: seen.policy.content, exact: false, idle: false },
    after: contentAfter(build, seen.policy.content, canProbe ? probeOf('scp', input.choices.testBucket, '', '') : null),
  };
  return [keeping(standing, attachments, guardedUntil, isWide)];
}

const isOfKind = (after: Change['after'], kind: string): boolean =>
  typeof after === 'object' && after !== null && 'kind' in after && after.kind === kind;
