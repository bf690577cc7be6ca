// One step's part of a rollback: each change inspected right before it is undone.
import type { LimitFunction } from 'p-limit';
import { type Finding, finding } from '../findings.ts';
import { declined } from './approvals.ts';
import { appliedOf, inspectSettled } from './journaled.ts';
import { lasts } from './plan-shape.ts';
import { replacedBy } from './replacing.ts';
import type { Outcome } from './roll-back.ts';
import { contextFor, goOn, idOf, type Run } from './run.ts';
import { driftFinding, inUseFinding, nameOf } from './standing.ts';
import type { Applied, EngineContext, Inspection, Listed, Step, StepId, UnlessKept } from './types.ts';
import { undoChange } from './undo.ts';
import { isSameTarget, type UndoNode } from './undo-order.ts';

interface StepOptions {
  readonly limit: LimitFunction;
  readonly unlessKept: UnlessKept | undefined;
  /** Lets go of what others only list. */
  readonly releaseListed: boolean;
}

type Standing = Inspection & { readonly state: 'as-made' };

export class RollBackStep<Input, Ctx extends EngineContext> {
  readonly id: StepId;
  readonly #run: Run<Ctx>;
  readonly #step: Step<Input, Ctx>;
  readonly #outcome: Outcome;
  readonly #options: StepOptions;
  readonly #limit: LimitFunction;
  #nodes: readonly UndoNode[] = [];
  #approved: Promise<void> | null = null;

  constructor(run: Run<Ctx>, step: Step<Input, Ctx>, outcome: Outcome, options: StepOptions) {
    this.id = step.id;
    this.#run = run;
    this.#step = step;
    this.#outcome = outcome;
    this.#options = options;
    this.#limit = options.limit;
  }

  /** Everything of this step that the rollback may undo, for the question. */
  expect(nodes: readonly UndoNode[]): void {
    this.#nodes = nodes;
  }

  /**
   * Undoes one change, or keeps it and says why. What it waits for is over.
   * @throws PerimeterError DECLINED (stopped), or where the undo failed
   */
  async perform(node: UndoNode): Promise<void> {
    const { journaled } = node;
    const applied = appliedOf(journaled);
    const carried = node.carries.find((each) => this.#outcome.keptNodes.has(each));
    if (carried !== undefined) return this.#keep(node, neededFinding(applied, carried));
    if (journaled.change.irreversible !== undefined) {
      if (journaled.state !== 'failed') this.#outcome.notRestored.push(journaled.change.irreversible);
      return;
    }
    const inspection = await this.#limit(() => this.#inspect(node));
    await this.#decide(node, applied, inspection);
  }

  async #decide(node: UndoNode, applied: Applied, inspection: Inspection): Promise<void> {
    const { state } = node.journaled;
    const neverMade = state === 'failed' && applied.made === null;
    switch (inspection.state) {
      case 'gone':
      case 'as-before':
        // An undo that was cut short is carried to its end: what it waits for may still be under way.
        if (state === 'undoing' || (!neverMade && this.#isRewritten(node, inspection))) return this.#undo(node, applied);
        if (!neverMade) await this.#forget(applied);
        return;
      case 'drifted':
        // Where AWS refused our call, what differs is nothing of ours.
        if (neverMade) return;
        if (await this.#neverTookEffect(node)) return this.#forget(applied);
        if (this.#run.accept.includes('QP703')) return this.#undo(node, applied);
        return this.#keep(node, driftFinding(applied, inspection), inspection.ours ?? true);
      case 'as-made':
        return this.#undoUnlessUsed(node, applied, inspection);
      default:
        return inspection satisfies never;
    }
  }

  /** Whether undoing our own later change of the same thing left it said the same, but written otherwise. */
  #isRewritten({ journaled }: UndoNode, inspection: Inspection): boolean {
    if (inspection.state !== 'as-before' || inspection.rewritten !== true) return false;
    const { changes } = this.#run.journal.state;
    return changes.slice(changes.indexOf(journaled) + 1).some((each) => lasts(each.change) && isSameTarget(each, journaled));
  }

  #undoUnlessUsed(node: UndoNode, applied: Applied, { inUseBy, listed }: Standing): void | Promise<void> {
    if (inUseBy.length > 0) return this.#keep(node, inUseFinding(applied, inUseBy));
    if (listed !== undefined && listed.by.length > 0 && !this.#options.releaseListed)
      return this.#keep(node, listedFinding(applied, listed));
    const standing = this.#standsUnder();
    return standing === undefined ? this.#undo(node, applied) : this.#keep(node, underFinding(applied, standing));
  }

  /** What was kept of the steps that this one must outlast, and why that matters. */
  #standsUnder(): { readonly node: UndoNode; readonly why: string } | undefined {
    const { unlessKept } = this.#options;
    if (unlessKept === undefined) return undefined;
    const node = [...this.#outcome.binding].find(({ journaled }) => unlessKept.steps.includes(journaled.step));
    return node === undefined ? undefined : { node, why: unlessKept.why };
  }

  /** Half-made, and a trial that it was to replace is still there as it was put. */
  async #neverTookEffect({ journaled }: UndoNode): Promise<boolean> {
    if (journaled.made !== null) return false;
    for (const trial of replacedBy(journaled, this.#run.journal.state)) {
      if ((await inspectSettled(this.#run, this.#step, trial)).state === 'as-made') return true;
    }
    return false;
  }

  #forget(applied: Applied): Promise<void> {
    return this.#run.journal.append({ type: 'undone', ...idOf(applied) });
  }

  #inspect({ journaled }: UndoNode): Promise<Inspection> {
    const isSettled = journaled.state === 'undoing' || (journaled.state === 'failed' && journaled.made === null);
    if (!isSettled) return inspectSettled(this.#run, this.#step, journaled);
    return this.#step.inspect(appliedOf(journaled), contextFor(this.#run, this.id, 'waits'));
  }

  async #undo(node: UndoNode, applied: Applied): Promise<void> {
    await this.#approve(node);
    await this.#limit(async () => {
      goOn(this.#run);
      await undoChange(this.#run, this.#step, asLasting(applied));
    });
    this.#outcome.undone.push(applied);
  }

  #keep(node: UndoNode, reason: Finding, isLeft = true): void {
    this.#outcome.keptNodes.add(node);
    // What is additive denies nobody: an SCP that was lifted and is kept, since others attached it, is in nobody's way.
    if (isLeft && node.journaled.change.risk !== 'additive') this.#outcome.binding.add(node);
    this.#outcome.kept.push({ applied: appliedOf(node.journaled), finding: reason });
    this.#run.ports.emit({ type: 'finding', step: this.id, finding: reason });
  }

  #approve(node: UndoNode): Promise<void> {
    this.#approved ??= this.#run.inTurn(() => this.#ask(node));
    return this.#approved;
  }

  /** Tells that the step is over, where anything of it was undone. */
  finish(): void {
    if (this.#approved !== null) this.#run.ports.emit({ type: 'step-done', step: this.id });
  }

  /** Asks once for the step, when the first undo is due. */
  async #ask(first: UndoNode): Promise<void> {
    goOn(this.#run);
    const asked = [];
    for (const node of this.#nodes) if (node === first || (await this.#seemsToStand(node))) asked.push(node.journaled.change);
    const id = `rollback/${this.id}`;
    this.#run.ports.emit({ type: 'step-started', step: this.id });
    const what = asked.map(({ summary }) => summary).join('; ');
    const text = `Undo step ${this.#step.id}, "${this.#step.title}" (${asked.length} ${asked.length === 1 ? 'change' : 'changes'}: ${what})?`;
    this.#run.ports.emit({ type: 'question', id, text });
    const yes = await this.#run.ports.confirm({ id, step: this.id, text, typed: [], changes: asked });
    goOn(this.#run);
    if (!yes) throw declined(id);
    await this.#run.journal.append({ type: 'approved', step: this.id, confirmation: id, keys: asked.map(({ key }) => key) });
  }

  async #seemsToStand(node: UndoNode): Promise<boolean> {
    const { journaled } = node;
    if (journaled.change.irreversible !== undefined || this.#outcome.keptNodes.has(node)) return false;
    const { state } = await this.#step.inspect(appliedOf(journaled), contextFor(this.#run, this.id, 'waits'));
    // What a later change of the same thing covers looks changed until that one is undone.
    return state === 'as-made' || (state === 'drifted' && (node.carries.length > 0 || this.#run.accept.includes('QP703')));
  }
}

/** A trial is undone as what lasts is: what it stood over goes too, and is not put back on for a while unproven. */
export function asLasting(applied: Applied): Applied {
  const { temporary: _trial, ...change } = applied.change;
  return { ...applied, change };
}

const listedFinding = (applied: Applied, { by, remedy }: Listed): Finding =>
  finding('QP703', {
    detail: `${nameOf(applied)} is kept, since it is listed elsewhere: ${by.join('; ')}`,
    subjects: [applied.change.key, ...(applied.made === null ? [] : [applied.made.id])],
    remedy,
  });

const underFinding = (applied: Applied, { node, why }: { readonly node: UndoNode; readonly why: string }): Finding =>
  finding('QP703', {
    detail: `${nameOf(applied)} is kept, since ${node.journaled.key} is kept: ${why}`,
    subjects: [applied.change.key, node.journaled.key],
    remedy: `see to ${node.journaled.key} first, then run rollback again`,
  });

const neededFinding = (applied: Applied, by: UndoNode): Finding =>
  finding('QP703', {
    detail: `${nameOf(applied)} is kept, since ${by.journaled.key}, which is kept, stands on it`,
    subjects: [applied.change.key, by.journaled.key],
    remedy: `see to ${by.journaled.key} first, then run rollback again`,
  });
