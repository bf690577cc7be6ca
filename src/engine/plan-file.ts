// A plan saved by `plan --out` and carried out by `apply FILE`: refused if what it was made from has changed.
import { readFile } from 'node:fs/promises';
import { badInput, stopped } from '../errors.ts';
import { writeOwnFile } from '../journal/journal.ts';
import type { Json, Place } from '../ports.ts';
import { hashOf } from './json.ts';
import type { Change, PipelinePlan, SavedFlags, StepId } from './types.ts';

/** What a plan is made from besides AWS. */
export interface PlanOrigin {
  readonly place: Place;
  /** Everything chosen: file, flags and what was found. Only its hash is saved. */
  readonly settings: Json;
}

/** How and when a plan is saved. */
export interface Saving {
  readonly toolVersion: string;
  readonly at: Date;
  readonly flags: SavedFlags;
}

export interface SavedPlan {
  readonly kind: 'quilt-perimeter plan';
  readonly version: 1;
  readonly toolVersion: string;
  readonly savedAt: string;
  readonly place: Place;
  readonly settingsHash: string;
  /** The choices on the command line that made it: `apply FILE` goes by them. */
  readonly flags: SavedFlags;
  readonly steps: readonly {
    readonly id: StepId;
    readonly state: string;
    readonly changesHash: string;
    readonly changes: readonly Change[];
  }[];
}

/** The plan as it is saved. Pure. */
export const savedPlanOf = (plan: PipelinePlan, origin: PlanOrigin, written: Saving): SavedPlan => ({
  kind: 'quilt-perimeter plan',
  version: 1,
  toolVersion: written.toolVersion,
  savedAt: written.at.toISOString(),
  place: origin.place,
  settingsHash: hashOf(origin.settings),
  flags: written.flags,
  steps: plan.steps.map(({ id, state, plan: { changes } }) => ({ id, state, changesHash: hashOfChanges(changes), changes })),
});

/**
 * Writes the plan to a file that only its owner can read.
 * @throws PerimeterError PLAN_WRITE (failed; bad input where a symbolic link or no file stands there)
 */
export async function savePlan(path: string, plan: PipelinePlan, origin: PlanOrigin, written: Saving): Promise<void> {
  const text = `${JSON.stringify(savedPlanOf(plan, origin, written), null, 2)}\n`;
  await writeOwnFile({ path, doing: 'saving plan', code: 'PLAN_WRITE' }, text);
}

/**
 * Reads a saved plan.
 * @throws PerimeterError (input) where it cannot be read, is no plan, or is of a newer version
 */
export async function loadPlan(path: string): Promise<SavedPlan> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const why = reasons['code' in error ? String(error.code) : ''] ?? error.message;
    throw badInput('PLAN_UNREADABLE', `reading plan (${path}): ${why}`, 'save one with: quilt-perimeter plan --out FILE', error);
  }
  const { parseSavedPlan } = await import('../journal/schema.ts');
  const saved = parseSavedPlan(text, path);
  const edited = saved.steps.find(({ changes, changesHash }) => hashOfChanges(changes) !== changesHash);
  if (edited === undefined) return saved;
  throw badInput(
    'PLAN_UNREADABLE',
    `reading plan (${path}): step ${edited.id} was edited by hand`,
    'save it again with: quilt-perimeter plan --out FILE',
  );
}

const reasons: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
  ENOTDIR: 'a part of the path is no folder',
};

/**
 * Compares a saved plan with one made now.
 * @throws PerimeterError PLAN_STALE (stopped) naming what differs
 */
export function requireFresh(saved: SavedPlan, path: string, now: PipelinePlan, origin: PlanOrigin): void {
  const names = ['partition', 'accountId', 'region', 'organizationId'] as const;
  const differs =
    names.find((name) => saved.place[name] !== origin.place[name]) ??
    (saved.settingsHash === hashOf(origin.settings) ? null : 'settings') ??
    staleStep(saved, now);
  if (differs === null) return;
  throw stopped(
    'PLAN_STALE',
    `applying plan (${path}): what it was made from has changed since ${saved.savedAt}: ${differs}`,
    'make, read and save it again with: quilt-perimeter plan --out FILE',
  );
}

function staleStep(saved: SavedPlan, now: PipelinePlan): string | null {
  const hashes = new Map(now.steps.map(({ id, plan }) => [id, hashOfChanges(plan.changes)]));
  const stale = saved.steps.find(({ id, changesHash }) => hashes.get(id) !== changesHash);
  if (stale !== undefined) return `step ${stale.id}`;
  const added = now.steps.find(({ id }) => saved.steps.every((step) => step.id !== id));
  return added === undefined ? null : `step ${added.id}`;
}

/**
 * SHA-256 of what a plan is made from and of each step's changes: the same as in the file that `plan --out` saves, so that what was
 * approved can be compared with what is carried out. Pure.
 */
export const planFingerprints = (plan: PipelinePlan, settings: Json): readonly { readonly of: string; readonly sha256: string }[] => [
  { of: 'settings of the plan (settingsHash)', sha256: hashOf(settings) },
  ...plan.steps
    .filter(({ plan: { changes } }) => changes.length > 0)
    .map(({ id, plan: { changes } }) => ({ of: `changes of step ${id} (changesHash)`, sha256: hashOfChanges(changes) })),
];

const hashOfChanges = (changes: readonly Change[]): string =>
  hashOf(changes.map((change) => ({ ...change, target: { ...change.target } })));
