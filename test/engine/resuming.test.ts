import { describe, expect, it } from 'vitest';
import { inspectSettled } from '../../src/engine/journaled.ts';
import type { Inspection } from '../../src/engine/types.ts';
import '../../src/journal/schema.ts';
import { Toy } from './toy-run.ts';
import { change, toyStep } from './toy-world.ts';

/** A run that was killed right after this entry had reached the disk. */
async function killedAfter(entry: string): Promise<Toy> {
  const toy = new Toy();
  const dead = () => {
    throw new Error('killed');
  };
  toy.world.onWrite = () => {
    if (toy.journal.includes(entry)) dead();
  };
  toy.disk.onAppend = (bytes) => {
    if (!toy.journal.includes(entry)) return bytes;
    toy.disk.onWrite = dead;
    return dead();
  };
  await expect(toy.apply()).rejects.toThrow();
  toy.disk.onAppend = (bytes) => bytes;
  toy.disk.onWrite = () => undefined;
  toy.world.onWrite = () => undefined;
  toy.world.writes.length = 0;
  return toy;
}

describe('a run after one that was killed', () => {
  it('does not take off what had taken the place of a trial', async () => {
    const toy = await killedAfter('made bucket-policy/full');
    expect((await toy.apply()).outcome).toBe('done');
    expect(toy.world.writes).not.toContain('put bucket');
  });

  it('undoes a trial that was left behind before anything else of its step', async () => {
    const toy = await killedAfter('made bucket-policy/trial');
    expect((await toy.apply()).outcome).toBe('done');
    expect(toy.journal.indexOf('undone bucket-policy/trial')).toBeLessThan(toy.journal.lastIndexOf('begun bucket-policy/trial'));
    expect(toy.world.policies.get('bucket')).toBe('old+full');
  });

  it('leaves a trial alone that somebody changed since, and says so', async () => {
    const toy = await killedAfter('made bucket-policy/trial');
    toy.world.policies.set('bucket', "a colleague's");
    expect(await toy.apply()).toMatchObject({ outcome: 'stopped', stoppedBy: { code: 'QP703' } });
    expect(toy.world.policies.get('bucket')).toBe("a colleague's");
    expect(toy.world.writes).not.toContain('put bucket');
  });

  it('sends the same token for what was half-made', async () => {
    const toy = await killedAfter('begun nat/gateway');
    const before = (await toy.open('read')).state.latest.get('nat/gateway');
    await toy.apply();
    const after = (await toy.open('read')).state.latest.get('nat/gateway');
    expect(after).toMatchObject({ generation: 1, token: before?.token, run: before?.run, state: 'done' });
  });

  it('makes nothing that was half-made and is not wanted any more', async () => {
    const toy = await killedAfter('begun nat/gateway');
    toy.phases = [{ steps: [toyStep(toy.world, { id: 'nat', changes: [change('nat/address')] })] }];
    expect((await toy.apply()).outcome).toBe('done');
    expect(toy.world.writes).not.toContain('make nat/gateway');
    expect(toy.journal).toContain('failed nat/gateway');
  });

  it('shows a plan again and asks again only where it came to differ', async () => {
    const toy = await killedAfter('made bucket-policy/trial');
    toy.questions.length = 0;
    toy.shown.length = 0;
    await toy.apply();
    expect(toy.questions.filter((id) => id === 'bucket-policy')).toHaveLength(1);
    expect(toy.shown.filter((each) => each.startsWith('bucket-policy'))).toHaveLength(2);
  });
});

describe('a thing that a read does not show', () => {
  it.each([
    ['endpoints', 60],
    ['scp', 120],
  ] as const)('is believed to be gone in step %s only %i seconds after the journal last spoke of it', async (id, seconds) => {
    const toy = new Toy();
    const thing = change(`${id}/thing`);
    toy.phases = [{ steps: [toyStep(toy.world, { id, changes: [thing] })] }];
    await toy.apply();
    const journal = await toy.open('read');
    const journaled = journal.state.latest.get(thing.key);
    if (journaled === undefined) throw new Error('not journaled');
    const begun = toy.clock.now().getTime();
    const answers = async (shownAfter: number) => {
      const step = {
        ...toyStep(toy.world, { id, changes: [] }),
        inspect: async (): Promise<Inspection> =>
          toy.clock.now().getTime() - begun < shownAfter * 1000 ? { state: 'gone' } : { state: 'as-made', aws: null, inUseBy: [] },
      };
      const inspection = await toy.clock.drive(inspectSettled({ ports: toy.ports, journal, ctxOf: (engine) => engine }, step, journaled));
      return inspection.state;
    };
    expect(await answers(seconds - 5)).toBe('as-made');
    expect(await answers(Number.POSITIVE_INFINITY)).toBe('gone');
    expect(toy.clock.now().getTime() - begun).toBeLessThan((seconds + 1) * 1000);
  });
});
