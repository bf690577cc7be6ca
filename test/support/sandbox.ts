// An AWS in the test's process: a scenario's world on a clock that only jumps, and the clients of both sides.
import { type ClientOptions, createClients } from '../../src/aws/clients.ts';
import type { Aws, AwsContext } from '../../src/aws/context.ts';
import { type CallRecord, memoryLog } from '../../src/sandbox/call-log.ts';
import { type Control, controlOf } from '../../src/sandbox/control.ts';
import { type Models, models } from '../../src/sandbox/models.ts';
import { requestHandlerOf, type SandboxRequestHandler } from '../../src/sandbox/request-handler.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { buildScenario } from '../../src/sandbox/scenarios/index.ts';
import type { WorldStore } from '../../src/sandbox/store.ts';
import type { World } from '../../src/sandbox/world.ts';
import { interruptible } from './signals.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface TestSandbox {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  readonly control: Control;
  readonly requestHandler: SandboxRequestHandler;
  readonly aws: Aws;
  /** What AWS functions and steps take; its signal is never aborted. */
  readonly context: AwsContext;
  /** Replaceable: runs each call against the world, at the very moment at which it takes effect. */
  readonly calling: { around(attempt: () => void): void };
  world(): World;
  /** A copy of the world as it is now, for `differences`. */
  snapshot(): World;
  /** The calls that change something, since `from` calls. */
  writes(from?: number): readonly CallRecord[];
  /** Clients of another identity of the scenario, or with other options. */
  clientsAs(identity: string, options?: Partial<ClientOptions>): Promise<Aws>;
}

/**
 * Starts a sandbox in process. `scenario`: default `greenfield`; `world`: goes on with this one instead; `mutate` changes its
 * world first; `start`: ISO time; `clock`: one of the test's own instead; `answering`: models that answer otherwise than the
 * sandbox's own.
 */
export async function startSandbox(
  options: {
    readonly scenario?: string;
    readonly world?: World;
    readonly mutate?: (world: World) => void;
    readonly start?: string;
    readonly clock?: VirtualClock;
    readonly seed?: number;
    readonly answering?: Models;
  } = {},
): Promise<TestSandbox> {
  const clock = options.clock ?? new VirtualClock(options.start);
  const world =
    options.world ?? buildScenario(options.scenario ?? 'greenfield', { now: clock.now().getTime(), speed: 60, seed: options.seed ?? 1 });
  options.mutate?.(world);
  const calling: TestSandbox['calling'] = { around: (attempt) => attempt() };
  const sandbox = createSandbox({ world: observed(world, calling), models: options.answering ?? models, time: clock.asSandboxTime() });
  const requestHandler = requestHandlerOf(sandbox);
  const random = seeded(options.seed ?? 1);

  const clientsAs = (identity: string, more: Partial<ClientOptions> = {}): Promise<Aws> =>
    createClients({
      region: null,
      quilt: { profile: null, roleArn: null },
      organization: { profile: null, roleArn: null },
      env: {},
      clock,
      random,
      mfaPrompt: async () => '123456',
      sandbox: {
        requestHandler,
        region: world.hints.region,
        credentialsFor: (side) => credentialsOf(sandbox.world(), side === 'operator' ? identity : side),
      },
      ...more,
    });

  const aws = await clientsAs('operator');
  return {
    sandbox,
    clock,
    control: controlOf(sandbox),
    requestHandler,
    aws,
    context: { aws, clock, signal: interruptible().signal },
    calling,
    world: () => sandbox.world(),
    snapshot: () => structuredClone(sandbox.world()),
    writes: (from = 0) => sandbox.calls().filter(({ kind, seq }) => kind === 'write' && seq > from),
    clientsAs,
  };
}

/** A world of which `calling` sees every call. */
export function observed(world: World, calling: TestSandbox['calling']): WorldStore {
  return {
    current: () => world,
    save: () => undefined,
    async locked(change) {
      let result: { readonly value: ReturnType<typeof change> } | undefined;
      calling.around(() => {
        result = { value: change() };
      });
      if (result === undefined) throw new Error('a call was not run');
      return result.value;
    },
    log: memoryLog(),
  };
}

function credentialsOf(world: World, identity: string): { accessKeyId: string; secretAccessKey: string; sessionToken?: string } {
  const accessKeyId = world.identities[identity] ?? '';
  const key = world.accessKeys[accessKeyId];
  if (!key) throw new Error(`the scenario has no identity ${identity}`);
  return { accessKeyId, secretAccessKey: key.secretAccessKey, ...(key.sessionToken === null ? {} : { sessionToken: key.sessionToken }) };
}

// A linear congruential generator: enough to spread retries, and the same in every run.
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
