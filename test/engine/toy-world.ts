// A world of things (made by a call with a client token, slow to become available) and policies (texts that are put).

import type { Applied, Change, EngineContext, Inspection, Made, Phase, Step, StepId, StepPlan, Verdict } from '../../src/engine/types.ts';
import { refsIn } from '../../src/engine/values.ts';
import { failed } from '../../src/errors.ts';
import type { Finding } from '../../src/findings.ts';
import type { Clock, Json } from '../../src/ports.ts';

interface Thing {
  readonly id: string;
  readonly key: string;
  readonly token: string;
  readonly value: Json;
  readonly availableAt: number;
  readonly madeAt: number;
}

export class ToyWorld {
  readonly things: Thing[] = [];
  readonly policies = new Map<string, Json>([
    ['table', 'plain'],
    ['bucket', 'old'],
    ['parameter', ''],
  ]);
  readonly writes: string[] = [];
  /** Called before and after each write takes effect. */
  onWrite: (when: 'before' | 'after', call: string) => void = () => undefined;
  readonly clock: Clock;
  /** How long reads lag behind writes, in milliseconds. */
  lag = 0;
  #ids = 0;
  #puts: { readonly at: number; readonly name: string; readonly former: Json }[] = [];
  #removed: { readonly at: number; readonly thing: Thing }[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
  }

  make(key: string, token: string, value: Json, seconds: number): Thing {
    this.#write(`make ${key}`, () => {
      if (this.things.some((thing) => thing.token === token)) return;
      this.#ids += 1;
      this.things.push({ id: `id-${this.#ids}`, key, token, value, availableAt: this.#now + seconds * 1000, madeAt: this.#now });
    });
    const made = this.things.find((thing) => thing.token === token);
    if (made === undefined) throw new Error('not made');
    return made;
  }

  remove(key: string): void {
    this.#write(`remove ${key}`, () => {
      const index = this.things.findIndex((thing) => thing.key === key);
      this.#removed.push(...this.things.splice(index, index < 0 ? 0 : 1).map((thing) => ({ at: this.#now, thing })));
    });
  }

  put(name: string, value: Json): void {
    this.#write(`put ${name}`, () => {
      this.#puts.push({ at: this.#now, name, former: this.policies.get(name) ?? null });
      this.policies.set(name, value);
    });
  }

  /** The things as a read shows them. */
  get seen(): readonly Thing[] {
    const then = this.#now - this.lag;
    return [
      ...this.things.filter(({ madeAt }) => madeAt <= then),
      ...this.#removed.filter(({ at }) => at > then).map(({ thing }) => thing),
    ].filter(({ madeAt }) => madeAt <= then);
  }

  /** A policy as a read shows it. */
  read(name: string): Json {
    const then = this.#now - this.lag;
    const unseen = this.#puts.find((put) => put.name === name && put.at > then);
    return unseen === undefined ? (this.policies.get(name) ?? null) : unseen.former;
  }

  get #now(): number {
    return this.clock.now().getTime();
  }

  /** What is there, without ids and times. */
  picture(): Json {
    return {
      things: this.things.map(({ key, value }) => [key, JSON.stringify(value).replaceAll(/id-\d+/g, 'id')]).sort(),
      policies: [...this.policies].map(([name, value]) => [name, JSON.stringify(value).replaceAll(/id-\d+/g, 'id')]).sort(),
    };
  }

  #write(call: string, effect: () => void): void {
    this.onWrite('before', call);
    this.writes.push(call);
    effect();
    this.onWrite('after', call);
  }
}

export interface ToyInput {
  readonly seen: readonly StepId[];
}

export interface ToyStepOptions {
  readonly id: StepId;
  readonly changes: readonly Change[];
  readonly findings?: () => readonly Finding[];
  readonly prove?: (applied: Applied, ctx: EngineContext) => Promise<Verdict>;
  readonly precheck?: (change: Change) => Promise<Verdict>;
  readonly inUseBy?: (applied: Applied) => readonly string[];
  readonly listedBy?: (applied: Applied) => readonly string[];
  readonly wait?: (applied: Applied) => void;
}

/** A step that wants its changes' things and policies to be there. */
export function toyStep(world: ToyWorld, options: ToyStepOptions): Step<ToyInput, EngineContext> {
  const isThere = (change: Change): boolean => {
    if (change.irreversible !== undefined || change.target.type === 'policy') {
      const value = world.read(change.target.name);
      return refsIn(change.after).length > 0 ? value !== '' : JSON.stringify(value) === JSON.stringify(change.after);
    }
    if (change.prepare === true && world.read('parameter') !== '') return true;
    return world.seen.some((thing) => thing.key === change.key && thing.availableAt <= world.clock.now().getTime());
  };
  const find = ({ change, made }: Applied) => world.seen.find((thing) => (made === null ? thing.key === change.key : thing.id === made.id));
  return {
    id: options.id,
    title: `Toy ${options.id}`,
    async look(input) {
      const missing = options.changes.filter((change) => !isTrial(change) && !isThere(change));
      const planned = missing.length === 0 ? [] : options.changes.filter((change) => isTrial(change) || missing.includes(change));
      const changes = planned.map((change) => ({ ...change, before: beforeOf(world, change) }));
      return { plan: planOf(changes, options.findings?.() ?? []), next: { seen: [...input.seen, options.id] } };
    },
    async apply(applied) {
      const { change, token } = applied;
      if (change.target.type === 'policy') {
        world.put(change.target.name, change.after);
        return { id: change.target.name, fields: {} };
      }
      const thing = world.make(change.key, token, change.after, change.seconds ?? 0);
      return { id: thing.id, fields: { name: change.target.name } } satisfies Made;
    },
    async wait(applied, ctx) {
      options.wait?.(applied);
      for (let waited = 0; ; waited += 5) {
        const thing = find(applied);
        if (applied.change.target.type === 'policy') return;
        if (thing === undefined && waited * 1000 > world.lag)
          throw failed('GONE', `waiting for ${applied.change.key}: it is gone`, 'run again');
        if (thing !== undefined && thing.availableAt <= ctx.clock.now().getTime()) return;
        ctx.waiting(applied.change.key, waited);
        await ctx.clock.sleep(5000, ctx.signal);
      }
    },
    precheck: async (change) => (await options.precheck?.(change)) ?? { passed: true },
    prove: async (applied, ctx) => (await options.prove?.(applied, ctx)) ?? { passed: true },
    async inspect(applied): Promise<Inspection> {
      const { change } = applied;
      const { before, after } = change;
      const uses = {
        inUseBy: (options.inUseBy?.(applied) ?? []).map((what) => ({ what, id: what })),
        listed: { by: options.listedBy?.(applied) ?? [], remedy: 'let go of it' },
      };
      if (change.target.type === 'policy') {
        const aws = world.read(change.target.name);
        if (JSON.stringify(aws) === JSON.stringify(after)) return { state: 'as-made', aws, ...uses };
        if (JSON.stringify(aws) === JSON.stringify(before)) return { state: 'as-before', aws };
        return { state: 'drifted', aws, expected: after };
      }
      const thing = find(applied);
      if (thing === undefined) return { state: 'gone' };
      if (JSON.stringify(thing.value) === JSON.stringify(after)) return { state: 'as-made', aws: thing.value, ...uses };
      return { state: 'drifted', aws: thing.value, expected: after };
    },
    async undo({ change }, ctx) {
      if (change.target.type === 'policy') world.put(change.target.name, change.before);
      else world.remove(change.key);
      if (world.lag > 0) await ctx.clock.sleep(world.lag, ctx.signal);
    },
  };
}

const isTrial = (change: Change): boolean => change.temporary === true || change.undoes !== undefined;

const beforeOf = (world: ToyWorld, change: Change): Json => (change.target.type === 'policy' ? world.read(change.target.name) : null);

function planOf(changes: readonly Change[], findings: readonly Finding[]): StepPlan {
  const ids = [...new Set(changes.map((change) => change.confirm))];
  return { changes, findings, notes: [], confirmations: ids.map((id) => ({ id, text: `Do ${id}?`, typed: [] })) };
}

/** A thing to be made, or a policy to be put. */
export function change(key: string, more: Partial<Change> & { readonly type?: 'thing' | 'policy'; readonly name?: string } = {}): Change {
  const { type = 'thing', name = key, ...rest } = more;
  return {
    key,
    action: type === 'thing' ? 'create' : 'update',
    target: { accountId: '111122223333', region: 'eu-central-1', type, name },
    summary: `make ${key}`,
    reason: 'it is wanted',
    before: null,
    after: { value: key },
    risk: 'additive',
    confirm: `${key.split('/')[0]}`,
    needs: [],
    seconds: null,
    usdPerMonth: null,
    ...rest,
  };
}

/** The bucket policy's way: a trial that is proved, its undo rehearsed, the policy beside a control, then alone. */
export const bucketChanges: readonly Change[] = [
  change('bucket-policy/trial', {
    type: 'policy',
    name: 'bucket',
    after: 'old+trial {{run.id}} {{run.probeExpiry}}',
    temporary: true,
    proof: 'trial',
  }),
  change('bucket-policy/rehearsal', {
    type: 'policy',
    name: 'bucket',
    after: 'old',
    needs: ['bucket-policy/trial'],
    undoes: 'bucket-policy/trial',
    proof: 'rehearsal',
  }),
  change('bucket-policy/control', {
    type: 'policy',
    name: 'bucket',
    after: 'old+full+control',
    needs: ['bucket-policy/rehearsal'],
    temporary: true,
    proof: 'control',
  }),
  change('bucket-policy/full', {
    type: 'policy',
    name: 'bucket',
    after: 'old+full',
    needs: ['bucket-policy/control'],
    replaces: 'bucket-policy/control',
    risk: 'access-affecting',
  }),
];

export const endpointChanges: readonly Change[] = [
  change('endpoints/group'),
  change('endpoints/api', { needs: ['endpoints/group'], after: { group: { ref: 'endpoints/group', field: 'id' } }, seconds: 90 }),
  change('endpoints/table', { type: 'policy', name: 'table', after: 'with endpoint', confirm: 'endpoints-tables' }),
];

export const natChanges: readonly Change[] = [
  change('nat/address'),
  change('nat/gateway', { needs: ['nat/address'], after: { address: { ref: 'nat/address', field: 'id' } }, seconds: 120 }),
];

export const stackChanges: readonly Change[] = [
  change('stack-parameter/change-set', { prepare: true, confirm: 'prepare' }),
  change('stack-parameter/execute', {
    type: 'policy',
    name: 'parameter',
    needs: ['stack-parameter/change-set'],
    after: { ref: 'endpoints/api', field: 'id' },
    confirm: 'execute',
  }),
];

/** The whole job in small. */
export function toyPipeline(world: ToyWorld, more: Partial<ToyStepOptions> = {}): readonly Phase<ToyInput, EngineContext>[] {
  const step = (id: StepId, changes: readonly Change[]) => toyStep(world, { ...more, id, changes });
  const stack = step('stack-parameter', stackChanges);
  return [
    { steps: [step('discover', [])] },
    { steps: [step('endpoints', endpointChanges), step('nat', natChanges)] },
    { steps: [step('bucket-policy', bucketChanges)] },
    { steps: [stack], only: 'prepare' },
    { steps: [stack] },
  ];
}
