// Everything that the sweep makes happen.
import { asynchronousFailures, timePasses } from './asynchronous.ts';
import { type CaseSource, type SweepCase, scenarios } from './cases.ts';
import { kills } from './kills.ts';
import { requestFaults } from './request-faults.ts';

const sources: readonly CaseSource[] = [kills, requestFaults, asynchronousFailures, timePasses];

/** All cases of the scenarios whose names pass. */
export async function allCases(isWanted: (scenario: string) => boolean = () => true): Promise<readonly SweepCase[]> {
  const cases: SweepCase[] = [];
  for (const scenario of scenarios.filter(({ name }) => isWanted(name))) {
    for (const source of sources) cases.push(...(await source.cases(scenario)));
  }
  return cases;
}
