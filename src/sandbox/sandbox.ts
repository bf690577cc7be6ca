// One AWS: a world, the models that answer for its services, and the clock they share. Requests come over HTTP
// (server.ts) or from SDK clients in this process (request-handler.ts), both as wire requests.
import type { Clock } from '../ports.ts';
import { type CallLog, type CallRecord, memoryLog, summaryOf } from './call-log.ts';
import { deliverDue } from './cloudtrail/deliver.ts';
import { recordCall } from './cloudtrail/record.ts';
import { drawsFor, requestIdOf } from './draw.ts';
import type { FaultEffect } from './fault-types.ts';
import { anyArmed, concurrentModification, internalError, strike, throttled } from './faults.ts';
import { actionOf, callerOf, checkDenied } from './identities.ts';
import type { Models } from './models.ts';
import { authorize, demandsOf } from './permissions/authorize.ts';
import { Rates } from './rates.ts';
import { expiredCredential, missingPermission } from './refusals.ts';
import type { WorldStore } from './store.ts';
import { runDueCanaries } from './synthetics/runs.ts';
import { type SandboxTime, sandboxClock } from './time.ts';
import { AwsError, type Call, type Caller, type Write } from './types.ts';
import { type Decoded, decodeRequest, type Envelope, encodeAnswer, encodeRefusal, openEnvelope } from './wire/decode.ts';
import type { WireRequest, WireResponse } from './wire/message.ts';
import type { World } from './world.ts';

/** What becomes of a request: an answer, or a connection that breaks. */
export type Outcome = { readonly type: 'answer'; readonly response: WireResponse } | { readonly type: 'disconnect' };

export interface Sandbox {
  /** The newest world. To be changed only through `change`. */
  world(): World;
  /** Changes the world under the store's lock and writes it. */
  change<T>(change: (world: World) => T): Promise<T>;
  handle(request: WireRequest): Promise<Outcome>;
  readonly clock: Clock;
  readonly time: SandboxTime;
  calls(): readonly CallRecord[];
}

export interface SandboxParts {
  /** The world, or the store that keeps it. */
  readonly world: World | WorldStore;
  readonly models: Models;
  readonly time: SandboxTime;
}

/**
 * An AWS over a world. Operations are synchronous functions that change the world in place: a model must check
 * everything before it changes anything, since what it did before it throws is kept.
 */
export function createSandbox({ world: source, models, time }: SandboxParts): Sandbox {
  const store = 'current' in source ? source : memoryStore(source);
  const rates = new Rates();
  const world = (): World => store.current();

  const handle = async (request: WireRequest): Promise<Outcome> => {
    let release = time.hold();
    try {
      const opened = await open(request);
      const run = (effect: FaultEffect | null | undefined) => store.locked(() => attempt(opened, effect));
      const first = await run(undefined);
      if (first.type !== 'stall') return first;
      release();
      await time.sleep(() => world().clock, first.milliseconds);
      release = time.hold();
      const second = await run(null);
      return second.type === 'stall' ? { type: 'disconnect' } : second;
    } finally {
      release();
    }
  };

  /** `effect` undefined: the armed faults are asked; null: the request has waited already. */
  const attempt = (opened: Opened, effect: FaultEffect | null | undefined): Outcome | { type: 'stall'; milliseconds: number } => {
    const state = world();
    const { sequence, faults } = state;
    const armed = faults.length;
    const now = time.now(state.clock);
    const delivered = state.cloudTrail !== undefined && deliverDue(state, now);
    const ran = runDueCanaries(state, now);
    const run = new Run(state, models, rates, store.log, now, opened);
    const struck = effect === undefined && run.isKnown && anyArmed(state) ? run.strike() : (effect ?? null);
    if (struck?.type === 'stall') {
      store.save();
      return struck;
    }
    const outcome = run.answer(struck);
    if (run.kind === 'write' || state.sequence !== sequence || armed > 0 || delivered || ran || run.recorded) store.save();
    return outcome;
  };

  return {
    world,
    handle,
    time,
    change: (change) =>
      store.locked(() => {
        runDueCanaries(world(), time.now(world().clock));
        const result = change(world());
        store.save();
        return result;
      }),
    clock: sandboxClock(time, () => world().clock),
    calls: () => {
      store.log.refresh();
      return store.log.all();
    },
  };
}

/** A request read as far as it can be: what could not be read is the error to answer with. */
interface Opened {
  readonly method: string;
  readonly headers: WireRequest['headers'];
  readonly envelope: Envelope | null;
  readonly decoded: Decoded | null;
  readonly error: AwsError | null;
}

async function open(request: WireRequest): Promise<Opened> {
  const { method, headers } = request;
  let envelope: Envelope | null = null;
  try {
    envelope = openEnvelope(request);
    return { method, headers, envelope, decoded: await decodeRequest(request, envelope.service), error: null };
  } catch (error) {
    if (error instanceof AwsError) return { method, headers, envelope, decoded: null, error };
    throw error;
  }
}

/** One request against the world, from caller to answer. */
class Run {
  readonly #world: World;
  readonly #models: Models;
  readonly #rates: Rates;
  readonly #log: CallLog;
  readonly #now: number;
  readonly #opened: Opened;
  readonly #requestId: string;
  readonly #count: number;
  readonly kind: Write;
  /** Whether a trail has the call. */
  recorded = false;
  #caller: Caller | null = null;
  #actions: readonly string[] = [];
  /** Whether the call came as far as to be decided: what is throttled or not signed by anybody is in no trail. */
  #decided = false;

  constructor(world: World, models: Models, rates: Rates, log: CallLog, now: number, opened: Opened) {
    this.#world = world;
    this.#models = models;
    this.#rates = rates;
    this.#log = log;
    this.#now = now;
    this.#opened = opened;
    this.#count = log.size;
    this.#requestId = requestIdOf(world.seed, log.size);
    const { decoded } = opened;
    this.kind = (decoded && models[decoded.service.name]?.operations[decoded.operation.name]?.kind) ?? 'read';
  }

  /** Whether the request means an operation that the sandbox has. */
  get isKnown(): boolean {
    return this.#opened.decoded !== null;
  }

  strike(): FaultEffect | null {
    const { decoded } = this.#opened;
    return decoded && strike(this.#world, { service: decoded.service.name, operation: decoded.operation.name, kind: this.kind });
  }

  answer(effect: FaultEffect | null): Outcome {
    const { decoded, method, envelope } = this.#opened;
    if (effect?.type === 'dropped') return this.#end('Dropped', { type: 'disconnect' });
    try {
      if (!envelope || !decoded) throw this.#opened.error ?? new AwsError('InternalFailure', 'The request could not be read.', 500);
      const output = this.#operate(envelope, decoded, effect);
      this.#record(envelope, decoded, output, null);
      if (effect?.type === 'lost-answer') return this.#end('LostAnswer', { type: 'disconnect' });
      const response = encodeAnswer(decoded, output, this.#requestId, method);
      return this.#end('OK', { type: 'answer', response });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (envelope && decoded) this.#record(envelope, decoded, null, error);
      const lost = effect?.type === 'lost-answer';
      const response = encodeRefusal(error, this.#requestId, envelope?.service ?? null, method);
      return this.#end(error.code, lost ? { type: 'disconnect' } : { type: 'answer', response });
    }
  }

  #operate(envelope: Envelope, { service, operation, input }: Decoded, effect: FaultEffect | null): unknown {
    const world = this.#world;
    const { name } = service;
    const caller = callerOf(world, envelope.credential, name, this.#now, this.#count);
    this.#caller = caller;
    refuseFor(effect, envelope, operation.name, caller);
    const over = { service: name, operation: operation.name, accountId: caller.accountId, now: this.#now };
    if (world.rates !== 'off' && this.#rates.exceeds(over)) throw throttled(name);
    this.#decided = true;
    const call: Call = {
      service: name,
      operation: operation.name,
      region: envelope.region ?? world.hints.region,
      caller,
      now: this.#now,
      requestId: this.#requestId,
      ...drawsFor(world, this.kind, this.#count),
    };
    const demands = demandsOf(world, name, input, call);
    this.#actions = [...new Set(demands.map(({ action }) => action))];
    checkDenied(world, envelope.credential?.accessKeyId ?? '', caller, name, this.#actions);
    authorize(world, name, demands, call);
    const model = this.#models[name]?.operations[operation.name];
    if (!model) throw new AwsError('NotImplemented', `The sandbox does not model ${name}:${operation.name}.`, 501);
    return model.run(world, input, call);
  }

  #record(envelope: Envelope, { service, operation, input }: Decoded, output: unknown, error: AwsError | null): void {
    const caller = this.#caller;
    if (this.#world.cloudTrail === undefined || !this.#decided || caller === null) return;
    const { headers } = this.#opened;
    this.recorded = recordCall(this.#world, {
      service: service.name,
      operation: operation.name,
      kind: this.kind,
      input,
      output,
      error,
      caller,
      accessKeyId: envelope.credential?.accessKeyId ?? null,
      presigned: envelope.credential?.presigned === true,
      region: envelope.region ?? this.#world.hints.region,
      host: headers.host ?? '',
      userAgent: headers['user-agent'] ?? '',
      requestId: this.#requestId,
      now: this.#now,
    });
  }

  #end(result: string, outcome: Outcome): Outcome {
    const { decoded, envelope } = this.#opened;
    this.#log.append({
      service: envelope?.service ?? 'unknown',
      operation: decoded?.operation.name ?? 'unknown',
      kind: this.kind,
      caller: this.#caller?.arn ?? 'unknown',
      network: this.#caller?.network ?? null,
      region: envelope?.region ?? this.#world.hints.region,
      actions: this.#actions,
      input: decoded ? summaryOf(decoded.input) : {},
      result,
      at: this.#now,
    });
    return outcome;
  }
}

/** Throws the error that a fault answers with before anything takes effect. */
function refuseFor(effect: FaultEffect | null, { service }: Envelope, operation: string, caller: Caller): void {
  switch (effect?.type) {
    case undefined:
    case 'lost-answer':
    case 'dropped':
    case 'stall':
      return;
    case 'http-500':
      throw internalError(service);
    case 'throttle':
      throw throttled(service);
    case 'expired-credentials':
      throw expiredCredential(service);
    case 'concurrent-modification':
      throw concurrentModification(service);
    case 'access-denied':
      throw missingPermission(service, caller.arn, actionOf(service, operation));
    default:
      effect satisfies never;
  }
}

const memoryStore = (world: World): WorldStore => ({
  current: () => world,
  save: () => undefined,
  locked: async (change) => change(),
  log: memoryLog(),
});
