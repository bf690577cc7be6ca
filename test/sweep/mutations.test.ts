// The sweep can fail: each thing that the program relies on is turned off, and a case says so. The same case survives while
// nothing is turned off.
import { expect, test } from 'vitest';
import { type SweepCase, type SweptScenario, scenarios } from './cases.ts';
import { type Mutation, mutated, mutations } from './mutations.ts';
import { casesOf } from './sources.ts';

const greenfield = (): SweptScenario => {
  const [first] = scenarios;
  if (first === undefined) throw new Error('there is no scenario');
  return first;
};

const candidates = async (scenario: SweptScenario, { cases }: Mutation): Promise<readonly SweepCase[]> =>
  (await casesOf(scenario)).filter(({ id }) => cases.some((begin) => id.startsWith(begin)));

test.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
  'caught: %s',
  async (_name, mutation) => {
    let caught = { id: '', failure: '' };
    for (const each of await candidates(mutated(greenfield(), mutation), mutation)) {
      const { failure } = await each.run();
      caught = { id: each.id, failure: failure ?? '' };
      if (failure !== null) break;
    }
    expect(caught.failure).toMatch(mutation.shows);
    const unmutated = (await candidates(greenfield(), mutation)).find(({ id }) => id === caught.id);
    expect(await unmutated?.run()).toMatchObject({ failure: null });
  },
  300_000,
);
