// One step's part of a rollback: each change inspected right before it is undone.
import type { LimitFunction } from 'p-limit';
import { PerimeterError } from '../errors.ts';
import type { Finding } from '../findings.ts';
import { declined } from './approvals.ts';
import {
  besideFinding,
  driftFinding,
  inUseFinding,
  listedFinding,
  neededFinding,
  removedFinding,
  underFinding,
} from './changed-findings.ts';
import { appliedOf, inspectSettled } from './journaled.ts';
import { lasts } from './plan-shape.ts';
import { replacedBy } from './replacing.ts';
import type { Outcome } from './roll-back.ts';
import { contextFor, goOn, idOf, type Run } from './run.ts';
import { isUsedUp } from './standing.ts';
import type { Applied, EngineContext, Inspection, Step, StepId, UnlessKept } from './types.ts';
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
  #isApproved = false;

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
    if (journaled.change.irreversible !== undefined) {
      if (journaled.state !== 'failed') this.#outcome.notRestored.push(journaled.change.irreversible);
      return;
    }
    const carried = node.carries.find((each) => this.#outcome.keptNodes.has(each));
    if (carried !== undefined) return this.#keep(node, neededFinding(applied, carried));
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
        if (state === 'undoing' || (!neverMade && this.#isRewritten(node, inspection))) return this.#undo(node, applied, null);
        if (!neverMade) await this.#forget(applied);
        if (this.#wasTakenAway(node)) this.#notice(removedFinding(applied, inspection, 'nothing of it is left to undo'));
        return;
      case 'drifted':
        // Where AWS refused our call, what differs is nothing of ours.
        if (neverMade) return;
        if (await this.#neverTookEffect(node)) return this.#forget(applied);
        if (this.#run.accept.includes('QP703')) return this.#undo(node, applied, inspection);
        return this.#keep(node, driftFinding(applied, inspection), inspection.ours === false ? 'theirs' : 'binding');
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

  #undoUnlessUsed(node: UndoNode, applied: Applied, inspection: Standing): void | Promise<void> {
    const { inUseBy, listed, lifted } = inspection;
    if (inUseBy.length > 0) return this.#keep(node, inUseFinding(applied, inUseBy), lifted === true ? 'harmless' : 'binding');
    if (listed !== undefined && listed.by.length > 0 && !this.#options.releaseListed)
      return this.#keep(node, listedFinding(applied, listed));
    const standing = this.#standsUnder();
    return standing === undefined ? this.#undo(node, applied, inspection) : this.#keep(node, underFinding(applied, standing));
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

  /**
   * Undoes it right after it was looked at: after a question it is looked at once more. `inspection` is null where it is not
   * there any more and only an undo that was cut short is carried to its end.
   */
  async #undo(node: UndoNode, applied: Applied, inspection: Inspection | null): Promise<void> {
    if (!this.#isApproved) {
      await this.#approve(node);
      return this.#decide(node, applied, await this.#limit(() => this.#inspect(node)));
    }
    const seen = inspection !== null && 'aws' in inspection ? inspection.aws : undefined;
    try {
      await this.#limit(async () => {
        goOn(this.#run);
        await undoChange(this.#run, this.#step, asLasting(applied), seen);
      });
    } catch (error) {
      if (!(error instanceof PerimeterError) || error.code !== 'QP703' || error.versions === null) throw error;
      const now = await this.#limit(() => this.#inspect(node));
      return this.#keep(
        node,
        driftFinding(applied, error.versions),
        now.state === 'as-made' && now.lifted === true ? 'harmless' : 'binding',
      );
    }
    this.#outcome.undone.push(applied);
    if (inspection?.state === 'as-made' && inspection.beside !== undefined) this.#notice(besideFinding(applied, inspection.beside));
  }

  /** Whether somebody took it away, as against an undo of ours, of it or of a later change of the same thing. */
  #wasTakenAway({ journaled }: UndoNode): boolean {
    if (journaled.state !== 'done' || !lasts(journaled.change) || isUsedUp(journaled)) return false;
    const { changes } = this.#run.journal.state;
    const later = changes.slice(
      changes.findIndex(({ key, generation }) => key === journaled.key && generation === journaled.generation) + 1,
    );
    return !later.some((each) => each.state === 'undone' && (each.key === journaled.key || isSameTarget(each, journaled)));
  }

  #notice(finding: Finding): void {
    this.#outcome.noticed.push(finding);
    this.#run.ports.emit({ type: 'finding', step: this.id, finding });
  }

  /** `theirs`: nothing of ours is left in it, so it stands on nothing of ours either. `harmless`: it is in nobody's way. */
  #keep(node: UndoNode, reason: Finding, left: 'binding' | 'harmless' | 'theirs' = 'binding'): void {
    if (left !== 'theirs') this.#outcome.keptNodes.add(node);
    // What is additive denies nobody: an SCP that was lifted and is kept, since others attached it, is in nobody's way.
    if (left === 'binding' && node.journaled.change.risk !== 'additive') this.#outcome.binding.add(node);
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
    this.#isApproved = true;
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
