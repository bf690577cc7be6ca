// Processes of the program die or are interrupted at every write, one after the other, each one write further than any before
// it; the AWS, in this process, outlasts them. Takes a minute a case, and the built program.
import { chain, type Struck, writesOf } from '../support/chains.ts';
import { type Ended, ServedCompany, type Strike } from '../support/served-company.ts';
import { differences, readable } from '../support/world.ts';
import { records } from '../whole/support.ts';
import { type CaseResult, type CaseSource, type Command, caseAt, type SweptScenario } from './cases.ts';
import { happened } from './outlive.ts';
import { recordingOf } from './recording.ts';
import { unlike } from './same-world.ts';
import { Watch } from './watch.ts';

const strikes: { readonly [fault: string]: Strike } = {
  'process killed before the call': 'killed before',
  'process killed after the call': 'killed after',
  'process gets SIGINT': 'SIGINT',
  'process gets SIGTERM': 'SIGTERM',
};

const commands: readonly Command[] = ['apply', 'rollback'];

/** What is under way together with a write that is struck is struck in the next round, on a company of its own. */
const rounds = 4;

export const processes: CaseSource = {
  faults: Object.keys(strikes),
  async cases(scenario) {
    return commands.flatMap((command) =>
      Object.entries(strikes).map(([fault, strike]) => ({
        ...caseAt(command, scenario, fault, 'every write'),
        minutes: 15,
        run: () => struckAtEveryWrite(scenario, command, strike),
      })),
    );
  },
};

async function struckAtEveryWrite(scenario: SweptScenario, command: Command, strike: Strike): Promise<CaseResult> {
  const counts = { calls: 0, asked: 0 };
  const on = async <T>(work: (company: ServedCompany, watch: Watch) => Promise<T>): Promise<T> => {
    const company = await ServedCompany.of(scenario.name, { accept: scenario.accept, speed: 120 });
    const watch = new Watch(company);
    try {
      return await work(company, watch);
    } finally {
      counts.calls += watch.calls;
      counts.asked += watch.asked;
      await company.close();
    }
  };
  const all = await on(async (company) => {
    if (command === 'rollback') await writesOf(company, () => company.apply());
    return writesOf(company, () => (command === 'apply' ? company.apply() : company.rollBack()));
  });
  const struck = new Set<string>();
  for (let round = 1; round <= rounds && [...all].some((write) => !struck.has(write)); round += 1) {
    const failure = await on((company, watch) => survives(company, watch, { scenario, command, strike, struck }));
    if (failure !== null) return { failure: `round ${round}: ${failure}`, ...counts };
  }
  const missed = [...all].filter((write) => !struck.has(write));
  return { failure: missed.length === 0 ? null : `never struck:\n${missed.join('\n')}`, ...counts };
}

interface Round {
  readonly scenario: SweptScenario;
  readonly command: Command;
  readonly strike: Strike;
  /** Filled. */
  readonly struck: Set<string>;
}

async function survives(company: ServedCompany, watch: Watch, { scenario, command, strike, struck }: Round): Promise<string | null> {
  const before = company.snapshot();
  if (command === 'rollback') await writesOf(company, () => company.apply());
  const started = command === 'apply' ? () => company.apply() : () => company.rollBack();
  const { last, struck: now } = await chain(
    company,
    started,
    () => strike,
    (write) => struck.has(write),
  );
  for (const { write } of now) struck.add(write);
  const wrong = now.flatMap((each) => wrongWith(strike, each))[0];
  if (wrong !== undefined) return wrong;
  if (last.code !== 0) return `the last ${command}: ${wordsOf(last)}`;
  if (command === 'apply') {
    const { apply } = await recordingOf(scenario);
    const unlikeIt = unlike(JSON.parse(apply.to.world), company.world(), JSON.parse(apply.from.world), happened);
    if (unlikeIt !== '') return `the world is not what an undisturbed apply makes:\n${unlikeIt}`;
    const writes = company.writes;
    const again = await company.apply();
    if (again.code !== 0 || company.writes !== writes) return `a second apply: ${wordsOf(again)}, ${company.writes - writes} writes`;
    const back = await company.rollBack();
    if (back.code !== 0) return `rollback afterwards: ${wordsOf(back)}`;
  }
  const left = readable(differences(before, company.snapshot(), records));
  return left === '' ? watch.violation : `after rollback the world is not the one before:\n${left}`;
}

/** A process that was interrupted ends with 130, and what became of its calls is in the journal. */
function wrongWith(strike: Strike, { write, ended, halfMade }: Struck): readonly string[] {
  const isSignal = strike === 'SIGINT' || strike === 'SIGTERM';
  if (isSignal ? ended.code !== 130 : ended.signal !== 'SIGKILL') return [`${write}: ${wordsOf(ended)}`];
  return isSignal && halfMade.length > 0 ? [`${write}: not journaled: ${halfMade.join(', ')}`] : [];
}

const wordsOf = ({ code, signal, events, stderr }: Ended): string =>
  `ended with ${signal ?? code} ${JSON.stringify(events.at(-1) ?? null)} ${stderr}`.trim();
