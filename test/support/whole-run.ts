// Runs the whole pipeline on a sandbox as a command would, with a journal in memory and every question answered with yes.

import type { ConfirmSummary } from '../../src/engine/confirm.ts';
import { confirmGuarded, rollBack, runPipeline, statusOf } from '../../src/engine/engine.ts';
import {
  type EngineContext,
  type EnginePorts,
  type RollbackSummary,
  type RunEvent,
  type RunOptions,
  type RunSummary,
  type StatusStep,
  type StepId,
  stepIds,
} from '../../src/engine/types.ts';
import type { FindingCode } from '../../src/findings.ts';
import { type Journal, openJournal } from '../../src/journal/journal.ts';
import type { Clock } from '../../src/ports.ts';
import type { World } from '../../src/sandbox/world.ts';
import type { Choices, Wanted } from '../../src/steps/choices.ts';
import type { StepContext } from '../../src/steps/context.ts';
import type { PerimeterInput } from '../../src/steps/landscape.ts';
import { phases, rollbackOrder } from '../../src/steps/pipeline.ts';
import { readInput } from '../../src/steps/read-landscape.ts';
import { resolveChoices } from '../../src/steps/resolve-choices.ts';
import { survey } from '../../src/steps/survey.ts';
import { MemoryDisk } from '../journal/memory-disk.ts';
import { startSandbox, type TestSandbox } from './sandbox.ts';

/** What the scenario offers, as the demo's flags give it. */
export const offered = ({ hints }: World): Wanted => ({
  stack: hints.stack,
  parameter: null,
  vpc: null,
  subnets: [],
  privateDns: true,
  nat: 'auto',
  buckets: ['quilt*'],
  trustedVpcs: hints.trustedVpcs,
  trustedCidrs: hints.trustedCidrs,
  clientCidrs: [],
  exemptTag: 'NetworkRestrictedExempt',
  policyName: 'QuiltDataPerimeter',
  vpcKey: 'id',
  resourceAccounts: [],
  accessPoints: false,
  protectExemptTag: false,
  tagAdministrator: null,
  testBucket: hints.testBucket,
  targets: [hints.target],
  operatorIp: null,
  accept: [],
  skipProbes: false,
  confirmWithin: null,
  steps: [],
});

/** A choice is open: where the commands would name the flag and the candidates. */
export class OpenChoices extends Error {}

/** What the scenario offers, decided as `apply --yes` with the demo's flags would. */
export async function scenarioInput(sandbox: TestSandbox, over: Partial<Choices> = {}): Promise<PerimeterInput> {
  const seen = await survey(sandbox.context);
  const resolution = resolveChoices(seen, offered(sandbox.world()));
  if (resolution.state !== 'decided') throw new OpenChoices(`open: ${resolution.open.map(({ setting }) => setting).join(', ')}`);
  return readInput(seen, { ...resolution.choices, ...over }, sandbox.context);
}

/** The steps that a run goes through; tests may wrap them. */
export interface Steps {
  readonly phases: typeof phases;
  readonly rollbackOrder: typeof rollbackOrder;
}

export class WholeRun {
  readonly sandbox: TestSandbox;
  readonly disk: MemoryDisk;
  steps: Steps = { phases, rollbackOrder };
  /** The machine's, as against AWS's. */
  clock: Clock;
  events: RunEvent[] = [];
  questions: string[] = [];
  /** Whether a person is there who may answer what `--yes` does not. */
  atTerminal = false;
  answer: (id: string) => boolean = () => true;
  #runs: number;

  /** `disk`: of an earlier run, whose journal goes on; `runs`: how many processes have used it before. */
  constructor(sandbox: TestSandbox, disk = new MemoryDisk(), runs = 0) {
    this.sandbox = sandbox;
    this.clock = sandbox.clock;
    this.disk = disk;
    this.#runs = runs;
  }

  /** How many processes have been begun. */
  get runs(): number {
    return this.#runs;
  }

  static async on(scenario: string, options: Omit<Parameters<typeof startSandbox>[0] & object, 'scenario'> = {}): Promise<WholeRun> {
    return new WholeRun(await startSandbox({ scenario, ...options }));
  }

  /** Applies the steps (default all) and returns the summary; throws where the run failed. */
  async apply(over: Partial<Choices> = {}, steps: readonly StepId[] = stepIds): Promise<RunSummary> {
    const input = await scenarioInput(this.sandbox, over);
    const accept: readonly FindingCode[] = input.choices.accept;
    const options: RunOptions = { steps, accept, skipProbes: input.choices.skipProbes };
    return this.#journaled((journal) => runPipeline(this.steps.phases, input, this.#ctxOf, this.#ports(), journal, options));
  }

  rollBack(accept: readonly FindingCode[] = [], keepThrough: StepId | null = null, releaseListed = false): Promise<RollbackSummary> {
    return this.#journaled((journal) =>
      rollBack({ order: this.steps.rollbackOrder, ctxOf: this.#ctxOf, ports: this.#ports(), journal, keepThrough, accept, releaseListed }),
    );
  }

  /** The command `confirm`. */
  confirm(accept: readonly FindingCode[] = []): Promise<ConfirmSummary> {
    const steps = phases.flatMap((phase) => phase.steps);
    return this.#journaled((journal) =>
      confirmGuarded({ steps, ctxOf: this.#ctxOf, ports: this.#ports(), journal, accept, skipProbes: false }),
    );
  }

  async status(over: Partial<Choices> = {}): Promise<readonly StatusStep[]> {
    const input = await scenarioInput(this.sandbox, over);
    return this.#journaled((journal) => {
      const ctx = this.#ctxOf({
        clock: this.clock,
        signal: this.sandbox.context.signal,
        run: journal.run,
        waiting: () => undefined,
        probed: () => undefined,
      });
      return statusOf(this.steps.phases, input, ctx, journal);
    });
  }

  /** The journal's lines. */
  get journal(): string {
    return this.disk.text('/work/.quilt-perimeter/journal.jsonl');
  }

  readonly #ctxOf = (engine: EngineContext): StepContext => ({ ...this.sandbox.context, ...engine });

  #ports(): EnginePorts {
    return {
      clock: this.clock,
      ids: { token: () => 'token' },
      signal: this.sandbox.context.signal,
      emit: (event) => this.events.push(event),
      show: async () => undefined,
      confirm: async ({ id, byPersonOnly }) => {
        if (byPersonOnly === true && !this.atTerminal) return false;
        this.questions.push(id);
        return this.answer(id);
      },
      clear: async () => false,
    };
  }

  async #journaled<T>(work: (journal: Journal) => Promise<T>): Promise<T> {
    this.#runs += 1;
    const run = `run${this.#runs}`;
    const { hints, accessKeys, identities } = this.sandbox.world();
    const accountId = accessKeys[identities.operator ?? '']?.accountId ?? '';
    const journal = await openJournal({
      dir: '/work/.quilt-perimeter',
      place: {
        partition: 'aws',
        accountId,
        region: hints.region,
        organizationId: null,
        managementAccountId: null,
        stack: hints.stack,
        vpc: hints.vpc,
      },
      clock: this.clock,
      ids: { token: () => run },
      mode: 'write',
      command: 'test',
      toolVersion: '0.0.0',
      machine: { pid: this.#runs, host: 'test', user: 'test', isAlive: () => false },
      fs: this.disk,
    });
    try {
      return await work(journal);
    } finally {
      await journal.close();
    }
  }
}
