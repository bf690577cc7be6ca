// Everything that the sweep makes happen.
import { asynchronousFailures, timePasses } from './asynchronous.ts';
import { type CaseSource, type SweepCase, type SweptScenario, scenarios } from './cases.ts';
import { clocks } from './clocks.ts';
import { colleagues } from './colleagues.ts';
import { journalFaults } from './journal-faults.ts';
import { kills } from './kills.ts';
import { processes } from './processes.ts';
import { requestFaults } from './request-faults.ts';
import { signals } from './signals.ts';

const sources: readonly CaseSource[] = [
  kills,
  requestFaults,
  signals,
  journalFaults,
  asynchronousFailures,
  timePasses,
  clocks,
  colleagues,
  processes,
];

/** All cases of a scenario. */
export async function casesOf(scenario: SweptScenario): Promise<readonly SweepCase[]> {
  const cases: SweepCase[] = [];
  for (const source of sources) cases.push(...(await source.cases(scenario)));
  return cases;
}

/** All cases of the scenarios whose names pass. */
export async function allCases(isWanted: (scenario: string) => boolean = () => true): Promise<readonly SweepCase[]> {
  const cases: SweepCase[] = [];
  for (const scenario of scenarios.filter(({ name }) => isWanted(name))) cases.push(...(await casesOf(scenario)));
  return cases;
}
