// A company's AWS and the folder of its operator, used by one process after the other. It can be frozen at any moment and
// gone on with from there, so that a case need not run what came before.
import type { RollbackSummary, RunSummary } from '../../src/engine/types.ts';
import type { World } from '../../src/sandbox/world.ts';
import { MemoryDisk } from '../journal/memory-disk.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';
import { interruptible } from '../support/signals.ts';
import { WholeRun } from '../support/whole-run.ts';
import type { Command, SweptScenario } from './cases.ts';
import { Watch } from './watch.ts';

/** All that outlasts a process. */
export interface Moment {
  /** As JSON. */
  readonly world: string;
  /** ISO time. */
  readonly now: string;
  readonly disk: MemoryDisk;
  /** How many processes there have been. */
  readonly runs: number;
}

/** How a process ended. */
export type Ending =
  | { readonly how: 'done'; readonly summary: RunSummary | RollbackSummary }
  | { readonly how: 'stopped'; readonly why: string; readonly code: string }
  | { readonly how: 'failed'; readonly why: string; readonly error: unknown };

export class Company {
  readonly run: WholeRun;
  readonly watch: Watch;
  readonly #scenario: SweptScenario;
  #controller = interruptible();

  private constructor(scenario: SweptScenario, sandbox: TestSandbox, disk: MemoryDisk, runs: number) {
    const company = this;
    const context = {
      ...sandbox.context,
      get signal() {
        return company.#controller.signal;
      },
    };
    this.#scenario = scenario;
    this.run = new WholeRun({ ...sandbox, context }, disk, runs);
    this.watch = new Watch(sandbox);
  }

  /** The scenario's company, or the one that was frozen at that moment. */
  static async of(scenario: SweptScenario, from: Moment | null = null): Promise<Company> {
    const options = from === null ? { scenario: scenario.name } : { start: from.now, world: worldOf(from) };
    const company = new Company(scenario, await startSandbox(options), from?.disk.afterPowerCut() ?? new MemoryDisk(), from?.runs ?? 0);
    scenario.prepare?.(company);
    return company;
  }

  get sandbox(): TestSandbox {
    return this.run.sandbox;
  }

  /** As a power cut leaves it: what was not synced to the disk is lost. */
  freeze(): Moment {
    return { world: JSON.stringify(this.sandbox.world()), ...this.frozen() };
  }

  /** All of a moment but the world. */
  frozen(): Omit<Moment, 'world'> {
    return {
      now: this.sandbox.clock.now().toISOString(),
      disk: this.run.disk.afterPowerCut(),
      runs: this.run.runs,
    };
  }

  /** Sends the running process an interruption. */
  interrupt(reason: Error): void {
    this.#controller.abort(reason);
  }

  /** Runs a command in a new process to its end. Never rejects. */
  async process(command: Command): Promise<Ending> {
    this.#controller = interruptible();
    try {
      if (command === 'apply') {
        const summary = await this.run.apply({ accept: this.#scenario.accept });
        const { stoppedBy } = summary;
        return stoppedBy === null ? { how: 'done', summary } : { how: 'stopped', why: stoppedBy.message, code: stoppedBy.code };
      }
      const summary = await this.run.rollBack();
      const [kept] = summary.kept;
      return kept === undefined ? { how: 'done', summary } : { how: 'stopped', why: kept.finding.detail, code: kept.finding.code };
    } catch (error) {
      return { how: 'failed', why: error instanceof Error ? error.message : String(error), error };
    }
  }
}

/** The world as it was at that moment. */
export const worldOf = (moment: Moment): World => JSON.parse(moment.world);
