// What a case of the sweep is. Whoever has cases to add writes a `CaseSource` in a file of its own and lists it in
// sources.ts; `outlive` (outlive.ts) carries a case through: disturbed run, runs until it ends, comparison, rollback.
//
//     export const lostAnswers: CaseSource = {
//       faults: ['lost-answer'],
//       async cases(scenario) {
//         const { apply } = await recordingOf(scenario);
//         return apply.writes.map((write, index) => ({
//           ...caseAt('apply', scenario, 'lost-answer', index + 1),
//           run: () => outlive({ scenario, command: 'apply', from: apply.from, disturb: async (company) => … }),
//         }));
//       },
//     };
import type { FindingCode } from '../../src/findings.ts';
import type { Company } from './company.ts';

/** What is disturbed. `rollback` is, after an undisturbed `apply`. */
export type Command = 'apply' | 'rollback';

/** A scenario with the findings that its operator accepts, so that it ends done. */
export interface SweptScenario {
  readonly name: string;
  readonly accept: readonly FindingCode[];
  /** Changes something about every process of every case: how a mutation is brought in. */
  readonly prepare?: (company: Company) => void;
  /** The recording that the cases begin with is made so too. */
  readonly prepareRecording?: true;
}

export const scenarios: readonly SweptScenario[] = [
  { name: 'greenfield', accept: ['QP413'] },
  { name: 'brownfield', accept: ['QP106', 'QP110', 'QP111', 'QP413'] },
  { name: 'single-account', accept: ['QP310', 'QP405', 'QP413'] },
  { name: 'transit', accept: ['QP413'] },
  { name: 'vpn', accept: ['QP413'] },
];

export interface CaseResult {
  /** What was wrong, in lines to read; null: survived. */
  readonly failure: string | null;
  /** How many calls all runs of the case made. */
  readonly calls: number;
  /** After how many of them the sandbox was asked whether what was put on can still be taken off. */
  readonly asked: number;
}

export interface SweepCase {
  /** `apply/greenfield/lost-answer@7`: command, scenario, row of the table, and the moment. Reproduces by itself. */
  readonly id: string;
  readonly command: Command;
  readonly scenario: string;
  /** The row of the table. */
  readonly fault: string;
  /** How long it may take, where that is minutes: then it is run only by --full, or where it is asked for. */
  readonly minutes?: number;
  /** Never rejects for a company that did not survive: that is a result. */
  run(): Promise<CaseResult>;
}

/** Some rows of the table. */
export interface CaseSource {
  readonly faults: readonly string[];
  /** All cases of these rows in a scenario, always the same and in the same order. */
  cases(scenario: SweptScenario): Promise<readonly SweepCase[]>;
}

/** The names of a case; `moment`: which write, which append, which failure code. */
export const caseAt = (command: Command, { name }: SweptScenario, fault: string, moment: number | string): Omit<SweepCase, 'run'> => ({
  id: `${command}/${name}/${fault}@${moment}`,
  command,
  scenario: name,
  fault,
});
