// Asks each confirmation of a step once, when the first change that it covers is due.
import { stopped } from '../errors.ts';
import { asksTheSame } from './plan-shape.ts';
import { goOn, type Run } from './run.ts';
import type { Change, EngineContext, StepId, StepPlan } from './types.ts';

export class Approvals<Ctx extends EngineContext> {
  readonly #run: Run<Ctx>;
  readonly #step: StepId;
  #plan: StepPlan;
  readonly #answers = new Map<string, { readonly covers: readonly Change[]; readonly answer: Promise<void> }>();

  constructor(run: Run<Ctx>, step: StepId, plan: StepPlan) {
    this.#run = run;
    this.#step = step;
    this.#plan = plan;
  }

  /**
   * Returns once the change's confirmation was answered with yes.
   * @throws PerimeterError DECLINED (stopped)
   */
  approve(change: Change): Promise<void> {
    const known = this.#answers.get(change.confirm);
    if (known !== undefined) return known.answer;
    const covers = this.#covered(change.confirm);
    const answer = this.#run.inTurn(() => this.#ask(change.confirm, covers));
    this.#answers.set(change.confirm, { covers, answer });
    return answer;
  }

  /** Goes on with a plan made anew: what asks more or something else than what was approved is asked again. */
  replan(plan: StepPlan): void {
    this.#plan = plan;
    for (const [id, { covers }] of this.#answers) {
      const approved = this.#covered(id).every((change) => covers.some((each) => each.key === change.key && asksTheSame(each, change)));
      if (!approved) this.#answers.delete(id);
    }
  }

  #covered(id: string): readonly Change[] {
    return this.#plan.changes.filter((change) => change.confirm === id);
  }

  async #ask(id: string, changes: readonly Change[]): Promise<void> {
    goOn(this.#run);
    const confirmation = this.#plan.confirmations.find((each) => each.id === id);
    if (confirmation === undefined) throw new Error(`step ${this.#step} has changes without a confirmation: ${id}`);
    const { text, typed } = confirmation;
    this.#run.ports.emit({ type: 'question', id, text });
    const yes = await this.#run.ports.confirm({ id, step: this.#step, text, typed, changes });
    goOn(this.#run);
    if (!yes) throw declined(id);
    await this.#run.journal.append({ type: 'approved', step: this.#step, confirmation: id, keys: changes.map((change) => change.key) });
  }
}

/** A question that was not answered with yes (exit 3). */
export const declined = (id: string) =>
  stopped('DECLINED', `confirming ${id}: declined; nothing of it was changed`, 'run again when it may be done');
