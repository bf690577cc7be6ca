// A replay of recorded calls before the steps that deny: made once, shown, journaled, and a gate where more would be denied than may be.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Assessment } from '../access/assess.ts';
import type { ReplaySummary, Step, StepId } from '../engine/types.ts';
import { badInput, stopped } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { StepContext } from '../steps/context.ts';
import type { PerimeterInput, ReplayedPath } from '../steps/landscape.ts';
import type { phases as allPhases } from '../steps/pipeline.ts';
import { askForSources, offerBefore } from './ask-sources.ts';
import type { AssessOptions } from './assess-flags.ts';
import type { Run, Session } from './session.ts';

type Phases = typeof allPhases;

/** The steps that put a Deny on. */
const denying: readonly StepId[] = ['bucket-policy', 'scp'];

/** What is to be assessed before something denies. */
export interface Assessing {
  /** Of `--assess`; none: nothing is assessed, unless a person says so. */
  readonly sources: readonly string[];
  readonly options: AssessOptions;
  /** Whether a person is asked, where there are no sources. */
  readonly offers: boolean;
}

export interface Gate extends Assessing {
  readonly session: Session;
  readonly journal: Journal;
}

/**
 * What the flags say; null: nothing is assessed.
 * @param offers whether the command asks for a source where no flag names one
 * @throws PerimeterError FLAG (exit 2) where `--max-denied` is no number, or stands alone
 */
export async function assessingOf({ flags, ports }: Run, offers: boolean): Promise<Assessing | null> {
  const sources = flags.assess ?? [];
  if (sources.length === 0 && !offers) {
    if (flags.maxDenied === undefined) return null;
    throw badInput('FLAG', 'reading --max-denied: nothing is assessed', 'name what is to be assessed with --assess SOURCE');
  }
  const { assessOptionsOf } = await import('./assess-flags.ts');
  return { sources, options: await assessOptionsOf(flags, ports.cwd), offers };
}

/** The phases with the gate before the first change of each of `steps` that denies. */
export function gated(phases: Phases, gate: Gate, steps: readonly StepId[]): Phases {
  const replay = new Replay(gate);
  const isGated = (step: Step<PerimeterInput, StepContext>): boolean => denying.includes(step.id) && steps.includes(step.id);
  return phases.map((phase) => ({ ...phase, steps: phase.steps.map((step) => (isGated(step) ? behind(step, replay) : step)) }));
}

function behind(step: Step<PerimeterInput, StepContext>, replay: Replay): Step<PerimeterInput, StepContext> {
  return {
    ...step,
    async look(input, ctx) {
      const found = await step.look(input, ctx);
      if (found.plan.changes.length === 0) return found;
      const paths = await replay.before(step.id, input);
      return paths === null ? found : step.look({ ...input, replay: paths }, ctx);
    },
  };
}

/** How many newly denied paths are told, and how many paths the file beside the journal holds. */
const mostTold = 8;
const mostKept = 5_000;

class Replay {
  readonly #gate: Gate;
  readonly #asked = new Set<StepId>();
  #made: { readonly assessment: Assessment; readonly sources: readonly string[] } | null = null;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  /**
   * The paths that were assessed, now or before; null where nothing is.
   * @throws PerimeterError MAX_DENIED (exit 3) where more are newly denied than may be
   */
  async before(step: StepId, input: PerimeterInput): Promise<readonly ReplayedPath[] | null> {
    if (this.#made === null) {
      const sources = await this.#sources(step, input);
      if (sources.length === 0) return null;
      this.#made = { assessment: await this.#make(step, input, sources), sources };
    }
    const { paths } = this.#made.assessment;
    const denied = paths.filter(({ verdict }) => verdict === 'newly-denied').length;
    const most = this.#gate.options.maxDenied ?? 0;
    if (denied <= most) return paths;
    throw stopped(
      'MAX_DENIED',
      `assessing before step ${step}: ${denied} of ${paths.length} paths would be newly denied, and ${most} may be`,
      `see who they are and what helps with quilt-perimeter assess ${this.#made.sources.join(' ')}, then run again; or allow so many with --max-denied ${denied}`,
    );
  }

  async #sources(step: StepId, input: PerimeterInput): Promise<readonly string[]> {
    const { sources, offers, session } = this.#gate;
    if (!offers || this.#asked.has(step)) return sources;
    this.#asked.add(step);
    if (sources.length === 0) return askForSources(session.ui, step, input);
    session.ui.progress(`? ${offerBefore(step)} ${sources.join(', ')} (--assess)`);
    return sources;
  }

  async #make(step: StepId, input: PerimeterInput, sources: readonly string[]): Promise<Assessment> {
    const { session, journal, options } = this.#gate;
    const { assessFor } = await import('./assess-for.ts');
    const { survey } = await import('../steps/pipeline.ts');
    // Endpoints and addresses of steps before this one are not in the survey that the run began with.
    const landscape = { ...input.landscape, survey: await survey(session.ctx) };
    const assessment = await assessFor(session, { ...input, landscape }, sources, options);
    const summary = summaryOf(assessment, options.maxDenied ?? 0);
    session.ui.event({ type: 'assessed', step, ...summary });
    await keep(journal, session.paths.state, sources, assessment, summary);
    return assessment;
  }
}

function summaryOf({ source, events, from, to, paths }: Assessment, maxDenied: number): ReplaySummary {
  const of = (verdict: ReplayedPath['verdict']) => paths.filter((path) => path.verdict === verdict);
  const denied = of('newly-denied');
  return {
    source,
    events,
    from,
    to,
    paths: { passes: of('passes').length, newlyDenied: denied.length, unknown: of('unknown').length },
    maxDenied,
    denied: denied.slice(0, mostTold).map(({ principal, network, bucket, events: many, lastSeen }) => ({
      principal,
      network: network.value,
      bucket,
      events: many,
      lastSeen,
    })),
  };
}

/** Writes the paths beside the journal, then the entry that names them. */
async function keep(
  journal: Journal,
  dir: string,
  sources: readonly string[],
  assessment: Assessment,
  summary: ReplaySummary,
): Promise<void> {
  const { writeOwnFile } = await import('../journal/journal.ts');
  const { files, considered, events, from, to, source } = assessment;
  const kept = assessment.paths.slice(0, mostKept).map(({ principal, network, viaService, bucket, actions, events: many, verdict }) => ({
    principal,
    network,
    viaService,
    bucket,
    actions,
    events: many,
    verdict,
  }));
  const text = `${JSON.stringify({ version: 1, source, paths: kept, days: assessment.days })}\n`;
  const sha256 = createHash('sha256').update(text).digest('hex');
  const file = `assessed-${sha256.slice(0, 12)}.json`;
  await writeOwnFile({ path: join(dir, file), doing: 'keeping what was assessed', code: 'ASSESSED_WRITE' }, text);
  const details = { file, sha256, paths: kept.length, left: assessment.paths.length - kept.length };
  const { paths, maxDenied } = summary;
  await journal.append({ type: 'assessed', sources, source, files, events, considered, from, to, paths, maxDenied, details });
}
