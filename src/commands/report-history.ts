// What the journal tells, for a report: the runs and by which roles, the ways back that were tried, and what undoes it. Pure.
import { undoEntries } from '../engine/engine.ts';
import type { Change, PlannedStep, StepId } from '../engine/types.ts';
import { type Journal, type JournalState, type RunHistory, stands } from '../journal/journal.ts';
import type { Json } from '../ports.ts';
import type { rollbackOrder as allGroups } from '../steps/pipeline.ts';
import type { CertificateReport, RunReport, UndoReport } from '../ui/report/model.ts';

/** Every run that wrote into the journal, oldest first. */
export const runReports = (runs: readonly RunHistory[]): readonly RunReport[] =>
  runs.map(({ id, command, startedAt, ended, identities, approvals, probes, deeds }) => ({
    id,
    command,
    startedAt,
    endedAt: ended?.at ?? null,
    outcome: ended?.outcome ?? 'not ended',
    by: rolesOf(identities),
    approvals: approvals.length,
    probes,
    deeds: deeds
      .filter(({ temporary }) => !temporary)
      .map(({ at, step, what, summary, id: made }) => ({ at, step, what, summary, id: made })),
    trials: deeds.filter(({ temporary, what }) => temporary && what === 'done').length,
  }));

/**
 * Of what stands, the ways back that were told before it; where nothing stands yet, those that are planned. The wording of a
 * principal leaves out who held the session.
 */
export function certificateReports(
  state: JournalState,
  runs: readonly RunHistory[],
  steps: readonly PlannedStep[],
): readonly CertificateReport[] {
  const standing = new Set(state.changes.filter(stands).map(({ step }) => step));
  const told = runs.flatMap(({ certificates }) => certificates).filter(({ step }) => standing.has(step));
  const latest = new Map(told.map((each) => [each.key, each]));
  const planned = steps
    .filter(({ id, state: its }) => its !== 'skipped' && ![...latest.values()].some(({ step }) => step === id))
    .flatMap(({ plan }) => plan.changes.find(({ certified, temporary }) => certified !== undefined && temporary !== true) ?? []);
  return [
    ...[...latest.values()].map(({ at, summary, ways, independent }) => ({ change: summary, at, ways, independent })),
    ...planned.map(({ summary, ways }) => ({ change: summary, at: null, ways: ways ?? [], independent: null })),
  ];
}

/** What rollback undoes, in its order: of what stands, else of what is planned. */
export function undoReport(
  state: JournalState,
  steps: readonly PlannedStep[],
  order: typeof allGroups,
  commands: UndoReport['commands'],
): UndoReport {
  const { entries, notRestored } = undoEntries(state, order, null);
  const standing = entries.filter(({ applied }) => applied.change.temporary !== true);
  if (standing.length > 0) {
    return {
      state: 'standing',
      entries: standing.map(({ applied: { step, change, made } }) => ({
        step,
        summary: change.summary,
        way: wayOf(change, made?.id ?? null),
      })),
      notRestored,
      commands,
    };
  }
  const planned = steps
    .filter(({ state: its }) => its !== 'skipped')
    .flatMap(({ id, plan }) => plan.changes.map((change) => ({ id, change })));
  const lasting = planned.filter(({ change }) => change.temporary !== true && change.undoes === undefined && change.confirms === undefined);
  const sorted = order.flatMap((group) => {
    const ids: readonly StepId[] = group.steps.map(({ id }) => id);
    const backwards = lasting.filter(({ id }) => ids.includes(id)).reverse();
    return [...backwards.filter(({ change }) => change.undoFirst === true), ...backwards.filter(({ change }) => change.undoFirst !== true)];
  });
  const undone = sorted.filter(({ change }) => change.irreversible === undefined);
  return {
    state: 'planned',
    entries: undone.map(({ id, change }) => ({ step: id, summary: change.summary, way: wayOf(change, null) })),
    notRestored: sorted.flatMap(({ change: { irreversible } }) => irreversible ?? []),
    commands,
  };
}

/** When something lasting was made or taken off last, an ISO time; null: never. */
export const lastDeedAt = (runs: readonly RunHistory[]): string | null =>
  runs
    .flatMap(({ deeds }) => deeds)
    .map(({ at }) => at)
    .sort()
    .at(-1) ?? null;

/** Whether something lasting that this journal made stands. */
export const isStanding = ({ state }: Pick<Journal, 'state'>): boolean =>
  [...state.latest.values()].some((each) => stands(each) && each.change.temporary !== true && each.change.irreversible === undefined);

function wayOf({ action, before }: Pick<Change, 'action' | 'before'>, id: string | null): string {
  const what = id === null || id.startsWith('arn:') ? '' : ` (${id})`;
  return action === 'create' && before === null ? `removed${what}` : `put back as it was before${what}`;
}

/** The roles of both sides, without who held them. */
function rolesOf(identities: Json): readonly string[] {
  if (typeof identities !== 'object' || identities === null || Array.isArray(identities)) return [];
  const arns = Object.values(identities).flatMap((side) =>
    typeof side === 'object' && side !== null && 'arn' in side && typeof side.arn === 'string' ? [side.arn] : [],
  );
  return [...new Set(arns.map(roleIn))];
}

/** `role PlatformAdmin of account 444455556666`, `a user of account …`, `root of account …`. */
export function roleIn(arn: string): string {
  const [, , , , account = '', ...rest] = arn.split(':');
  const [kind, name] = rest.join(':').split('/');
  const what = kind === 'assumed-role' || kind === 'role' ? `role ${name}` : kind === 'root' ? 'root' : 'a user';
  return `${what} of account ${account}`;
}
