// AWS accepts a call and does not carry it through, S3 answers by policies that are no more, or time passes where nobody
// expects it to. A person mends what only a person can; then the command is run again, or rolled back from where it stands.
import { differences, readable } from '../support/world.ts';
import { records } from '../whole/support.ts';
import { type Disturbance, disturbances } from './asynchronous-failures.ts';
import { type CaseResult, type CaseSource, type Command, caseAt, type SweepCase, type SweptScenario } from './cases.ts';
import { Company, type Moment } from './company.ts';
import { outlive } from './outlive.ts';
import { type RecordedCommand, type Recording, recordingOf } from './recording.ts';

const commands: readonly Command[] = ['apply', 'rollback'];

const strikes = ({ strikes: operation }: Disturbance, { writes }: RecordedCommand): boolean =>
  operation === null || writes.some((write) => write.operation === operation);

const fromThere = (fault: string): string => `${fault}, then rollback`;

/** Each failure in each command that can meet it, and rollback from where apply met it. */
export const asynchronousFailures: CaseSource = {
  faults: [...new Set(disturbances.flatMap(({ fault }) => [fault, fromThere(fault)]))],
  async cases(scenario) {
    const recording = await recordingOf(scenario);
    return commands.flatMap((command) =>
      disturbances
        .filter((each) => strikes(each, recording[command]))
        .flatMap((each): readonly SweepCase[] => [
          {
            ...caseAt(command, scenario, each.fault, each.which),
            run: () =>
              outlive({
                scenario,
                command,
                from: recording[command].from,
                disturb: async ({ sandbox }) => {
                  await each.begin(sandbox);
                  return () => undefined;
                },
                remedy: ({ sandbox }) => each.mend(sandbox),
              }),
          },
          ...(command === 'apply'
            ? [
                {
                  ...caseAt('apply', scenario, fromThere(each.fault), each.which),
                  run: () => rolledBackFrom(scenario, each, recording),
                },
              ]
            : []),
        ]),
    );
  },
};

/** Whatever apply ended with: once it is mended, rollback brings back the world before. */
async function rolledBackFrom(scenario: SweptScenario, { begin, mend }: Disturbance, { apply }: Recording): Promise<CaseResult> {
  const company = await Company.of(scenario, apply.from);
  await begin(company.sandbox);
  await company.process('apply');
  await mend(company.sandbox);
  const back = await company.process('rollback');
  const wrong = back.how === 'done' ? (changedSince(apply.from, company) ?? null) : `rollback: ${back.how}: ${back.why}`;
  const { calls, asked, violation } = company.watch;
  return { failure: wrong ?? violation, calls, asked };
}

function changedSince({ world }: Moment, { sandbox }: Company): string | null {
  const left = readable(differences(JSON.parse(world), sandbox.world(), records));
  return left === '' ? null : `after rollback the world is not the one before:\n${left}`;
}

const minute = 60_000;

/** How long the machine sleeps, or the operator thinks. */
const pauses: { readonly [which: string]: number } = { 'two minutes': 2 * minute + 1000, 'two hours': 120 * minute };

const entriesOf = ({ appends }: RecordedCommand, type: string): number =>
  appends.filter(({ bytes }) => Buffer.from(bytes).toString('utf8').includes(`"type":"${type}"`)).length;

const countTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Time passes right after a verdict, which is void then, and while a question is thought over. */
export const timePasses: CaseSource = {
  faults: ['verdict goes void', 'operator thinks'],
  async cases(scenario) {
    const recording = await recordingOf(scenario);
    return commands.flatMap((command) =>
      Object.entries(pauses).flatMap(([which, milliseconds]) => {
        const { from } = recording[command];
        const each = (fault: string, entry: string, disturb: (company: Company, nth: number) => () => void): readonly SweepCase[] =>
          countTo(entriesOf(recording[command], entry)).map((nth) => ({
            ...caseAt(command, scenario, fault, `${nth}, ${which}`),
            run: () => outlive({ scenario, command, from, disturb: (company) => disturb(company, nth) }),
          }));
        return [
          ...each('verdict goes void', 'probe', (company, nth) => sleepsAfterVerdict(company, nth, milliseconds)),
          ...each('operator thinks', 'approved', (company, nth) => thinksOver(company, nth, milliseconds)),
        ];
      }),
    );
  },
};

/** The machine sleeps after the nth verdict: when it is journaled the clock is read once, for its age; then time jumps. */
function sleepsAfterVerdict({ run, sandbox: { clock } }: Company, nth: number, milliseconds: number): () => void {
  const { onAppend } = run.disk;
  const now = clock.now.bind(clock);
  let verdicts = 0;
  let readings = 0;
  run.disk.onAppend = (length, bytes) => {
    if (Buffer.from(bytes).toString('utf8').includes('"type":"probe"')) verdicts += 1;
    return onAppend(length, bytes);
  };
  clock.now = () => {
    if (verdicts === nth) readings += 1;
    if (verdicts === nth && readings === 2) {
      verdicts = Number.POSITIVE_INFINITY;
      clock.advance(milliseconds);
    }
    return now();
  };
  return () => {
    run.disk.onAppend = onAppend;
    clock.now = now;
  };
}

function thinksOver({ run, sandbox: { clock } }: Company, nth: number, milliseconds: number): () => void {
  const { answer } = run;
  let asked = 0;
  run.answer = (id) => {
    asked += 1;
    if (asked === nth) clock.advance(milliseconds);
    return answer(id);
  };
  return () => {
    run.answer = answer;
  };
}
