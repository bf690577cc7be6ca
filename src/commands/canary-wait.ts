// Quilt's canaries before the SCP: whether they passed since the bucket policy stands, and with --wait the time until they did.
import type { Step } from '../engine/types.ts';
import type { Journal } from '../journal/journal.ts';
import type { Known } from '../ports.ts';
import { type CanaryEvidence, canariesSay, readCanaryRuns } from '../steps/canary-runs.ts';
import type { StepContext } from '../steps/context.ts';
import type { PerimeterInput } from '../steps/landscape.ts';
import type { phases as allPhases } from '../steps/pipeline.ts';
import { duration } from '../ui/layout.ts';
import { standingSince } from '../verify/since.ts';
import type { Session } from './session.ts';

type Phases = typeof allPhases;

export interface CanaryWait {
  readonly session: { readonly ui: Pick<Session['ui'], 'progress'>; readonly ctx: Session['ctx'] };
  readonly journal: Pick<Journal, 'state'>;
  /** 0: they are looked at once. */
  readonly waitSeconds: number;
}

/** The phases with a look at the canaries where QP413 would stop the SCP. */
export function withCanaries(phases: Phases, wait: CanaryWait): Phases {
  const canaries = new Canaries(wait);
  return phases.map((phase) => ({ ...phase, steps: phase.steps.map((step) => (step.id === 'scp' ? seeing(step, canaries) : step)) }));
}

function seeing(step: Step<PerimeterInput, StepContext>, canaries: Canaries): Step<PerimeterInput, StepContext> {
  return {
    ...step,
    async look(input, ctx) {
      const found = await step.look(input, ctx);
      const isOpen = found.plan.findings.some(({ code, severity }) => code === 'QP413' && severity === 'error');
      if (!isOpen || input.choices.accept.includes('QP413')) return found;
      return step.look({ ...input, canaries: await canaries.seen(input) }, ctx);
    },
  };
}

const everySeconds = 15;
const tellEverySeconds = 60;

class Canaries {
  readonly #wait: CanaryWait;
  #seen: Known<CanaryEvidence> | null = null;

  constructor(wait: CanaryWait) {
    this.#wait = wait;
  }

  /** What they say, once in a run: after that they are not waited for again. */
  async seen(input: PerimeterInput): Promise<Known<CanaryEvidence>> {
    this.#seen ??= await this.#watch(input);
    return this.#seen;
  }

  async #watch(input: PerimeterInput): Promise<Known<CanaryEvidence>> {
    const { session, waitSeconds } = this.#wait;
    const { clock, signal } = session.ctx;
    const began = clock.now().getTime();
    const trusted = [input.choices.vpc, ...input.choices.trustedVpcs];
    for (let told = -tellEverySeconds; ; ) {
      const seen = await this.#read(input);
      if (!seen.known || seen.value.canaries.length === 0 || seen.value.since === null) return seen;
      if (canariesSay(seen.value, trusted).says === 'works') return seen;
      const waited = (clock.now().getTime() - began) / 1000;
      if (waited + everySeconds > waitSeconds) return seen;
      if (waited - told >= tellEverySeconds) {
        told = waited;
        const left = duration(waitSeconds - waited);
        session.ui.progress(`… waiting for Quilt's canaries to run, at most ${left} more (--wait)`);
      }
      await clock.sleep(everySeconds * 1000, signal);
    }
  }

  // The bucket policy may be dated, and end meanwhile: then no run counts any more.
  #read({ landscape }: PerimeterInput): Promise<Known<CanaryEvidence>> {
    const { session, journal } = this.#wait;
    const since = standingSince(journal.state, ['endpoints', 'nat', 'bucket-policy'], 'bucket-policy', session.ctx.clock.now());
    return readCanaryRuns(landscape.stack.resources, since, session.ctx);
  }
}
