// Runs the engine on the toy world as a command would.

import { rollBack } from '../../src/engine/roll-back.ts';
import { runPipeline } from '../../src/engine/run-pipeline.ts';
import type { EngineContext, EnginePorts, Phase, RollbackSummary, RunEvent, RunOptions, RunSummary } from '../../src/engine/types.ts';
import { stepIds } from '../../src/engine/types.ts';
import { type Journal, openJournal } from '../../src/journal/journal.ts';
import type { Place } from '../../src/ports.ts';
import { MemoryDisk } from '../journal/memory-disk.ts';
import { DrivenClock } from './driven-clock.ts';
import { type ToyInput, ToyWorld, toyPipeline } from './toy-world.ts';

export const place: Place = {
  partition: 'aws',
  accountId: '111122223333',
  region: 'eu-central-1',
  organizationId: 'o-1',
  managementAccountId: '999988887777',
  stack: 'quilt',
  vpc: 'vpc-1',
};

type Phases = readonly Phase<ToyInput, EngineContext>[];

export class Toy {
  readonly clock = new DrivenClock();
  readonly disk = new MemoryDisk();
  readonly world = new ToyWorld(this.clock);
  phases: Phases = toyPipeline(this.world);
  readonly events: RunEvent[] = [];
  readonly questions: string[] = [];
  readonly shown: string[] = [];
  answer: (id: string) => boolean | Promise<boolean> = () => true;
  clears: (code: string) => boolean = () => false;
  interrupt = new AbortController();
  #runs = 0;

  get ports(): EnginePorts {
    return {
      clock: this.clock,
      ids: { token: () => 'token' },
      signal: this.interrupt.signal,
      emit: (event) => this.events.push(event),
      show: async (step, plan) => {
        this.shown.push(`${step.id} ${plan.changes.map((change) => change.key).join(' ')}`.trim());
      },
      confirm: async ({ id }) => {
        this.questions.push(id);
        return this.answer(id);
      },
      clear: async (_, finding) => this.clears(finding.code),
    };
  }

  open(mode: 'read' | 'write' = 'write'): Promise<Journal> {
    this.#runs += 1;
    const run = `run${this.#runs}`;
    return openJournal({
      dir: '/work/.quilt-perimeter',
      place,
      clock: this.clock,
      ids: { token: () => run },
      mode,
      command: 'apply',
      toolVersion: '0.0.0',
      // Every run is a process of its own, and those before it are gone.
      machine: { pid: this.#runs, host: 'here', user: 'someone', isAlive: () => false },
      fs: this.disk,
    });
  }

  apply(options: Partial<RunOptions> = {}): Promise<RunSummary> {
    return this.clock.drive(this.#apply(options));
  }

  rollBack(options: Partial<Parameters<typeof rollBack>[0]> = {}): Promise<RollbackSummary> {
    return this.clock.drive(this.#rollBack(options));
  }

  async #apply(options: Partial<RunOptions>): Promise<RunSummary> {
    const journal = await this.open();
    const all = { steps: stepIds, accept: [], skipProbes: false, ...options };
    try {
      return await runPipeline(this.phases, { seen: [] }, (engine) => engine, this.ports, journal, all);
    } finally {
      await journal.close();
    }
  }

  async #rollBack(options: Partial<Parameters<typeof rollBack>[0]>): Promise<RollbackSummary> {
    const journal = await this.open();
    const steps = this.phases.filter(({ only }) => only === undefined).map((phase) => phase.steps);
    const [discover, network, bucket, stack] = steps;
    const order = [bucket, stack, network, discover].map((group) => ({ steps: group ?? [] }));
    try {
      return await rollBack({ order, ctxOf: (engine) => engine, ports: this.ports, journal, keepThrough: null, accept: [], ...options });
    } finally {
      await journal.close();
    }
  }

  /** The journal's entries as `type key`. */
  get journal(): readonly string[] {
    const text = this.disk.text('/work/.quilt-perimeter/journal.jsonl');
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
      .map((entry) => [entry.type, entry.key ?? entry.confirmation ?? entry.outcome].filter((part) => part !== undefined).join(' '));
  }
}
