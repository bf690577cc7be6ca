import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/engine/types.ts';
import { failed } from '../../src/errors.ts';
import { finding } from '../../src/findings.ts';
import '../../src/journal/schema.ts';
import { Toy } from './toy-run.ts';
import { bucketChanges, change, endpointChanges, natChanges, stackChanges, toyPipeline, toyStep } from './toy-world.ts';

const finished = {
  things: [
    ['endpoints/api', '{"group":"id"}'],
    ['endpoints/group', '{"value":"endpoints/group"}'],
    ['nat/address', '{"value":"nat/address"}'],
    ['nat/gateway', '{"address":"id"}'],
    ['stack-parameter/change-set', '{"value":"stack-parameter/change-set"}'],
  ],
  policies: [
    ['bucket', '"old+full"'],
    ['parameter', '"id"'],
    ['table', '"with endpoint"'],
  ],
};

describe('a run', () => {
  it('carries every step out and journals intent before effect and id before wait', async () => {
    const toy = new Toy();
    const summary = await toy.apply();
    expect(summary.outcome).toBe('done');
    expect(summary.steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'discover done',
      'endpoints done',
      'nat done',
      'bucket-policy done',
      'stack-parameter done',
    ]);
    expect(toy.world.picture()).toEqual(finished);
    const order = ['begun endpoints/api', 'made endpoints/api', 'done endpoints/api'].map((entry) => toy.journal.indexOf(entry));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(toy.journal.indexOf('done endpoints/group'));
  });

  it('overlaps the waits of a group', async () => {
    const toy = new Toy();
    const begun = toy.clock.now().getTime();
    toy.phases = toyPipeline(toy.world).slice(0, 2);
    await toy.apply();
    // 90 s and 120 s, one after the other, would be 210.
    expect((toy.clock.now().getTime() - begun) / 1000).toBeLessThan(140);
  });

  it('sends no write and journals nothing when run again', async () => {
    const toy = new Toy();
    await toy.apply();
    const { length } = toy.world.writes;
    const journaled = toy.journal.length;
    expect((await toy.apply()).outcome).toBe('done');
    expect(toy.world.writes).toHaveLength(length);
    expect(toy.journal).toHaveLength(journaled);
  });

  it('resolves refs, the run id and the time at which a trial expires when a change is begun', async () => {
    const toy = new Toy();
    const seen: unknown[] = [];
    toy.phases = toyPipeline(toy.world, {
      prove: async ({ change }) => {
        if (change.proof === 'trial') seen.push(change.after);
        return { passed: true };
      },
    });
    await toy.apply();
    expect(seen).toHaveLength(1);
    expect(String(seen[0])).toMatch(/^old\+trial run1 2026-01-01T00:5\d:\d\dZ$/);
    expect(toy.world.policies.get('parameter')).toBe(toy.world.things.find(({ key }) => key === 'endpoints/api')?.id);
  });

  it('names each question and each step in its events', async () => {
    const toy = new Toy();
    await toy.apply();
    expect(toy.questions).toEqual(['endpoints', 'endpoints-tables', 'nat', 'bucket-policy', 'prepare', 'execute']);
    const steps = toy.events.flatMap((event) =>
      event.type === 'step-started' || event.type === 'step-done' ? `${event.type} ${event.step}` : [],
    );
    expect(steps).toEqual([
      'step-started discover',
      'step-done discover',
      'step-started endpoints',
      'step-started nat',
      'step-done endpoints',
      'step-done nat',
      'step-started bucket-policy',
      'step-done bucket-policy',
      'step-started stack-parameter',
      'step-done stack-parameter',
    ]);
  });
});

describe('a declined question', () => {
  it.each([0, 1, 2, 3, 4, 5])('number %i stops the run: nothing that it covers is sent', async (number) => {
    const toy = new Toy();
    toy.answer = () => toy.questions.length <= number;
    const summary = await toy.apply();
    expect(summary).toMatchObject({ outcome: 'stopped', stoppedBy: { code: 'DECLINED', exitCode: 3 } });
    const covered = [...endpointChanges, ...natChanges, ...bucketChanges, ...stackChanges].filter(
      ({ confirm }) => confirm === toy.questions[number],
    );
    expect(covered.length).toBeGreaterThan(0);
    for (const { key } of covered) expect(toy.journal).not.toContain(`begun ${key}`);
    if (number === 0) expect(toy.world.writes).toEqual([]);
  });

  it('sends no write at all where an earlier run left a trial behind', async () => {
    const toy = await killedAt('made bucket-policy/trial');
    const { length } = toy.world.writes;
    toy.answer = () => false;
    await toy.apply();
    expect(toy.world.writes).toHaveLength(length);
    expect(toy.world.policies.get('bucket')).toMatch(/trial/);
  });
});

describe('findings', () => {
  const blocked = (toy: Toy) =>
    toyPipeline(toy.world, { findings: () => [finding('QP413', { detail: 'nothing shows it', subjects: ['bucket'] })] });

  it('stop a step before anything of it is sent', async () => {
    const toy = new Toy();
    toy.phases = blocked(toy).slice(1);
    const summary = await toy.apply();
    expect(summary).toMatchObject({ outcome: 'stopped', stoppedBy: { code: 'QP413' } });
    expect(summary.steps[0]).toMatchObject({ id: 'endpoints', state: 'blocked' });
    expect(toy.world.writes).toEqual([]);
  });

  it('let it pass when accepted, and say so', async () => {
    const toy = new Toy();
    toy.phases = blocked(toy);
    expect((await toy.apply({ accept: ['QP413'] })).outcome).toBe('done');
    expect(toy.events.find((event) => event.type === 'finding')).toMatchObject({ finding: { code: 'QP413', accepted: true } });
  });

  it('let it pass when a person clears them', async () => {
    const toy = new Toy();
    toy.phases = blocked(toy);
    toy.clears = (code) => code === 'QP413';
    expect((await toy.apply()).outcome).toBe('done');
  });
});

describe('probes', () => {
  it('that fail undo what was temporary at once and stop with the verdict', async () => {
    for (const stage of ['trial', 'rehearsal', 'control']) {
      const toy = new Toy();
      toy.phases = toyPipeline(toy.world, {
        prove: async ({ change }) =>
          change.proof === stage ? { passed: false, code: 'QP302', detail: 'refused', remedy: 'trust this address' } : { passed: true },
      });
      const summary = await toy.apply();
      expect(summary).toMatchObject({ outcome: 'stopped', stoppedBy: { code: 'QP302', remedy: 'trust this address' } });
      expect(toy.world.policies.get('bucket')).toBe('old');
      expect(toy.journal).not.toContain('begun bucket-policy/full');
    }
  });

  it('that fail beforehand stop the change before it is begun', async () => {
    const toy = new Toy();
    const changes = bucketChanges.map((each) => (each.temporary === true ? { ...each, precheck: 'baseline' } : each));
    const precheck = async () => ({ passed: false, code: 'QP302', detail: 'refused', remedy: 'x' }) as const;
    toy.phases = [{ steps: [toyStep(toy.world, { id: 'bucket-policy', changes, precheck })] }];
    expect((await toy.apply()).stoppedBy?.code).toBe('QP302');
    expect(toy.world.writes).toEqual([]);
  });

  it('are left out with what is only there for them when asked to', async () => {
    const toy = new Toy();
    toy.phases = toyPipeline(toy.world, { prove: async () => ({ passed: false, code: 'QP302', detail: 'x', remedy: 'x' }) });
    expect((await toy.apply({ skipProbes: true })).outcome).toBe('done');
    expect(toy.world.picture()).toEqual(finished);
    expect(toy.world.writes.filter((write) => write === 'put bucket')).toHaveLength(1);
  });

  describe('of what lasts', () => {
    const changes = [
      change('scp/first', { proof: 'in-force', confirm: 'first' }),
      change('scp/second', { needs: ['scp/first'], confirm: 'second' }),
    ];
    const thinking = (prove: () => Promise<Verdict>) => {
      const toy = new Toy();
      toy.phases = [{ steps: [toyStep(toy.world, { id: 'scp', changes, prove })] }];
      toy.answer = (id) => {
        if (id === 'second') toy.clock.advance(600_000);
        return true;
      };
      return toy;
    };

    it('are made anew where somebody thought for long over the next question', async () => {
      let proofs = 0;
      const toy = thinking(async () => {
        proofs += 1;
        return { passed: true };
      });
      expect(await toy.apply()).toMatchObject({ outcome: 'done' });
      expect(proofs).toBe(2);
      expect(toy.world.things.map(({ key }) => key)).toEqual(['scp/first', 'scp/second']);
    });

    it('stop the run where they do not pass any more, and what lasts stays', async () => {
      let proofs = 0;
      const toy = thinking(async () => {
        proofs += 1;
        return proofs === 1 ? { passed: true } : { passed: false, code: 'QP302', detail: 'x', remedy: 'x' };
      });
      expect(await toy.apply()).toMatchObject({ outcome: 'stopped', stoppedBy: { code: 'QP302' } });
      expect(toy.world.things.map(({ key }) => key)).toEqual(['scp/first']);
      expect(toy.journal).not.toContain('begun scp/second');
    });
  });

  it('are void after two minutes', async () => {
    const toy = new Toy();
    toy.phases = toyPipeline(toy.world, { prove: async () => ({ passed: true }) }).map((phase) => ({
      ...phase,
      steps: phase.steps.map((step) => ({
        ...step,
        precheck: async () => {
          toy.clock.advance(121_000);
          return { passed: true } as const;
        },
        look: async (input: Parameters<typeof step.look>[0], ctx: Parameters<typeof step.look>[1]) => {
          const { plan, next } = await step.look(input, ctx);
          const changes = plan.changes.map((each) => (each.key === 'bucket-policy/full' ? { ...each, precheck: 'slow' } : each));
          return { plan: { ...plan, changes }, next };
        },
      })),
    }));
    const summary = await toy.apply();
    expect(summary.stoppedBy?.code).toBe('VERDICT_VOID');
    expect(toy.world.policies.get('bucket')).toBe('old');
  });

  it('of what an earlier run made are made anew', async () => {
    const toy = new Toy();
    const proved: string[] = [];
    const prove = async ({ change: { key } }: { change: { key: string } }) => {
      proved.push(key);
      return { passed: true } as const;
    };
    const wide = change('scp/wide', { proof: 'wide' });
    toy.phases = [{ steps: [toyStep(toy.world, { id: 'scp', changes: [wide], prove })] }];
    await toy.apply();
    const further = change('scp/attach', { needs: ['scp/wide'] });
    toy.phases = [{ steps: [toyStep(toy.world, { id: 'scp', changes: [wide, further], prove })] }];
    expect((await toy.apply()).outcome).toBe('done');
    expect(proved).toEqual(['scp/wide', 'scp/wide']);
  });
});

describe('a trial', () => {
  const trial = change('scp/trial', { type: 'policy', name: 'bucket', after: 'trial', temporary: true, confirm: 'scp' });
  const lasting = change('scp/wide', { type: 'policy', name: 'bucket', after: 'wide', needs: ['scp/trial'], confirm: 'scp' });

  it('is over once what lasts is put on the same target, so that its undo does not overwrite that', async () => {
    const toy = new Toy();
    toy.phases = [{ steps: [toyStep(toy.world, { id: 'scp', changes: [trial, lasting] })] }];
    expect((await toy.apply()).outcome).toBe('done');
    expect(toy.world.policies.get('bucket')).toBe('wide');
    expect((await toy.open('read')).state.latest.get('scp/trial')).toMatchObject({ state: 'undone', supersededBy: 'scp/wide' });
  });

  it('is undone where what should last on the same target could not be put', async () => {
    const toy = new Toy();
    toy.phases = [
      { steps: [toyStep(toy.world, { id: 'scp', changes: [trial, { ...lasting, precheck: 'x' }], precheck: async () => refusal })] },
    ];
    expect((await toy.apply()).stoppedBy?.code).toBe('QP302');
    expect(toy.world.policies.get('bucket')).toBe('old');
  });
});

const refusal = { passed: false, code: 'QP302', detail: 'refused', remedy: 'trust this address' } as const;

describe('a failure', () => {
  it('lets the other calls of the group finish and is thrown', async () => {
    const toy = new Toy();
    toy.world.onWrite = (when, call) => {
      if (when === 'before' && call === 'make nat/gateway') throw new Error('socket hang up');
    };
    await expect(toy.apply()).rejects.toMatchObject({ kind: 'failed', exitCode: 1 });
    expect(toy.journal).toContain('done endpoints/api');
    expect(toy.journal).not.toContain('failed nat/gateway');
    toy.world.onWrite = () => undefined;
    expect((await toy.apply()).outcome).toBe('done');
    expect(toy.world.picture()).toEqual(finished);
  });

  it('that AWS answered with a refusal raises the generation, so that another request may be sent', async () => {
    const toy = new Toy();
    toy.world.onWrite = (when, call) => {
      if (when === 'before' && call === 'make nat/gateway')
        throw Object.assign(new Error('no more'), { name: 'NatGatewayLimitExceeded', $metadata: { httpStatusCode: 400 } });
    };
    await expect(toy.apply()).rejects.toMatchObject({ code: 'NatGatewayLimitExceeded' });
    expect(toy.journal).toContain('failed nat/gateway');
    toy.world.onWrite = () => undefined;
    await toy.apply();
    const journal = await toy.open('read');
    expect(journal.state.latest.get('nat/gateway')).toMatchObject({ generation: 2, state: 'done' });
    expect(journal.state.latest.get('nat/address')).toMatchObject({ generation: 1, state: 'done' });
  });

  it('of a thing that never came to work is tidied up before it is made again', async () => {
    const toy = new Toy();
    let fails = true;
    toy.phases = toyPipeline(toy.world, {
      wait: ({ change: { key } }) => {
        if (fails && key === 'nat/gateway') throw failed('NAT_FAILED', 'waiting for NAT gateway: failed', 'see to the cause');
      },
    });
    await expect(toy.apply()).rejects.toMatchObject({ code: 'NAT_FAILED' });
    await expect(toy.apply()).rejects.toMatchObject({ code: 'NAT_FAILED' });
    fails = false;
    expect((await toy.apply()).outcome).toBe('done');
    expect(toy.world.picture()).toEqual(finished);
    await toy.rollBack();
    expect(toy.world.things).toEqual([]);
  });

  it('to see what was made within the settle time names it', async () => {
    const toy = new Toy();
    const waiting = toyStep(toy.world, { id: 'nat', changes: [change('nat/address', { seconds: 100_000 })] });
    toy.phases = [{ steps: [{ ...waiting, wait: async () => undefined }] }];
    await expect(toy.apply()).rejects.toMatchObject({ code: 'NOT_SETTLED', message: expect.stringContaining('nat/address') });
  });
});

describe('an interruption', () => {
  it('lets the call in flight finish, ends the waits, and the next run goes on', async () => {
    const toy = new Toy();
    toy.world.onWrite = (when, call) => {
      if (when === 'after' && call === 'make endpoints/api') toy.interrupt.abort(new Error('SIGINT'));
    };
    await expect(toy.apply()).rejects.toMatchObject({ kind: 'interrupted', exitCode: 130 });
    expect(toy.journal).toContain('made endpoints/api');
    expect(toy.journal).not.toContain('done endpoints/api');
    expect(toy.journal.at(-1)).toBe('run-ended interrupted');
    toy.world.onWrite = () => undefined;
    toy.interrupt = new AbortController();
    expect((await toy.apply()).outcome).toBe('done');
    expect(toy.world.picture()).toEqual(finished);
  });

  it('undoes what was temporary', async () => {
    const toy = new Toy();
    toy.phases = toyPipeline(toy.world, {
      prove: async (_, ctx) => {
        toy.interrupt.abort(new Error('SIGINT'));
        await ctx.clock.sleep(60_000, ctx.signal);
        return { passed: true };
      },
    });
    await expect(toy.apply()).rejects.toMatchObject({ kind: 'interrupted' });
    expect(toy.world.policies.get('bucket')).toBe('old');
  });
});

describe('steps that are left out', () => {
  it('are looked at and not carried out', async () => {
    const toy = new Toy();
    const summary = await toy.apply({ steps: ['discover', 'bucket-policy'] });
    expect(summary.steps.map(({ state }) => state)).toEqual(['done', 'skipped', 'skipped', 'done', 'skipped']);
    expect(new Set(toy.world.writes)).toEqual(new Set(['put bucket']));
  });

  it('stop a step that needs what they would have made, before it is begun', async () => {
    const toy = new Toy();
    const summary = await toy.apply({ steps: ['discover', 'stack-parameter'] });
    expect(summary.stoppedBy).toMatchObject({ code: 'UNRESOLVED', message: expect.stringContaining('step endpoints is left out') });
    expect(toy.world.policies.get('parameter')).toBe('');
  });
});

describe('drift', () => {
  it('is refused unless accepted', async () => {
    const toy = new Toy();
    await toy.apply();
    toy.world.policies.set('table', "a colleague's");
    const summary = await toy.apply();
    expect(summary).toMatchObject({ outcome: 'stopped', stoppedBy: { code: 'QP703' } });
    expect(toy.world.policies.get('table')).toBe("a colleague's");
    expect((await toy.apply({ accept: ['QP703'] })).outcome).toBe('done');
    expect(toy.world.policies.get('table')).toBe('with endpoint');
  });

  it('by removal is reported, and the thing made again as a new generation', async () => {
    const toy = new Toy();
    await toy.apply();
    toy.world.things.splice(
      toy.world.things.findIndex(({ key }) => key === 'nat/gateway'),
      1,
    );
    expect((await toy.apply()).outcome).toBe('done');
    expect(toy.events).toContainEqual(
      expect.objectContaining({ type: 'finding', finding: expect.objectContaining({ code: 'QP703', severity: 'warning' }) }),
    );
    expect((await toy.open('read')).state.latest.get('nat/gateway')).toMatchObject({ generation: 2, state: 'done' });
    expect(toy.world.picture()).toEqual(finished);
  });
});

async function killedAt(entry: string): Promise<Toy> {
  const toy = new Toy();
  const dead = () => {
    throw new Error('killed');
  };
  toy.disk.onAppend = (bytes) => {
    if (!toy.journal.includes(entry)) return bytes;
    toy.world.onWrite = dead;
    toy.disk.onWrite = dead;
    return dead();
  };
  await expect(toy.apply()).rejects.toThrow();
  toy.disk.onAppend = (bytes) => bytes;
  toy.disk.onWrite = () => undefined;
  toy.world.onWrite = () => undefined;
  return toy;
}
