// The sweep can fail: each thing that the program relies on is turned off, and a case says so. The same cases survive while
// nothing is turned off.
import { expect, test } from 'vitest';
import { type SweepCase, type SweptScenario, scenarios } from './cases.ts';
import { type Mutation, mutated, mutations } from './mutations.ts';
import { casesOf } from './sources.ts';

const [greenfield] = scenarios;

async function first(scenario: SweptScenario | undefined, mutation: Mutation): Promise<readonly SweepCase[]> {
  const cases = scenario === undefined ? [] : await casesOf(scenario);
  return cases.filter(({ id }) => mutation.cases.some((begin) => id.startsWith(begin)));
}

test.each(mutations.map((mutation) => [mutation.name, mutation] as const))('caught: %s', async (_name, mutation) => {
  const failures: (readonly [string, string])[] = [];
  for (const each of await first(greenfield === undefined ? undefined : mutated(greenfield, mutation), mutation)) {
    const { failure } = await each.run();
    if (failure !== null) failures.push([each.id, failure]);
    if (failure !== null) break;
  }
  const [[id, failure] = ['', '']] = failures;
  console.log(mutation.name, id, failure.slice(0, 1500));
  expect(failure).not.toBe('');
  const unmutated = (await first(greenfield, mutation)).find((each) => each.id === id);
  expect(await unmutated?.run()).toMatchObject({ failure: null });
});
