// Cuts of a step's plan: what lasts, what belongs to one phase, what is left without probes. Pure.
import type { Finding, FindingCode } from '../findings.ts';
import { same } from './json.ts';
import type { Change, StepPlan } from './types.ts';

/** Whether the change stays: not a trial that is undone again, and not the rehearsal of such an undo. */
export const lasts = (change: Change): boolean => change.temporary !== true && change.undoes === undefined;

/** The plan with only these changes, and the confirmations that they need. */
export function withChanges(plan: StepPlan, changes: readonly Change[]): StepPlan {
  const asked = new Set(changes.map((change) => change.confirm));
  return { ...plan, changes, confirmations: plan.confirmations.filter((confirmation) => asked.has(confirmation.id)) };
}

/** The plan of one phase. */
export const ofPhase = (plan: StepPlan, only: 'prepare' | undefined): StepPlan =>
  only === undefined
    ? plan
    : withChanges(
        plan,
        plan.changes.filter((change) => change.prepare === true),
      );

/**
 * The plan without live probes: trials and rehearsals are left out, and what needed one of them needs what that needed.
 * A note says so.
 */
export function withoutProbes(plan: StepPlan): StepPlan {
  const left = new Map(plan.changes.filter((change) => !lasts(change)).map((change) => [change.key, change]));
  const probed = plan.changes.some((change) => change.proof !== undefined || change.precheck !== undefined);
  if (left.size === 0 && !probed) return plan;
  const through = (key: string, seen: ReadonlySet<string>): readonly string[] => {
    const change = left.get(key);
    if (change === undefined) return [key];
    return change.needs.filter((need) => !seen.has(need)).flatMap((need) => through(need, new Set([...seen, key])));
  };
  const changes = plan.changes
    .filter((change) => !left.has(change.key))
    .map((change) => ({ ...change, needs: [...new Set(change.needs.flatMap((need) => through(need, new Set())))] }));
  const note = 'Probes are left out (--skip-probes): nothing shows beforehand that this operator can still undo it.';
  return { ...withChanges(plan, changes), notes: [...plan.notes, note] };
}

/** The finding with whether it was accepted on the command line or in the file. */
export const withAcceptance = (finding: Finding, accept: readonly FindingCode[]): Finding =>
  accept.includes(finding.code) ? { ...finding, accepted: true } : finding;

/** Whether it stops the step. */
export const stops = (finding: Finding): boolean => finding.severity === 'error' && !finding.accepted;

/** Whether both ask the same of AWS. What is there now and the words around it may differ. */
export const asksTheSame = (a: Change, b: Change): boolean =>
  a.action === b.action &&
  a.risk === b.risk &&
  a.confirm === b.confirm &&
  a.irreversible === b.irreversible &&
  same({ ...a.target }, { ...b.target }) &&
  same(a.after, b.after);

/** Whether a plan shows what another showed. */
export const showsTheSame = (a: StepPlan, b: StepPlan): boolean =>
  a.changes.length === b.changes.length &&
  a.changes.every((change, index) => {
    const other = b.changes[index];
    return other !== undefined && change.key === other.key && asksTheSame(change, other) && same(change.before, other.before);
  });
