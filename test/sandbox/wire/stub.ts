// A sandbox whose models answer what the test says and remember what they were asked.
import type { Models } from '../../../src/sandbox/models.ts';
import { requestHandlerOf } from '../../../src/sandbox/request-handler.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type RunningServer, serve } from '../../../src/sandbox/server.ts';
import { scaledTime } from '../../../src/sandbox/time.ts';
import type { Call, Write } from '../../../src/sandbox/types.ts';
import type { ServiceName } from '../../../src/sandbox/wire/services.ts';
import type { World } from '../../../src/sandbox/world.ts';
import { emptyWorld, operatorKeyId } from '../../support/world.ts';

export type Answers = { readonly [S in ServiceName]?: { readonly [operation: string]: (input: never, call: Call) => unknown } };

export interface Stub {
  readonly sandbox: Sandbox;
  readonly world: World;
  /** The inputs of all calls, oldest first. */
  readonly inputs: unknown[];
  last(): unknown;
  lastCall(): Call;
  /** For clients that talk to it in process. */
  readonly inProcess: {
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly requestHandler: ReturnType<typeof requestHandlerOf>;
    readonly maxAttempts: number;
  };
  /** For clients that talk to it over a socket; `listen` must have been called. */
  listen(): Promise<RunningServer>;
}

const credentials = { accessKeyId: operatorKeyId, secretAccessKey: 'sandbox-secret' };

export const overHttp = (endpoint: string) => ({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });

/** `kinds`: operations that are writes (`CreateRoute`); all others are reads. */
export function stub(answers: Answers, writes: readonly string[] = []): Stub {
  const inputs: unknown[] = [];
  const calls: Call[] = [];
  const operation = (name: string, answer: (input: never, call: Call) => unknown) => ({
    kind: (writes.includes(name) ? 'write' : 'read') satisfies Write as Write,
    run: (_world: World, input: never, call: Call): unknown => {
      inputs.push(input);
      calls.push(call);
      return answer(input, call);
    },
  });
  const models: Models = Object.fromEntries(
    Object.entries(answers).map(([service, operations]) => [
      service,
      { operations: Object.fromEntries(Object.entries(operations).map(([name, answer]) => [name, operation(name, answer)])) },
    ]),
  );
  const world = emptyWorld();
  const sandbox = createSandbox({ world, models, time: scaledTime() });
  return {
    sandbox,
    world,
    inputs,
    last: () => inputs.at(-1),
    lastCall: () => {
      const call = calls.at(-1);
      if (!call) throw new Error('nothing was called');
      return call;
    },
    inProcess: { region: 'us-east-1', credentials, requestHandler: requestHandlerOf(sandbox), maxAttempts: 1 },
    listen: () => serve(sandbox, 0),
  };
}
