import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inUndoOrder } from '../../src/engine/undo-order.ts';
import type { JournaledChange } from '../../src/journal/journal.ts';
import '../../src/journal/schema.ts';
import { Toy } from './toy-run.ts';
import { bucketChanges, change, endpointChanges, toyPipeline, toyStep } from './toy-world.ts';

async function applied(): Promise<{ readonly toy: Toy; readonly before: unknown }> {
  const toy = new Toy();
  const before = toy.world.picture();
  await toy.apply();
  toy.world.writes.length = 0;
  toy.questions.length = 0;
  return { toy, before };
}

describe('a rollback', () => {
  it('restores everything, denies first, and backwards within a step', async () => {
    const { toy, before } = await applied();
    const summary = await toy.rollBack();
    expect(summary).toMatchObject({ outcome: 'done', kept: [], notRestored: [] });
    expect(toy.world.picture()).toEqual(before);
    expect(toy.world.writes[0]).toBe('put bucket');
    const position = (write: string) => toy.world.writes.indexOf(write);
    expect(position('remove nat/gateway')).toBeLessThan(position('remove nat/address'));
    expect(position('remove endpoints/api')).toBeLessThan(position('remove endpoints/group'));
    expect(position('put parameter')).toBeLessThan(position('remove endpoints/api'));
    expect(toy.questions.slice(0, 2)).toEqual(['rollback/bucket-policy', 'rollback/stack-parameter']);
    expect(toy.questions.slice(2).sort()).toEqual(['rollback/endpoints', 'rollback/nat']);
  });

  it('asks nothing and writes nothing when run again', async () => {
    const { toy } = await applied();
    await toy.rollBack();
    toy.world.writes.length = 0;
    toy.questions.length = 0;
    expect(await toy.rollBack()).toMatchObject({ outcome: 'done', undone: [] });
    expect(toy.world.writes).toEqual([]);
    expect(toy.questions).toEqual([]);
  });

  it('can be followed by an apply, which makes everything anew with other tokens', async () => {
    const { toy } = await applied();
    const tokens = new Set(toy.world.things.map(({ token }) => token));
    await toy.rollBack();
    expect((await toy.apply()).outcome).toBe('done');
    expect(toy.world.things.some(({ token }) => tokens.has(token))).toBe(false);
  });

  it('that is declined sends nothing more', async () => {
    const { toy } = await applied();
    toy.answer = (id) => id === 'rollback/bucket-policy';
    await expect(toy.rollBack()).rejects.toMatchObject({ code: 'DECLINED', exitCode: 3 });
    expect(toy.world.writes).toEqual(['put bucket']);
  });

  it('keeps the named step and those before it', async () => {
    const { toy } = await applied();
    await toy.rollBack({ keepThrough: 'nat' });
    expect(toy.world.policies.get('bucket')).toBe('old');
    expect(toy.world.policies.get('table')).toBe('with endpoint');
    expect(toy.world.things.map(({ key }) => key)).toContain('nat/gateway');
    expect(toy.world.things.map(({ key }) => key)).not.toContain('stack-parameter/change-set');
  });

  it('keeps what somebody changed and what that stands on, and goes on with the rest', async () => {
    const { toy } = await applied();
    toy.world.policies.set('parameter', "a colleague's");
    const summary = await toy.rollBack();
    expect(summary.outcome).toBe('stopped');
    expect(summary.kept.map((kept) => kept.applied.change.key)).toEqual([
      'stack-parameter/execute',
      'stack-parameter/change-set',
      'endpoints/api',
      'endpoints/group',
    ]);
    expect(summary.kept.every(({ finding }) => finding.code === 'QP703')).toBe(true);
    expect(toy.world.policies.get('parameter')).toBe("a colleague's");
    expect(toy.world.policies.get('bucket')).toBe('old');
    expect(toy.world.things.map(({ key }) => key).sort()).toEqual(['endpoints/api', 'endpoints/group', 'stack-parameter/change-set']);
  });

  it('overwrites what somebody changed only when that was accepted', async () => {
    const { toy, before } = await applied();
    toy.world.policies.set('bucket', "a colleague's");
    expect((await toy.rollBack({ accept: ['QP703'] })).outcome).toBe('done');
    expect(toy.world.picture()).toEqual(before);
  });

  it('keeps what others use, whatever was accepted', async () => {
    const toy = new Toy();
    toy.phases = toyPipeline(toy.world, {
      inUseBy: ({ change: { key } }) => (key === 'nat/gateway' ? ['route table rtb-9 of VPC vpc-9'] : []),
    });
    await toy.apply();
    const summary = await toy.rollBack({ accept: ['QP703'] });
    expect(summary.outcome).toBe('stopped');
    expect(summary.kept[0]?.finding.detail).toContain('rtb-9');
    expect(toy.world.things.map(({ key }) => key).sort()).toEqual(['nat/address', 'nat/gateway']);
  });

  it('keeps what others list and says how to let go of it; told to, it lets go, but not of what they use', async () => {
    const toy = new Toy();
    let users: readonly string[] = ['an instance'];
    const isAddress = ({ change: { key } }: { readonly change: { readonly key: string } }) => key === 'nat/address';
    toy.phases = toyPipeline(toy.world, {
      inUseBy: (applied) => (isAddress(applied) ? users : []),
      listedBy: (applied) => (isAddress(applied) ? ["a partner's policy"] : []),
    });
    await toy.apply();
    expect((await toy.rollBack({ releaseListed: true })).kept[0]?.finding.detail).toContain('others use it: an instance');
    users = [];
    const { kept } = await toy.rollBack();
    expect(kept.map(({ applied, finding }) => [applied.change.key, finding.code, finding.remedy])).toEqual([
      ['nat/address', 'QP703', 'let go of it'],
    ]);
    expect(kept[0]?.finding.detail).toContain("listed elsewhere: a partner's policy");
    expect(await toy.rollBack({ releaseListed: true })).toMatchObject({ outcome: 'done', kept: [] });
    expect(toy.world.things).toEqual([]);
  });

  describe('of a group that must outlast a step', () => {
    const why = 'it leads to the bucket';
    const [network, bucket] = [endpointChanges.slice(0, 1), bucketChanges.slice(3).map((each) => ({ ...each, needs: [] }))];
    const begun = async (risk: 'additive' | 'access-affecting') => {
      const toy = new Toy();
      const steps = [
        toyStep(toy.world, { id: 'endpoints', changes: network }),
        toyStep(toy.world, { id: 'bucket-policy', changes: bucket.map(({ replaces: _, ...each }) => ({ ...each, risk })) }),
      ] as const;
      toy.phases = [{ steps: [steps[0]] }, { steps: [steps[1]] }];
      expect((await toy.apply()).outcome).toBe('done');
      const order = [{ steps: [steps[1]] }, { steps: [steps[0]], unlessKept: { steps: ['bucket-policy'] as const, why } }];
      return { toy, order };
    };

    it('keeps the group while anything of that step is kept', async () => {
      const { toy, order } = await begun('access-affecting');
      toy.world.policies.set('bucket', "a colleague's");
      const { kept } = await toy.rollBack({ order });
      expect(kept.map(({ applied }) => applied.change.key)).toEqual(['bucket-policy/full', 'endpoints/group']);
      expect(kept[1]?.finding.detail).toContain(`bucket-policy/full is kept: ${why}`);
      expect(toy.questions).not.toContain('rollback/endpoints');
      expect(toy.world.things).toHaveLength(1);

      toy.world.policies.set('bucket', 'old');
      expect(await toy.rollBack({ order })).toMatchObject({ outcome: 'done', kept: [] });
      expect(toy.world.things).toEqual([]);
    });

    it('undoes it where only something additive is kept', async () => {
      const { toy, order } = await begun('additive');
      toy.world.policies.set('bucket', "a colleague's");
      expect((await toy.rollBack({ order })).kept.map(({ applied }) => applied.change.key)).toEqual(['bucket-policy/full']);
      expect(toy.world.things).toEqual([]);
    });
  });

  it('takes what is gone already as undone', async () => {
    const { toy, before } = await applied();
    toy.world.things.length = 0;
    expect(await toy.rollBack()).toMatchObject({ outcome: 'done', kept: [] });
    expect(toy.world.picture()).toEqual(before);
  });

  it('says what nothing restores', async () => {
    const toy = new Toy();
    const enable = change('scp/enable', { type: 'policy', name: 'type', after: 'enabled', irreversible: 'The policy type stays enabled.' });
    toy.phases = [{ steps: [toyStep(toy.world, { id: 'scp', changes: [enable] })] }];
    await toy.apply();
    expect(await toy.rollBack()).toMatchObject({ outcome: 'done', notRestored: ['The policy type stays enabled.'] });
    expect(toy.world.policies.get('type')).toBe('enabled');
  });

  it('without a journal stops and says where it must be', async () => {
    const toy = new Toy();
    await expect(toy.rollBack()).rejects.toMatchObject({
      code: 'NO_JOURNAL',
      exitCode: 3,
      message: expect.stringContaining('/work/.quilt-perimeter/journal.jsonl'),
    });
  });

  it('goes back through two generations of one change', async () => {
    const toy = new Toy();
    const policy = (after: string) => [change('nat/table', { type: 'policy', name: 'table', after })];
    for (const after of ['first', 'second']) {
      toy.phases = [{ steps: [toyStep(toy.world, { id: 'nat', changes: policy(after) })] }];
      expect((await toy.apply()).outcome).toBe('done');
      expect(toy.world.policies.get('table')).toBe(after);
    }
    expect(await toy.rollBack()).toMatchObject({ outcome: 'done', kept: [] });
    expect(toy.world.policies.get('table')).toBe('plain');
  });
});

describe('the order of undoing', () => {
  const journaled = (index: number, needs: readonly number[], undoFirst: boolean): JournaledChange => ({
    step: 'scp',
    key: `scp/${index}`,
    generation: 1,
    token: 't',
    change: change(`scp/${index}`, { needs: needs.map((need) => `scp/${need}`), ...(undoFirst ? { undoFirst: true } : {}) }),
    run: 'r',
    begunAt: '2026-01-01T00:00:00Z',
    changedAt: '2026-01-01T00:00:00Z',
    state: 'done',
    made: { id: 'x', fields: {} },
    supersededBy: null,
  });
  const graphs = fc
    .array(fc.record({ needs: fc.array(fc.nat(30), { maxLength: 4 }), first: fc.boolean() }), { maxLength: 20 })
    .map((specs) =>
      specs.map(({ needs, first }, index) =>
        journaled(
          index,
          needs.filter((need) => need < index),
          first,
        ),
      ),
    );

  it('puts everything after what stands on it, and what is to be undone first before the rest', () => {
    fc.assert(
      fc.property(graphs, (changes) => {
        const order = inUndoOrder(changes);
        expect(order).toHaveLength(changes.length);
        const position = new Map(order.map((node, index) => [node.journaled.key, index]));
        for (const node of order) {
          for (const other of node.after) expect(position.get(other.journaled.key)).toBeLessThan(position.get(node.journaled.key) ?? -1);
          if (node.journaled.change.undoFirst === true) continue;
          for (const key of node.journaled.change.needs) {
            const needed = order.find((each) => each.journaled.key === key);
            if (needed?.journaled.change.undoFirst !== true) expect(needed?.after).toContain(node);
          }
          for (const first of order.filter((each) => each.journaled.change.undoFirst === true)) expect(node.after).toContain(first);
        }
      }),
    );
  });
});
