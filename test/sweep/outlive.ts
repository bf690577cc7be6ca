// One case from its beginning to its end: something goes wrong, the command is run again until it ends, the world is
// compared with the one of an undisturbed run, a second apply writes nothing, and rollback brings back the world before.
import type { World } from '../../src/sandbox/world.ts';
import { leaksIn, secretsOf } from '../support/secrets.ts';
import { differences, readable } from '../support/world.ts';
import { records } from '../whole/support.ts';
import type { CaseResult, Command, SweptScenario } from './cases.ts';
import { Company, type Ending, type Moment, worldOf } from './company.ts';
import { type RecordedCommand, recordingOf } from './recording.ts';
import { unlike } from './same-world.ts';

/** Records of what happened on the way: they tell of the calls, not of what stands. */
export const happened: readonly string[] = [
  'cloudformation.stacks.*.events',
  'cloudformation.stacks.*.tokens',
  'cloudformation.stacks.*.changeSets.*.request',
  'cloudformation.stacks.*.changeSets.*.clientToken',
  'ec2.tombstones',
];

/** How many processes a case may need in all, the disturbed one included. */
const processes = 4;

export interface Ordeal {
  readonly scenario: SweptScenario;
  readonly command: Command;
  /** Where it begins: before the command, or in its midst after the process that carried it out was killed. */
  readonly from: Moment;
  /** Sees to it that something goes wrong in the next process; what it returns is called when that one has ended. */
  readonly disturb?: (company: Company) => (() => void) | Promise<() => void>;
  /** What a person does before the command is run again: what the error's remedy says. */
  readonly remedy?: (company: Company, ending: Ending) => Promise<void>;
  /** Whether the disturbed process may have ended so; else any ending will do. Answers what is wrong, or null. */
  readonly expect?: (ending: Ending, company: Company) => string | null;
}

/** Carries a case through. Rejects only where the harness itself is at fault. */
export async function outlive(ordeal: Ordeal): Promise<CaseResult> {
  const company = await Company.of(ordeal.scenario, ordeal.from);
  const wrong = await firstFailure(company, ordeal);
  const { calls, asked, violation } = company.watch;
  return { failure: violation ?? wrong, calls, asked };
}

async function firstFailure(company: Company, ordeal: Ordeal): Promise<string | null> {
  const { scenario, command } = ordeal;
  const { apply } = await recordingOf(scenario);
  const ended = await runUntilDone(company, ordeal);
  if (ended !== null) return ended;
  if (command === 'apply') {
    const wrong = await appliedWrong(company, apply);
    if (wrong !== null) return wrong;
    const back = await company.process('rollback');
    if (back.how !== 'done') return `rollback afterwards: ${wordsOf(back)}`;
  }
  return rolledBackWrong(company, apply.from);
}

async function runUntilDone(company: Company, ordeal: Ordeal): Promise<string | null> {
  const calm = (await ordeal.disturb?.(company)) ?? (() => undefined);
  const disturbed = await company.process(ordeal.command);
  calm();
  const wrong = ordeal.expect?.(disturbed, company) ?? null;
  if (wrong !== null) return `the disturbed ${ordeal.command}: ${wrong}`;
  const endings = [disturbed];
  for (let last = disturbed; last.how !== 'done'; ) {
    if (endings.length === processes)
      return `${ordeal.command} does not end in ${processes} processes:\n${endings.map(wordsOf).join('\n')}`;
    await ordeal.remedy?.(company, last);
    last = await company.process(ordeal.command);
    endings.push(last);
  }
  return null;
}

async function appliedWrong(company: Company, { from, to }: RecordedCommand): Promise<string | null> {
  const unlikeIt = unlike(worldOf(to), company.sandbox.world(), worldOf(from), happened);
  if (unlikeIt !== '') return `the world is not what an undisturbed apply makes:\n${unlikeIt}`;
  const already = company.sandbox.sandbox.calls().length;
  const again = await company.process('apply');
  if (again.how !== 'done') return `a second apply: ${wordsOf(again)}`;
  const written = company.sandbox.writes(already).map(({ operation }) => operation);
  return written.length === 0 ? null : `a second apply writes: ${written.join(', ')}`;
}

function rolledBackWrong(company: Company, before: Moment): string | null {
  const world = company.sandbox.world();
  const left = readable(differences(worldOf(before), world, records));
  if (left !== '') return `after rollback the world is not the one before:\n${left}`;
  const waiting = changeSetsWaiting(world).filter((id) => !changeSetsWaiting(worldOf(before)).includes(id));
  if (waiting.length > 0) return `after rollback change sets are left that were never executed: ${waiting.join(', ')}`;
  const leaks = leaksIn(`${company.run.journal}${JSON.stringify(company.run.events)}`, secretsOf(world));
  return leaks.length === 0 ? null : `the journal or the events hold ${leaks.join(', ')}`;
}

/** Those that could still be executed, or never could. Executed ones stay listed as records. */
const changeSetsWaiting = ({ cloudformation }: World): readonly string[] =>
  Object.values(cloudformation.stacks).flatMap(({ changeSets }) =>
    Object.values(changeSets)
      .filter(({ executionStatus }) => executionStatus === 'AVAILABLE' || executionStatus === 'UNAVAILABLE')
      .map(({ id }) => id),
  );

const wordsOf = (ending: Ending): string => (ending.how === 'done' ? 'done' : `${ending.how}: ${ending.why}`);
