// QP703 in its forms: what somebody else did to the things that this tool made. With both versions where there are two.
import { type Finding, finding, type Versions, versionsOf } from '../findings.ts';
import type { Applied, Inspection, Listed, User } from './types.ts';
import type { UndoNode } from './undo-order.ts';

type Drifted = Inspection & { readonly state: 'drifted' };

/** Somebody changed it: neither what was found nor what was made. */
export const driftFinding = (
  applied: Applied,
  { aws, expected }: Pick<Drifted, 'aws' | 'expected'>,
  severity: 'error' | 'warning' = 'error',
): Finding =>
  finding('QP703', {
    severity,
    detail: `${nameOf(applied)}: somebody changed it since this tool made it`,
    subjects: subjectsOf(applied),
    remedy: 'find out who changed it and put it back, or pass --accept QP703 to go on in spite of it',
    versions: versionsOf(aws, expected),
  });

/** Ours is as it was made, and somebody wrote something of theirs beside it, which is never touched. */
export const besideFinding = (applied: Applied, { aws, expected }: Versions): Finding =>
  finding('QP703', {
    severity: 'warning',
    detail: `${nameOf(applied)}: somebody wrote something beside what this tool made; what is theirs stays as it is`,
    subjects: subjectsOf(applied),
    remedy: 'nothing needs to be done: undoing takes away only what this tool made',
    versions: versionsOf(aws, expected),
  });

/** Somebody took it away. `then`: the end of a sentence. */
export const removedFinding = (applied: Applied, inspection: Inspection, then: string): Finding =>
  finding('QP703', {
    severity: 'warning',
    detail: `${nameOf(applied)}: this tool made it and somebody took it away since; ${then}`,
    subjects: subjectsOf(applied),
    remedy: 'find out who took it away, and why',
    versions: versionsOf('aws' in inspection ? inspection.aws : null, applied.change.after),
  });

/** Others use it. `so`: what that means. */
export const inUseFinding = (
  applied: Applied,
  users: readonly User[],
  severity: 'error' | 'warning' = 'error',
  so: 'is kept' | 'rollback will keep it' = 'is kept',
): Finding =>
  finding('QP703', {
    severity,
    detail: `${nameOf(applied)}${so === 'is kept' ? ' is kept, since others use it' : ': others use it, and rollback will keep it'}: ${users.map(({ what }) => what).join('; ')}`,
    subjects: [...subjectsOf(applied), ...users.map(({ id }) => id)],
    remedy: 'end that use, then run rollback again',
    versions: { aws: { usedBy: users.map(({ what }) => what) }, expected: { usedBy: [] } },
  });

/** Kept, since others have written it down. */
export const listedFinding = (applied: Applied, { by, remedy }: Listed): Finding =>
  finding('QP703', {
    detail: `${nameOf(applied)} is kept, since it is listed elsewhere: ${by.join('; ')}`,
    subjects: subjectsOf(applied),
    remedy,
    versions: { aws: { listedBy: by }, expected: { listedBy: [] } },
  });

/** Kept, since something that must not outlast it is kept. */
export const underFinding = (applied: Applied, { node, why }: { readonly node: UndoNode; readonly why: string }): Finding =>
  finding('QP703', {
    detail: `${nameOf(applied)} is kept, since ${node.journaled.key} is kept: ${why}`,
    subjects: [applied.change.key, node.journaled.key],
    remedy: `see to ${node.journaled.key} first, then run rollback again`,
  });

/** Kept, since something that stands on it is kept. */
export const neededFinding = (applied: Applied, by: UndoNode): Finding =>
  finding('QP703', {
    detail: `${nameOf(applied)} is kept, since ${by.journaled.key}, which is kept, stands on it`,
    subjects: [applied.change.key, by.journaled.key],
    remedy: `see to ${by.journaled.key} first, then run rollback again`,
  });

/** A change in the words of findings. */
const nameOf = ({ change: { key, target } }: Applied): string => `${target.type} ${target.name} (${key})`;

const subjectsOf = ({ change: { key, target }, made }: Applied): readonly string[] => [
  ...new Set([key, target.name, ...(made === null ? [] : [made.id])]),
];
