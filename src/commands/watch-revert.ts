// `watch --revert-above N`: undoes the last step that denies, by the engine and into the journal as any rollback is, at most once.
import type { Followed } from '../access/followed.ts';
import type { EnginePorts, StepId } from '../engine/types.ts';
import { type PerimeterError, PerimeterError as ProgramError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { Survey } from '../steps/landscape.ts';
import { contextOf, enginePorts, openForReading, openForWriting } from './engine-ports.ts';
import type { Session } from './session.ts';
import { lastPutOn, type PutOn } from './watch-memory.ts';
import { commandLine } from './where.ts';

/**
 * `declined`: a person said no, or nobody was there who could say yes. `kept`: somebody changed or uses something of it (QP703).
 * `failed`: it is tried again at the next look. `undoing`: it was interrupted.
 */
export type RevertState = 'none' | 'undoing' | 'reverted' | 'declined' | 'kept' | 'failed';

export interface Reverted {
  readonly step: StepId;
  /** Refused calls that were to pass. */
  readonly calls: number;
  readonly state: Exclude<RevertState, 'none' | 'undoing'>;
  /** Why not, of `failed` and `declined`. */
  readonly error: PerimeterError | null;
}

export class Revert {
  readonly #session: Session;
  readonly #survey: Survey;
  readonly #above: number;
  #state: RevertState = 'none';

  constructor(session: Session, survey: Survey, above: number) {
    this.#session = session;
    this.#survey = survey;
    this.#above = above;
  }

  get state(): RevertState {
    return this.#state;
  }

  /**
   * Undoes the last step that denies where more than so many calls since it was put on were refused by it that were to pass it;
   * null where there is nothing to do.
   * @param before called right before it begins
   * @throws where it was interrupted
   */
  async whenDue(followed: Followed, before: (due: { readonly step: StepId; readonly calls: number }) => void): Promise<Reverted | null> {
    if (this.#state !== 'none' && this.#state !== 'failed') return null;
    const isAny = followed.against('scp', 0) > this.#above || followed.against('bucket-policy', 0) > this.#above;
    if (!isAny) return null;
    const seen = await openForReading(this.#session, this.#survey, nowhere);
    const due = this.#due(followed, seen);
    await seen.close();
    if (due === null) return null;
    before({ step: due.step, calls: due.calls });
    return this.#undo(followed, due);
  }

  #due(followed: Followed, { state }: Journal): (PutOn & { readonly calls: number }) | null {
    const last = lastPutOn(state);
    if (last === null) return null;
    const calls = followed.against(last.step, last.begunAt);
    return calls > this.#above ? { ...last, calls } : null;
  }

  async #undo(followed: Followed, { step, calls }: PutOn & { readonly calls: number }): Promise<Reverted | null> {
    const ended = (state: Reverted['state'], error: PerimeterError | null): Reverted => {
      this.#state = state;
      return { step, calls, state, error };
    };
    try {
      const journal = await openForWriting(this.#session, this.#survey, nowhere);
      try {
        // Another run may have held the lock until now.
        if (this.#due(followed, journal)?.step !== step) return null;
        this.#state = 'undoing';
        return ended((await this.#rollBack(journal, step)) ? 'reverted' : 'kept', null);
      } finally {
        await journal.close();
      }
    } catch (error) {
      if (!(error instanceof ProgramError) || error.kind === 'interrupted') throw error;
      return ended(error.code === 'DECLINED' ? 'declined' : 'failed', error);
    }
  }

  /** Whether all of it was undone. */
  async #rollBack(journal: Journal, step: StepId): Promise<boolean> {
    const { rollbackOrder } = await import('../steps/pipeline.ts');
    const { rollBack } = await import('../engine/engine.ts');
    this.#session.ui.learn(journal.state.changes.map(({ change }) => change));
    const { outcome } = await rollBack({
      order: rollbackOrder,
      ctxOf: contextOf(this.#session),
      ports: this.#ports(),
      journal,
      keepThrough: null,
      only: [step],
      accept: [],
    });
    return outcome === 'done';
  }

  // The flag is the consent to undo the bucket policy; the organization's SCP takes a person's yes, which no flag gives.
  #ports(): EnginePorts {
    const ports = enginePorts(this.#session, null);
    const { interactive } = this.#session.ui;
    return { ...ports, confirm: async (question) => (question.step === 'scp' ? interactive && (await ports.confirm(question)) : true) };
  }
}

const nowhere = { stack: null, vpc: null };

/** The command that does the same by hand. */
export const byHand = (session: Session, step: StepId): string =>
  commandLine(`rollback --to ${step === 'scp' ? 'bucket-policy' : 'nat'}`, session.run.flags);
