import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder } from '../../src/engine/carry-out.ts';
import type { Change } from '../../src/engine/types.ts';
import '../../src/journal/schema.ts';
import { Toy } from './toy-run.ts';
import { change, toyStep } from './toy-world.ts';

interface Spec {
  readonly needs: readonly number[];
  readonly confirm: number;
  readonly seconds: number;
  readonly temporary: boolean;
}

const specs: fc.Arbitrary<readonly Spec[]> = fc.array(
  fc.record({ needs: fc.array(fc.nat(12), { maxLength: 3 }), confirm: fc.nat(3), seconds: fc.nat(100), temporary: fc.boolean() }),
  { minLength: 1, maxLength: 12 },
);

const changesOf = (all: readonly Spec[]): readonly Change[] =>
  all.map(({ needs, confirm, seconds, temporary }, index) =>
    change(`nat/${index}`, {
      needs: needs.filter((need) => need < index).map((need) => `nat/${need}`),
      confirm: `question ${confirm}`,
      seconds,
      ...(temporary ? { temporary: true } : {}),
    }),
  );

function toyOf(changes: readonly Change[]): Toy {
  const toy = new Toy();
  toy.phases = [{ steps: [toyStep(toy.world, { id: 'nat', changes })] }];
  return toy;
}

describe('any plan', () => {
  it('is begun in the order of its needs, asks each question once, and leaves nothing temporary', async () => {
    await fc.assert(
      fc.asyncProperty(specs, async (all) => {
        const changes = changesOf(all);
        const toy = toyOf(changes);
        expect((await toy.apply()).outcome).toBe('done');
        const isPlanned = changes.some(({ temporary }) => temporary !== true);
        const position = (entry: string) => toy.journal.indexOf(entry);
        for (const { key, needs } of isPlanned ? changes : []) {
          expect(position(`begun ${key}`)).toBeGreaterThan(-1);
          for (const need of needs) expect(position(`begun ${key}`)).toBeGreaterThan(position(`done ${need}`));
        }
        expect(new Set(toy.questions).size).toBe(toy.questions.length);
        expect(toy.world.things.map(({ key }) => key).sort()).toEqual(
          changes.flatMap(({ key, temporary }) => (temporary === true ? [] : [key])).sort(),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('that is declined somewhere begins nothing that the question covers, and nothing that needs it', async () => {
    await fc.assert(
      fc.asyncProperty(specs, fc.nat(3), async (all, no) => {
        const changes = changesOf(all);
        const toy = toyOf(changes);
        toy.answer = (id) => id !== `question ${no}`;
        await toy.apply();
        const refused = new Set<string>();
        for (const { key, confirm, needs } of inOrder(changes)) {
          if (confirm === `question ${no}` || needs.some((need) => refused.has(need))) refused.add(key);
        }
        for (const key of refused) expect(toy.journal).not.toContain(`begun ${key}`);
        expect(toy.world.things.some(({ key }) => changes.some((each) => each.key === key && each.temporary === true))).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('that needs itself in a circle is refused', () => {
    const circle = [change('nat/a', { needs: ['nat/b'] }), change('nat/b', { needs: ['nat/a'] })];
    expect(() => inOrder(circle)).toThrow(expect.objectContaining({ code: 'PLAN_CYCLE' }));
  });
});
