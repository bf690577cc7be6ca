// Calls a model's operation without the wire: as one of a scenario's identities, at a moment that the test sets.
import type { AwsError, Call, ServiceModel } from '../../src/sandbox/types.ts';
import type { World } from '../../src/sandbox/world.ts';

/** An answer as tests look at it: the SDK's shape, loosely typed. */
// biome-ignore lint/suspicious/noExplicitAny: a test names the fields that it expects
type Answer = any;

export interface DirectCalls {
  readonly world: World;
  /** Simulated milliseconds since the epoch; tests move it. */
  now: number;
  run(operation: string, input?: object, as?: string): Answer;
  /** The error that the operation throws. */
  refusal(operation: string, input?: object, as?: string): AwsError;
  /** Makes every first page of a list an empty one, or none. */
  emptyPages: boolean;
}

/** The operations of one model over a world. */
export function directCalls(model: ServiceModel<World>, world: World): DirectCalls {
  let drawn = 0;
  const calls: DirectCalls = {
    world,
    now: world.clock.base,
    emptyPages: false,
    run(operation, input = {}, as = 'operator') {
      const key = world.accessKeys[world.identities[as] ?? ''];
      const entry = model.operations[operation];
      if (!key || !entry) throw new Error(`no identity ${as} or operation ${operation}`);
      const call: Call = {
        service: model.service,
        operation,
        region: world.hints.region,
        caller: { ...key, network: 'publicIp' in key.network ? { publicIp: key.network.publicIp } : key.network },
        now: calls.now,
        requestId: 'request',
        id: (prefix) => `${prefix}-${(++drawn).toString(16).padStart(17, '0')}`,
        random: () => (calls.emptyPages ? 0 : 0.99),
      };
      // The operations take the SDK's input types; a test's object stands for any of them.
      return entry.run(world, input as never, call);
    },
    refusal(operation, input, as) {
      try {
        calls.run(operation, input, as);
      } catch (error) {
        return error as AwsError;
      }
      throw new Error(`${operation} was not refused`);
    },
  };
  return calls;
}
